"""The dealer edits an order he has placed: at once while it is his alone, else by a request."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from decimal import Decimal

from chalicelib.domain.cart.carts import CartLine
from chalicelib.domain.catalogue.prices import Price
from chalicelib.domain.catalogue.stock import Hold
from chalicelib.domain.errors import Conflict, InvalidInput
from chalicelib.domain.orders.change_requests import (
    MOST_LINES,
    changeable,
    heading_of,
    must_be_seen,
    taken,
    with_heading,
)
from chalicelib.domain.orders.order_requests import Heading, OrderRequest, RequestKind, Wanted
from chalicelib.domain.orders.orders import Agreed, Approval, Order, OrderEvent, OrderLine
from chalicelib.domain.orders.replan import resized
from chalicelib.domain.partners.partners import Confirmation, DeliveryAddress
from chalicelib.usecases.access.visitors import Visitor
from chalicelib.usecases.cart.cart import CartRow, check_quantity, rows_of
from chalicelib.usecases.cart.place_order import check_wishes, checked
from chalicelib.usecases.orders.change_order import LONGEST, ask
from chalicelib.usecases.orders.dispatch_outbox import tell
from chalicelib.usecases.orders.show_orders import own_order
from chalicelib.usecases.ports.catalogue import CatalogueIndex, OfferStore
from chalicelib.usecases.ports.clock import Clock, business_day
from chalicelib.usecases.ports.files import Queues
from chalicelib.usecases.ports.orders import OrderStore, OutboxRow
from chalicelib.usecases.ports.partners import CreditLimitStore, PartnerStore

HUGE = 2_000
"""Lines of an order from which few can be changed at once: all its lines are written in the same transaction."""


@dataclass(frozen=True, slots=True)
class Edit:
    """What the dealer wants the order of `revision` to be. `quantities` by line number, 0 takes it out; a line that is not
    named stays. `prices`: those he was shown after they rose, and accepts by sending the form again."""

    revision: int
    quantities: Mapping[int, Decimal]
    desired_date: date | None = None
    address_id: str = ""
    comment: str = ""
    words: str = ""
    prices: Mapping[int, Decimal] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class EditView:
    """`at_once`: the order is changed by the dealer alone, else it is asked for."""

    order: Order
    addresses: tuple[DeliveryAddress, ...]
    at_once: bool

    @property
    def wishes(self) -> dict[int, Decimal]:
        """Quantities that are asked for already, by line number."""
        return {one.line: one.quantity for one in self.order.request.lines} if self.order.request else {}


class PricesRose(InvalidInput):
    """Lines the dealer changes cost more than he agreed to: `prices` by line number, to be looked at and sent again."""

    def __init__(self, message: str, prices: Mapping[int, Decimal]) -> None:
        super().__init__(message)
        self.prices = prices


def edit_view(orders: OrderStore, partners: PartnerStore, *, visitor: Visitor, number: str) -> EditView:
    """Raises NotFound, Forbidden, and Conflict where it can't be changed any more."""
    visitor.must("order.edit")
    order = own_order(orders, visitor, number)
    if not changeable(order):
        raise Conflict("Заказ %(number)s уже нельзя изменить: напишите менеджеру", number=number)
    return EditView(order, partners.addresses(visitor.partner_scope), _his_alone(order))


def _his_alone(order: Order) -> bool:
    return not taken(order) and order.approval in (Approval.SUBMITTED, Approval.ON_MODERATION)


def edit_order(
    index: CatalogueIndex,
    offers: OfferStore,
    partners: PartnerStore,
    orders: OrderStore,
    limits: CreditLimitStore,
    clock: Clock,
    *,
    visitor: Visitor,
    number: str,
    edit: Edit,
    pushes: Queues | None = None,
) -> bool:
    """True where the order is changed now, False where 1C and the manager are asked.

    Raises Conflict where the order is another one than he looked at, PricesRose, InvalidInput, NotFound, Forbidden.
    """
    view = edit_view(orders, partners, visitor=visitor, number=number)
    must_be_seen(view.order, edit.revision)
    wanted, heading = _wanted(view.order, edit), _heading(view, edit, clock)
    if not view.at_once:
        words = edit.words.strip()[:LONGEST]
        request = OrderRequest(RequestKind.CHANGE, edit.revision, clock(), visitor.name, wanted, heading, words)
        ask(orders, clock, visitor=visitor, order=view.order, request=request)
        return False
    if not wanted and heading is None:
        raise InvalidInput("Вы ничего не изменили")
    _edit_now(index, offers, orders, limits, clock, _under(visitor, view.order), view.order, wanted, heading, edit, pushes)
    return True


def _wanted(order: Order, edit: Edit) -> tuple[Wanted, ...]:
    for quantity in edit.quantities.values():
        check_quantity(quantity)
    after = [edit.quantities.get(line.number, line.quantity) for line in order.lines]
    if not any(after):
        raise InvalidInput("В заказе не осталось товаров: отмените его, если он не нужен")
    pairs = zip(order.lines, after, strict=True)
    found = tuple(Wanted(line.number, line.item_id, quantity) for line, quantity in pairs if quantity != line.quantity)
    most = MOST_LINES if len(order.lines) <= HUGE else MOST_LINES // 4
    if len(found) > most:
        raise InvalidInput("За один раз можно изменить до %(most)s строк", most=most)
    return found


def _heading(view: EditView, edit: Edit, clock: Clock) -> Heading | None:
    """None where it stays as it is."""
    before = heading_of(view.order)
    check_wishes(edit.desired_date if edit.desired_date != before.desired_date else None, edit.comment, clock())
    address = next((one for one in view.addresses if one.id == edit.address_id), None)
    kept = address is None or address.id == before.address_id
    place = (before.address_id, before.address) if kept or address is None else (address.id, address.address)
    after = Heading(edit.desired_date, *place, edit.comment.strip())
    return None if after == before else after


def _under(visitor: Visitor, order: Order) -> Visitor:
    """Prices and balances are those of the order's own contract and warehouse."""
    contracts = visitor.account.contracts if visitor.account else ()
    contract = next((one for one in contracts if one.id == order.contract_id), None)
    return replace(visitor, contract=contract, warehouse_id=order.warehouse_id)


def _edit_now(
    index: CatalogueIndex,
    offers: OfferStore,
    orders: OrderStore,
    limits: CreditLimitStore,
    clock: Clock,
    visitor: Visitor,
    before: Order,
    wanted: Sequence[Wanted],
    heading: Heading | None,
    edit: Edit,
    pushes: Queues | None,
) -> None:
    now = clock()
    rows = rows_of(index, offers, visitor, [CartLine(one.item_id, one.quantity) for one in wanted])
    changed = {one.line: row for one, row in zip(wanted, rows, strict=True)}
    headed = with_heading(before, heading)
    desk = _Resize(headed, business_day(now), visitor)
    lines = tuple(desk.line(line, changed[line.number]) if line.number in changed else line for line in before.lines)
    _check_prices(before, lines, edit)
    # whatever 1C says to the state before this, the dealer is shown where it is not his last word
    after = replace(headed, lines=lines, confirmation=Confirmation.CLIENT_ON_CHANGE, revision=before.revision + 1)
    after = checked(orders, limits, visitor, after) if visitor.contract else after
    row = OutboxRow.new("orders", before.number, now)
    event = OrderEvent(now, visitor.name, "edited", "Дилер изменил заказ")
    orders.change_untaken(before, after, event, (row,), desk.moved, now)
    tell(pushes, (row,))


def _check_prices(before: Order, lines: Sequence[OrderLine], edit: Edit) -> None:
    was = {line.number: line.price for line in before.lines}
    rose = {line.number: line.price for line in lines if line.price > max(was[line.number], edit.prices.get(line.number, 0))}
    if rose:
        raise PricesRose("Цена изменённых строк выросла: проверьте её и отправьте ещё раз", rose)


class _Resize:
    """Lines with other quantities, and what it moves of the holds."""

    def __init__(self, order: Order, today: date, visitor: Visitor) -> None:
        self.order, self.today = order, today
        self.buffer_days = visitor.contract.inbound_buffer_days if visitor.contract else 0
        self.moved: list[Hold] = []

    def line(self, line: OrderLine, row: CartRow) -> OrderLine:
        """Raises InvalidInput where more is wanted of what can't be ordered now."""
        quantity = row.line.quantity
        if row.problem and quantity > line.quantity:
            field = f"quantity_{line.number}"
            raise InvalidInput("«%(name)s» сейчас нельзя заказать", {field: "Больше заказать нельзя"}, name=line.name)
        plan, moves = resized(line, quantity, row.stock, self.today, by=self.order.desired_date, buffer_days=self.buffer_days)
        revision = row.stock.supply_revision
        self.moved += [Hold(line.item_id, line.warehouse_id or "", more, lot, revision) for lot, more in moves.items()]
        return self._priced(replace(line, quantity=quantity, plan=plan), row)

    def _priced(self, line: OrderLine, row: CartRow) -> OrderLine:
        kept = Price(line.price, self.order.currency, self.order.price_type_id, (), line.vat_rate, self.order.vat_included)
        price = kept if row.price is None or row.problem else row.price
        sums = price.sums(line.quantity)
        after = replace(line, price=price.amount, amount=sums.amount, vat_rate=price.vat_rate, vat_amount=sums.vat_amount)
        return replace(after, agreed=Agreed(after.quantity, after.price, after.amount) if after.quantity else None)
