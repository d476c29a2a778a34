"""A dealer looks at the catalogue: a page of rows, or one item, with his own prices and the live stock."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from decimal import Decimal

from chalicelib.domain.catalogue.catalogue import Item, ItemGroup, ItemPrice, PriceType, Warehouse, completed
from chalicelib.domain.catalogue.prices import ONE, ItemPrices, Price, price_for, recommended_price, tiers
from chalicelib.domain.catalogue.stock import StockBalance
from chalicelib.domain.errors import NotFound
from chalicelib.domain.money import ZERO
from chalicelib.usecases.access.visitors import Visitor
from chalicelib.usecases.catalogue.restrictions import obstacle
from chalicelib.usecases.catalogue.visibility import shown_cards
from chalicelib.usecases.ports.catalogue import Card, CatalogueIndex, CatalogueStore, Classifier, OfferStore, Search

MAX_ROWS = 50
"""Rows of a page: their prices and balances come in one call of 100 keys."""

MAX_VARIANTS = 200
"""Variants an item's page shows."""

NO_CONTRACT = "Нет договора: обратитесь к вашему менеджеру"
NO_PRICE = "Нет цены по вашему договору: уточните у менеджера"


@dataclass(frozen=True, slots=True)
class CatalogueRow:
    """A row of the table. `available` is that of the visitor's warehouse, or of all where he has none.

    `reason` is a msgid of why the item can't be ordered, "" where it can; `words` are 1C's own about it.
    With `balance.known` False the page says "уточняйте", not "нет". `in_cart`: quantity he has in the cart already, for which
    the price is; `tiers`: from which quantity it is another.
    """

    card: Card
    price: Price | None
    balance: StockBalance
    available: Decimal
    available_everywhere: Decimal
    in_cart: Decimal
    reason: str
    recommended: ItemPrice | None = None
    words: str = ""
    tiers: tuple[tuple[Decimal, Price], ...] = ()

    @property
    def can_be_ordered(self) -> bool:
        return not self.reason


@dataclass(frozen=True, slots=True)
class GroupNode:
    """A group in the left panel: `children` are filled for the chosen group and those above it."""

    id: str
    name: str
    item_count: int
    chosen: bool
    has_children: bool
    children: tuple["GroupNode", ...] = ()


@dataclass(frozen=True, slots=True)
class CataloguePage:
    """`trail` leads from the top to the chosen group; `search` is what was really asked (offset and limit made sane).

    `read_as`: the text in the other keyboard layout, where only that found anything.
    """

    rows: tuple[CatalogueRow, ...]
    total: int
    search: Search
    groups: tuple[GroupNode, ...]
    trail: tuple[ItemGroup, ...]
    warehouses: tuple[Warehouse, ...]
    warehouse: Warehouse | None
    price_type: PriceType | None
    read_as: str = ""

    @property
    def next_offset(self) -> int | None:
        after = self.search.offset + self.search.limit
        return after if after < self.total else None

    @property
    def previous_offset(self) -> int | None:
        return max(0, self.search.offset - self.search.limit) if self.search.offset else None


@dataclass(frozen=True, slots=True)
class ItemPage:
    """One item. `row` is None for an item that is sold by `variants` only. `stock`: every warehouse with its balance."""

    item: Item
    row: CatalogueRow | None
    variants: tuple[CatalogueRow, ...]
    stock: tuple[tuple[Warehouse, Decimal], ...]
    trail: tuple[ItemGroup, ...]
    pictures: tuple[str, ...]
    warehouse: Warehouse | None
    price_type: PriceType | None


def browse(
    index: CatalogueIndex, offers: OfferStore, *, visitor: Visitor, search: Search, in_cart: Mapping[str, Decimal] | None = None
) -> CataloguePage:
    """A page of the catalogue. `in_cart`: quantity by item id. Asks the database once, for the prices and balances."""
    visitor.must("catalog.view")
    snapshot = visitor.beacons.snapshot
    search = replace(
        search, offset=max(0, search.offset), limit=min(max(1, search.limit), MAX_ROWS), visibility=visitor.visibility
    )
    found = index.search(snapshot, search)
    classifier = index.classifier(snapshot)
    trail = group_trail(search.group_id, classifier.groups)
    return CataloguePage(
        rows=_rows(offers, visitor, _let_through(visitor, found.cards), in_cart or {}),
        total=found.total,
        search=search,
        groups=group_tree(classifier, trail),
        trail=trail,
        warehouses=tuple(sorted(classifier.warehouses.values(), key=lambda warehouse: warehouse.name)),
        warehouse=classifier.warehouses.get(visitor.warehouse_id or ""),
        price_type=_price_type(visitor, classifier),
        read_as=found.read_as,
    )


def item(
    index: CatalogueIndex,
    offers: OfferStore,
    catalogue: CatalogueStore,
    *,
    visitor: Visitor,
    item_id: str,
    in_cart: Mapping[str, Decimal] | None = None,
) -> ItemPage:
    """One item with all that 1C says of it. Raises NotFound for what the catalogue does not show."""
    visitor.must("catalog.view")
    snapshot = visitor.beacons.snapshot
    shown, siblings = _shown(index, visitor, item_id)
    whole = _whole(catalogue, item_id)
    rows = {row.card.id: row for row in _rows(offers, visitor, (*shown, *siblings), in_cart or {})}
    classifier = index.classifier(snapshot)
    row = rows.get(item_id)
    return ItemPage(
        item=whole,
        row=row,
        variants=tuple(rows[card.id] for card in siblings),
        stock=tuple(_stock(row, classifier)) if row else (),
        trail=group_trail(next(iter(whole.group_ids), None), classifier.groups),
        pictures=tuple(card.picture for card in shown[:1] or siblings[:1] if card.picture),
        warehouse=classifier.warehouses.get(visitor.warehouse_id or ""),
        price_type=_price_type(visitor, classifier),
    )


def _shown(index: CatalogueIndex, visitor: Visitor, item_id: str) -> tuple[tuple[Card, ...], tuple[Card, ...]]:
    """The card of the item, if it is sold itself, and those of the variants it belongs with."""
    found = shown_cards(index, visitor, [item_id]).get(item_id)
    asked = Search(parent_id=_parent_id(item_id), limit=MAX_VARIANTS, visibility=visitor.visibility)
    variants = _let_through(visitor, index.search(visitor.beacons.snapshot, asked).cards)
    if found is None and not variants:
        raise NotFound("Такого товара нет в каталоге")
    return (found,) if found else (), variants


def _let_through(visitor: Visitor, cards: tuple[Card, ...]) -> tuple[Card, ...]:
    """The snapshot may be older than what is closed to him."""
    shows = visitor.visibility.shows
    return cards if visitor.visibility.whole else tuple(card for card in cards if shows(card))


def _parent_id(item_id: str) -> str:
    return item_id.partition("#")[0]


def _whole(catalogue: CatalogueStore, item_id: str) -> Item:
    parent_id = _parent_id(item_id)
    cards = catalogue.cards(list(dict.fromkeys((item_id, parent_id))))
    if item_id not in cards or cards[item_id].deleted:
        raise NotFound("Такого товара нет в каталоге")
    return completed(cards[item_id], cards.get(parent_id) if parent_id != item_id else None)


def _rows(
    offers: OfferStore, visitor: Visitor, cards: tuple[Card, ...], in_cart: Mapping[str, Decimal]
) -> tuple[CatalogueRow, ...]:
    ids = list(dict.fromkeys(card.id for card in cards))
    live = offers.read(ids) if ids else {}
    return tuple(_row(visitor, card, live.get(card.id), in_cart.get(card.id, ZERO)) for card in cards)


def _row(visitor: Visitor, card: Card, live: tuple[ItemPrices, StockBalance] | None, in_cart: Decimal) -> CatalogueRow:
    prices, balance = live or (None, StockBalance(card.id))
    price = price_for(prices, visitor.deal, card, in_cart or ONE)
    reason, words = obstacle(visitor, card)
    return CatalogueRow(
        card=card,
        price=price,
        balance=balance,
        available=balance.available(visitor.warehouse_id),
        available_everywhere=balance.available(),
        in_cart=in_cart,
        reason=reason or _obstacle(visitor, price),
        recommended=recommended_price(prices),
        words=words,
        tiers=tiers(prices, visitor.deal, card),
    )


def _obstacle(visitor: Visitor, price: Price | None) -> str:
    if visitor.contract is None:
        return NO_CONTRACT
    return "" if price else NO_PRICE


def _price_type(visitor: Visitor, classifier: Classifier) -> PriceType | None:
    return classifier.price_types.get(visitor.contract.price_type_id) if visitor.contract else None


def _stock(row: CatalogueRow, classifier: Classifier) -> Iterator[tuple[Warehouse, Decimal]]:
    """By name; a warehouse that 1C never named in a file stands under its id."""
    ids = classifier.warehouses.keys() | row.balance.by_warehouse.keys() | {lot.warehouse_id for lot in row.balance.lots}
    warehouses = (classifier.warehouses.get(warehouse_id) or Warehouse(warehouse_id, warehouse_id) for warehouse_id in ids)
    for warehouse in sorted(warehouses, key=lambda warehouse: warehouse.name):
        yield warehouse, row.balance.available(warehouse.id)


def group_trail(group_id: str | None, groups: Mapping[str, ItemGroup]) -> tuple[ItemGroup, ...]:
    """From the top group down to this one; a loop in 1C's tree ends."""
    trail: dict[str, ItemGroup] = {}
    while group_id and group_id in groups and group_id not in trail:
        trail[group_id] = groups[group_id]
        group_id = groups[group_id].parent_id
    return tuple(reversed(trail.values()))


def group_tree(classifier: Classifier, trail: tuple[ItemGroup, ...] = ()) -> tuple[GroupNode, ...]:
    """The top groups, opened along the trail; a group whose parent is not shown stands at the top."""
    below: dict[str | None, list[ItemGroup]] = {}
    for group in classifier.groups.values():
        parent_id = group.parent_id if group.parent_id in classifier.groups else None
        below.setdefault(parent_id, []).append(group)
    return _level(None, below, classifier.item_counts, [group.id for group in trail])


def _level(
    parent_id: str | None, below: Mapping[str | None, list[ItemGroup]], counts: Mapping[str, int], trail: list[str]
) -> tuple[GroupNode, ...]:
    return tuple(
        GroupNode(
            id=group.id,
            name=group.name,
            item_count=counts.get(group.id, 0),
            chosen=trail[-1:] == [group.id],
            has_children=group.id in below,
            children=_level(group.id, below, counts, trail) if group.id in trail and group.id != parent_id else (),
        )
        for group in sorted(below.get(parent_id, ()), key=lambda group: group.name.casefold())
    )
