"""1C's HTTP service takes orders: `push+http(s)://user:password@host/base/hs/kabinet/`.

    POST <root>orders       Content-Type: application/json, Idempotency-Key: <the delivery's id>
    the order, as `formats.order_messages` writes it

2xx is the receipt. Its body is empty, or JSON with or without 1C's document of the order (`formats.order_messages`); a repeat
under the same key gets the same answer. 400, 409, 410, 413, 415, 422 and the like are 1C's last word on this order; 401, 403,
404, 405 speak of the publication and 429, 502, 503, 504 of the moment: both are tried again. 500 is a failure at this order.
"""

import json

from chalicelib.adapters.erp.calls import AWAY, Caller, Reply
from chalicelib.domain.errors import BrokenFile, Failing, Refused, Unavailable
from chalicelib.formats.order_messages import message_body, order_message, read_answer
from chalicelib.usecases.ports.orders import OrderWithParties, Receipt

REASON_SHOWN = 300


class HttpService:
    """1C by its own HTTP service."""

    name = "1С"

    def __init__(self, caller: Caller) -> None:
        self.caller = caller

    def receive(self, order: OrderWithParties, key: str) -> Receipt:
        headers = {
            "Authorization": self.caller.basic(),
            "Content-Type": "application/json; charset=utf-8",
            "Accept": "application/json",
            "Idempotency-Key": key,
        }
        return receipt(self.caller.post("orders", message_body(order_message(order, key)), headers), self.name)


def receipt(reply: Reply, name: str) -> Receipt:
    """What an HTTP answer says of an order. Raises Refused, Failing, Unavailable."""
    if not 200 <= reply.status < 300:
        raise refusal(reply, name)
    try:
        return Receipt(read_answer(reply.body))
    except BrokenFile as broken:
        raise Failing("%(system)s: %(reason)s", system=name, reason=str(broken)) from broken


def refusal(reply: Reply, name: str) -> Refused | Unavailable:
    """A redirect counts as a wrong address: whoever answers with another one does not get the order there."""
    if reply.status in AWAY or 300 <= reply.status < 400:
        return Unavailable("%(system)s отвечает кодом HTTP %(code)s", system=name, code=reply.status)
    if reply.status >= 500:
        return Failing("%(system)s: ошибка HTTP %(code)s %(said)s", system=name, code=reply.status, said=_said(reply))
    return Refused("%(system)s не принимает заказ: HTTP %(code)s %(said)s", system=name, code=reply.status, said=_said(reply))


def _said(reply: Reply) -> str:
    """Its own words, from a problem document or a plain text."""
    text = reply.body[:4000].decode(errors="replace")
    try:
        document = json.loads(text)
    except ValueError:
        return " ".join(text.split())[:REASON_SHOWN]
    said = document.get("detail") or document.get("title") or "" if isinstance(document, dict) else ""
    return str(said)[:REASON_SHOWN]
