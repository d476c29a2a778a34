"""Items, their prices and balances; the search snapshot over them."""

from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass, field
from datetime import datetime
from decimal import Decimal
from typing import BinaryIO, Protocol

from chalicelib.domain.catalogue.catalogue import Item, ItemGroup, Offer, PriceType, Property, Unit, Warehouse
from chalicelib.domain.catalogue.categories import CategoryTree
from chalicelib.domain.catalogue.prices import ItemPrices
from chalicelib.domain.catalogue.stock import IncomingSupply, StockBalance, StockReserves
from chalicelib.domain.catalogue.visibility import EVERYTHING, Visibility
from chalicelib.domain.exchange.exchange import Tally
from chalicelib.usecases.ports.access import Beacons


@dataclass(frozen=True, slots=True)
class Classifier:
    """Everything of the catalogue that is not an item, by id.

    `item_counts` (visible items of a group, or of a category, with all below it) is known to the search snapshot alone.
    `categories`: the portal's own tree as it stood when the snapshot was made.
    """

    groups: Mapping[str, ItemGroup] = field(default_factory=dict)
    properties: Mapping[str, Property] = field(default_factory=dict)
    price_types: Mapping[str, PriceType] = field(default_factory=dict)
    warehouses: Mapping[str, Warehouse] = field(default_factory=dict)
    units: Mapping[str, Unit] = field(default_factory=dict)
    item_counts: Mapping[str, int] = field(default_factory=dict)
    categories: CategoryTree = field(default_factory=CategoryTree)


ClassifierEntry = ItemGroup | Property | PriceType | Warehouse | Unit


class CatalogueStore(Protocol):
    """The write side. `seq` is the number of the file: a row written under a later one stays. Rows equal to what is kept
    are not written, unless they stand under the number `contested` or an earlier one: such rows get the new number, so that
    what may still come late does not win. Every method answers one Tally whose `refused` is 0 and whose late rows count as
    unchanged."""

    def classifier(self) -> Classifier: ...

    def save_classifier(self, entries: Sequence[ClassifierEntry], seq: int, *, contested: int = 0) -> Tally: ...

    def cards(self, item_ids: Sequence[str]) -> Mapping[str, Item]:
        """The cards that exist among these, in as few calls as possible."""
        ...

    def existing(self, item_ids: Sequence[str]) -> set[str]:
        """Which of these have a card."""
        ...

    def save_cards(
        self, items: Sequence[Item], seq: int, on_new: Callable[[Sequence[Item]], None] | None = None, *, contested: int = 0
    ) -> Tally:
        """`on_new` is told, before anything is written, which of them have no card yet."""
        ...

    def save_prices(self, offers: Sequence[Offer], seq: int, *, contested: int = 0) -> Tally:
        """All prices of an item become those of its offer; an offer without a name tells of its price types alone."""
        ...

    def all_cards(self) -> Iterator[Item]: ...

    def mark(self, *, stock_at: datetime | None = None, prices_at: datetime | None = None, snapshot: str | None = None) -> None:
        """Move the beacons."""
        ...

    def snapshot(self) -> str | None:
        """The search snapshot in force."""
        ...

    def beacons(self) -> Beacons:
        """All that `mark` has moved."""
        ...

    def next_snapshot(self, now: datetime) -> int:
        """A number greater than all it gave before, and than those of a table that was lost: microseconds of `now`, or one
        more than the last where that clock is behind."""
        ...

    def save_picture(self, path: str, name: str) -> None:
        """1C's path of a picture -> the name of its stored files."""
        ...

    def pictures(self) -> Mapping[str, str]:
        """Every known path -> name."""
        ...


class StockStore(Protocol):
    def apply(self, balances: Mapping[str, Mapping[str, Decimal]], seq: int, *, contested: int = 0) -> Tally:
        """Absolute free quantities by item and warehouse; open holds stay deducted. A row counts per item."""
        ...


class SupplyStore(Protocol):
    """Goods on their way and 1C's own reserves. Saving: False where the same or a newer revision is kept already."""

    def save_incoming(self, supply: IncomingSupply) -> bool:
        """Every lot of the item; lots kept before and not told now are gone."""
        ...

    def counting_on(self, item_id: str) -> frozenset[str]:
        """Numbers of the orders that count, or have counted, on a lot of the item."""
        ...

    def no_longer_counting(self, item_id: str, numbers: Collection[str]) -> None:
        """Orders that have got their goods or have ended."""
        ...

    def save_reserves(self, reserves: StockReserves) -> bool:
        """The reserves of the item at all warehouses."""
        ...


class OfferStore(Protocol):
    def read(self, item_ids: Sequence[str]) -> Mapping[str, tuple[ItemPrices, StockBalance]]:
        """Live prices and balances; an unknown item has empty ones."""
        ...


BRAND_FACET, KIND_FACET, MARK_FACET, STOCK_FACET = "@brand", "@kind", "@mark", "@stock"
"""Facets beside the properties, which are under their names. Values of `STOCK_FACET`: ids of warehouses, `ANYWHERE`."""

ANYWHERE = "*"
SORTS = ("name", "sku", "unit", "brand", "package", "price", "stock", "eta")


@dataclass(frozen=True, slots=True)
class Card:
    """An item in the search snapshot: what a row of the table shows without asking the database. `group_ids`: its own first,
    then those above them; `marks` of `domain.catalogue.marks`; `pictures`: all, `picture` is the first."""

    id: str
    name: str
    sku: str
    unit: str
    brand: str
    variant: str
    group_ids: tuple[str, ...]
    weight_kg: Decimal | None
    volume_m3: Decimal | None
    package_quantity: Decimal | None
    vat_rate: Decimal | None
    picture: str
    marks: tuple[str, ...] = ()
    pictures: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Search:
    """What the dealer asks for. `group_id` and `category_id` take the group or category with all below it, `parent_id` the
    variants of one item; `visibility` is the asking visitor's.

    `chosen`: (facet, values) pairs, an item has one of the values of each. `only`: these items and no others. `price_from` and
    `price_to` in major units of `price_type_id`. `sort`: one of `SORTS`, "price" by `price_type_id`, "stock" by
    `sort_warehouse_id` or all; "" is by relevance. With `facets` the answer counts them, the
    stock at `warehouse_id` and anywhere.
    """

    text: str = ""
    group_id: str | None = None
    parent_id: str | None = None
    sort: str = ""
    descending: bool = False
    offset: int = 0
    limit: int = 50
    category_id: str | None = None
    visibility: Visibility = EVERYTHING
    chosen: tuple[tuple[str, tuple[str, ...]], ...] = ()
    only: frozenset[str] | None = None
    price_type_id: str = ""
    price_from: Decimal | None = None
    price_to: Decimal | None = None
    sort_warehouse_id: str | None = None
    facets: bool = False
    warehouse_id: str | None = None


@dataclass(frozen=True, slots=True)
class Found:
    """`read_as`: the text in the other keyboard layout, where only that found anything. `facets`: (value, items that have it)
    by the facet's name, the most frequent first; what is chosen in a facet does not narrow the facet itself."""

    cards: tuple[Card, ...]
    total: int
    read_as: str = ""
    facets: Mapping[str, tuple[tuple[str, int], ...]] = field(default_factory=dict)


class CatalogueIndex(Protocol):
    """The read side: one immutable snapshot at a time. `snapshot` is the key from the beacons; None is an empty catalogue."""

    def search(self, snapshot: str | None, search: Search) -> Found: ...

    def cards(self, snapshot: str | None, item_ids: Sequence[str]) -> Mapping[str, Card]: ...

    def coded(self, snapshot: str | None, code: str) -> tuple[Card, ...]:
        """Items by 1C's id, article (with or without punctuation) or barcode: never by a part of it."""
        ...

    def named(self, snapshot: str | None, name: str) -> tuple[Card, ...]:
        """Items with exactly this name, case and punctuation aside."""
        ...

    def behind(self, snapshot: str | None) -> bool:
        """Is an older one answering, because this one can't be read."""
        ...

    def counts(self, snapshot: str | None, visibility: Visibility) -> Mapping[str, int]:
        """Items of every group and category with all below it, of those that the visibility shows."""
        ...

    def every(self, snapshot: str | None, search: Search) -> Iterator[Card]:
        """All finds of the search without a text, however many, by name."""
        ...

    def classifier(self, snapshot: str | None) -> Classifier:
        """Groups, price types and warehouses as of the snapshot (no properties); groups without a visible item are left out."""
        ...


class SnapshotWriter(Protocol):
    """Packs the visible items into one immutable file, the one that `CatalogueIndex` reads."""

    def write(
        self, items: Iterable[Item], classifier: Classifier, pictures: Mapping[str, str]
    ) -> AbstractContextManager[BinaryIO]:
        """The file, open at its start; gone when the context ends. `pictures`: 1C's path -> stored name."""
        ...


class PictureMaker(Protocol):
    """Turns what 1C sent into pictures for the pages."""

    def sizes(self, source: bytes) -> Mapping[str, bytes]:
        """One file per size of `domain.pictures.SIZES`, without metadata. Raises Refused where it is no picture."""
        ...
