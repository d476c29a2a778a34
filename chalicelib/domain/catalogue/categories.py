"""The portal's own tree: categories that the supplier's people draw over the groups of 1C.

An item stands in one category: where it was put by hand, else by the rule of its deepest group, else in `UNSORTED`.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import Protocol

from chalicelib.domain.partners.audiences import Audience
from chalicelib.domain.partners.partners import Partner

UNSORTED = "unsorted"
"""«Не разобрано»: the category of what no rule names. It is not in the tree of dealers, but what is in it is found."""

EVERYBODY = Audience(everyone=True)


class Goods(Protocol):
    """What of an item decides where it stands and who sees it. `group_ids`: its own first, then those above them."""

    @property
    def id(self) -> str: ...
    @property
    def group_ids(self) -> Sequence[str]: ...
    @property
    def brand(self) -> str: ...


@dataclass(frozen=True, slots=True)
class Category:
    """A node. `group_ids`: groups of 1C that belong in it with all below them; `kind`: the kind of its items (двери,
    комплектующие …), "" as above it; `place` orders it among its siblings; `audience`: who may see it, and what is below."""

    id: str
    name: str
    parent_id: str | None = None
    place: int = 0
    group_ids: tuple[str, ...] = ()
    kind: str = ""
    audience: Audience = EVERYBODY


@dataclass(frozen=True)
class CategoryTree:
    """All categories by id; `placed`: item id -> category id of what was put by hand. `revision` grows with every change."""

    categories: Mapping[str, Category] = field(default_factory=dict)
    placed: Mapping[str, str] = field(default_factory=dict)
    revision: int = 0

    @cached_property
    def _by_group(self) -> dict[str, str]:
        return {group_id: one.id for one in self.categories.values() for group_id in one.group_ids}

    def category_of(self, goods: Goods) -> str:
        """The id of the category where the item stands; a variant stands with its item."""
        by_hand = self.placed.get(goods.id) or self.placed.get(goods.id.partition("#")[0])
        if by_hand is not None and by_hand in self.categories:
            return by_hand
        return next((self._by_group[one] for one in goods.group_ids if one in self._by_group), UNSORTED)

    def trail(self, category_id: str | None) -> tuple[Category, ...]:
        """From the top down to this one; a loop ends."""
        found: dict[str, Category] = {}
        while category_id is not None and category_id in self.categories and category_id not in found:
            found[category_id] = self.categories[category_id]
            category_id = self.categories[category_id].parent_id
        return tuple(reversed(found.values()))

    def kind_of(self, category_id: str) -> str:
        """Of the category, or the nearest above that names one."""
        return next((one.kind for one in reversed(self.trail(category_id)) if one.kind), "")

    def below(self, category_id: str) -> Iterator[str]:
        """The category and all under it."""
        return (one for one in self.categories if any(above.id == category_id for above in self.trail(one)))

    def closed_to(self, partner: Partner) -> frozenset[str]:
        """Categories that the partner may not see: those not meant for him, and all below them."""
        shut = {one.id for one in self.categories.values() if not one.audience.reaches(partner)}
        if not shut:
            return frozenset()
        return frozenset(id for id in self.categories if any(above.id in shut for above in self.trail(id)))
