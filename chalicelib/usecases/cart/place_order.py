"""Checkout and placing: what the dealer saw is what is ordered, once, whatever is clicked or retried."""

import hashlib
from contextlib import suppress
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta

from chalicelib.domain.catalogue.promise import Promise, promise, together_on
from chalicelib.domain.catalogue.stock import Hold
from chalicelib.domain.errors import Conflict, InvalidInput
from chalicelib.domain.orders import auto_check
from chalicelib.domain.orders.orders import Agreed, Approval, DeliveryMethod, Order, OrderEvent, OrderLine
from chalicelib.domain.partners.partners import Counterparty, DeliveryAddress
from chalicelib.usecases.access.visitors import Visitor
from chalicelib.usecases.cart.cart import CartRow, CartView, view_cart
from chalicelib.usecases.orders.dispatch_outbox import tell
from chalicelib.usecases.ports.cart import CartStore
from chalicelib.usecases.ports.catalogue import CatalogueIndex, OfferStore
from chalicelib.usecases.ports.clock import Clock, business_day
from chalicelib.usecases.ports.files import Queues
from chalicelib.usecases.ports.orders import OrderStore, OutboxRow
from chalicelib.usecases.ports.partners import CreditLimitStore, PartnerStore

FARTHEST = timedelta(days=730)
MOST_LINES = 5_000
EARLIER = 20
"""Orders that the amount of a new one is compared with."""
ATTEMPTS = 3
"""Looks at the balances where others take of them at the same time and there is still what the dealer has seen."""


@dataclass(frozen=True, slots=True)
class Wish:
    """When the goods are wanted: by a day or as they come, all at once (`together`) or in parts."""

    by: date | None = None
    together: bool = False


@dataclass(frozen=True, slots=True)
class CheckoutView:
    """What the page of checkout shows. `promises` answer the rows of the cart one by one, for the `wish`.

    `seen` is the print of rows, prices and what can be had when; the form sends it back.
    """

    cart: CartView
    counterparties: tuple[Counterparty, ...]
    addresses: tuple[DeliveryAddress, ...]
    promises: tuple[Promise, ...]
    wish: Wish
    today: date
    seen: str

    @property
    def full_on(self) -> date | None:
        """The first day everything is there; None where something is not to be had."""
        return together_on(self.promises)

    @property
    def short(self) -> bool:
        return any(one.shortage for one in self.promises)


@dataclass(frozen=True, slots=True)
class Checkout:
    """What the dealer decided. `cart_id`, `generation` and `seen` are of the page he decided on; without a `cart_id` it was
    his own cart."""

    counterparty_id: str
    delivery_method: DeliveryMethod
    generation: int
    seen: str
    address_id: str | None = None
    wish: Wish = Wish()
    comment: str = ""
    client_reference: str = ""
    cart_id: str = ""


class OfferChanged(Conflict):
    """Prices, balances or the cart differ from what he saw: `view` is what stands now, to be looked at and sent again."""

    def __init__(self, view: CheckoutView) -> None:
        super().__init__("Цены, остатки или корзина изменились: проверьте заказ и подтвердите его ещё раз")
        self.view = view


def checkout(
    index: CatalogueIndex,
    offers: OfferStore,
    carts: CartStore,
    partners: PartnerStore,
    clock: Clock,
    *,
    visitor: Visitor,
    wish: Wish = Wish(),
    cart_id: str = "",
) -> CheckoutView:
    """The cart with everything to choose from, and when it can be had. `cart_id` as in `cart_of`."""
    visitor.must("order.create")
    cart = view_cart(index, offers, carts, visitor=visitor, cart_id=cart_id)
    counterparties = visitor.account.counterparties if visitor.account else ()
    today = business_day(clock())
    promises = _promises(visitor, cart, wish, today)
    return CheckoutView(
        cart, counterparties, partners.addresses(visitor.partner_scope), promises, wish, today, _print(visitor, cart, promises)
    )


def _promises(visitor: Visitor, cart: CartView, wish: Wish, today: date) -> tuple[Promise, ...]:
    """All at once and no day named: they leave when the last line is there, so that the others may come as late."""
    by = wish.by
    if by is None and wish.together:
        by = together_on(_promised(visitor, row, today, None) for row in cart.rows)
    return tuple(_promised(visitor, row, today, by) for row in cart.rows)


def _promised(visitor: Visitor, row: CartRow, today: date, by: date | None) -> Promise:
    buffer_days = visitor.contract.inbound_buffer_days if visitor.contract else 0
    return promise(row.stock, visitor.warehouse_id, row.line.quantity, today, by=by, buffer_days=buffer_days)


def _print(visitor: Visitor, cart: CartView, promises: tuple[Promise, ...]) -> str:
    """Changes with anything the dealer should know before he orders: contract, items, quantities, prices, what comes when."""
    contract_id = visitor.contract.id if visitor.contract else ""
    rows = [
        (row.line.item_id, _plain(row.line.quantity), _price(row), _offer(one), row.problem)
        for row, one in zip(cart.rows, promises, strict=True)
    ]
    return hashlib.sha256(repr((contract_id, visitor.warehouse_id, rows)).encode()).hexdigest()[:32]


def _offer(one: Promise) -> list[tuple[str, str]]:
    return [(_plain(part.quantity), str(part.due)) for part in one.offer]


def _plain(value: object) -> str:
    return f"{value:f}".rstrip("0").rstrip(".") if "." in f"{value:f}" else f"{value:f}"


def _price(row: CartRow) -> str:
    return f"{row.price.amount} {row.price.currency}" if row.price else ""


def place_order(
    index: CatalogueIndex,
    offers: OfferStore,
    carts: CartStore,
    partners: PartnerStore,
    orders: OrderStore,
    limits: CreditLimitStore,
    clock: Clock,
    *,
    visitor: Visitor,
    checkout_form: Checkout,
    pushes: Queues | None = None,
) -> str:
    """The number of the order; of the first one when it is sent again. Raises OfferChanged, InvalidInput.

    `pushes` are the queues where orders are sent out, None where 1C comes for them.
    """
    visitor.must("order.create")
    cart_id = checkout_form.cart_id or visitor.session.user_id
    key = f"{visitor.partner_scope.partner_id}#{cart_id}#{checkout_form.generation}"
    number = orders.placed(key)
    if number:
        return number
    for _ in range(ATTEMPTS):
        view = checkout(index, offers, carts, partners, clock, visitor=visitor, wish=checkout_form.wish, cart_id=cart_id)
        if not _is_as_seen(view, checkout_form):
            if orders.abandon(key, clock()):  # what is missing may be what the first try of a long order took and died with
                continue
            break
        now = clock()
        order = checked(orders, limits, visitor, _order(visitor, view, checkout_form, orders.next_number(key), now))
        with suppress(Conflict):  # a balance went between the look and the transaction
            number = orders.place(order, _placed_event(visitor, order), _holds(order, view.cart), view.cart.head, key)
            tell(pushes, (OutboxRow.of_placed(order),))
            return number
    raise OfferChanged(view)


def _is_as_seen(view: CheckoutView, form: Checkout) -> bool:
    return view.seen == form.seen and view.cart.head.generation == form.generation and view.cart.can_be_ordered


def checked(orders: OrderStore, limits: CreditLimitStore, visitor: Visitor, order: Order) -> Order:
    """The automatic check: passed, the order is confirmed by 1C's own document; failed, a manager looks at it first."""
    contract, scope = visitor.contract, visitor.partner_scope
    assert contract is not None  # noqa: S101  # see `_order`
    given = limits.of(scope) if contract.prepayment < 100 else ()
    earlier = orders.page(scope, limit=EARLIER).orders
    why = auto_check.reasons(order, contract, earlier, given, business_day(order.placed_at))
    return replace(order, approval=Approval.ON_MODERATION, moderation=why) if why else order


def _placed_event(visitor: Visitor, order: Order) -> OrderEvent:
    if order.moderation:
        return OrderEvent(order.placed_at, visitor.name, "placed", "Заказ отправлен: его проверит менеджер")
    return OrderEvent(order.placed_at, visitor.name, "placed", "Заказ отправлен")


def _order(visitor: Visitor, view: CheckoutView, form: Checkout, number: str, now: datetime) -> Order:
    payer = _payer(view, form)
    address = _address(view, form)
    _check(view, form, now)
    contract = visitor.contract
    assert contract is not None  # noqa: S101  # a cart without a contract has no prices and can't be ordered
    return Order(
        number=number,
        partner_id=visitor.partner_scope.partner_id,
        user_id=visitor.session.user_id,
        user_name=visitor.name,
        counterparty_id=payer.id,
        contract_id=contract.id,
        price_type_id=contract.price_type_id,
        company_id=contract.company_id,
        currency=contract.currency,
        vat_included=contract.vat_included,
        placed_at=now,
        confirmation=contract.confirmation,
        lines=tuple(_line(visitor, n, *pair) for n, pair in enumerate(zip(view.cart.rows, view.promises, strict=True), 1)),
        warehouse_id=visitor.warehouse_id,
        delivery_method=form.delivery_method,
        address_id=address.id if address else None,
        address=address.address if address else "",
        desired_date=form.wish.by,
        together=form.wish.together,
        comment=form.comment.strip(),
        client_reference=form.client_reference.strip(),
    )


def _payer(view: CheckoutView, form: Checkout) -> Counterparty:
    for payer in view.counterparties:
        if payer.id == form.counterparty_id:
            return payer
    raise InvalidInput("Выберите плательщика", {"counterparty_id": "Выберите плательщика"})


def _address(view: CheckoutView, form: Checkout) -> DeliveryAddress | None:
    if form.delivery_method is DeliveryMethod.PICKUP:
        return None
    for address in view.addresses:
        if address.id == form.address_id:
            return address
    raise InvalidInput("Выберите адрес доставки", {"address_id": "Выберите адрес доставки"})


def _check(view: CheckoutView, form: Checkout, now: datetime) -> None:
    check_wishes(form.wish.by, form.comment, now)
    if len(form.client_reference) > 50:
        raise InvalidInput("Ваш номер заказа длиннее 50 знаков", {"client_reference": "Не больше 50 знаков"})
    if len(view.cart.rows) > MOST_LINES:
        raise InvalidInput("В заказе больше %(most)s строк: разделите его", most=MOST_LINES)


def check_wishes(by: date | None, comment: str, now: datetime) -> None:
    """The day and the words of an order. Raises InvalidInput."""
    today = business_day(now)
    if by and not today <= by <= today + FARTHEST:
        raise InvalidInput("Желаемая дата уже прошла или слишком далека", {"desired_date": "Выберите дату не раньше сегодняшней"})
    if len(comment) > 2_000:
        raise InvalidInput("Комментарий длиннее 2000 знаков", {"comment": "Сократите комментарий до 2000 знаков"})


def _line(visitor: Visitor, number: int, row: CartRow, promised: Promise) -> OrderLine:
    assert row.card is not None and row.price is not None  # noqa: S101  # rows without them have a problem and stop earlier
    quantity = row.line.quantity
    return OrderLine(
        number=number,
        item_id=row.line.item_id,
        name=row.card.name,
        sku=row.card.sku,
        unit=row.card.unit,
        quantity=quantity,
        price=row.price.amount,
        amount=row.amount,
        agreed=Agreed(quantity, row.price.amount, row.amount),
        vat_rate=row.price.vat_rate,
        vat_amount=row.vat_amount,
        weight_kg=row.card.weight_kg or row.line.quantity * 0,
        volume_m3=row.card.volume_m3 or row.line.quantity * 0,
        warehouse_id=visitor.warehouse_id,
        plan=promised.parts,
        comment=row.line.comment,
    )


def _holds(order: Order, cart: CartView) -> list[Hold]:
    return [
        Hold(line.item_id, line.warehouse_id, part.quantity, part.lot_id, row.stock.supply_revision)
        for line, row in zip(order.lines, cart.rows, strict=True)
        for part in line.plan
        if line.warehouse_id
    ]
