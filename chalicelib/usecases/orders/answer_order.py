"""1C answers an order, the dealer answers 1C: nothing is overwritten in silence."""

import hashlib
from dataclasses import astuple
from datetime import datetime
from decimal import Decimal

from chalicelib.domain.catalogue.stock import Source
from chalicelib.domain.exchange.exchange import Problem
from chalicelib.domain.money import ZERO
from chalicelib.domain.notifications import Event
from chalicelib.domain.orders.change_requests import after_answer, as_wished, wishes_met
from chalicelib.domain.orders.erp_orders import ORIGIN
from chalicelib.domain.orders.order_papers import ErpPaper
from chalicelib.domain.orders.orders import (
    Approval,
    ErpOrder,
    Order,
    OrderEvent,
    answered,
    confirmed,
    declined,
    state_axes,
    with_papers,
)
from chalicelib.domain.partners.partners import SupplierScope
from chalicelib.usecases.access.visitors import Visitor
from chalicelib.usecases.notifications.announce import SUPPLIER, about_order, order_changed
from chalicelib.usecases.orders.dispatch_outbox import tell
from chalicelib.usecases.orders.order_news import fulfilment_text, payment_text
from chalicelib.usecases.orders.show_orders import own_order
from chalicelib.usecases.ports.clock import Clock
from chalicelib.usecases.ports.files import Queues
from chalicelib.usecases.ports.orders import OrderStore, OutboxRow

ERP = "1С"
FEED = "change_request"
"""The entity of the change feed that tells 1C what the dealer asks to be changed."""


def take_answer(orders: OrderStore, queues: Queues, clock: Clock, *, answer: ErpOrder) -> tuple[Problem, ...]:
    """Apply 1C's document to our order. What could not be understood is answered as problems; the rest stands.

    Safe to repeat: an echo changes nothing, and a hold is settled once. Raises NotFound, Conflict.
    """
    order = orders.read(SupplierScope(ERP), answer.number)
    after = _with_answer(order, answer)
    now = clock()
    if after is not order:
        event = _answer_event(order, after, now)
        rows = (*invoice_rows(order, after, now), *_told(order, after, event))
        orders.change(order, after, event, (*rows, *request_rows(order, after, now), *_withdrawn_rows(after, answer, now)))
        tell(queues, rows)
    orders.settle_hold(order.number, kept_of(after), now)
    return unknown_state(answer)


def _told(before: Order, after: Order, event: OrderEvent) -> tuple[OutboxRow, ...]:
    """The dealer also hears what became of his wish."""
    told = order_changed(before, after, event)
    if told or not event.kind.startswith("request_"):
        return told
    return (about_order(after, Event.MESSAGE, event.text, dict(event.params), event.at),)


def request_rows(before: Order, after: Order, now: datetime) -> tuple[OutboxRow, ...]:
    """1C is told how the dealer's wish stands now."""
    return () if before.request == after.request else (OutboxRow.of_change(FEED, after.number, now),)


def _with_answer(order: Order, answer: ErpOrder) -> Order:
    """What the dealer has asked for is no change behind his back; what else 1C changes leaves his wish without its ground."""
    asked = as_wished(order) if wishes_met(order, answer) else order
    after = answered(asked, answer, answer_print(answer))
    return order if after is asked else after_answer(order, after)


def _withdrawn_rows(order: Order, answer: ErpOrder, now: datetime) -> tuple[OutboxRow, ...]:
    """1C speaks of an order that was cancelled here as of any other: it has not heard yet."""
    heard = not order.withdrawn or answer.deleted or answer.cancelled or order.origin == ORIGIN
    return () if heard else (OutboxRow.new("orders", order.number, now),)


def answer_print(answer: ErpOrder) -> str:
    return hashlib.sha256(repr(_normal(astuple(answer))).encode()).hexdigest()[:32]


def _normal(value: object) -> object:
    """Equal figures print equally, however many zeros 1C wrote."""
    if isinstance(value, tuple | list):
        return tuple(_normal(inner) for inner in value)
    return value.normalize() if isinstance(value, Decimal) else value


def kept_of(order: Order) -> dict[Source, Decimal]:
    """What 1C has reserved by its answer: all that is still in the order, as far as it was held, the earliest first."""
    kept: dict[Source, Decimal] = {}
    if order.approval in (Approval.CANCELLED, Approval.REJECTED):
        return kept
    for line in order.lines:
        left = line.quantity
        for part in line.plan:
            source = (line.item_id, line.warehouse_id or "", part.lot_id)
            kept[source] = kept.get(source, ZERO) + min(left, part.quantity)
            left -= min(left, part.quantity)
    return kept


def invoice_rows(before: Order, after: Order, now: datetime) -> tuple[OutboxRow, ...]:
    """An invoice is due when the order is confirmed, and again when a confirmed order's figures have changed (OP-06)."""
    if after.approval is not Approval.CONFIRMED:
        return ()
    same = before.approval is Approval.CONFIRMED and before.lines == after.lines
    return () if same else (invoice_row(after, now),)


def invoice_row(order: Order, now: datetime) -> OutboxRow:
    body = {"order": order.number, "partner": order.partner_id, "revision": str(order.revision)}
    return OutboxRow.new("documents", order.number, now, body)


def _answer_event(before: Order, after: Order, now: datetime) -> OrderEvent:
    number = (("number", after.erp_number or after.number),)
    if before.request and not after.request and after.approval not in (Approval.AWAITING_CLIENT, Approval.REJECTED):
        return OrderEvent(now, ERP, "request_granted", "Поставщик принял запрос дилера", number)
    if after.request and after.request.stale and not (before.request and before.request.stale):
        return OrderEvent(now, ERP, "request_stale", "Поставщик изменил заказ после запроса дилера: решите заново", number)
    if after.approval is Approval.AWAITING_CLIENT:
        return OrderEvent(now, ERP, "changed", "Поставщик изменил заказ и ждёт вашего подтверждения", number)
    if after.approval is not before.approval and after.approval is Approval.CONFIRMED:
        return OrderEvent(now, ERP, "confirmed", "Заказ подтверждён поставщиком, № в 1С: %(number)s", number)
    if after.approval is Approval.CANCELLED:
        return OrderEvent(now, ERP, "cancelled", "Заказ отменён поставщиком", number)
    if after.approval is Approval.REJECTED:
        return OrderEvent(now, ERP, "rejected", "Заказ отклонён поставщиком", number)
    return OrderEvent(now, ERP, "updated", _news(before, after), number)


def _news(before: Order, after: Order) -> str:
    """What happened to an order whose approval stays as it was."""
    if after.fulfilment is not before.fulfilment:
        return fulfilment_text(after.fulfilment)
    return payment_text(after.payment) if after.payment is not before.payment else "Поставщик обновил заказ"


def take_paper(orders: OrderStore, queues: Queues, clock: Clock, *, told: ErpPaper) -> bool:
    """A payment, shipment or other document that came without its order; False where it changes nothing.

    Raises NotFound where no order is called so, Conflict.
    """
    number = orders.of_erp(told.order) or orders.find(told.order) or told.order
    order = orders.read(SupplierScope(ERP), number)
    after, now = with_papers(order, (told.paper,)), clock()
    if after is order:
        return False
    event = OrderEvent(now, ERP, "updated", _news(order, after))
    rows = (*invoice_rows(order, after, now), *order_changed(order, after, event))
    orders.change(order, after, event, rows)
    tell(queues, rows)
    return True


def unknown_state(answer: ErpOrder) -> tuple[Problem, ...]:
    if not answer.state or answer.axes or state_axes(answer.state):
        return ()
    reason = "Состояние «%(state)s» не сопоставлено со статусом портала: статус заказа оставлен прежним"
    return (Problem("order", answer.number, answer.erp_number, reason, (("state", answer.state),)),)


def confirm_changes(
    orders: OrderStore,
    queues: Queues,
    clock: Clock,
    *,
    visitor: Visitor,
    number: str,
    revision: int,
    pushes: Queues | None = None,
) -> None:
    """The dealer agrees to the order as it stands: 1C hears of it, an invoice is made. Raises Conflict, Forbidden, NotFound.

    `pushes` are the queues where orders are sent out, None where 1C comes for them.
    """
    order = _answerable(orders, visitor, number)
    after, now = confirmed(order, revision), clock()
    rows = (OutboxRow.new("orders", number, now), invoice_row(after, now))
    said = _said(visitor, number, now, "confirmed")
    event = OrderEvent(now, visitor.name, "confirmed", "Изменения подтверждены")
    orders.change(order, after, event, (*rows, said, *request_rows(order, after, now)))
    tell(queues, rows[1:])
    tell(pushes, rows[:1])


def decline_changes(
    orders: OrderStore,
    clock: Clock,
    *,
    visitor: Visitor,
    number: str,
    revision: int,
    comment: str = "",
    pushes: Queues | None = None,
) -> None:
    """The dealer does not agree; the order goes back to the manager with his words. Raises as `confirm_changes`."""
    order = _answerable(orders, visitor, number)
    after, now = declined(order, revision), clock()
    text = "Изменения не приняты: %(comment)s" if comment.strip() else "Изменения не приняты"
    event = OrderEvent(now, visitor.name, "declined", text, (("comment", comment.strip()[:500]),))
    row = OutboxRow.new("orders", number, now)
    told = about_order(after, Event.MESSAGE, event.text, dict(event.params), now, to=SUPPLIER)
    orders.change(order, after, event, (row, _said(visitor, number, now, "declined", comment), told))
    tell(pushes, (row,))


def _said(visitor: Visitor, number: str, now: datetime, answer: str, comment: str = "") -> OutboxRow:
    """The dealer's words for 1C's manager: the order itself says only where it stands."""
    body = {"answer": answer, "user": visitor.name, "comment": comment.strip()[:500]}
    return OutboxRow.of_change("order_answer", number, now, body)


def _answerable(orders: OrderStore, visitor: Visitor, number: str) -> Order:
    visitor.must("order.confirm")
    return own_order(orders, visitor, number)
