"""1C reports on an order: what a report must agree with, and what it makes of the order's own statuses."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from decimal import Decimal

from chalicelib.domain.errors import InvalidInput
from chalicelib.domain.money import ZERO
from chalicelib.domain.orders.order_progress import DEALER_OWNED, Bucket, LineStatus, OrderProgress, total
from chalicelib.domain.orders.orders import Fulfilment, Order, OrderLine, Payment

_WITH_DEALER = DEALER_OWNED | {LineStatus.RETURNED}
_GONE = _WITH_DEALER | {LineStatus.IN_DELIVERY}
_TO_SHIP = frozenset({LineStatus.READY, LineStatus.SHIPMENT_REQUESTED})
_LACKING = frozenset({LineStatus.SHORTAGE, LineStatus.RESERVED_INCOMING})


@dataclass(frozen=True, slots=True)
class OrderReport:
    """1C's message: `order` is the portal's number, 1C's number or 1C's id; `state` the 1C name of the order's state.

    `lines` holds every item that has come to anything; None, as with the amounts, leaves what was told before.
    """

    order: str
    revision: int
    lines: Mapping[str, tuple[Bucket, ...]] | None = None
    paid_amount: int | None = None
    credit_amount: int | None = None
    state: str = ""


def reported(order: Order, report: OrderReport) -> OrderProgress:
    """The order's progress after a report. Raises InvalidInput, naming the line, where the quantities don't agree."""
    wanted, kept = quantities(order), order.progress
    for item_id, buckets in (report.lines or {}).items():
        _check(order, item_id, buckets, wanted)
    return replace(
        kept,
        revision=report.revision,
        lines=kept.lines if report.lines is None else report.lines,
        asked=kept.asked if report.lines is None else kept.still_asked(report.lines),
        paid_amount=kept.paid_amount if report.paid_amount is None else report.paid_amount,
        credit_amount=kept.credit_amount if report.credit_amount is None else report.credit_amount,
    )


def _check(order: Order, item_id: str, buckets: tuple[Bucket, ...], wanted: Mapping[str, Decimal]) -> None:
    if item_id not in wanted:
        raise InvalidInput("В заказе %(number)s нет товара %(item)s", number=order.number, item=item_id)
    name = next(line.name for line in order.lines if line.item_id == item_id)
    if any(bucket.status in DEALER_OWNED for bucket in buckets):
        raise InvalidInput("«%(name)s»: статусы «у дилера» и «продано» ведёт сам дилер", name=name)
    # 1C may keep what it cancelled in the line, or take it out
    cancelled = total(bucket for bucket in buckets if bucket.status is LineStatus.CANCELLED)
    told = total(buckets)
    if wanted[item_id] not in (told, told - cancelled):
        raise InvalidInput(
            "«%(name)s»: по статусам %(told)s, а в заказе %(wanted)s",
            name=name,
            told=_plain(told),
            wanted=_plain(wanted[item_id]),
        )


def _plain(quantity: Decimal) -> str:
    return f"{quantity.normalize():f}"


def quantities(order: Order) -> dict[str, Decimal]:
    """By item: 1C may have split a line."""
    found: dict[str, Decimal] = {}
    for line in order.lines:
        found[line.item_id] = found.get(line.item_id, ZERO) + line.quantity
    return found


def marked(order: Order, line: OrderLine, at_dealer: Decimal, sold: Decimal) -> OrderProgress:
    """The dealer tells what of a line he has and has sold. Raises InvalidInput."""
    if min(at_dealer, sold) < 0 or at_dealer + sold > line.quantity:
        raise InvalidInput("«%(name)s»: укажите не больше, чем в заказе", name=line.name)
    counted = {LineStatus.AT_DEALER: at_dealer, LineStatus.SOLD: sold}
    buckets = tuple(Bucket(status, quantity) for status, quantity in counted.items() if quantity)
    return replace(order.progress, own={**order.progress.own, line.item_id: buckets})


def ship_asked(order: Order, wanted: Mapping[str, Decimal]) -> OrderProgress:
    """The dealer asks to ship ready units, by item; an item that is not named stays. Raises InvalidInput."""
    for item_id, quantity in wanted.items():
        ready = order.progress.ready(item_id)
        if not ZERO <= quantity <= ready:
            name = next((line.name for line in order.lines if line.item_id == item_id), item_id)
            raise InvalidInput("«%(name)s»: готово к отгрузке %(ready)s", name=name, ready=_plain(ready))
    asked = {item_id: quantity for item_id, quantity in {**order.progress.asked, **wanted}.items() if quantity}
    return replace(order.progress, asked=asked)


def fulfilment(order: Order, progress: OrderProgress) -> Fulfilment:
    """The order's own status out of those of its units; as it stands where 1C tells nothing of lines."""
    told = [bucket.status for line in order.lines for bucket in progress.of(line.item_id)]
    statuses = set(told) - {LineStatus.CANCELLED}
    if not statuses:
        return order.fulfilment
    if any(line.quantity and not progress.of(line.item_id) for line in order.lines):
        statuses.add(LineStatus.RESERVED_STOCK)  # a line nobody spoke of has not begun
    return _whole(statuses)


def _whole(statuses: set[LineStatus]) -> Fulfilment:
    if statuses <= _WITH_DEALER:
        return Fulfilment.DELIVERED
    if statuses <= _GONE:
        return Fulfilment.IN_TRANSIT
    if statuses & _GONE:
        return Fulfilment.PARTIALLY_SHIPPED
    if statuses & _LACKING:
        return Fulfilment.AWAITING_SUPPLY
    if LineStatus.IN_PRODUCTION in statuses:
        return Fulfilment.IN_PRODUCTION
    return Fulfilment.READY if statuses <= _TO_SHIP else Fulfilment.NOT_STARTED


def payment(order: Order, paid_amount: int) -> Payment:
    """What an amount in minor units makes of the order's payment."""
    if paid_amount <= 0:
        return Payment.UNPAID
    if paid_amount < order.sums.amount:
        return Payment.PARTIALLY_PAID
    return Payment.PAID if paid_amount == order.sums.amount else Payment.OVERPAID
