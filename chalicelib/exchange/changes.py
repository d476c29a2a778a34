"""`/exchange/v1/changes`: what 1C takes by number, beside or instead of CommerceML's orders."""

from collections.abc import Collection
from typing import Any

from chalice import Blueprint, Response

from chalicelib.domain.errors import BrokenFile
from chalicelib.exchange.answers import JSON, Asked, answer, reply
from chalicelib.exchange.change_entities import CHANGES, instant, readers
from chalicelib.usecases.exchange.change_feed import MOST, Change, acknowledge_changes, changes_after
from chalicelib.usecases.ports.exchange import KeptReply

routes = Blueprint(__name__)


@routes.route("/exchange/v1/changes", methods=["GET"])
def get_changes() -> Response:
    return answer(routes.current_request, _changes)


@routes.route("/exchange/v1/changes/acknowledged", methods=["POST"], content_types=[JSON])
def post_acknowledged() -> Response:
    return answer(routes.current_request, _acknowledged)


def _changes(asked: Asked) -> KeptReply:
    now = asked.now
    after, limit = number_of(asked, "after", 0, 10**15), max(1, number_of(asked, "limit", MOST, MOST))
    found, more = changes_after(now.feed, readers(now), after=after, limit=limit, entities=_entities(asked))
    return reply({"changes": [_told(change) for change in found], "more": more})


def _entities(asked: Asked) -> Collection[str]:
    """Those asked for; none is all. Raises BrokenFile."""
    return known_entities([name.strip() for name in asked.params.get("entities", "").split(",") if name.strip()])


def known_entities(names: Collection[str]) -> Collection[str]:
    """Raises BrokenFile."""
    for name in names:
        if name not in CHANGES:
            raise BrokenFile("Изменений вида «%(name)s» нет. Есть: %(known)s", name=name[:60], known=", ".join(CHANGES))
    return names


def number_of(asked: Asked, name: str, default: int, most: int) -> int:
    """A whole number of the query. Raises BrokenFile."""
    text = asked.params.get(name, "") or str(default)
    if not (text.isascii() and text.isdigit() and len(text) <= 18):
        raise BrokenFile("Параметр %(name)s — целое число от 0", name=name)
    return min(int(text), most)


def _told(change: Change) -> dict[str, Any]:
    return {"number": change.number, "entity": change.entity, "at": instant(change.at), change.entity: change.value}


def _acknowledged(asked: Asked) -> KeptReply:
    from chalicelib.exchange.batches import read_message
    from chalicelib.exchange.entities import desk
    from chalicelib.formats.feed_messages import AcknowledgedMessage

    now = asked.now
    message = read_message(asked.body, AcknowledgedMessage)
    refused = {one.number: one.reason for one in message.refused}
    done = acknowledge_changes(
        desk(now),
        now.feed,
        now.orders,
        node=asked.node,
        number=message.number,
        refused=refused,
        entities=known_entities(message.entities),
    )
    return reply({"taken": done.taken, "refused": done.refused})
