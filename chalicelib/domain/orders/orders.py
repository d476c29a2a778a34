"""The order: three status axes, lines with what was agreed and what stands now, and what 1C's answer does to them."""

from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from datetime import date, datetime
from decimal import Decimal
from enum import StrEnum

from chalicelib.domain import money
from chalicelib.domain.catalogue.promise import PlanPart, total
from chalicelib.domain.errors import Conflict
from chalicelib.domain.money import ZERO
from chalicelib.domain.orders.order_papers import GOODS, MONEY, OrderPaper, Share, merged, paid_share, shipped_share
from chalicelib.domain.orders.order_progress import OrderProgress
from chalicelib.domain.orders.order_requests import OrderRequest
from chalicelib.domain.orders.order_statuses import Approval as Approval
from chalicelib.domain.orders.order_statuses import Axes as Axes
from chalicelib.domain.orders.order_statuses import Fulfilment as Fulfilment
from chalicelib.domain.orders.order_statuses import Payment as Payment
from chalicelib.domain.orders.order_statuses import Reason as Reason
from chalicelib.domain.orders.order_statuses import state_axes as state_axes
from chalicelib.domain.partners.partners import Confirmation, Counterparty


class DeliveryMethod(StrEnum):
    PICKUP = "pickup"
    DELIVERY = "delivery"


@dataclass(frozen=True, slots=True)
class Agreed:
    """What the dealer last agreed to for a line: quantity, price of one unit, amount in minor units."""

    quantity: Decimal
    price: Decimal
    amount: int

    def total(self, rate: Decimal | None, *, vat_included: bool) -> int:
        """Minor units with VAT, at the line's rate."""
        return self.amount if vat_included or not rate else self.amount + money.vat_on_top(self.amount, rate)


@dataclass(frozen=True, slots=True)
class OrderLine:
    """One position. `agreed` is None for a line that 1C added; a line that 1C removed has quantity 0.

    `vat_amount` in minor units is part of `amount` or on top of it, as the contract says. `plan`: what was reserved of which
    source when it was placed, with the days; where a lot slipped, as it was planned anew.
    """

    number: int
    item_id: str
    name: str
    sku: str
    unit: str
    quantity: Decimal
    price: Decimal
    amount: int
    agreed: Agreed | None
    vat_rate: Decimal | None = None
    vat_amount: int = 0
    weight_kg: Decimal = ZERO
    volume_m3: Decimal = ZERO
    warehouse_id: str | None = None
    plan: tuple[PlanPart, ...] = ()
    comment: str = ""

    @property
    def held(self) -> Decimal:
        return total(self.plan)

    def total(self, *, vat_included: bool) -> int:
        """Minor units with VAT, as the order's contract has it."""
        return self.amount if vat_included else self.amount + self.vat_amount

    @property
    def shortage(self) -> Decimal:
        """What could not be promised."""
        return max(ZERO, self.quantity - self.held)

    @property
    def late(self) -> bool:
        """Some of it comes later than the dealer counts on."""
        return any(part.late for part in self.plan)


@dataclass(frozen=True, slots=True)
class OrderSums:
    """Amounts in minor units (`amount` is what to pay, VAT in it), weight in kg, volume in m³."""

    amount: int = 0
    vat_amount: int = 0
    weight_kg: Decimal = ZERO
    volume_m3: Decimal = ZERO
    line_count: int = 0


@dataclass(frozen=True, slots=True)
class Order:
    """Head and lines. A list reads orders without their lines: `kept_sums` then stands for them.

    So do `kept_paid` (minor units) and `kept_shipped` (per cent) for payments and shipments.
    `revision` grows with every change of either side; `erp_print` is that of 1C's last answer. `origin` is "erp" for an order
    that 1C made itself (by phone). `together`: all goods are to come in one delivery, not in parts. `papers` are 1C's
    payments, shipments and other documents of the order. `moderation`: why a manager was to look at it when it was placed.
    `withdrawn`: cancelled on this side, so that no answer of 1C's brings it back. `request`: what the dealer asks to be changed.
    """

    number: str
    partner_id: str
    user_id: str
    user_name: str
    counterparty_id: str
    contract_id: str
    price_type_id: str
    company_id: str | None
    currency: str
    placed_at: datetime
    lines: tuple[OrderLine, ...] = ()
    vat_included: bool = True
    warehouse_id: str | None = None
    delivery_method: DeliveryMethod = DeliveryMethod.PICKUP
    address_id: str | None = None
    address: str = ""
    desired_date: date | None = None
    together: bool = False
    comment: str = ""
    client_reference: str = ""
    approval: Approval = Approval.SUBMITTED
    fulfilment: Fulfilment = Fulfilment.NOT_STARTED
    payment: Payment = Payment.UNPAID
    revision: int = 1
    taken_at: datetime | None = None
    erp_id: str = ""
    erp_number: str = ""
    erp_print: str = ""
    erp_comment: str = ""
    confirmation: Confirmation = Confirmation.AUTO
    moderation: tuple[Reason, ...] = ()
    hold_open: bool = True
    kept_sums: OrderSums = OrderSums()
    progress: OrderProgress = field(default_factory=OrderProgress)
    origin: str = "portal"
    papers: tuple[OrderPaper, ...] = ()
    kept_paid: int | None = None
    kept_shipped: int | None = None
    withdrawn: bool = False
    request: OrderRequest | None = None

    def with_plan(self, lines: "tuple[OrderLine, ...]", *, hold_open: bool) -> "Order":
        return replace(self, lines=lines, hold_open=hold_open, revision=self.revision + 1)

    @property
    def sums(self) -> OrderSums:
        """Of the lines; of a head without lines, those it was kept with."""
        if not self.lines:
            return self.kept_sums
        vat = sum(line.vat_amount for line in self.lines)
        return OrderSums(
            amount=sum(line.amount for line in self.lines) + (0 if self.vat_included else vat),
            vat_amount=vat,
            weight_kg=sum((line.weight_kg * line.quantity for line in self.lines), ZERO),
            volume_m3=sum((line.volume_m3 * line.quantity for line in self.lines), ZERO),
            line_count=sum(1 for line in self.lines if line.quantity),
        )


@dataclass(frozen=True, slots=True)
class OrderEvent:
    """A row of the timeline. `text` is a msgid filled with `params`."""

    at: datetime
    actor: str
    kind: str
    text: str
    params: tuple[tuple[str, str], ...] = ()


class ChangeKind(StrEnum):
    SAME = "same"
    CHANGED = "changed"
    REMOVED = "removed"
    ADDED = "added"


@dataclass(frozen=True, slots=True)
class LineChange:
    """A row of the diff a dealer confirms: `before` is what he agreed to, `line` what stands now."""

    kind: ChangeKind
    line: OrderLine
    before: Agreed | None

    @property
    def worse(self) -> bool:
        """Less, dearer, gone or not asked for: the dealer must be asked (OP-04)."""
        if self.kind in (ChangeKind.REMOVED, ChangeKind.ADDED) or self.before is None:
            return self.kind is not ChangeKind.SAME
        return self.line.quantity < self.before.quantity or self.line.price > self.before.price


def diff(order: Order) -> tuple[LineChange, ...]:
    """Every line against what the dealer agreed to, in line order."""
    return tuple(_line_change(line) for line in order.lines if line.quantity or line.agreed)


def _line_change(line: OrderLine) -> LineChange:
    if line.agreed is None:
        return LineChange(ChangeKind.ADDED, line, None)
    if line.quantity == 0:
        return LineChange(ChangeKind.REMOVED, line, line.agreed)
    same = (line.quantity, line.price, line.amount) == (line.agreed.quantity, line.agreed.price, line.agreed.amount)
    return LineChange(ChangeKind.SAME if same else ChangeKind.CHANGED, line, line.agreed)


def full_name(name: str, sku: str) -> str:
    """How an item is called where its id means nothing."""
    return f"{name} ({sku})" if sku else name


@dataclass(frozen=True, slots=True)
class ErpLine:
    """A line of 1C's document. `amount` in minor units as 1C computed it: never recomputed here."""

    item_id: str
    name: str
    quantity: Decimal
    price: Decimal
    amount: int
    sku: str = ""
    unit: str = ""
    vat_rate: Decimal | None = None
    vat_amount: int = 0


@dataclass(frozen=True, slots=True)
class ErpOrder:
    """1C's document of an order. `number` is the portal's where it placed the order, else 1C's own.

    `state` is the 1C name of its state ("" where 1C sends none); `axes` what the node's own table makes of that name.
    `paid` and `shipped` are 1C's word for the whole; `completes`: an order that is shipped in full is completed by that.
    """

    number: str
    erp_id: str
    lines: tuple[ErpLine, ...]
    erp_number: str = ""
    state: str = ""
    posted: bool = False
    deleted: bool = False
    cancelled: bool = False
    comment: str = ""
    attributes: tuple[tuple[str, str], ...] = ()
    axes: Axes | None = None
    papers: tuple[OrderPaper, ...] = ()
    paid: bool | None = None
    shipped: bool | None = None
    completes: bool = False
    placed_at: datetime | None = None
    payer: Counterparty | None = None
    currency: str = ""
    vat_included: bool | None = None
    warehouse_id: str | None = None


def answered(order: Order, answer: ErpOrder, erp_print: str) -> Order:
    """The order after 1C's answer: 1C's lines, numbers and amounts; the dealer is asked where they are worse for him.

    The same answer again (equal `erp_print`) changes nothing, so an echo never takes back a confirmation.
    """
    if erp_print == order.erp_print:
        return order
    changed = replace(
        order,
        lines=_merged_lines(order.lines, answer.lines),
        erp_id=answer.erp_id or order.erp_id,
        erp_number=answer.erp_number or order.erp_number,
        erp_comment=answer.comment,
        erp_print=erp_print,
        revision=order.revision + 1,
        hold_open=False,
        papers=merged(order.papers, answer.papers),
    )
    return _with_payment(_with_axes(changed, answer, first=not order.erp_print), answer)


def _with_axes(order: Order, answer: ErpOrder, *, first: bool) -> Order:
    """A posted document confirms. Where a manager is to look, the first one does not: the exchange may have posted it itself."""
    approval, fulfilment = answer.axes or (state_axes(answer.state) if answer.state else None) or (None, None)
    fulfilment = _farther(fulfilment, _shipment(order, answer))
    if answer.deleted or answer.cancelled or order.withdrawn:
        approval = Approval.CANCELLED
    elif approval is not Approval.REJECTED and approval is not Approval.CANCELLED and _must_ask(order):
        approval = Approval.AWAITING_CLIENT
    elif approval is None and answer.posted and order.approval in _BEFORE_ANSWER and not (first and order.moderation):
        approval = Approval.CONFIRMED
    return replace(order, approval=approval or order.approval, fulfilment=fulfilment or order.fulfilment)


_BEFORE_ANSWER = (Approval.SUBMITTED, Approval.ON_MODERATION)


def _must_ask(order: Order) -> bool:
    """Is the dealer to be asked: after what is worse for him, or by his contract after any change."""
    if order.confirmation is Confirmation.CLIENT_ON_CHANGE:
        return any(change.kind is not ChangeKind.SAME for change in diff(order))
    return any(change.worse for change in diff(order))


def _with_payment(order: Order, answer: ErpOrder) -> Order:
    """Out of payments alone: no other axis has a say in it."""
    spoken = any(paper.kind in MONEY for paper in answer.papers)
    share = paid_share(order.papers, order.sums.amount, flag=answer.paid, spoken=spoken)
    return order if share is None else replace(order, payment=tuple(Payment)[share])


def _shipment(order: Order, answer: ErpOrder) -> Fulfilment | None:
    """What the shipments make of the order. They know nothing of delivery, and a state that is past them stays."""
    wanted: dict[str, Decimal] = {}
    for line in order.lines:
        wanted[line.item_id] = wanted.get(line.item_id, ZERO) + line.quantity
    spoken = any(paper.kind in GOODS for paper in answer.papers)
    match shipped_share(order.papers, wanted, order.sums.amount, flag=answer.shipped, spoken=spoken):
        case Share.ALL if answer.completes:
            return Fulfilment.COMPLETED
        case Share.ALL:
            return _farther(Fulfilment.SHIPPED, order.fulfilment)
        case Share.PART if order.fulfilment not in _PAST_SHIPMENT:
            return Fulfilment.PARTIALLY_SHIPPED
        case Share.NONE if order.fulfilment in (Fulfilment.PARTIALLY_SHIPPED, Fulfilment.SHIPPED):
            return Fulfilment.NOT_STARTED
    return None


_PAST_SHIPMENT = (Fulfilment.IN_TRANSIT, Fulfilment.DELIVERED, Fulfilment.COMPLETED)


def _farther(one: Fulfilment | None, other: Fulfilment | None) -> Fulfilment | None:
    way = list(Fulfilment)
    return max(filter(None, (one, other)), key=way.index, default=None)


def with_papers(order: Order, papers: tuple[OrderPaper, ...]) -> Order:
    """After documents that 1C sent by themselves. Equal ones change nothing."""
    after = replace(order, papers=merged(order.papers, papers))
    if after.papers == order.papers:
        return order
    said = ErpOrder(order.number, order.erp_id, (), papers=papers)
    after = _with_payment(replace(after, revision=order.revision + 1), said)
    return replace(after, fulfilment=_shipment(after, said) or order.fulfilment)


def _merged_lines(lines: tuple[OrderLine, ...], answer: Iterable[ErpLine]) -> tuple[OrderLine, ...]:
    """Our lines with 1C's figures; what 1C left out stays with quantity 0; what 1C added comes after them."""
    theirs = list(answer)
    merged = [_with_answer(line, _take(theirs, line.item_id)) for line in lines]
    next_number = max((line.number for line in lines), default=0) + 1
    merged += [_added(next_number + n, extra) for n, extra in enumerate(theirs)]
    return tuple(merged)


def _take(theirs: list[ErpLine], item_id: str) -> ErpLine | None:
    """1C's line of the item, out of the list; lines 1C split at one price are summed."""
    first = next((line for line in theirs if line.item_id == item_id), None)
    if first is None:
        return None
    same = [line for line in theirs if (line.item_id, line.price) == (item_id, first.price)]
    for line in same:
        theirs.remove(line)
    return replace(
        first,
        quantity=sum((line.quantity for line in same), ZERO),
        amount=sum(line.amount for line in same),
        vat_amount=sum(line.vat_amount for line in same),
    )


def _with_answer(line: OrderLine, theirs: ErpLine | None) -> OrderLine:
    if theirs is None:
        return replace(line, quantity=ZERO, amount=0, vat_amount=0)
    return replace(
        line,
        quantity=theirs.quantity,
        price=money.unit_price(theirs.price),
        amount=theirs.amount,
        vat_rate=theirs.vat_rate if theirs.vat_rate is not None else line.vat_rate,
        vat_amount=theirs.vat_amount,
    )


def _added(number: int, theirs: ErpLine) -> OrderLine:
    return OrderLine(
        number=number,
        item_id=theirs.item_id,
        name=theirs.name,
        sku=theirs.sku,
        unit=theirs.unit,
        quantity=theirs.quantity,
        price=money.unit_price(theirs.price),
        amount=theirs.amount,
        agreed=None,
        vat_rate=theirs.vat_rate,
        vat_amount=theirs.vat_amount,
    )


def confirmed(order: Order, seen_revision: int) -> Order:
    """The dealer agrees to what stands now. He must have seen this very revision."""
    _must_await(order, seen_revision)
    lines = tuple(replace(line, agreed=Agreed(line.quantity, line.price, line.amount)) for line in order.lines if line.quantity)
    return replace(order, lines=lines, approval=Approval.CONFIRMED, request=None, revision=order.revision + 1)


def declined(order: Order, seen_revision: int) -> Order:
    """The dealer does not agree: the order goes back to the supplier's manager."""
    _must_await(order, seen_revision)
    return replace(order, approval=Approval.ON_MODERATION, revision=order.revision + 1)


def _must_await(order: Order, seen_revision: int) -> None:
    if order.approval is not Approval.AWAITING_CLIENT:
        raise Conflict("Заказ %(number)s не ждёт вашего ответа", number=order.number)
    if order.revision != seen_revision:
        raise Conflict("Заказ %(number)s изменился, пока страница была открыта: проверьте изменения ещё раз", number=order.number)
