"""The portal's own category tree, kept by a process while its revision stands.

portal  CATEGORIES   CATEGORY#<id>     name, parent_id, place, group_ids, kind, audience
        CATEGORIES   PLACED#<item>     category_id: put there by hand
        CATEGORIES   REVISION          revision: grows with every change, and is read with the beacons of every page
"""

from collections.abc import Sequence
from dataclasses import asdict
from typing import Any

from chalicelib.adapters.dynamo.table import ACTIONS_PER_TRANSACTION, Item, Key, Table, delete, put, transact, update
from chalicelib.domain.catalogue.categories import Category, CategoryTree
from chalicelib.domain.partners.audiences import Audience

CATEGORIES = "CATEGORIES"
REVISION: Key = (CATEGORIES, "REVISION")
_CATEGORY, _PLACED = "CATEGORY#", "PLACED#"


def to_item(category: Category) -> Item:
    return {
        "PK": CATEGORIES,
        "SK": _CATEGORY + category.id,
        "name": category.name,
        "parent_id": category.parent_id,
        "place": category.place,
        "group_ids": list(category.group_ids),
        "kind": category.kind,
        "audience": asdict(category.audience),
    }


def from_item(item: Item) -> Category:
    whom: dict[str, Any] = item["audience"]
    return Category(
        id=item["SK"].removeprefix(_CATEGORY),
        name=item["name"],
        parent_id=item["parent_id"],
        place=int(item["place"]),
        group_ids=tuple(item["group_ids"]),
        kind=item["kind"],
        audience=Audience(whom["everyone"], tuple(whom["partner_ids"]), tuple(whom["segments"])),
    )


class DynamoCategories:
    def __init__(self, portal: Table) -> None:
        self.portal = portal
        self._kept = CategoryTree()

    def tree(self, revision: int | None = None) -> CategoryTree:
        """What is kept serves until a page comes with a newer revision: pages cost no call for it."""
        if revision is None or revision > self._kept.revision:
            self._kept = self._read()
        return self._kept

    def _read(self) -> CategoryTree:
        """The revision comes first: a change made meanwhile may be in the tree already, and is read once more."""
        revision = int((self.portal.get(REVISION, strong=True) or {}).get("revision", 0))
        items = list(self.portal.query(CATEGORIES, strong=True))
        categories = [from_item(item) for item in items if item["SK"].startswith(_CATEGORY)]
        placed = {item["SK"].removeprefix(_PLACED): item["category_id"] for item in items if item["SK"].startswith(_PLACED)}
        return CategoryTree({one.id: one for one in categories}, placed, revision)

    def save(self, category: Category) -> None:
        self._change([put(self.portal.name, to_item(category))])

    def remove(self, category_id: str) -> None:
        self._change([delete(self.portal.name, (CATEGORIES, _CATEGORY + category_id))])

    def place(self, item_ids: Sequence[str], category_id: str | None) -> None:
        actions = [self._placing(item_id, category_id) for item_id in dict.fromkeys(item_ids)]
        for start in range(0, len(actions), ACTIONS_PER_TRANSACTION - 1):
            self._change(actions[start : start + ACTIONS_PER_TRANSACTION - 1])

    def _placing(self, item_id: str, category_id: str | None) -> Item:
        key = CATEGORIES, _PLACED + item_id
        if category_id is None:
            return delete(self.portal.name, key)
        return put(self.portal.name, {"PK": key[0], "SK": key[1], "category_id": category_id})

    def _change(self, actions: list[Item]) -> None:
        raised = update(self.portal.name, REVISION, "ADD revision :one", values={":one": 1})
        transact(self.portal.client, [*actions, raised])
