"""The dealer cancels an order or asks for a change of it, the manager decides what was asked."""

from collections.abc import Mapping
from decimal import Decimal

from chalicelib.domain.errors import InvalidInput
from chalicelib.domain.notifications import Event
from chalicelib.domain.orders.change_requests import (
    answered_by_line,
    cancelled,
    granted,
    must_be_seen,
    requested,
    taken,
    without_request,
)
from chalicelib.domain.orders.erp_orders import ORIGIN
from chalicelib.domain.orders.order_requests import OrderRequest, RequestKind, Wanted
from chalicelib.domain.orders.orders import Approval, Order, OrderEvent
from chalicelib.usecases.access.visitors import Visitor
from chalicelib.usecases.cart.cart import check_quantity
from chalicelib.usecases.notifications.announce import SUPPLIER, about_order, order_changed
from chalicelib.usecases.orders.answer_order import FEED, invoice_rows
from chalicelib.usecases.orders.dispatch_outbox import tell
from chalicelib.usecases.orders.order_news import request_text, verdict_text
from chalicelib.usecases.orders.show_orders import own_order
from chalicelib.usecases.ports.clock import Clock
from chalicelib.usecases.ports.files import Queues
from chalicelib.usecases.ports.orders import OrderStore, OutboxRow

LONGEST = 500


def cancel_order(
    orders: OrderStore,
    clock: Clock,
    *,
    visitor: Visitor,
    number: str,
    revision: int,
    words: str = "",
    pushes: Queues | None = None,
) -> bool:
    """True where it is cancelled now, False where 1C has it already and is asked. A second click finds it done.

    1C may have been given the order and not have said so yet: the row that goes out with the cancelling is another one than
    that batch's, so the batch's `success` leaves it, and 1C gets the order once more, as cancelled.
    Raises Conflict, Forbidden, NotFound.
    """
    visitor.must("order.cancel")
    order = own_order(orders, visitor, number)
    if order.approval is Approval.CANCELLED:
        orders.settle_hold(number, {}, clock())
        return True
    if order.request and order.request.kind is RequestKind.CANCEL and not order.request.stale:
        return False
    if taken(order):
        request = OrderRequest(RequestKind.CANCEL, revision, clock(), visitor.name, words=words.strip()[:LONGEST])
        ask(orders, clock, visitor=visitor, order=order, request=request)
        return False
    _cancel_untaken(orders, clock, visitor, order, revision, pushes)
    return True


def _cancel_untaken(
    orders: OrderStore, clock: Clock, visitor: Visitor, order: Order, revision: int, pushes: Queues | None
) -> None:
    must_be_seen(order, revision)
    now = clock()
    row = OutboxRow.new("orders", order.number, now)
    event = OrderEvent(now, visitor.name, "cancelled", "Заказ отменён дилером")
    orders.change_untaken(order, cancelled(order), event, (row,))
    orders.settle_hold(order.number, {}, now)
    tell(pushes, (row,))


def ask(orders: OrderStore, clock: Clock, *, visitor: Visitor, order: Order, request: OrderRequest) -> None:
    """Keep the request and tell 1C of it. Raises Conflict, InvalidInput."""
    after, now = requested(order, request), clock()
    params = (("comment", request.words),) if request.words else ()
    event = OrderEvent(now, visitor.name, "requested", request_text(request.kind, request.words), params)
    told = about_order(after, Event.MESSAGE, event.text, dict(params), now, to=SUPPLIER)
    orders.change(order, after, event, (OutboxRow.of_change(FEED, order.number, now), told))


def answer_lines(
    orders: OrderStore,
    clock: Clock,
    *,
    visitor: Visitor,
    number: str,
    revision: int,
    against: Mapping[int, Decimal],
    words: str = "",
    pushes: Queues | None = None,
) -> None:
    """The dealer agrees to the changed order but for some lines: `against` has the quantity he wants of each, by number.

    They go back to the manager. Raises Conflict, InvalidInput, Forbidden, NotFound.
    """
    visitor.must("order.confirm")
    order = own_order(orders, visitor, number)
    for quantity in against.values():
        check_quantity(quantity)
    wanted = tuple(Wanted(line.number, line.item_id, against[line.number]) for line in order.lines if line.number in against)
    if not wanted:
        raise InvalidInput("Отметьте строки, с которыми вы не согласны")
    now, said = clock(), words.strip()[:LONGEST]
    after = answered_by_line(order, OrderRequest(RequestKind.CHANGE, revision, now, visitor.name, wanted, words=said))
    params = (("count", str(len(wanted))),)
    event = OrderEvent(now, visitor.name, "declined", "Изменения приняты, кроме строк: %(count)s", params)
    row = OutboxRow.new("orders", number, now)
    told = about_order(after, Event.MESSAGE, event.text, dict(params), now, to=SUPPLIER)
    orders.change(order, after, event, (row, OutboxRow.of_change(FEED, number, now), told))
    tell(pushes, (row,))


def withdraw_request(orders: OrderStore, clock: Clock, *, visitor: Visitor, number: str, revision: int) -> None:
    """The dealer leaves the order as it is. Nothing happens where no request is open. Raises Conflict, Forbidden, NotFound."""
    visitor.must("order.edit")
    order = own_order(orders, visitor, number)
    if order.request is None:
        return
    after, now = without_request(order, revision), clock()
    event = OrderEvent(now, visitor.name, "request_withdrawn", "Дилер отозвал запрос")
    orders.change(order, after, event, (OutboxRow.of_change(FEED, number, now),))


def decide_request(
    orders: OrderStore,
    queues: Queues,
    clock: Clock,
    *,
    visitor: Visitor,
    number: str,
    revision: int,
    grant: bool,
    comment: str = "",
    pushes: Queues | None = None,
) -> None:
    """The manager grants or declines what the dealer asked for. 1C gets the order as it is then; a refusal has its reason.

    Raises Forbidden, NotFound, Conflict, InvalidInput.
    """
    visitor.must("order.moderate")
    said = comment.strip()[:LONGEST]
    if not grant and not said:
        raise InvalidInput("Объясните дилеру причину", {"comment": "Напишите причину"})
    order, now = orders.read(visitor.scope, number), clock()
    after = granted(order, revision) if grant else without_request(order, revision)
    rows = (OutboxRow.new("orders", number, now),) if grant and order.origin != ORIGIN else ()
    kind = "request_granted" if grant else "request_refused"
    event = OrderEvent(now, visitor.name, kind, verdict_text(grant, said), (("comment", said),) if said else ())
    invoices = invoice_rows(order, after, now) if grant else ()
    told = order_changed(order, after, event) or (about_order(after, Event.MESSAGE, event.text, dict(event.params), now),)
    orders.change(order, after, event, (*rows, *invoices, *told, OutboxRow.of_change(FEED, number, now)))
    if after.approval is Approval.CANCELLED:
        orders.settle_hold(number, {}, now)
    tell(queues, (*invoices, *told))
    tell(pushes, rows)
