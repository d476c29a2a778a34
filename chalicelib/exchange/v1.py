"""`/exchange/v1/<entity>`: records of 1C and other systems. What there is of entities stands in `entities`."""

from collections.abc import Mapping
from typing import Any

from chalice import Blueprint, Response

from chalicelib import runtime
from chalicelib.exchange.answers import JSON, Asked, answer, public, reply
from chalicelib.usecases.exchange.import_batch import Report
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
    from chalicelib.exchange.entities import CALLED, entity_named
    from chalicelib.exchange.take_batch import take_batch

    report = take_batch(asked.now, node=asked.node, name=name, body=asked.body)
    return reply(_told(report, CALLED | dict(entity_named(name).parts)))


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
