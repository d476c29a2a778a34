"""`/exchange/v1/<entity>`: records of 1C and other systems. What there is of entities stands in `entities`."""

from collections.abc import Mapping
from typing import Any

from chalice import Blueprint, Response

from chalicelib import runtime
from chalicelib.domain.errors import BrokenFile
from chalicelib.exchange.answers import JSON, Asked, answer, public, reply
from chalicelib.usecases.exchange.import_batch import Report, import_records, refuse_batch
from chalicelib.usecases.exchange.keep_payload import is_partly_refused, keep_payload
from chalicelib.usecases.ports.exchange import KeptReply

routes = Blueprint(__name__)


@routes.route("/exchange/v1/openapi.json", methods=["GET"])
def get_openapi() -> Response:
    from chalicelib.exchange import openapi

    return public(openapi.document(runtime.current().settings.public_url))


@routes.route("/exchange/v1/{entity}", methods=["POST"], content_types=[JSON])
def post_records(entity: str) -> Response:
    return answer(routes.current_request, lambda asked: _batch(asked, entity))


def _batch(asked: Asked, name: str) -> KeptReply:
    from chalicelib.exchange import batches, entities

    now, body = asked.now, asked.body
    entity, desk = entities.entity_named(name), entities.desk(now)
    try:
        values = batches.read_batch(body, name)
    except BrokenFile as broken:
        run = refuse_batch(desk, node=asked.node, kind=name, size=len(body), reason=str(broken))
        keep_payload(now.files, run_id=run.id, name=name, body=body)
        raise
    report = import_records(desk, node=asked.node, kind=name, values=values, size=len(body))
    if is_partly_refused(report):
        keep_payload(now.files, run_id=report.run.id, name=name, body=body)
    return reply(_told(report, entities.CALLED | dict(entity.parts)))


def _told(report: Report, called: Mapping[str, str]) -> dict[str, Any]:
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
