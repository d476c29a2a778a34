"""Reads snapshots: the one a page names is fetched once, opened read-only and kept while it is in force."""

import os
import tarfile
import tempfile
import zlib
from collections import OrderedDict
from collections.abc import Callable, Hashable, Iterator, Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from threading import Lock
from typing import Any

from chalicelib.adapters.index.build import CLASSIFIER, INDEX
from chalicelib.adapters.index.classifier import classifier_from, columns_of
from chalicelib.adapters.index.match import code_queries, has_article, same_name
from chalicelib.adapters.index.query import ONLY, PRICE, filters_of, in_stock, narrowed, readings
from chalicelib.adapters.index.schema import (
    BY_BRAND,
    BY_NAME,
    BY_SKU,
    BY_UNIT,
    CARD,
    CATEGORY,
    ETA,
    FACET,
    FACET_MARK,
    GROUP,
    ID,
    PACKAGE,
    STOCK,
    card_from,
    price_field,
    schema,
    stock_field,
)
from chalicelib.adapters.index.words import encodable
from chalicelib.domain.catalogue.visibility import Visibility
from chalicelib.domain.errors import NotFound, Unavailable
from chalicelib.usecases.ports.catalogue import ANYWHERE, STOCK_FACET, Card, Classifier, Found, Search
from chalicelib.usecases.ports.files import FileStore

KEPT = 2
"""Snapshots a process keeps: the one in force, and the one before for requests that began with it."""

MAX_LIMIT = 200
MAX_CODED = 20
"""Items of one code that are offered to choose from."""

_UPDATING = "Каталог обновляется: откройте страницу ещё раз"
_SORTS = {"name": BY_NAME, "sku": BY_SKU, "unit": BY_UNIT, "brand": BY_BRAND, "package": PACKAGE, "stock": STOCK, "eta": ETA}
Counts = dict[str, tuple[tuple[str, int], ...]]
KEPT_COUNTS = 50
MOST_GROUPS = 10_000
MOST_VALUES = 2000
"""Values of all facets together that are counted."""


class SnapshotIndex:
    """A `CatalogueIndex` of the snapshots in `files`, unpacked within `folder`. Threads may ask at once.

    Where the one in force is gone or of another release, `missing` is told once, and the one before serves on if it is open.
    """

    def __init__(self, files: FileStore, folder: Path, missing: Callable[[], object] = lambda: None) -> None:
        self._files = files
        self._folder = folder
        self._missing = missing
        self._told: set[str] = set()
        self._open: OrderedDict[str, OpenSnapshot] = OrderedDict()
        self._locks: dict[str, Lock] = {}
        self._lock = Lock()

    def search(self, snapshot: str | None, search: Search) -> Found:
        return self._snapshot(snapshot).search(search) if snapshot else Found((), 0)

    def cards(self, snapshot: str | None, item_ids: Sequence[str]) -> Mapping[str, Card]:
        return self._snapshot(snapshot).cards(item_ids) if snapshot else {}

    def coded(self, snapshot: str | None, code: str) -> tuple[Card, ...]:
        return self._snapshot(snapshot).coded(code) if snapshot and code.strip() else ()

    def named(self, snapshot: str | None, name: str) -> tuple[Card, ...]:
        return self._snapshot(snapshot).named(name) if snapshot and name.strip() else ()

    def counts(self, snapshot: str | None, visibility: Visibility) -> Mapping[str, int]:
        return self._snapshot(snapshot).counts(visibility) if snapshot else {}

    def every(self, snapshot: str | None, search: Search) -> Iterator[Card]:
        return self._snapshot(snapshot).every(search) if snapshot else iter(())

    def classifier(self, snapshot: str | None) -> Classifier:
        return self._snapshot(snapshot).classifier if snapshot else Classifier()

    def _snapshot(self, key: str) -> "OpenSnapshot":
        with self._lock:
            if found := self._open.get(key):
                self._open.move_to_end(key)
                return found
            lock = self._locks.setdefault(key, Lock())
        with lock:  # one thread fetches, the others wait for it; those with another snapshot go on
            try:
                return self._open.get(key) or self._keep(key, self._fetched(key))
            except Unavailable:
                return self._before(key)

    def _before(self, key: str) -> "OpenSnapshot":
        """Raises Unavailable where this process has none."""
        with self._lock:
            told = key in self._told
            self._told.add(key)
            older = next(reversed(self._open.values()), None)
        if not told:
            self._missing()
        if older is None:
            raise Unavailable(_UPDATING)
        return older

    def behind(self, snapshot: str | None) -> bool:
        return snapshot in self._told and snapshot not in self._open

    def _keep(self, key: str, opened: "OpenSnapshot") -> "OpenSnapshot":
        with self._lock:
            self._open[key] = opened
            self._locks.pop(key, None)
            while len(self._open) > KEPT:
                self._open.popitem(last=False)
        return opened

    def _fetched(self, key: str) -> "OpenSnapshot":
        """Once open, all files are mapped into memory and their names can go: nothing is left to share or to sweep, and the
        disk is free again when the last reader has finished."""
        self._folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        # a thread of tantivy may still be putting its lock file there: what is left is an empty folder, not an error of a page
        with tempfile.TemporaryDirectory(dir=self._folder, ignore_cleanup_errors=True) as unpacked:
            self._unpack(key, Path(unpacked))
            try:
                return OpenSnapshot(Path(unpacked))
            except ValueError as error:  # made by another release of the portal: the next one is on its way
                raise Unavailable(_UPDATING) from error

    def _unpack(self, key: str, folder: Path) -> None:
        """Raises Unavailable for a file that is gone or came cut off; the classifier is the last in it."""
        try:
            with self._files.open(key) as source, tarfile.open(fileobj=source, mode="r|gz") as tar:
                tar.extractall(folder, filter="data")
        except (NotFound, tarfile.TarError, EOFError, zlib.error) as error:
            raise Unavailable(_UPDATING) from error
        if not (folder / CLASSIFIER).is_file():
            raise Unavailable(_UPDATING)


class OpenSnapshot:
    """An unpacked snapshot; many threads may search it at once. Its folder is not needed once it is open."""

    def __init__(self, folder: Path) -> None:
        from tantivy import Index

        self.classifier = classifier_from((folder / CLASSIFIER).read_bytes())
        self._columns = columns_of(self.classifier)
        index = Index.open(os.fspath(folder / INDEX))
        index.config_reader("manual")  # it never changes: nothing to watch
        self._searcher = index.searcher()
        self._schema = index.schema
        self._faceted: dict[Hashable, Counts] = {}
        self._counted: dict[Hashable, dict[str, int]] = {}

    def search(self, search: Search) -> Found:
        """What is chosen narrows the reading of the text that finds anything without it."""
        filters = filters_of(search, self._columns, self._schema)
        for query, read_as in readings(search):
            addresses, total = self._page(narrowed(query, filters.values()), search)
            if total or (filters and self._page(query, replace(search, limit=1))[1]):
                counted = self._facets(query, filters, search) if search.facets else {}
                return Found(tuple(map(self._card, addresses)), total, read_as, counted)
        return Found((), 0)

    def _facets(self, query: Any, filters: Mapping[str, Any], search: Search) -> Counts:
        """Kept: most people ask for the same groups, and the snapshot never changes."""
        if search.only is not None:
            return self._count_facets(query, filters, search)
        place = (search.text, search.group_id, search.category_id, search.parent_id, search.warehouse_id)
        chosen = (search.chosen, search.price_type_id, search.price_from, search.price_to)
        return self._kept((place, chosen, search.visibility.key), lambda: self._count_facets(query, filters, search))

    def _kept(self, key: Hashable, count: Callable[[], Counts]) -> Counts:
        if key not in self._faceted:
            while len(self._faceted) >= KEPT_COUNTS:
                self._faceted.pop(next(iter(self._faceted)), None)
            self._faceted[key] = count()
        return self._faceted[key]

    def _count_facets(self, query: Any, filters: Mapping[str, Any], search: Search) -> Counts:
        """Each facet that something is chosen in is counted as if nothing were chosen in it."""
        counted = self._values(narrowed(query, filters.values()))
        outside = narrowed(query, [one for name, one in filters.items() if name != STOCK_FACET])
        places = dict.fromkeys((search.warehouse_id or ANYWHERE, ANYWHERE))
        counted[STOCK_FACET] = tuple((one, self._number(narrowed(outside, [in_stock(one)]))) for one in places)
        for name in filters.keys() - {ONLY, PRICE, STOCK_FACET}:
            others = [one for other, one in filters.items() if other != name]
            counted[name] = self._values(narrowed(query, others)).get(name, ())
        return counted

    def _number(self, query: Any) -> int:
        return int(self._searcher.search(query, 1, count=True).count or 0)  # type: ignore[attr-defined]

    def counts(self, visibility: Visibility) -> dict[str, int]:
        """Kept: who sees the same asks again with every page."""
        if visibility.key not in self._counted:
            while len(self._counted) >= KEPT_COUNTS:
                self._counted.pop(next(iter(self._counted)), None)
            self._counted[visibility.key] = self._count(visibility)
        return self._counted[visibility.key]

    def _count(self, visibility: Visibility) -> dict[str, int]:
        query, _ = next(readings(Search(visibility=visibility)))
        asked = {field: {"terms": {"field": field, "size": MOST_GROUPS}} for field in (GROUP, CATEGORY)}
        answer = self._searcher.aggregate(query, asked)
        return {bucket["key"]: bucket["doc_count"] for field in asked for bucket in answer[field]["buckets"]}

    def _values(self, query: Any) -> dict[str, tuple[tuple[str, int], ...]]:
        """(value, items) by the name of the facet, the most frequent first."""
        asked = {"values": {"terms": {"field": FACET, "size": MOST_VALUES}}}
        found: dict[str, list[tuple[str, int]]] = {}
        for bucket in self._searcher.aggregate(query, asked)["values"]["buckets"]:
            name, _, value = bucket["key"].partition(FACET_MARK)
            found.setdefault(name, []).append((value, bucket["doc_count"]))
        return {name: tuple(values) for name, values in found.items()}

    def _page(self, query: Any, search: Search) -> tuple[list[Any], int]:
        """tantivy panics at a limit of 0 and makes room for limit + offset finds: both are kept sane."""
        from tantivy import Order

        field = self._sort_field(search) or (None if search.text.strip() else BY_NAME)
        order = Order.Desc if field is None or search.descending else Order.Asc
        limit, offset = min(max(1, search.limit), MAX_LIMIT), min(max(0, search.offset), self._searcher.num_docs)
        result = self._searcher.search(query, limit, count=True, order_by_field=field, offset=offset, order=order)
        return [address for _, address in result.hits], result.count  # type: ignore[attr-defined]

    def _sort_field(self, search: Search) -> str | None:
        if search.sort == "price":
            place = self._columns.prices.get(search.price_type_id)
            return None if place is None else price_field(place)
        place = self._columns.stock.get(search.sort_warehouse_id or "")
        if search.sort == "stock" and place is not None:
            return stock_field(place)
        return _SORTS.get(search.sort)

    def cards(self, item_ids: Sequence[str]) -> dict[str, Card]:
        from tantivy import Query

        found: dict[str, Card] = {}
        for item_id in dict.fromkeys(item_ids):
            query = Query.term_query(schema(), ID, encodable(item_id))
            for _, address in self._searcher.search(query, 1, count=False).hits:
                found[item_id] = self._card(address)
        return found

    def coded(self, code: str) -> tuple[Card, ...]:
        for query, exactly in code_queries(code):
            hits = self._searcher.search(query, MAX_CODED, count=False).hits
            cards = [self._card(address) for _, address in hits]
            found = tuple(card for card in cards if not exactly or has_article(card, code))
            if found:
                return found
        return ()

    def every(self, search: Search) -> Iterator[Card]:
        """One search gives the addresses of all; a card is read when its turn comes."""
        from tantivy import Order

        filters = filters_of(search, self._columns, self._schema)
        query, _ = next(readings(replace(search, text="")))
        whole = max(1, self._searcher.num_docs)
        result = self._searcher.search(
            narrowed(query, filters.values()), whole, count=False, order_by_field=BY_NAME, order=Order.Asc
        )
        return (self._card(address) for _, address in result.hits)

    def named(self, name: str) -> tuple[Card, ...]:
        """As it is written: no other layout, no typing errors."""
        search = Search(text=name, limit=MAX_CODED)
        query, _ = next(readings(search))
        cards = (self._card(address) for address in self._page(query, search)[0])
        return tuple(card for card in cards if same_name(card.name, name))

    def _card(self, address: Any) -> Card:
        return card_from(bytes(self._searcher.doc(address)[CARD][0]))
