"""Items put aside in a file while a snapshot is ordered: memory holds their sort keys alone, not 100k items."""

import pickle
from collections.abc import Iterable, Iterator
from typing import BinaryIO

from chalicelib.adapters.index.schema import Places
from chalicelib.adapters.index.words import collation
from chalicelib.domain.catalogue.catalogue import Item, completed
from chalicelib.domain.catalogue.marks import MOST_VALUES, choices_of


class Shelf:
    """Takes every item in any order, then gives the visible ones back by name, variants completed by their items.

    `choices`: properties with few enough values to choose from. Left out: what 1C deleted, variants of a deleted item, and
    items that are sold by their variants.
    """

    def __init__(self, file: BinaryIO) -> None:
        self._file = file
        self._places: dict[str, int] = {}
        self._names: dict[str, str] = {}
        self._skus: dict[str, str] = {}
        self._parents: dict[str, str] = {}
        self._deleted: set[str] = set()
        self._units: set[str] = set()
        self._brands: set[str] = set()
        self._values: dict[str, set[str]] = {}
        self.choices: set[str] = set()

    def fill(self, items: Iterable[Item]) -> None:
        for item in items:
            if item.deleted:
                self._deleted.add(item.id)
            else:
                self._put(item)
        for hidden in self._hidden():
            self._names.pop(hidden, None)
        self._skus_in_order = self._by_sku()
        self._places_by_name = {item_id: place for place, item_id in enumerate(sorted(self._names, key=self._names.__getitem__))}
        self.choices = {name for name, values in self._values.items() if len(values) <= MOST_VALUES}
        self._units_in_order = {unit: place for place, unit in enumerate(sorted(self._units))}
        self._brands_in_order = {brand: place for place, brand in enumerate(sorted(self._brands, key=collation))}

    def _put(self, item: Item) -> None:
        self._places[item.id] = self._file.tell()
        pickle.dump(item, self._file, pickle.HIGHEST_PROTOCOL)
        self._names[item.id] = collation(f"{item.name} {item.variant}")
        if item.sku:
            self._skus[item.id] = collation(item.sku)
        if item.parent_id:
            self._parents[item.id] = item.parent_id
        self._units.add(item.unit)
        self._brands.add(item.brand or item.manufacturer)
        for name, value in choices_of(item):
            values = self._values.setdefault(name, set())
            if len(values) <= MOST_VALUES:
                values.add(value)

    def _hidden(self) -> set[str]:
        orphans = {variant for variant, parent in self._parents.items() if parent in self._deleted}
        sold_by_variants = {parent for variant, parent in self._parents.items() if variant not in orphans}
        return orphans | sold_by_variants

    def places(self, item: Item) -> Places:
        return Places(
            self._places_by_name[item.id],
            self._skus_in_order[item.id],
            self._units_in_order.get(item.unit, 0),
            self._brands_in_order.get(item.brand or item.manufacturer, 0),
        )

    def _by_sku(self) -> dict[str, int]:
        """Places of the visible items in the order of their articles; those without one come last."""
        ordered = sorted(self._names, key=lambda item_id: (self._sku(item_id) or "\U0010ffff", self._names[item_id]))
        return {item_id: place for place, item_id in enumerate(ordered)}

    def _sku(self, item_id: str) -> str:
        return self._skus.get(item_id) or self._skus.get(self._parents.get(item_id, ""), "")

    def by_name(self) -> Iterator[Item]:
        for item_id in self._places_by_name:
            parent_id = self._parents.get(item_id, "")
            yield completed(self._read(item_id), self._read(parent_id) if parent_id in self._places else None)

    def _read(self, item_id: str) -> Item:
        self._file.seek(self._places[item_id])
        item: Item = pickle.load(self._file)  # noqa: S301 our own file, written a moment ago and never named
        return item
