"""Writes a snapshot: items -> index and classifier in a folder -> one packed file."""

import tarfile
import tempfile
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import BinaryIO

from chalicelib.adapters.index.classifier import classifier_bytes
from chalicelib.adapters.index.schema import card_of, document, schema
from chalicelib.adapters.index.shelf import Shelf
from chalicelib.domain.catalogue.catalogue import Item, with_ancestors
from chalicelib.domain.catalogue.categories import CategoryTree
from chalicelib.usecases.ports.catalogue import Card, Classifier

INDEX, CLASSIFIER = "index", "classifier.json"
_HEAP = 64_000_000
"""Bytes tantivy gathers before it writes a segment: 100k items make one."""

_COMPRESSION = 5


class TantivySnapshotWriter:
    """`folder` is where it works; the system's temporary folder where none is given."""

    def __init__(self, folder: Path | None = None) -> None:
        self._folder = folder

    @contextmanager
    def write(self, items: Iterable[Item], classifier: Classifier, pictures: Mapping[str, str]) -> Iterator[BinaryIO]:
        with tempfile.TemporaryDirectory(dir=self._folder) as made, tempfile.TemporaryFile(dir=self._folder) as packed:
            build(Path(made), items, classifier, pictures)
            _pack(Path(made), packed)
            packed.seek(0)
            yield packed


def build(folder: Path, items: Iterable[Item], classifier: Classifier, pictures: Mapping[str, str]) -> None:
    """Writes `index` and `classifier.json` into the folder."""
    counts: Counter[str] = Counter()
    with tempfile.TemporaryFile(dir=folder) as file:
        shelf = Shelf(file)
        shelf.fill(items)
        _write_index(folder / INDEX, shelf, classifier, pictures, counts)
    (folder / CLASSIFIER).write_bytes(classifier_bytes(classifier, counts))


def _write_index(folder: Path, shelf: Shelf, classifier: Classifier, pictures: Mapping[str, str], counts: Counter[str]) -> None:
    """Documents go in by name, so that equally good finds stand by name too."""
    from tantivy import Index

    folder.mkdir()
    by_sku = shelf.by_sku()
    with Index(schema(), path=str(folder)).writer(heap_size=_HEAP, num_threads=1) as writer:
        for place, item in enumerate(shelf.by_name()):
            groups = with_ancestors(item.group_ids, classifier.groups)
            card = card_of(item, pictures, groups)
            categories = category_ids(card, classifier.categories)
            counts.update((*groups, *categories))
            writer.add_document(document(item, card, categories, place, by_sku[item.id]))
    # Leaving the context commits and waits for merges.


def category_ids(card: Card, tree: CategoryTree) -> tuple[str, ...]:
    """From the top down to the category the item stands in."""
    placed = tree.category_of(card)
    return tuple(category.id for category in tree.trail(placed)) or (placed,)


def _pack(folder: Path, packed: BinaryIO) -> None:
    with tarfile.open(fileobj=packed, mode="w:gz", compresslevel=_COMPRESSION) as tar:
        tar.add(folder / INDEX, INDEX)
        tar.add(folder / CLASSIFIER, CLASSIFIER)
