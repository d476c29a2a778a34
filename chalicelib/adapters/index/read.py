"""Reads snapshots: the one a page names is fetched once, unpacked, opened read-only and kept while it is in force."""

import os
import tarfile
import tempfile
from collections import OrderedDict
from collections.abc import Mapping, Sequence
from contextlib import suppress
from pathlib import Path, PurePosixPath
from threading import Lock
from typing import Any

from chalicelib.adapters.index.build import CLASSIFIER, INDEX
from chalicelib.adapters.index.classifier import classifier_from
from chalicelib.adapters.index.query import readings
from chalicelib.adapters.index.schema import BY_NAME, BY_SKU, CARD, ID, card_from, schema
from chalicelib.adapters.index.words import encodable
from chalicelib.domain.errors import NotFound, Unavailable
from chalicelib.usecases.ports import Card, Classifier, FileStore, Found, Search

KEPT = 2
"""Snapshots a process keeps: the one in force, and the one before for requests that began with it."""

MAX_LIMIT = 200
_SORTS = {"name": BY_NAME, "sku": BY_SKU}


class SnapshotIndex:
    """A `CatalogueIndex` of the snapshots in `files`; they are unpacked into `folder`, which processes may share."""

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
            return self._open.get(key) or self._keep(key, self._opened(key))

    def _opened(self, key: str) -> "OpenSnapshot":
        try:
            return OpenSnapshot(self._unpacked(key))
        except (OSError, ValueError):  # another process has just dropped the folder: fetch it again
            return OpenSnapshot(self._unpacked(key))

    def _keep(self, key: str, opened: "OpenSnapshot") -> "OpenSnapshot":
        with self._lock:
            self._open[key] = opened
            self._locks.pop(key, None)
            dropped = [self._open.popitem(last=False)[0] for _ in range(len(self._open) - KEPT)]
        for old in dropped:  # whoever reads it still has it mapped
            self._drop(self._place(old))
        return opened

    def _drop(self, place: Path) -> None:
        """At once, and then piece by piece."""
        with suppress(OSError), tempfile.TemporaryDirectory(dir=self._folder, prefix=".") as bin_:
            place.rename(Path(bin_, "dropped"))

    def _place(self, key: str) -> Path:
        return self._folder / PurePosixPath(key).name.removesuffix(".tar.gz")

    def _unpacked(self, key: str) -> Path:
        """The folder of the snapshot, whole: it gets its name when everything is in it."""
        place = self._place(key)
        if place.is_dir():
            return place
        self._folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        with tempfile.TemporaryDirectory(dir=self._folder, prefix=".") as making:
            made = Path(making, "made")
            self._fetch(key, made)
            _name(made, place)
        return place

    def _fetch(self, key: str, folder: Path) -> None:
        try:
            source = self._files.open(key)
        except NotFound as error:
            raise Unavailable("Каталог обновляется: откройте страницу ещё раз") from error
        with source, tarfile.open(fileobj=source, mode="r|gz") as tar:
            tar.extractall(folder, filter="data")


def _name(made: Path, place: Path) -> None:
    try:
        made.rename(place)
    except OSError:
        if not place.is_dir():  # else another process was faster, with the same bytes
            raise


class OpenSnapshot:
    """An unpacked snapshot; many threads may search it at once."""

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
