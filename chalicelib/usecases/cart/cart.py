"""The cart: put goods in, look at them with the prices and balances of this moment."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from decimal import ROUND_CEILING, Decimal

from chalicelib.domain.cart.carts import CartHead, CartKind, CartLine, CartTotals, Change
from chalicelib.domain.catalogue.prices import ItemPrices, LineSums, Price, price_for
from chalicelib.domain.catalogue.stock import StockBalance
from chalicelib.domain.errors import InvalidInput, NotFound
from chalicelib.domain.money import ZERO
from chalicelib.usecases.access.visitors import Visitor
from chalicelib.usecases.catalogue.restrictions import check, obstacle
from chalicelib.usecases.catalogue.visibility import shown_cards
from chalicelib.usecases.ports.cart import CartStore
from chalicelib.usecases.ports.catalogue import Card, CatalogueIndex, OfferStore
from chalicelib.usecases.ports.clock import Clock

MOST = Decimal(1_000_000)
GONE = "Товара больше нет в каталоге"
NO_PRICE = "Нет цены по вашему договору"
NOTHING = LineSums(0, 0, 0)
Known = Mapping[str, tuple[ItemPrices, StockBalance]]


@dataclass(frozen=True, slots=True)
class CartRow:
    """A line as it stands now. `amount` in minor units without VAT on top; `price_was` where it has changed since it was put in.

    `problem` is a msgid of what keeps the line from being ordered, or ""; `words` are 1C's own about it. `barred`: it would be
    so at any price. `prices` are all of the item.
    """

    line: CartLine
    card: Card | None
    price: Price | None
    stock: StockBalance
    available: Decimal
    amount: int = 0
    vat_amount: int = 0
    price_was: Decimal | None = None
    problem: str = ""
    words: str = ""
    barred: bool = False
    prices: ItemPrices | None = None

    @property
    def shortage(self) -> Decimal:
        """What the warehouse can't promise now."""
        return max(ZERO, self.line.quantity - self.available)

    @property
    def places(self) -> int:
        """Packages to carry; what has none is carried piece by piece."""
        package = (self.card.package_quantity if self.card else None) or Decimal(1)
        return int((self.line.quantity / package).to_integral_value(ROUND_CEILING)) if package > 0 else 0

    @property
    def rise(self) -> int:
        """What the change of the price makes of the line, in minor units."""
        if self.price_was is None or self.price is None:
            return 0
        return self.amount - replace(self.price, amount=self.price_was).sums(self.line.quantity).amount


@dataclass(frozen=True, slots=True)
class CartView:
    """`totals.amount` is what is to be paid; `vat_amount` is in it."""

    head: CartHead
    rows: tuple[CartRow, ...]
    totals: CartTotals
    vat_amount: int = 0

    @property
    def can_be_ordered(self) -> bool:
        return bool(self.rows) and not any(row.problem for row in self.rows)

    @property
    def repriced(self) -> tuple[CartRow, ...]:
        """Lines whose price is another than the dealer saw."""
        return tuple(row for row in self.rows if row.price_was is not None)

    @property
    def short(self) -> tuple[CartRow, ...]:
        """Lines the warehouse can't promise in full."""
        return tuple(row for row in self.rows if row.shortage and row.stock.known and not row.problem)

    @property
    def refused(self) -> tuple[CartRow, ...]:
        return tuple(row for row in self.rows if row.problem)

    @property
    def priced_at(self) -> datetime | None:
        """Since when prices have changed: the earliest look at one that is another now."""
        return min((row.line.seen_at for row in self.repriced if row.line.seen_at), default=None)

    @property
    def rise(self) -> int:
        return sum(row.rise for row in self.rows)


@dataclass(frozen=True, slots=True)
class Put:
    """What putting an item in has done: the line as it stands, and the totals for the header."""

    row: CartRow
    totals: CartTotals


def carts_of(visitor: Visitor) -> tuple[CartHead, ...]:
    """The visitor's own cart first, then the open drafts he may see, by name; as his account was read with them."""
    user_id, scope = visitor.session.user_id, visitor.partner_scope
    seen = [cart for cart in (visitor.account.carts if visitor.account else ()) if cart.seen_by(user_id)]
    own = next((cart for cart in seen if cart.id == user_id), CartHead(user_id, scope.partner_id))
    drafts = sorted((cart for cart in seen if cart.id != user_id), key=lambda cart: (cart.name.casefold(), cart.id))
    return own, *drafts


def current_cart(visitor: Visitor) -> CartHead:
    """The one he chose to put goods in; his own, where that one is an order by now, or gone."""
    carts = carts_of(visitor)
    return next((cart for cart in carts if cart.id == visitor.session.cart_id), carts[0])


def cart_of(visitor: Visitor, cart_id: str) -> CartHead:
    """The cart a form was made for; "" is the current one. Raises NotFound for what he may not see."""
    if not cart_id:
        return current_cart(visitor)
    for cart in carts_of(visitor):
        if cart.id == cart_id:
            return cart
    raise NotFound("Этот черновик уже оформлен в заказ или удалён")


def change_by(visitor: Visitor, clock: Clock) -> Change:
    return Change(visitor.session.user_id, visitor.name, clock())


def in_cart(carts: CartStore, *, visitor: Visitor) -> dict[str, Decimal]:
    """Quantity by item id, for the rows of the catalogue."""
    if "cart.edit" not in visitor.permissions:
        return {}
    head = current_cart(visitor)
    if head.quantities is not None:
        return dict(head.quantities)
    return {line.item_id: line.quantity for line in carts.lines(visitor.partner_scope, head)}


def view_cart(index: CatalogueIndex, offers: OfferStore, carts: CartStore, *, visitor: Visitor, cart_id: str = "") -> CartView:
    """Every line priced anew; the totals in the header are put right on the way. `cart_id` as in `cart_of`."""
    visitor.must("cart.edit")
    seen = cart_of(visitor, cart_id)
    return view_lines(index, offers, carts, visitor=visitor, head=carts.head(visitor.partner_scope, seen.id, seen.kind))


def view_lines(index: CatalogueIndex, offers: OfferStore, carts: CartStore, *, visitor: Visitor, head: CartHead) -> CartView:
    """The lines of any cart, draft or template."""
    lines = carts.lines(visitor.partner_scope, head)
    rows = rows_of(index, offers, visitor, lines)
    view = CartView(head, rows, _totals(visitor, rows), sum(row.vat_amount for row in rows))
    true_head = replace(head, totals=view.totals, quantities=head.carried({line.item_id: line.quantity for line in lines}))
    if head.version and true_head != head:
        carts.put_head(visitor.partner_scope, true_head)
    return replace(view, head=true_head)


def rows_of(index: CatalogueIndex, offers: OfferStore, visitor: Visitor, lines: Sequence[CartLine]) -> tuple[CartRow, ...]:
    """Any lines as they stand now: this moment's card, price and balance."""
    ids = [line.item_id for line in lines]
    cards = shown_cards(index, visitor, ids)
    known = offers.read(ids)
    return tuple(_row(visitor, line, cards.get(line.item_id), known) for line in lines)


def put_in_cart(
    index: CatalogueIndex,
    offers: OfferStore,
    carts: CartStore,
    clock: Clock,
    *,
    visitor: Visitor,
    item_id: str,
    quantity: Decimal,
    cart: CartHead | None = None,
    was: Decimal | None = None,
) -> Put:
    """Set the quantity of an item, 0 takes it out; in the current cart, or another one of his.

    `was`: the quantity on the page where he changed it. The price he once saw is kept then, so that what changed since stays
    in sight; and a quantity that a colleague changed meanwhile is not overwritten. Raises NotFound, InvalidInput, Conflict.
    """
    visitor.must("cart.edit")
    check_quantity(quantity)
    card = shown_cards(index, visitor, [item_id]).get(item_id)
    if card is None and quantity > 0:
        raise NotFound("Такого товара нет в каталоге")
    if card and quantity > 0:
        check(visitor, card)
    known = offers.read([item_id])
    row = _row(visitor, CartLine(item_id, quantity), card, known)
    if quantity > 0 and row.price is None:
        raise InvalidInput("Товар «%(name)s» нельзя заказать: нет цены по вашему договору", name=card.name if card else item_id)
    return _put(carts, clock, visitor, cart or current_cart(visitor), row, known, was)


def _put(
    carts: CartStore,
    clock: Clock,
    visitor: Visitor,
    head: CartHead,
    row: CartRow,
    known: Known,
    was: Decimal | None,
) -> Put:
    by = change_by(visitor, clock)
    line = seen_line(visitor, row, by) if was is None else replace(row.line, added_at=by.at, changed_by=by.user_id)
    expected = None if head.kind is CartKind.OWN else was
    before = carts.put_line(visitor.partner_scope, head, line, by.at, expected)
    then = _row(visitor, replace(line, quantity=before.quantity if before else ZERO), row.card, known)
    delta = _difference(visitor, row, then)
    carts.add_totals(visitor.partner_scope, head, delta, line, by)
    if before and then.price and row.price and before.seen_price == then.price.amount != row.price.amount:
        # the price of another quantity, which he has just set: nothing he should be told of
        carts.see_prices(visitor.partner_scope, head, [seen_line(visitor, row, by)], by)
    return Put(replace(row, line=line), _sum(head.totals, delta))


def accept_prices(
    index: CatalogueIndex, offers: OfferStore, carts: CartStore, clock: Clock, *, visitor: Visitor, cart_id: str = ""
) -> None:
    """The dealer has seen what changed: from now on today's prices are those he put the lines in at."""
    view, by = view_cart(index, offers, carts, visitor=visitor, cart_id=cart_id), change_by(visitor, clock)
    carts.see_prices(visitor.partner_scope, view.head, [seen_line(visitor, row, by) for row in view.repriced], by)


def seen_line(visitor: Visitor, row: CartRow, by: Change) -> CartLine:
    """The line with the price he sees now."""
    return replace(
        row.line,
        seen_price=row.price.amount if row.price else None,
        seen_contract_id=visitor.contract.id if visitor.contract else "",
        seen_at=by.at,
        added_at=by.at,
        changed_by=by.user_id,
    )


def check_quantity(quantity: Decimal) -> None:
    if not quantity.is_finite() or quantity < 0 or quantity > MOST:
        raise InvalidInput("Укажите количество от 0 до %(most)s", {"quantity": "Неверное количество"}, most=MOST)
    if quantity != quantity.quantize(Decimal("0.001")):
        raise InvalidInput("Не больше трёх знаков после запятой", {"quantity": "Неверное количество"})


def _row(visitor: Visitor, line: CartLine, card: Card | None, known: Known) -> CartRow:
    prices, stock = known.get(line.item_id, (None, StockBalance(line.item_id)))
    price = price_for(prices, visitor.deal, card, line.quantity)
    sums = price.sums(line.quantity) if price else NOTHING
    blocked, words = obstacle(visitor, card) if card else (GONE, "")
    return CartRow(
        line=line,
        card=card,
        price=price,
        stock=stock,
        available=stock.available(visitor.warehouse_id),
        amount=sums.amount,
        vat_amount=sums.vat_amount,
        price_was=_price_was(visitor, line, price),
        problem=blocked or (NO_PRICE if price is None else ""),
        words=words,
        barred=bool(blocked),
        prices=prices,
    )


def _price_was(visitor: Visitor, line: CartLine, price: Price | None) -> Decimal | None:
    """The price he saw under this contract; another contract's price is no change."""
    same_contract = visitor.contract is not None and line.seen_contract_id == visitor.contract.id
    if not same_contract or line.seen_price is None or price is None or line.seen_price == price.amount:
        return None
    return line.seen_price


def _totals(visitor: Visitor, rows: tuple[CartRow, ...]) -> CartTotals:
    return CartTotals(
        line_count=len(rows),
        amount=sum(_payable(visitor, row) for row in rows),
        weight_kg=sum(((row.card.weight_kg or ZERO) * row.line.quantity for row in rows if row.card), ZERO),
        volume_m3=sum(((row.card.volume_m3 or ZERO) * row.line.quantity for row in rows if row.card), ZERO),
        vat_amount=sum(row.vat_amount for row in rows),
        places=sum(row.places for row in rows),
    )


def _payable(visitor: Visitor, row: CartRow) -> int:
    on_top = visitor.contract is not None and not visitor.contract.vat_included
    return row.amount + (row.vat_amount if on_top else 0)


def _difference(visitor: Visitor, row: CartRow, was: CartRow) -> CartTotals:
    """What the totals grow by when the line that `was` becomes the row, at today's prices of either quantity."""
    now, then = _totals(visitor, (row,)), _totals(visitor, (was,))
    return CartTotals(
        int(row.line.quantity > 0) - int(was.line.quantity > 0),
        now.amount - then.amount,
        now.weight_kg - then.weight_kg,
        now.volume_m3 - then.volume_m3,
        now.vat_amount - then.vat_amount,
        now.places - then.places,
    )


def _sum(one: CartTotals, other: CartTotals) -> CartTotals:
    return CartTotals(
        one.line_count + other.line_count,
        one.amount + other.amount,
        one.weight_kg + other.weight_kg,
        one.volume_m3 + other.volume_m3,
        one.vat_amount + other.vat_amount,
        one.places + other.places,
    )


def totals_at(visitor: Visitor, rows: Sequence[tuple[CartRow, Decimal]]) -> CartTotals:
    """What lines come to at these quantities."""
    return _totals(visitor, tuple(_at(row, quantity) for row, quantity in rows))


def _at(row: CartRow, quantity: Decimal) -> CartRow:
    sums = row.price.sums(quantity) if row.price else NOTHING
    return replace(row, line=replace(row.line, quantity=quantity), amount=sums.amount, vat_amount=sums.vat_amount)
