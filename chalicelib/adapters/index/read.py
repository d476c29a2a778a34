"""Reads snapshots: the one a page names is fetched once, opened read-only and kept while it is in force."""

import os
import tarfile
import tempfile
import zlib
from collections import OrderedDict
from collections.abc import Mapping, Sequence
from pathlib import Path
from threading import Lock
from typing import Any

from chalicelib.adapters.index.build import CLASSIFIER, INDEX
from chalicelib.adapters.index.classifier import classifier_from
from chalicelib.adapters.index.query import readings
from chalicelib.adapters.index.schema import BY_NAME, BY_SKU, CARD, ID, card_from, schema
from chalicelib.adapters.index.words import encodable
from chalicelib.domain.errors import NotFound, Unavailable
from chalicelib.usecases.ports.catalogue import Card, Classifier, Found, Search
from chalicelib.usecases.ports.files import FileStore

KEPT = 2
"""Snapshots a process keeps: the one in force, and the one before for requests that began with it."""

MAX_LIMIT = 200
_UPDATING = "Каталог обновляется: откройте страницу ещё раз"
_SORTS = {"name": BY_NAME, "sku": BY_SKU}


class SnapshotIndex:
    """A `CatalogueIndex` of the snapshots in `files`, unpacked within `folder`. Threads may ask at once."""

    def __init__(self, files: FileStore, folder: Path) -> None:
        self._files = files
        self._folder = folder
        self._open: OrderedDict[str, OpenSnapshot] = OrderedDict()
        self._locks: dict[str, Lock] = {}
        self._lock = Lock()

    def search(self, snapshot: str | None, search: Search) -> Found:
        return self._snapshot(snapshot).search(search) if snapshot else Found((), 0)

    def cards(self, snapshot: str | None, item_ids: Sequence[str]) -> Mapping[str, Card]:
        return self._snapshot(snapshot).cards(item_ids) if snapshot else {}

    def classifier(self, snapshot: str | None) -> Classifier:
        return self._snapshot(snapshot).classifier if snapshot else Classifier()

    def _snapshot(self, key: str) -> "OpenSnapshot":
        with self._lock:
            if found := self._open.get(key):
                self._open.move_to_end(key)
                return found
            lock = self._locks.setdefault(key, Lock())
        with lock:  # one thread fetches, the others wait for it; those with another snapshot go on
            return self._open.get(key) or self._keep(key, self._fetched(key))

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
        with tempfile.TemporaryDirectory(dir=self._folder) as unpacked:
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
        index = Index.open(os.fspath(folder / INDEX))
        index.config_reader("manual")  # it never changes: nothing to watch
        self._searcher = index.searcher()

    def search(self, search: Search) -> Found:
        for query, read_as in readings(search):
            addresses, total = self._page(query, search)
            if total:
                return Found(tuple(map(self._card, addresses)), total, read_as)
        return Found((), 0)

    def _page(self, query: Any, search: Search) -> tuple[list[Any], int]:
        """tantivy panics at a limit of 0 and makes room for limit + offset finds: both are kept sane."""
        from tantivy import Order

        field = _SORTS.get(search.sort) or (None if search.text.strip() else BY_NAME)
        order = Order.Desc if field is None or search.descending else Order.Asc
        limit, offset = min(max(1, search.limit), MAX_LIMIT), min(max(0, search.offset), self._searcher.num_docs)
        result = self._searcher.search(query, limit, count=True, order_by_field=field, offset=offset, order=order)
        return [address for _, address in result.hits], result.count  # type: ignore[attr-defined]

    def cards(self, item_ids: Sequence[str]) -> dict[str, Card]:
        from tantivy import Query

        found: dict[str, Card] = {}
        for item_id in dict.fromkeys(item_ids):
            query = Query.term_query(schema(), ID, encodable(item_id))
            for _, address in self._searcher.search(query, 1, count=False).hits:
                found[item_id] = self._card(address)
        return found

    def _card(self, address: Any) -> Card:
        return card_from(bytes(self._searcher.doc(address)[CARD][0]))
