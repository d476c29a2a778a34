"""Writes a snapshot: items -> index and classifier in a folder -> one packed file."""

import tarfile
import tempfile
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from itertools import islice
from pathlib import Path
from typing import Any, BinaryIO

from chalicelib.adapters.index.classifier import classifier_bytes, columns_of
from chalicelib.adapters.index.schema import add_offer, card_of, document, schema
from chalicelib.adapters.index.shelf import Shelf
from chalicelib.domain.catalogue.catalogue import Item, with_ancestors
from chalicelib.domain.catalogue.categories import UNSORTED, CategoryTree
from chalicelib.domain.catalogue.marks import EXPECTED, choices_of, marks_of
from chalicelib.domain.catalogue.prices import ItemPrices
from chalicelib.domain.catalogue.stock import StockBalance
from chalicelib.usecases.ports.catalogue import (
    BRAND_FACET,
    KIND_FACET,
    MARK_FACET,
    Card,
    Classifier,
    OfferStore,
)

INDEX, CLASSIFIER = "index", "classifier.json"
_HEAP = 64_000_000
"""Bytes tantivy gathers before it writes a segment: 100k items make one."""

_COMPRESSION = 5
_OFFERS_PER_READ = 1000

Offer = tuple[ItemPrices, StockBalance]


class TantivySnapshotWriter:
    """`folder` is where it works; the system's temporary folder where none is given. `offers`: where prices and balances of
    the moment are read, for the pages to filter and to order by."""

    def __init__(self, folder: Path | None = None, offers: OfferStore | None = None) -> None:
        self._folder = folder
        self._offers = offers

    @contextmanager
    def write(self, items: Iterable[Item], classifier: Classifier, pictures: Mapping[str, str]) -> Iterator[BinaryIO]:
        with (
            tempfile.TemporaryDirectory(dir=self._folder, ignore_cleanup_errors=True) as made,  # see the reader
            tempfile.TemporaryFile(dir=self._folder) as packed,
        ):
            build(Path(made), items, classifier, pictures, self._offers)
            _pack(Path(made), packed)
            packed.seek(0)
            yield packed


def build(
    folder: Path,
    items: Iterable[Item],
    classifier: Classifier,
    pictures: Mapping[str, str],
    offers: OfferStore | None = None,
) -> None:
    """Writes `index` and `classifier.json` into the folder."""
    with tempfile.TemporaryFile(dir=folder) as file:
        shelf = Shelf(file)
        shelf.fill(items)
        maker = _Maker(shelf, classifier, pictures)
        maker.write(folder / INDEX, offers)
    (folder / CLASSIFIER).write_bytes(classifier_bytes(classifier, maker.counts))


class _Maker:
    """Makes the documents of one snapshot and counts the items of groups and categories on the way."""

    def __init__(self, shelf: Shelf, classifier: Classifier, pictures: Mapping[str, str]) -> None:
        self.shelf = shelf
        self.classifier = classifier
        self.pictures = pictures
        self.columns = columns_of(classifier)
        self.counts: Counter[str] = Counter()

    def write(self, folder: Path, offers: OfferStore | None) -> None:
        """Documents go in by name, so that equally good finds stand by name too."""
        from tantivy import Index

        folder.mkdir()
        made = schema(len(self.columns.prices), len(self.columns.stock))
        with Index(made, path=str(folder)).writer(heap_size=_HEAP, num_threads=1) as writer:
            for item, offer in _with_offers(self.shelf.by_name(), offers):
                writer.add_document(self._document(item, offer))
        # Leaving the context commits and waits for merges.

    def _document(self, item: Item, offer: Offer | None) -> Any:
        groups = with_ancestors(item.group_ids, self.classifier.groups)
        card = card_of(item, self.pictures, groups, marks_of(item))
        categories = category_ids(card, self.classifier.categories)
        self.counts.update((*groups, *categories))
        facets = list(self._facets(item, card, categories[-1]))
        if offer and any(lot.free for lot in offer[1].lots):
            facets.append((MARK_FACET, EXPECTED))
        made = document(item, card, categories, facets, self.shelf.places(item))
        if offer:
            add_offer(made, self.columns, *offer)
        return made

    def _facets(self, item: Item, card: Card, category_id: str) -> Iterator[tuple[str, str]]:
        if card.brand:
            yield BRAND_FACET, card.brand
        if kind := self.classifier.categories.kind_of(category_id) or item.kind:
            yield KIND_FACET, kind
        yield from ((MARK_FACET, mark) for mark in card.marks)
        yield from (choice for choice in choices_of(item) if choice[0] in self.shelf.choices)


def _with_offers(items: Iterator[Item], offers: OfferStore | None) -> Iterator[tuple[Item, Offer | None]]:
    while batch := list(islice(items, _OFFERS_PER_READ)):
        read = offers.read([item.id for item in batch]) if offers else {}
        yield from ((item, read.get(item.id)) for item in batch)


def category_ids(card: Card, tree: CategoryTree) -> Sequence[str]:
    """From the top down to the category the item stands in."""
    return tuple(category.id for category in tree.trail(tree.category_of(card))) or (UNSORTED,)


def _pack(folder: Path, packed: BinaryIO) -> None:
    with tarfile.open(fileobj=packed, mode="w:gz", compresslevel=_COMPRESSION) as tar:
        tar.add(folder / INDEX, INDEX)
        tar.add(folder / CLASSIFIER, CLASSIFIER)
