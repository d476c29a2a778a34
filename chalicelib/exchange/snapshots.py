"""`/exchange/v1/revisions`, `…/reconcile`, `…/manifests`: whole lists of ids and revisions against each other."""

from typing import Any

from chalice import Blueprint, Response

from chalicelib.exchange.answers import JSON, Asked, answer, problem, reply
from chalicelib.exchange.changes import number_of
from chalicelib.usecases.exchange.snapshots import NAMED, Closing, Differences, Manifest, close_snapshot, reconcile
from chalicelib.usecases.ports.exchange import KeptReply

routes = Blueprint(__name__)
PAGE = 5_000


@routes.route("/exchange/v1/revisions", methods=["GET"])
def get_revisions() -> Response:
    return answer(routes.current_request, _revisions)


@routes.route("/exchange/v1/reconcile", methods=["POST"], content_types=[JSON])
def post_reconcile() -> Response:
    return answer(routes.current_request, _reconcile)


@routes.route("/exchange/v1/manifests", methods=["POST"], content_types=[JSON])
def post_manifest() -> Response:
    return answer(routes.current_request, _close)


def _revisions(asked: Asked) -> KeptReply:
    from chalicelib.exchange.entities import listed_name

    entity = listed_name(asked.params.get("entity", ""))
    limit = max(1, number_of(asked, "limit", PAGE, PAGE))
    marks = list(asked.now.register.marks(entity, after=asked.params.get("after", ""), limit=limit + 1))
    page = [{"id": mark.id, "revision": mark.revision, "active": mark.active} for mark in marks[:limit]]
    return reply({"entity": entity, "records": page, "next": page[-1]["id"] if len(marks) > limit else None})


def _reconcile(asked: Asked) -> KeptReply:
    from chalicelib.exchange.entities import desk

    now = asked.now
    manifest = _manifest(asked)
    found = reconcile(desk(now), now.register, node=asked.node, manifest=manifest, size=len(asked.body))
    if found.refusal:
        return _refused(found)
    return reply({"run": found.run.id, "equal": not found.differences, "differences": _told(found.differences)})


def _close(asked: Asked) -> KeptReply:
    from chalicelib.exchange.entities import desk, hiding

    now, manifest = asked.now, _manifest(asked)
    hide = hiding(manifest.entity, now)
    closed = close_snapshot(desk(now), now.register, hide, node=asked.node, manifest=manifest, size=len(asked.body))
    if closed.refusal:
        return _refused(closed)
    return reply({"run": closed.run.id, "hidden": closed.hidden, "differences": _told(closed.differences)})


def _manifest(asked: Asked) -> Manifest:
    """Raises BrokenFile, NotFound, Refused."""
    from chalicelib.exchange.batches import read_message
    from chalicelib.exchange.entities import listed_name
    from chalicelib.formats.feed_messages import ManifestMessage

    message = read_message(asked.body, ManifestMessage)
    revisions = {record.id: record.revision for record in message.records}
    return Manifest(
        listed_name(message.entity),
        message.revision,
        revisions,
        message.count,
        message.checksum,
        message.first_id,
        message.last_id,
    )


def _refused(closing: Closing) -> KeptReply:
    more = {"run": closing.run.id, "differences": _told(closing.differences)}
    return problem(422, "Список не принят", closing.refusal, more)


def _told(differences: Differences) -> dict[str, Any]:
    """The first ids of each kind; the counts are whole."""
    kinds = {"missing": differences.missing, "stale": differences.stale, "extra": differences.extra}
    return {name: {"count": len(ids), "ids": list(ids[:NAMED])} for name, ids in kinds.items()}
