"""The classifier of a snapshot as its JSON file."""

import json
from collections.abc import Iterable, Mapping
from typing import Any

from chalicelib.adapters.index.schema import Columns
from chalicelib.domain.catalogue.catalogue import ItemGroup, PriceType, Warehouse
from chalicelib.domain.catalogue.categories import Category, CategoryTree
from chalicelib.usecases.ports.catalogue import Classifier


def classifier_bytes(classifier: Classifier, item_counts: Mapping[str, int]) -> bytes:
    """Without properties, without what 1C deleted, and without groups that have no visible item."""
    tree = classifier.categories
    kept = {
        "layout": LAYOUT,
        "categories": [[c.id, c.name, c.parent_id, c.place, c.kind] for c in tree.categories.values()],
        "revision": tree.revision,
        "groups": [[g.id, g.name, g.parent_id] for g in _standing(classifier.groups.values()) if item_counts.get(g.id)],
        "price_types": [[p.id, p.name, p.currency, p.vat_included] for p in classifier.price_types.values()],
        "warehouses": [[w.id, w.name, w.address] for w in _warehouses(classifier)],
        "item_counts": dict(item_counts),
    }
    return json.dumps(kept, ensure_ascii=False).encode()


LAYOUT = 6
"""Of the whole snapshot: goes up with every change of what is indexed. A snapshot of another layout is not opened."""


def columns_of(classifier: Classifier) -> Columns:
    """Price types and warehouses in the order they are kept in: the numbers of their fields."""
    prices = list(classifier.price_types)[:MOST_COLUMNS]
    warehouses = [one.id for one in _warehouses(classifier)][:MOST_COLUMNS]
    return Columns({id: n for n, id in enumerate(prices)}, {id: n for n, id in enumerate(warehouses)})


MOST_COLUMNS = 100
"""Price types, and warehouses, that a snapshot can be ordered by."""


def _warehouses(classifier: Classifier) -> list[Warehouse]:
    return _standing(classifier.warehouses.values())


def _standing(entries: Iterable[Any]) -> list[Any]:
    return [entry for entry in entries if not entry.deleted]


def classifier_from(kept: bytes) -> Classifier:
    """Raises ValueError for a snapshot of another layout."""
    fields = json.loads(kept)
    if fields.get("layout") != LAYOUT:
        raise ValueError("a snapshot of another layout")
    categories = {row[0]: Category(row[0], row[1], row[2], row[3], kind=row[4]) for row in fields["categories"]}
    return Classifier(
        groups={row[0]: ItemGroup(*row) for row in fields["groups"]},
        price_types={row[0]: PriceType(*row) for row in fields["price_types"]},
        warehouses={row[0]: Warehouse(*row) for row in fields["warehouses"]},
        item_counts=fields["item_counts"],
        categories=CategoryTree(categories, revision=fields["revision"]),
    )
