"""`/exchange/v1`: JSON messages of 1C and other systems."""

import json
from collections.abc import Callable, Mapping
from typing import Any

from aws_lambda_powertools import Logger
from chalice import Blueprint, Response

from chalicelib import runtime
from chalicelib.domain import errors
from chalicelib.exchange import openapi, records
from chalicelib.exchange.accounts import authenticate
from chalicelib.usecases import import_partners
from chalicelib.usecases.import_partners import Report

logger = Logger(service="kabinet", child=False)
routes = Blueprint(__name__)

JSON = "application/json"
PROBLEMS: dict[type[errors.KabinetError], tuple[int, str]] = {
    errors.BrokenFile: (422, "Запрос не разобран"),
    errors.NotSignedIn: (401, "Вход не выполнен"),
    errors.TooManyAttempts: (429, "Слишком много попыток"),
    errors.Unavailable: (503, "Сервис временно недоступен"),
}

Reader = Callable[[runtime.Runtime, str, bytes], Report]


@routes.route("/exchange/v1/partners", methods=["POST"], content_types=[JSON])
def post_partners() -> Response:
    return _answer(lambda: _batch("partners", _save_partners))


@routes.route("/exchange/v1/companies", methods=["POST"], content_types=[JSON])
def post_companies() -> Response:
    return _answer(lambda: _batch("companies", _save_companies))


@routes.route("/exchange/v1/openapi.json", methods=["GET"])
def get_openapi() -> Response:
    return _json(200, openapi.document(runtime.current().settings.public_url))


def _save_partners(now: runtime.Runtime, node: str, body: bytes) -> Report:
    return import_partners.import_partners(
        now.partners,
        now.users,
        now.outbox,
        now.queues,
        now.exchange,
        now.clock,
        node=node,
        rows=records.partner_rows(records.read_batch(body, "partners")),
        size=len(body),
        public_url=now.settings.public_url,
    )


def _save_companies(now: runtime.Runtime, node: str, body: bytes) -> Report:
    rows = records.company_rows(records.read_batch(body, "companies"))
    return import_partners.import_companies(now.partners, now.exchange, now.clock, node=node, rows=rows, size=len(body))


def _batch(kind: str, save: Reader) -> Response:
    now, request = runtime.current(), routes.current_request
    address = request.context.get("identity", {}).get("sourceIp", "")
    node = authenticate(now, request.headers, address).login
    body: bytes = request.raw_body  # type: ignore[assignment]  # chalice says text, and gives bytes
    try:
        report = save(now, node, body)
    except errors.BrokenFile as broken:
        size, reason = len(body), str(broken)
        import_partners.refuse_batch(now.exchange, now.clock, node=node, kind=kind, size=size, reason=reason)
        raise
    return _json(200, _reply(report))


def _reply(report: Report) -> dict[str, Any]:
    return {
        "run": report.run.id,
        "results": [
            {"id": result.id, "outcome": result.outcome, "reasons": [_reason(problem) for problem in result.problems]}
            for result in report.results
        ],
    }


def _reason(problem: Any) -> str:
    """Of which object, and why: `Контактное лицо «Иванов И. И.»: телефон …`."""
    named = {"contact": "Контактное лицо", "partners": "Партнёр", "companies": "Организация"}[problem.kind]
    called = problem.name or problem.id or "без наименования"
    return f"{named} «{called}»: {problem.reason % dict(problem.params)}"


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
