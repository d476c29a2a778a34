"""1C reports how far an order has come; the dealer tells what of it he has and has sold."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime
from decimal import Decimal

from chalicelib.domain.errors import Conflict, Forbidden, NotFound
from chalicelib.domain.exchange.exchange import Problem
from chalicelib.domain.money import ZERO
from chalicelib.domain.orders.order_progress import OrderProgress
from chalicelib.domain.orders.order_reports import OrderReport, fulfilment, marked, payment, reported, ship_asked
from chalicelib.domain.orders.orders import Approval, Fulfilment, Order, OrderEvent, Payment, state_axes
from chalicelib.domain.partners.partners import SupplierScope
from chalicelib.usecases.access.visitors import Visitor
from chalicelib.usecases.notifications.announce import order_changed
from chalicelib.usecases.orders.answer_order import ERP, invoice_row
from chalicelib.usecases.orders.dispatch_outbox import tell
from chalicelib.usecases.orders.order_news import approval_text, fulfilment_text, payment_text
from chalicelib.usecases.orders.show_orders import OwnMark, may_change, own_marks
from chalicelib.usecases.ports.clock import Clock
from chalicelib.usecases.ports.files import Queues
from chalicelib.usecases.ports.orders import OrderStore, OutboxRow

TRIES = 5
ENDED = frozenset({Approval.CANCELLED, Approval.REJECTED})


def take_report(orders: OrderStore, queues: Queues, clock: Clock, *, report: OrderReport) -> tuple[str, tuple[Problem, ...]]:
    """ "written" or "unchanged", and what of the report could not be understood.

    Raises NotFound where the order is not known (yet), InvalidInput where quantities don't agree, Conflict where somebody
    keeps changing the order.
    """
    number = orders.find(report.order)
    if number is None:
        raise NotFound("Заказ %(number)s не найден", number=report.order)
    for _ in range(TRIES - 1):
        try:
            return _take(orders, queues, clock(), number, report)
        except Conflict:
            continue  # the order changed between the look and the write: look again
    return _take(orders, queues, clock(), number, report)


def _take(orders: OrderStore, queues: Queues, now: datetime, number: str, report: OrderReport) -> tuple[str, tuple[Problem, ...]]:
    before = orders.read(SupplierScope(ERP), number)
    if before.progress.revision >= report.revision:
        _settle_ended(orders, before, now)
        return "unchanged", ()
    after = _after(before, reported(before, report), report)
    event = _event(before, after, now)
    invoices = (invoice_row(after, now),) if _became(Approval.CONFIRMED, before, after) else ()
    rows = (*invoices, *order_changed(before, after, event))
    if not orders.save_progress(report.order, before, after, event, rows):
        return "unchanged", ()
    tell(queues, rows)
    _settle_ended(orders, after, now)
    return "written", _unknown_state(report, after)


def _settle_ended(orders: OrderStore, order: Order, now: datetime) -> None:
    """What a cancelled order held is free again; once, and again where that was cut short."""
    if order.approval in ENDED:
        orders.settle_hold(order.number, {}, now)


def _after(before: Order, progress: OrderProgress, report: OrderReport) -> Order:
    """The state that 1C names decides; without one the order's fulfilment comes from its units."""
    approval, named = (state_axes(report.state) if report.state else None) or (None, None)
    if before.withdrawn or (before.approval is Approval.AWAITING_CLIENT and approval not in ENDED):
        approval = None  # only the dealer answers for himself, and what was cancelled here stays so
    after = replace(
        before,
        progress=progress,
        approval=approval or before.approval,
        fulfilment=named or fulfilment(before, progress),
        payment=before.payment if progress.paid_amount is None else payment(before, progress.paid_amount),
    )
    return after if _axes(after) == _axes(before) else replace(after, revision=before.revision + 1)


def _axes(order: Order) -> tuple[Approval, Fulfilment, Payment]:
    return order.approval, order.fulfilment, order.payment


def _became(approval: Approval, before: Order, after: Order) -> bool:
    return after.approval is approval is not before.approval


def _event(before: Order, after: Order, now: datetime) -> OrderEvent | None:
    """A row of the timeline where an axis moved: what tells most."""
    if after.approval is not before.approval:
        text = approval_text(after.approval)
    elif after.fulfilment is not before.fulfilment:
        text = fulfilment_text(after.fulfilment)
    elif after.payment is not before.payment:
        text = payment_text(after.payment)
    else:
        return None
    return OrderEvent(now, ERP, "updated", text, (("number", after.erp_number or after.number),))


def _unknown_state(report: OrderReport, order: Order) -> tuple[Problem, ...]:
    if not report.state or state_axes(report.state):
        return ()
    reason = "Состояние «%(state)s» не сопоставлено со статусом портала: статус заказа оставлен прежним"
    return (Problem("order", report.order, order.erp_number, reason, (("state", report.state),)),)


Marks = Mapping[str, tuple[Decimal, Decimal]]
"""By item id what lies with the dealer and what he has sold."""


def mark_all(orders: OrderStore, clock: Clock, *, visitor: Visitor, number: str, marks: Marks) -> None:
    """The dealer's figures of several items, those that differ; none is kept where one is wrong. Raises as `mark_own`."""
    visitor.must("order.view")
    order = orders.read(visitor.partner_scope, number)
    changed = [mark for mark in own_marks(order) if marks.get(mark.line.item_id, _kept(mark)) != _kept(mark)]
    for mark in changed:
        marked(order, mark.line, *marks[mark.line.item_id])
    for mark in changed:
        at_dealer, sold = marks[mark.line.item_id]
        mark_own(orders, clock, visitor=visitor, number=number, item_id=mark.line.item_id, at_dealer=at_dealer, sold=sold)


def _kept(mark: OwnMark) -> tuple[Decimal, Decimal]:
    return mark.at_dealer, mark.sold


def mark_own(
    orders: OrderStore, clock: Clock, *, visitor: Visitor, number: str, item_id: str, at_dealer: Decimal, sold: Decimal
) -> None:
    """The dealer counts what of a line lies with him and what he has sold (OP-21). Raises NotFound, InvalidInput, Conflict."""
    visitor.must("order.view")
    before = orders.read(visitor.partner_scope, number)
    if not may_change(visitor, before):
        raise Forbidden("Изменить этот заказ может его автор или руководитель кабинета")
    line = next((line for line in before.lines if line.item_id == item_id), None)
    if line is None:
        raise NotFound("В заказе %(number)s нет товара %(item)s", number=number, item=item_id)
    progress = marked(before, line, at_dealer, sold)
    after = replace(before, progress=progress, fulfilment=fulfilment(before, progress))
    if after.fulfilment is not before.fulfilment:
        after = replace(after, revision=before.revision + 1)
    params = (("name", line.name), ("at_dealer", f"{at_dealer:f}"), ("sold", f"{sold:f}"))
    now = clock()
    event = OrderEvent(now, visitor.name, "own", "«%(name)s»: у дилера %(at_dealer)s, продано %(sold)s", params)
    orders.save_own(before, after, item_id, event, (OutboxRow.of_change("order_marks", number, now),))


SHIPMENTS = "shipment_request"
"""The entity of the change feed that tells 1C what is to be shipped without the rest."""


def ask_shipment(orders: OrderStore, clock: Clock, *, visitor: Visitor, number: str, wanted: Mapping[str, Decimal]) -> None:
    """The dealer asks to ship ready units, by item; 1C's next report of them answers it (OP-21).

    Nothing happens where all of it is asked for already. Raises NotFound, InvalidInput, Forbidden, Conflict.
    """
    visitor.must("order.edit")
    before = orders.read(visitor.partner_scope, number)
    if not may_change(visitor, before):
        raise Forbidden("Изменить этот заказ может его автор или руководитель кабинета")
    if before.approval is not Approval.CONFIRMED:
        raise Conflict("Заказ %(number)s ещё не подтверждён: отгрузить его часть нельзя", number=number)
    progress = ship_asked(before, wanted)
    if progress.asked == before.progress.asked:
        return
    now, after = clock(), replace(before, progress=progress)
    units = sum(progress.asked.values(), ZERO)
    event = OrderEvent(now, visitor.name, "shipment", "Дилер просит отгрузить готовое", (("quantity", f"{units:f}"),))
    orders.save_shipment(before, after, event, (OutboxRow.of_change(SHIPMENTS, number, now),))
