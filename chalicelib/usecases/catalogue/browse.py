"""A dealer looks at the catalogue: a page of rows, or one item, with his own prices and the live stock."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from decimal import Decimal

from chalicelib.domain.catalogue.catalogue import Item, ItemPrice, PriceType, Warehouse, completed
from chalicelib.domain.catalogue.prices import ONE, ItemPrices, Price, price_for, recommended_price, tiers
from chalicelib.domain.catalogue.stock import StockBalance
from chalicelib.domain.errors import NotFound
from chalicelib.domain.money import ZERO
from chalicelib.usecases.access.visitors import Visitor
from chalicelib.usecases.catalogue.facets import Facets, facets_of
from chalicelib.usecases.catalogue.restrictions import obstacle
from chalicelib.usecases.catalogue.tree import GroupNode, Step, group_trail, shown_tree, trail_of
from chalicelib.usecases.catalogue.visibility import shown_cards
from chalicelib.usecases.ports.catalogue import (
    ANYWHERE,
    STOCK_FACET,
    Card,
    CatalogueIndex,
    CatalogueStore,
    Classifier,
    OfferStore,
    Search,
)

ROWS = (50, 100, 200)
"""Rows of a page: prices and balances of fifty come in one call of 100 keys."""

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
class CataloguePage:
    """`trail` leads from the top to the chosen group; `search` is what was really asked (offset and limit made sane).

    `read_as`: the text in the other keyboard layout, where only that found anything. `dropped`: finds of the snapshot that are
    no longer in stock, or cost otherwise, and so are not among the rows. `behind`: an older snapshot answers.
    """

    rows: tuple[CatalogueRow, ...]
    total: int
    search: Search
    groups: tuple[GroupNode, ...]
    trail: tuple[Step, ...]
    warehouses: tuple[Warehouse, ...]
    warehouse: Warehouse | None
    price_type: PriceType | None
    read_as: str = ""
    facets: Facets | None = None
    dropped: int = 0
    behind: bool = False

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
    trail: tuple[Step, ...]
    pictures: tuple[str, ...]
    warehouse: Warehouse | None
    price_type: PriceType | None


def browse(
    index: CatalogueIndex, offers: OfferStore, *, visitor: Visitor, search: Search, in_cart: Mapping[str, Decimal] | None = None
) -> CataloguePage:
    """A page of the catalogue. `in_cart`: quantity by item id. Asks the database once, for the prices and balances."""
    visitor.must("catalog.view")
    snapshot = visitor.beacons.snapshot
    search = _sane(search, visitor)
    found = index.search(snapshot, search)
    classifier = index.classifier(snapshot)
    trail = trail_of(search, classifier)
    rows = rows_of(offers, visitor, let_through(visitor, found.cards), in_cart or {})
    kept = tuple(row for row in rows if _still_holds(row, search))
    return CataloguePage(
        rows=_in_order(kept, search),
        total=found.total,
        search=search,
        groups=shown_tree(index, classifier, visitor, trail),
        trail=trail,
        warehouses=tuple(sorted(classifier.warehouses.values(), key=lambda warehouse: warehouse.name)),
        warehouse=classifier.warehouses.get(visitor.warehouse_id or ""),
        price_type=_price_type(visitor, classifier),
        read_as=found.read_as,
        facets=facets_of(found.facets, search, visitor.warehouse_id) if search.facets else None,
        dropped=len(rows) - len(kept),
        behind=index.behind(snapshot),
    )


def _sane(search: Search, visitor: Visitor) -> Search:
    """As it is really asked: within bounds, under the visitor's contract, and only for what he may see."""
    return replace(
        search,
        offset=max(0, search.offset),
        limit=min(max(1, search.limit), ROWS[-1]),
        visibility=visitor.visibility,
        warehouse_id=visitor.warehouse_id,
        price_type_id=visitor.contract.price_type_id if visitor.contract else "",
    )


def _still_holds(row: CatalogueRow, search: Search) -> bool:
    """The snapshot's prices and balances are of a while ago: what was asked for is looked at again on the live ones."""
    asked = next((values for name, values in search.chosen if name == STOCK_FACET), ())
    if asked and not any(row.balance.available(None if one == ANYWHERE else one) > 0 for one in asked):
        return False
    if search.price_from is None and search.price_to is None:
        return True
    amount = row.price.amount if row.price else ZERO
    return (search.price_from is None or amount >= search.price_from) and (search.price_to is None or amount <= search.price_to)


def _in_order(rows: tuple[CatalogueRow, ...], search: Search) -> tuple[CatalogueRow, ...]:
    """By the live prices where prices order: those of the snapshot have chosen the page alone. Without a price comes last."""
    if search.sort != "price":
        return rows
    priced = sorted((row for row in rows if row.price), key=_amount, reverse=search.descending)
    return (*priced, *(row for row in rows if not row.price))


def _amount(row: CatalogueRow) -> Decimal:
    return row.price.amount if row.price else ZERO


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
    rows = {row.card.id: row for row in rows_of(offers, visitor, (*shown, *siblings), in_cart or {})}
    classifier = index.classifier(snapshot)
    row = rows.get(item_id)
    return ItemPage(
        item=whole,
        row=row,
        variants=tuple(rows[card.id] for card in siblings),
        stock=tuple(_stock(row, classifier)) if row else (),
        trail=group_trail(next(iter(whole.group_ids), None), classifier.groups),
        pictures=next((card.pictures for card in (*shown, *siblings)), ()),
        warehouse=classifier.warehouses.get(visitor.warehouse_id or ""),
        price_type=_price_type(visitor, classifier),
    )


def _shown(index: CatalogueIndex, visitor: Visitor, item_id: str) -> tuple[tuple[Card, ...], tuple[Card, ...]]:
    """The card of the item, if it is sold itself, and those of the variants it belongs with."""
    found = shown_cards(index, visitor, [item_id]).get(item_id)
    asked = Search(parent_id=_parent_id(item_id), limit=MAX_VARIANTS, visibility=visitor.visibility)
    variants = let_through(visitor, index.search(visitor.beacons.snapshot, asked).cards)
    if found is None and not variants:
        raise NotFound("Такого товара нет в каталоге")
    return (found,) if found else (), variants


def let_through(visitor: Visitor, cards: tuple[Card, ...]) -> tuple[Card, ...]:
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


def rows_of(
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
