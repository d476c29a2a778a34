"""The manager's desk: orders of all dealers by what is to be done with them, and his decision on one."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

from chalicelib.domain.errors import InvalidInput
from chalicelib.domain.orders.moderation import Decision, decided
from chalicelib.domain.orders.order_list import Lane, OrderFilter
from chalicelib.domain.orders.orders import OrderEvent
from chalicelib.usecases.access.visitors import Visitor
from chalicelib.usecases.notifications.announce import order_changed
from chalicelib.usecases.orders.answer_order import invoice_row
from chalicelib.usecases.orders.dispatch_outbox import tell
from chalicelib.usecases.orders.order_news import decision_text
from chalicelib.usecases.ports.clock import Clock, business_day
from chalicelib.usecases.ports.files import Queues
from chalicelib.usecases.ports.orders import FoundOrders, OrderLists, OrderStore, OutboxRow
from chalicelib.usecases.ports.partners import PartnerStore

PAGE = 50
COUNTED = 100
LATE = "late"
LANES = (Lane.MODERATION, Lane.NEW, Lane.AWAITING, LATE, Lane.WORKING, Lane.DONE, Lane.CANCELLED)
"""As they stand on the desk: what waits for the manager first. LATE: in work, and its day has passed."""


@dataclass(frozen=True, slots=True)
class Desk:
    """`counts`: orders by lane, up to COUNTED, of the lanes that wait for somebody. `partners`: names by id."""

    lane: str
    found: FoundOrders
    counts: Mapping[str, int]
    partners: Mapping[str, str]


def desk(
    lists: OrderLists, partners: PartnerStore, clock: Clock, *, visitor: Visitor, lane: str, after: str | None = None
) -> Desk:
    """A page of a lane, newest first. Raises Forbidden."""
    visitor.must("order.moderate")
    chosen = lane if lane in LANES else Lane.MODERATION
    today = business_day(clock())
    found = lists.of_lane(*_asked(chosen, today), limit=PAGE, after=after)
    counts = {one.value: lists.count(one, COUNTED) for one in (Lane.MODERATION, Lane.NEW, Lane.AWAITING)}
    return Desk(chosen, found, counts, partners.names({order.partner_id for order in found.orders}))


def _asked(lane: str, today: date) -> tuple[Lane, OrderFilter]:
    if lane == LATE:
        return Lane.WORKING, OrderFilter(due_before=today)
    return Lane(lane), OrderFilter()


def moderate(
    orders: OrderStore,
    queues: Queues,
    clock: Clock,
    *,
    visitor: Visitor,
    number: str,
    decision: Decision,
    revision: int,
    comment: str,
    pushes: Queues | None = None,
) -> None:
    """Carry out a decision: the dealer sees it with its words, 1C is told, an invoice is made or holds are let go.

    Raises Forbidden, NotFound, Conflict, InvalidInput: whoever holds, asks or rejects says why.
    """
    visitor.must("order.moderate")
    said = comment.strip()[:500]
    if not said and decision is not Decision.CONFIRM:
        raise InvalidInput("Объясните дилеру причину", {"comment": "Напишите причину"})
    order, now = orders.read(visitor.scope, number), clock()
    after = decided(order, decision, revision)
    invoices = (invoice_row(after, now),) if decision is Decision.CONFIRM else ()
    event = OrderEvent(now, visitor.name, decision.value, decision_text(decision, said), (("comment", said),) if said else ())
    rows = (OutboxRow.new("orders", number, now), *invoices, *order_changed(order, after, event))
    orders.change(order, after, event, rows)
    if decision is Decision.REJECT:
        orders.settle_hold(number, {}, now)
    tell(queues, rows[1:])
    tell(pushes, rows[:1])
