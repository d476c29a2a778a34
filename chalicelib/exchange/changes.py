"""`/exchange/v1/changes`: what 1C takes by number, instead of or beside CommerceML's orders."""

from typing import Any

from chalice import Blueprint, Response

from chalicelib.domain.errors import BrokenFile
from chalicelib.exchange.answers import JSON, Asked, answer, reply
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
    found, more = changes_after(now.feed, now.orders, now.partners, now.outbox, after=after, limit=limit)
    return reply({"changes": [_told(change) for change in found], "more": more})


def number_of(asked: Asked, name: str, default: int, most: int) -> int:
    """A whole number of the query. Raises BrokenFile."""
    text = asked.params.get(name, "") or str(default)
    if not (text.isascii() and text.isdigit() and len(text) <= 18):
        raise BrokenFile("Параметр %(name)s — целое число от 0", name=name)
    return min(int(text), most)


def _told(change: Change) -> dict[str, Any]:
    from chalicelib.formats.order_messages import order_message

    order = order_message(change.order, str(change.number))
    return {"number": change.number, "entity": "order", "at": f"{change.at:%Y-%m-%dT%H:%M:%SZ}", "order": order}


def _acknowledged(asked: Asked) -> KeptReply:
    from chalicelib.exchange.batches import read_message
    from chalicelib.exchange.entities import desk
    from chalicelib.formats.feed_messages import AcknowledgedMessage

    now = asked.now
    message = read_message(asked.body, AcknowledgedMessage)
    refused = {one.number: one.reason for one in message.refused}
    done = acknowledge_changes(
        desk(now), now.feed, now.orders, now.outbox, node=asked.node, number=message.number, refused=refused
    )
    return reply({"taken": done.taken, "refused": done.refused})
