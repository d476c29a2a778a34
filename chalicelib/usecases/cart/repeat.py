"""Order again: an old order or a template is looked through with today's prices and balances before it goes into the cart."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import timedelta
from decimal import Decimal
from enum import StrEnum

from chalicelib.domain.cart.carts import CartHead, CartLine
from chalicelib.domain.errors import InvalidInput
from chalicelib.domain.money import ZERO
from chalicelib.usecases.access.visitors import Visitor
from chalicelib.usecases.cart.cart import CartRow, change_by, current_cart, rows_of, seen_line
from chalicelib.usecases.catalogue.browse import let_through
from chalicelib.usecases.ports.cart import CartStore
from chalicelib.usecases.ports.catalogue import CatalogueIndex, OfferStore, Search
from chalicelib.usecases.ports.clock import Clock
from chalicelib.usecases.ports.orders import OrderStore

MOST_SEARCHED = 20
"""Lines for which something else is looked for."""

MOST_ANALOGUES = 3
WORDS = 2
"""Words of a name that say what the thing is: «Дверь Аркада …»."""


class Verdict(StrEnum):
    OK = "ok"
    CHANGED = "changed"
    CUT = "cut"
    UNAVAILABLE = "unavailable"
    REFUSED = "refused"


@dataclass(frozen=True, slots=True)
class Wanted:
    """A line as it once was; `price` and `amount` (minor units) are None in a template."""

    item_id: str
    quantity: Decimal
    name: str = ""
    sku: str = ""
    price: Decimal | None = None
    amount: int | None = None
    comment: str = ""


@dataclass(frozen=True, slots=True)
class ReviewRow:
    """`row` stands at the proposed quantity: all that was wanted, what there is, or nothing. `analogues` are in stock."""

    wanted: Wanted
    row: CartRow
    verdict: Verdict
    analogues: tuple[CartRow, ...] = ()

    @property
    def name(self) -> str:
        return self.row.card.name if self.row.card else self.wanted.name

    @property
    def price_was(self) -> Decimal | None:
        """Where it is another price now."""
        now = self.row.price.amount if self.row.price else None
        return self.wanted.price if now is not None and self.wanted.price not in (None, now) else None


@dataclass(frozen=True, slots=True)
class Review:
    """Sums in minor units; `old_amount` is None for a template."""

    rows: tuple[ReviewRow, ...]
    old_amount: int | None

    @property
    def new_amount(self) -> int:
        return sum(row.row.amount for row in self.rows)

    def count(self, verdict: Verdict | str) -> int:
        return sum(row.verdict == verdict for row in self.rows)


def review_order(index: CatalogueIndex, offers: OfferStore, orders: OrderStore, *, visitor: Visitor, number: str) -> Review:
    """Raises NotFound, for another partner's order too."""
    visitor.must("cart.edit")
    order = orders.read(visitor.partner_scope, number)
    lines = [line for line in order.lines if line.quantity]
    wanted = (Wanted(line.item_id, line.quantity, line.name, line.sku, line.price, line.amount, line.comment) for line in lines)
    return review(index, offers, visitor=visitor, wanted=_merged(wanted))


def review_template(
    index: CatalogueIndex, offers: OfferStore, carts: CartStore, *, visitor: Visitor, template: CartHead
) -> Review:
    lines = carts.lines(visitor.partner_scope, template)
    wanted = [Wanted(line.item_id, line.quantity, comment=line.comment) for line in lines]
    return review(index, offers, visitor=visitor, wanted=wanted)


def _merged(wanted: Iterable[Wanted]) -> list[Wanted]:
    """1C may have split a line: one of each item."""
    found: dict[str, Wanted] = {}
    for one in wanted:
        before = found.get(one.item_id)
        if before is None:
            found[one.item_id] = one
        else:
            amount = (before.amount or 0) + (one.amount or 0)
            found[one.item_id] = replace(before, quantity=before.quantity + one.quantity, amount=amount)
    return list(found.values())


def review(index: CatalogueIndex, offers: OfferStore, *, visitor: Visitor, wanted: Sequence[Wanted]) -> Review:
    """What of it can be had now, and for how much."""
    as_wanted = rows_of(index, offers, visitor, [CartLine(one.item_id, one.quantity) for one in wanted])
    proposed = rows_of(index, offers, visitor, [CartLine(row.line.item_id, _proposed(row)) for row in as_wanted])
    rows = [ReviewRow(one, row, _verdict(one, row)) for one, row in zip(wanted, proposed, strict=True)]
    missing = [n for n, row in enumerate(rows) if not row.row.line.quantity][:MOST_SEARCHED]
    for n in missing:
        rows[n] = replace(rows[n], analogues=_analogues(index, offers, visitor, rows[n]))
    amounts = [one.amount for one in wanted if one.amount is not None]
    return Review(tuple(rows), sum(amounts) if amounts else None)


def _proposed(row: CartRow) -> Decimal:
    """Whole packages of what the warehouse has; all of it where nobody knows what there is."""
    if row.problem:
        return ZERO
    if not row.shortage or not row.stock.known:
        return row.line.quantity
    package = (row.card.package_quantity if row.card else None) or Decimal(1)
    whole = row.available // package * package if package > 0 else row.available
    return whole or min(row.available, row.line.quantity)


def _verdict(wanted: Wanted, row: CartRow) -> Verdict:
    if row.problem:
        return Verdict.REFUSED
    if not row.line.quantity:
        return Verdict.UNAVAILABLE
    if row.line.quantity < wanted.quantity:
        return Verdict.CUT
    changed = wanted.price is not None and row.price is not None and row.price.amount != wanted.price
    return Verdict.CHANGED if changed else Verdict.OK


def _analogues(index: CatalogueIndex, offers: OfferStore, visitor: Visitor, row: ReviewRow) -> tuple[CartRow, ...]:
    """Things of the same name that lie in the warehouse."""
    text = " ".join(row.name.split()[:WORDS])
    if not text:
        return ()
    asked = Search(text=text, limit=10, visibility=visitor.visibility)
    cards = let_through(visitor, index.search(visitor.beacons.snapshot, asked).cards)
    lines = [CartLine(card.id, row.wanted.quantity) for card in cards if card.id != row.wanted.item_id]
    found = rows_of(index, offers, visitor, lines)
    return tuple(one for one in found if not one.problem and one.available > 0)[:MOST_ANALOGUES]


def add_reviewed(
    index: CatalogueIndex,
    offers: OfferStore,
    carts: CartStore,
    clock: Clock,
    *,
    visitor: Visitor,
    quantities: Mapping[str, Decimal],
    once: str,
) -> tuple[int, int]:
    """Put what can be ordered into the current cart; how many lines went in and how many can't be ordered.

    Quantities add up with what lies there. A form sent twice (`once`) adds once. Raises InvalidInput where nothing is left.
    """
    visitor.must("cart.edit")
    lines = [CartLine(item_id, quantity) for item_id, quantity in quantities.items() if quantity > 0]
    rows = rows_of(index, offers, visitor, lines)
    by, good = change_by(visitor, clock), [row for row in rows if not row.problem]
    if not good:
        raise InvalidInput("Добавить нечего: ни одну строку сейчас нельзя заказать")
    seen = [replace(seen_line(visitor, row, by), added_at=by.at + timedelta(microseconds=n)) for n, row in enumerate(good)]
    carts.add_lines(visitor.partner_scope, current_cart(visitor), seen, by, once=once)
    return len(good), len(rows) - len(good)
