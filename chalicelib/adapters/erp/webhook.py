"""Any other system gets orders by signed requests: `webhook+http(s)://:secret@host/path`.

    POST <path>
    Content-Type: application/json; charset=utf-8
    Idempotency-Key: <the delivery's id>
    Kabinet-Signature: t=<seconds since 1970>,v1=<HMAC-SHA256 of "<t>.<body>" under the secret, in hexadecimal>

The body is an order as `formats.order_messages` writes it. The receiver computes the signature over the bytes it got, compares
it in constant time, refuses a `t` that is more than five minutes off its clock, and remembers the keys it has done: a request
that somebody recorded and sends again is too old, or done already. Every attempt is signed anew.

Answers mean what they mean for 1C's HTTP service; a document in the reply is the system's answer to the order.
"""

import hmac
from datetime import datetime

from chalicelib.adapters.erp.calls import Caller
from chalicelib.adapters.erp.http_service import receipt
from chalicelib.formats.order_messages import message_body, order_message
from chalicelib.usecases.ports.clock import Clock
from chalicelib.usecases.ports.orders import OrderWithParties, Receipt


class Webhook:
    """A system known by its address alone."""

    def __init__(self, caller: Caller, clock: Clock) -> None:
        self.caller = caller
        self.clock = clock

    @property
    def name(self) -> str:
        return self.caller.address.host

    def receive(self, order: OrderWithParties, key: str) -> Receipt:
        body = message_body(order_message(order, key))
        headers = {
            "Content-Type": "application/json; charset=utf-8",
            "Idempotency-Key": key,
            "Kabinet-Signature": signature(self.caller.address.secret, self.clock(), body),
        }
        return receipt(self.caller.post("", body, headers), self.name)


def signature(secret: str, at: datetime, body: bytes) -> str:
    seconds = int(at.timestamp())
    return f"t={seconds},v1={hmac.digest(secret.encode(), b'%d.' % seconds + body, 'sha256').hex()}"
