"""Quick order: take rows in, tell of each what can be done with it, put the right ones in the cart."""

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from decimal import Decimal
from secrets import token_hex

from chalicelib.domain.cart.carts import CartLine, CartTotals
from chalicelib.domain.cart.quick_order import (
    MAX_LINES,
    PROPOSING,
    ROLES,
    QuickLine,
    QuickOrder,
    Verdict,
    find_head,
    guessed_columns,
    head_signature,
    judge,
    named_columns,
    names_enough,
    read_quantity,
)
from chalicelib.domain.errors import InvalidInput, NotFound
from chalicelib.domain.money import ZERO
from chalicelib.usecases.access.visitors import Visitor
from chalicelib.usecases.cart.cart import CartRow, current_cart, rows_of, totals_at
from chalicelib.usecases.catalogue.visibility import coded_cards, named_cards, shown_cards
from chalicelib.usecases.ports.cart import CartStore
from chalicelib.usecases.ports.catalogue import Card, CatalogueIndex, OfferStore, Search
from chalicelib.usecases.ports.clock import Clock
from chalicelib.usecases.ports.quick_orders import Added, Portion, QuickOrderStore

ROWS_AT_ONCE = 90
"""Rows that go into the cart in one transaction."""

PAGE = 100
"""Rows of a page: what they say of prices and stock is of this minute."""

MOST_LOOKALIKES = 4
_ID = re.compile(r"[0-9a-f]{32}")

UNKNOWN = "Такого товара нет в каталоге"
SEVERAL = "Подходит несколько товаров: выберите нужный"
NO_QUANTITY = "Укажите количество больше нуля"


@dataclass(frozen=True, slots=True)
class QuickRow:
    """A row as it stands now. `row` is its item with price and stock, where it is one; else `choices` are those it may be.

    `proposed` instead of `quantity` where that is not right; `reason` is a msgid of what is wrong, `added` what lies in the
    cart of it already, `twin` the number of an earlier row with the same item.
    """

    line: QuickLine
    verdict: Verdict
    code: str
    wanted: str
    quantity: Decimal | None = None
    row: CartRow | None = None
    choices: tuple[Card, ...] = ()
    proposed: Decimal | None = None
    reason: str = ""
    added: Decimal | None = None
    twin: int | None = None


@dataclass(frozen=True, slots=True)
class QuickPage:
    """A page of a quick order: `counts` of the rows that are not in the cart yet, by verdict; `revision` as in `Added`."""

    order: QuickOrder
    rows: tuple[QuickRow, ...]
    counts: Mapping[Verdict, int]
    added_count: int
    revision: int
    show: str
    page: int
    pages: int

    @property
    def proposing(self) -> int:
        return sum(self.counts.get(verdict, 0) for verdict in PROPOSING)

    @property
    def wrong(self) -> int:
        return sum(count for verdict, count in self.counts.items() if verdict not in {*PROPOSING, Verdict.FOUND})


def new_id() -> str:
    return token_hex(16)


def start(
    quick_orders: QuickOrderStore,
    index: CatalogueIndex,
    offers: OfferStore,
    clock: Clock,
    *,
    visitor: Visitor,
    order_id: str,
    rows: Sequence[tuple[int, tuple[str, ...]]],
    source: str = "",
) -> QuickOrder:
    """Keep the rows under the id the form brought; the second time the form comes, what the first one made is there.

    Raises InvalidInput where there is nothing in them or too much.
    """
    visitor.must("cart.edit")
    if not _ID.fullmatch(order_id):
        raise NotFound("Быстрый заказ не найден: начните новый")
    if quick_orders.exists(order_id):
        return quick_orders.read(visitor.partner_scope, order_id)
    order = _made(quick_orders, clock, visitor, order_id, _numbered(rows), source)
    order = _looked_at(index, offers, visitor, order)
    quick_orders.save(order)
    return order


def _numbered(rows: Sequence[tuple[int, tuple[str, ...]]]) -> list[tuple[int, tuple[str, ...]]]:
    """No two rows have one number, whatever a file says."""
    found: list[tuple[int, tuple[str, ...]]] = []
    for number, cells in rows:
        found.append((max(number, found[-1][0] + 1) if found else number, cells))
    return found


def _made(
    quick_orders: QuickOrderStore,
    clock: Clock,
    visitor: Visitor,
    order_id: str,
    rows: Sequence[tuple[int, tuple[str, ...]]],
    source: str,
) -> QuickOrder:
    cells = [row for _, row in rows]
    place = find_head(cells)
    head = cells[place] if place is not None else ()
    data = rows[place + 1 :] if place is not None else rows
    width = max(map(len, cells), default=0)
    known = quick_orders.columns(visitor.partner_scope, head_signature(head, width))
    named = named_columns(head)
    columns = known or (named if names_enough(named) else guessed_columns([row for _, row in data]))
    scope = visitor.partner_scope
    lines = tuple(QuickLine(number, row) for number, row in data)
    return _filled(QuickOrder(order_id, scope.partner_id, visitor.session.user_id, clock(), source[:100], head, columns, lines))


def _filled(order: QuickOrder) -> QuickOrder:
    """The order with its rows marked that ask for nothing."""
    lines = tuple(replace(n, verdict=Verdict.BLANK if order.is_blank(n) else Verdict.MISSING) for n in order.lines)
    filled = replace(order, lines=lines)
    if not lines:
        raise InvalidInput("Нет ни одной строки: заполните артикул и количество")
    if len(filled.asking) > MAX_LINES:
        raise InvalidInput("В одном заказе не больше %(limit)s строк: разделите его на части", limit=MAX_LINES)
    return filled


# --- what can be done with a row -----------------------------------------------------------------------------------------


def check(
    index: CatalogueIndex, offers: OfferStore, *, visitor: Visitor, order: QuickOrder, lines: Sequence[QuickLine]
) -> tuple[QuickRow, ...]:
    """Rows with the prices and balances of this minute, asked for together."""
    found = [_candidates(index, visitor, order, line) for line in lines]
    wanted = [read_quantity(order.wanted(line)) for line in lines]
    certain = [
        CartLine(cards[0].id, quantity or Decimal(1)) for cards, quantity in zip(found, wanted, strict=True) if len(cards) == 1
    ]
    priced = iter(rows_of(index, offers, visitor, certain))
    return tuple(
        _told(order, line, quantity, cards, next(priced) if len(cards) == 1 else None)
        for line, cards, quantity in zip(lines, found, wanted, strict=True)
    )


def _candidates(index: CatalogueIndex, visitor: Visitor, order: QuickOrder, line: QuickLine) -> tuple[Card, ...]:
    """The chosen item; else by the codes, the surest first; else by the very name."""
    if line.item_id:
        return tuple(shown_cards(index, visitor, [line.item_id]).values())
    for code in order.codes(line):
        if found := coded_cards(index, visitor, code):
            return found
    name = line.code if line.code is not None else order.cell(line, "name") or next(iter(order.codes(line)), "")
    return named_cards(index, visitor, name)


def _told(order: QuickOrder, line: QuickLine, quantity: Decimal | None, cards: tuple[Card, ...], row: CartRow | None) -> QuickRow:
    told = QuickRow(line, Verdict.MISSING, order.shown_code(line), order.wanted(line), quantity, row, reason=UNKNOWN)
    if len(cards) > 1:
        return replace(told, verdict=Verdict.SEVERAL, choices=cards, reason=SEVERAL)
    if row is None or row.card is None:
        return told
    if row.problem:
        return replace(told, verdict=Verdict.REFUSED, reason=row.problem)
    if quantity is None:
        return replace(told, verdict=Verdict.QUANTITY, reason=NO_QUANTITY)
    verdict, proposed = judge(quantity, row.card.package_quantity, row.available if row.stock.known else None)
    return replace(told, verdict=verdict, proposed=proposed, reason="")


def _looked_at(index: CatalogueIndex, offers: OfferStore, visitor: Visitor, order: QuickOrder) -> QuickOrder:
    """With the verdicts of this minute, by which a page counts and filters."""
    rows = check(index, offers, visitor=visitor, order=order, lines=order.asking)
    verdicts = {row.line.number: row.verdict for row in rows}
    return replace(order, lines=tuple(replace(n, verdict=verdicts.get(n.number, n.verdict)) for n in order.lines))


def look_alikes(index: CatalogueIndex, visitor: Visitor, text: str) -> tuple[Card, ...]:
    """Goods a row may have meant; the first of all for an empty text."""
    search = Search(text=text, limit=MOST_LOOKALIKES, visibility=visitor.visibility)
    return tuple(filter(visitor.visibility.shows, index.search(visitor.beacons.snapshot, search).cards))


def single(now: datetime, visitor: Visitor, cells: tuple[str, str]) -> QuickOrder:
    """One row that is being typed, kept nowhere."""
    columns = {"sku": 0, "quantity": 1}
    line = QuickLine(1, cells)
    return QuickOrder("", visitor.partner_scope.partner_id, visitor.session.user_id, now, "", (), columns, (line,))


def wrong_rows(
    quick_orders: QuickOrderStore, index: CatalogueIndex, offers: OfferStore, *, visitor: Visitor, order_id: str
) -> tuple[QuickOrder, tuple[QuickRow, ...]]:
    """The rows that are not in the cart and not right as they stand, as of this minute. Raises NotFound."""
    visitor.must("cart.edit")
    order = _read(quick_orders, visitor, order_id)
    added = quick_orders.added(visitor.partner_scope, order_id)
    left = [line for line in order.asking if line.number not in added.rows]
    rows = check(index, offers, visitor=visitor, order=order, lines=left)
    return order, tuple(row for row in rows if row.verdict is not Verdict.FOUND)


# --- the page ------------------------------------------------------------------------------------------------------------


def view(
    quick_orders: QuickOrderStore,
    index: CatalogueIndex,
    offers: OfferStore,
    *,
    visitor: Visitor,
    order_id: str,
    show: str = "",
    page: int = 1,
) -> QuickPage:
    """A page of rows. `show`: "wrong", "proposed", "added" or "" for all. Raises NotFound."""
    visitor.must("cart.edit")
    order = _read(quick_orders, visitor, order_id)
    added = quick_orders.added(visitor.partner_scope, order_id)
    chosen = [line for line in order.asking if _is_chosen(line, added, show)]
    pages = max(1, -(-len(chosen) // PAGE))
    page = min(max(1, page), pages)
    rows = check(index, offers, visitor=visitor, order=order, lines=chosen[(page - 1) * PAGE : page * PAGE])
    open_lines = [line for line in order.asking if line.number not in added.rows]
    counts = {verdict: sum(line.verdict is verdict for line in open_lines) for verdict in Verdict}
    shown = tuple(replace(completed(index, visitor, row), added=added.rows.get(row.line.number)) for row in rows)
    return QuickPage(order, _with_twins(shown), counts, len(added.rows), added.revision, show, page, pages)


def _read(quick_orders: QuickOrderStore, visitor: Visitor, order_id: str) -> QuickOrder:
    if not _ID.fullmatch(order_id):
        raise NotFound("Быстрый заказ не найден: начните новый")
    return quick_orders.read(visitor.partner_scope, order_id)


def _is_chosen(line: QuickLine, added: Added, show: str) -> bool:
    if show == "added":
        return line.number in added.rows
    if show and line.number in added.rows:
        return False
    if show == "proposed":
        return line.verdict in PROPOSING
    return not show or line.verdict not in {*PROPOSING, Verdict.FOUND}


def completed(index: CatalogueIndex, visitor: Visitor, row: QuickRow) -> QuickRow:
    """With goods that look alike where nothing was found."""
    if row.verdict is not Verdict.MISSING or not row.code:
        return row
    return replace(row, choices=look_alikes(index, visitor, row.code))


def _with_twins(rows: Sequence[QuickRow]) -> tuple[QuickRow, ...]:
    first: dict[str, int] = {}
    found = []
    for row in rows:
        item_id = row.row.line.item_id if row.row else ""
        before = first.setdefault(item_id, row.line.number) if item_id else row.line.number
        found.append(replace(row, twin=before) if before != row.line.number else row)
    return tuple(found)


# --- what a person does with it ------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Correction:
    """What a person put right in a row; None where he left it. `item_id` is the item he chose."""

    code: str | None = None
    quantity: str | None = None
    item_id: str = ""


def correct(
    quick_orders: QuickOrderStore,
    index: CatalogueIndex,
    offers: OfferStore,
    *,
    visitor: Visitor,
    order_id: str,
    corrections: Mapping[int, Correction],
) -> QuickOrder:
    """The order with the corrections, by number of the row, looked at anew. Raises NotFound."""
    visitor.must("cart.edit")
    order = _read(quick_orders, visitor, order_id)
    lines = tuple(_corrected(order, line, corrections.get(line.number)) for line in order.lines)
    changed = _looked_at(index, offers, visitor, replace(order, lines=lines))
    if changed != order:
        quick_orders.save(changed)
    return changed


def _corrected(order: QuickOrder, line: QuickLine, correction: Correction | None) -> QuickLine:
    """What differs from what the page showed; a new code undoes a choice."""
    if correction is None:
        return line
    code = correction.code if correction.code not in (None, order.shown_code(line)) else None
    quantity = correction.quantity if correction.quantity not in (None, order.wanted(line)) else None
    item_id = correction.item_id or ("" if code is not None else line.item_id)
    return replace(
        line,
        code=line.code if code is None else code[:200],
        quantity=line.quantity if quantity is None else quantity[:20],
        item_id=item_id[:200],
    )


def name_columns(
    quick_orders: QuickOrderStore,
    index: CatalogueIndex,
    offers: OfferStore,
    clock: Clock,
    *,
    visitor: Visitor,
    order_id: str,
    columns: Mapping[str, int],
) -> QuickOrder:
    """Read the same rows with other columns, and remember it for the next table with such titles."""
    order = _read(quick_orders, visitor, order_id)
    named = {role: place for role, place in columns.items() if role in ROLES}
    if not names_enough(named):
        raise InvalidInput("Укажите столбец с количеством и столбец с артикулом, штрихкодом или наименованием")
    changed = _looked_at(index, offers, visitor, _filled(replace(order, columns=named)))
    signature = head_signature(order.head, max(len(line.cells) for line in order.lines))
    quick_orders.remember_columns(visitor.partner_scope, signature, named, clock())
    quick_orders.save(changed)
    return changed


def add_valid(
    quick_orders: QuickOrderStore,
    index: CatalogueIndex,
    offers: OfferStore,
    carts: CartStore,
    clock: Clock,
    *,
    visitor: Visitor,
    order_id: str,
    revision: int,
    with_proposals: bool = False,
) -> int:
    """Put the right rows in the cart, those with a proposal too where it is accepted; how many rows have gone in.

    A form that comes twice brings the same `revision` and adds once, whatever happens in between. Raises NotFound, Conflict.
    """
    visitor.must("cart.edit")
    order = _read(quick_orders, visitor, order_id)
    scope, head = visitor.partner_scope, current_cart(visitor)
    added = quick_orders.added(scope, order_id)
    left = [line for line in order.asking if line.number not in added.rows]
    rows = check(index, offers, visitor=visitor, order=order, lines=left)
    lying = {line.item_id for line in carts.lines(scope, head)}
    done = 0
    for portion in _portions(visitor, rows, min(revision, added.revision), lying, with_proposals=with_proposals):
        done += len(portion.rows) if quick_orders.add(scope, order_id, head, portion, clock()) else 0
    return done


def _portions(
    visitor: Visitor, rows: Sequence[QuickRow], revision: int, lying: set[str], *, with_proposals: bool
) -> Iterable[Portion]:
    """Portions by the numbers of rows, so that the same row always falls into the same one."""
    groups: dict[int, list[tuple[QuickRow, Decimal]]] = {}
    for row in rows:
        quantity = _taken(row, with_proposals=with_proposals)
        if quantity:
            groups.setdefault(row.line.number // ROWS_AT_ONCE, []).append((row, quantity))
    for number, group in groups.items():
        numbers = {row.line.number: quantity for row, quantity in group}
        lines = _summed(visitor, group)
        yield Portion(revision, number, numbers, lines, _growth(visitor, group, lying))
        lying.update(line.item_id for line in lines)


def _taken(row: QuickRow, *, with_proposals: bool) -> Decimal:
    if row.verdict is Verdict.FOUND:
        return row.quantity or ZERO
    return (row.proposed or ZERO) if with_proposals and row.verdict in PROPOSING else ZERO


def _summed(visitor: Visitor, group: Sequence[tuple[QuickRow, Decimal]]) -> list[CartLine]:
    """One line per item: rows with the same goods are added up."""
    contract_id = visitor.contract.id if visitor.contract else ""
    lines: dict[str, CartLine] = {}
    for row, quantity in group:
        if row.row is None or row.row.price is None:
            continue
        id, price = row.row.line.item_id, row.row.price.amount
        before = lines[id].quantity if id in lines else ZERO
        lines[id] = CartLine(id, before + quantity, seen_price=price, seen_contract_id=contract_id)
    return list(lines.values())


def _growth(visitor: Visitor, group: Sequence[tuple[QuickRow, Decimal]], lying: set[str]) -> CartTotals:
    """What the cart grows by."""
    rows = [(row.row, quantity) for row, quantity in group if row.row]
    new = {row.line.item_id for row, _ in rows} - lying
    return replace(totals_at(visitor, rows), line_count=len(new))
