"""The portal's own category tree."""

from collections.abc import Sequence
from typing import Protocol

from chalicelib.domain.catalogue.categories import Category, CategoryTree


class CategoryStore(Protocol):
    def tree(self, revision: int | None = None) -> CategoryTree:
        """The tree, at least as new as `revision` (what the beacons say); None reads it anew."""
        ...

    def save(self, category: Category) -> None:
        """Add or replace a category."""
        ...

    def remove(self, category_id: str) -> None:
        """What is below it, and what was put in it by hand, is the caller's to move before."""
        ...

    def place(self, item_ids: Sequence[str], category_id: str | None) -> None:
        """Put items into a category by hand; None leaves them to the rules again."""
        ...
