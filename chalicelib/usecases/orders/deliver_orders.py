"""Orders on their way to a system that is sent them: at least once from here, once there by the key of the delivery.

A row of the outbox is one delivery. Whoever claims it has it alone for `LEASE`; one that died lets it go by then, and the
sweep of the outbox finds it. What the other side answered is applied before the row ends: a death in between repeats the
delivery, and the same answer again changes nothing.
"""

import hashlib
import random
from collections.abc import Sequence
from dataclasses import replace
from datetime import timedelta

from chalicelib.domain.errors import Conflict, Failing, NotFound, Refused, Unavailable
from chalicelib.domain.orders.orders import OrderEvent
from chalicelib.usecases.orders.answer_order import ERP, take_answer
from chalicelib.usecases.orders.dispatch_outbox import queue
from chalicelib.usecases.orders.export_orders import outgoing_order
from chalicelib.usecases.ports.clock import Clock
from chalicelib.usecases.ports.files import Queues
from chalicelib.usecases.ports.orders import OrderReceiver, OrderStore, Outbox, OutboxRow, Receipt
from chalicelib.usecases.ports.partners import PartnerStore

LEASE = timedelta(seconds=75)
"""Longer than the function may run."""
FAILURES = 8
"""After so many failures at one order it is put aside for people to look at."""
ATTEMPTS = 8
"""So often it is tried within some ten minutes; after that the sweep tries it, at last once an hour."""
LONGEST_WAIT = 300


def deliver_order(
    outbox: Outbox,
    orders: OrderStore,
    partners: PartnerStore,
    queues: Queues,
    clock: Clock,
    receivers: Sequence[OrderReceiver],
    *,
    kind: str,
    row_id: str,
    attempt: int = 1,
) -> str:
    """Give the row's order to its system: "delivered", "later", "aside", "waits" (it is fetched), or "gone"."""
    row = outbox.claim(kind, row_id, clock(), LEASE)
    if row is None:
        return "gone"
    receiver = _receiver(row, receivers)
    if receiver is None:
        outbox.set_aside(row, "Система больше не указана в настройках")
        return "aside"
    try:
        receipt = receiver.receive(outgoing_order(orders, partners, row.subject), delivery_key(row))
        if receipt is None:
            outbox.release(row, "", counted=False)
            return "waits"
        _end(outbox, orders, queues, clock, row, receiver, receipt)
    except Unavailable as unavailable:
        return _later(outbox, queues, row, unavailable, attempt)
    except Refused as refused:
        outbox.set_aside(row, str(refused))
        return "aside"
    return "delivered"


def delivery_key(row: OutboxRow) -> str:
    """The same for every attempt at a row, and no other row's."""
    return hashlib.sha256(row.id.encode()).hexdigest()[:32]


def _receiver(row: OutboxRow, receivers: Sequence[OrderReceiver]) -> OrderReceiver | None:
    """Answers come from the first; a copy goes to the one its row names."""
    if row.kind == "orders":
        return receivers[0]
    return next((receiver for receiver in receivers[1:] if receiver.name == row.body["target"]), None)


def _end(
    outbox: Outbox,
    orders: OrderStore,
    queues: Queues,
    clock: Clock,
    row: OutboxRow,
    receiver: OrderReceiver,
    receipt: Receipt,
) -> None:
    if row.kind != "orders":
        outbox.remove(row.kind, row.id)
        return
    event = _taken(receiver, clock)
    if receipt.answer is not None:
        _apply(orders, queues, clock, row, receipt)
    orders.taken(row.subject, [row.id], event)


def _taken(receiver: OrderReceiver, clock: Clock) -> OrderEvent:
    if receiver.name == ERP:
        return OrderEvent(clock(), ERP, "taken", "Заказ принят в 1С")
    return OrderEvent(clock(), receiver.name, "taken", "Заказ принят: %(system)s", (("system", receiver.name),))


def _apply(orders: OrderStore, queues: Queues, clock: Clock, row: OutboxRow, receipt: Receipt) -> None:
    """Raises Failing for the document of another order, Unavailable where ours changed at the same moment."""
    answer = receipt.answer
    if answer is None or answer.number != row.subject:
        raise Failing("Вместо документа заказа %(number)s получен другой", number=row.subject)
    try:
        take_answer(orders, queues, clock, answer=answer)
    except Conflict as conflict:
        raise Unavailable(conflict.message, **conflict.params) from conflict


def _later(outbox: Outbox, queues: Queues, row: OutboxRow, error: Unavailable, attempt: int) -> str:
    """A failure at this order counts; a system that is away is waited for, however long it takes."""
    failures = outbox.release(row, str(error), counted=isinstance(error, Failing))
    if failures >= FAILURES:
        outbox.set_aside(replace(row, failures=failures), str(error))
        return "aside"
    if attempt < ATTEMPTS:
        message = {"kind": row.kind, "row": row.id, "attempt": attempt + 1}
        queues.send("deliveries", message, delay=wait_before(attempt + 1))
    return "later"


def wait_before(attempt: int) -> int:
    """Seconds, doubled each time and scattered: what failed together does not come back together."""
    longest = min(LONGEST_WAIT, 2**attempt)
    return max(1, round(random.uniform(longest / 2, longest)))  # noqa: S311  # jitter, not a secret


def retry_aside(outbox: Outbox, queues: Queues, *, row_id: str) -> OutboxRow:
    """Somebody has looked at what was put aside: back it goes. Raises NotFound."""
    row = outbox.put_back(row_id)
    if row is None:
        raise NotFound("Этой отправки больше нет")
    queue(queues, row)
    return row
