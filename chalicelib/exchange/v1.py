"""`/exchange/v1`: JSON messages of 1C and other systems. What there is of entities stands in `entities`."""

import json
from collections.abc import Callable, Mapping
from typing import Any

from aws_lambda_powertools import Logger
from chalice import Blueprint, Response

from chalicelib import runtime
from chalicelib.domain import errors
from chalicelib.exchange.accounts import authenticate
from chalicelib.usecases.import_batch import Report, import_records, refuse_batch

logger = Logger(service="kabinet", child=False)
routes = Blueprint(__name__)

JSON = "application/json"
PROBLEMS: dict[type[errors.KabinetError], tuple[int, str]] = {
    errors.BrokenFile: (422, "Запрос не разобран"),
    errors.NotFound: (404, "Нет такого адреса"),
    errors.Conflict: (409, "Запрос противоречит прежнему"),
    errors.NotSignedIn: (401, "Вход не выполнен"),
    errors.TooManyAttempts: (429, "Слишком много попыток"),
    errors.Unavailable: (503, "Сервис временно недоступен"),
}


@routes.route("/exchange/v1/openapi.json", methods=["GET"])
def get_openapi() -> Response:
    from chalicelib.exchange import openapi

    return _json(200, openapi.document(runtime.current().settings.public_url))


@routes.route("/exchange/v1/{entity}", methods=["POST"], content_types=[JSON])
def post_records(entity: str) -> Response:
    return _answer(lambda: _batch(entity))


def _batch(name: str) -> Response:
    from chalicelib.exchange import batches, entities

    now, request = runtime.current(), routes.current_request
    node = authenticate(now, request.headers, _address()).login
    entity, desk = entities.entity_named(name), entities.desk(now)
    body: bytes = request.raw_body  # type: ignore[assignment]  # chalice says text, and gives bytes
    try:
        values = batches.read_batch(body, name)
    except errors.BrokenFile as broken:
        refuse_batch(desk, node=node, kind=name, size=len(body), reason=str(broken))
        raise
    report = import_records(desk, node=node, kind=name, values=values, size=len(body))
    return _json(200, _reply(report, entities.CALLED | dict(entity.parts)))


def _address() -> str:
    context: Mapping[str, Any] = routes.current_request.context
    return str(context.get("identity", {}).get("sourceIp", ""))


def _reply(report: Report, called: Mapping[str, str]) -> dict[str, Any]:
    return {
        "run": report.run.id,
        "results": [
            {"id": result.id, "outcome": result.outcome, "reasons": [_reason(problem, called) for problem in result.problems]}
            | dict(result.more)
            for result in report.results
        ],
    }


def _reason(problem: Any, called: Mapping[str, str]) -> str:
    """Of which object, and why: `Контактное лицо «Иванов И. И.»: телефон …`."""
    name = problem.name or problem.id or "без наименования"
    return f"{called.get(problem.kind, problem.kind)} «{name}»: {problem.reason % dict(problem.params)}"


def _answer(handle: Callable[[], Response]) -> Response:
    """The answer, whatever happens: an error is a problem document (RFC 9457)."""
    try:
        return handle()
    except errors.KabinetError as error:
        status, title = PROBLEMS.get(type(error), (422, "Запрос отклонён"))
        headers = {"WWW-Authenticate": 'Basic realm="exchange", charset="UTF-8"'} if status == 401 else {}
        return _problem(status, title, str(error), headers)
    except Exception:  # the sender gets a document he can read, we get the trace
        logger.exception("failed")
        return _problem(500, "Внутренняя ошибка", "Запрос не выполнен, повторите его позже", {})


def _problem(status: int, title: str, detail: str, headers: Mapping[str, str]) -> Response:
    body = {"type": "about:blank", "title": title, "status": status, "detail": detail}
    return _json(status, body, {"Content-Type": "application/problem+json", **headers})


def _json(status: int, body: Mapping[str, Any], headers: Mapping[str, str] | None = None) -> Response:
    """Bytes, with Russian letters as they are: the sender's log stays readable."""
    named: dict[str, str | list[str]] = {
        "Content-Type": "application/json; charset=utf-8",
        "Cache-Control": "no-store",
        **(headers or {}),
    }
    return Response(json.dumps(body, ensure_ascii=False).encode(), status_code=status, headers=named)
