"""What of the assortment one visitor may see: the same answer for list, card, cart, file, feed and API."""

from dataclasses import dataclass, field

from chalicelib.domain.catalogue.categories import CategoryTree, Goods


@dataclass(frozen=True, slots=True)
class Assortment:
    """Some of the goods: items, groups of 1C with all below them, brands, or `everything`. A variant goes with its item."""

    item_ids: frozenset[str] = frozenset()
    group_ids: frozenset[str] = frozenset()
    brands: frozenset[str] = frozenset()
    everything: bool = False

    def __bool__(self) -> bool:
        return bool(self.everything or self.item_ids or self.group_ids or self.brands)

    def has(self, goods: Goods) -> bool:
        if self.everything or goods.brand in self.brands or not self.group_ids.isdisjoint(goods.group_ids):
            return True
        return goods.id in self.item_ids or goods.id.partition("#")[0] in self.item_ids


@dataclass(frozen=True, slots=True)
class Visibility:
    """`closed`: categories of `tree` that he may not see; `hidden`: goods that he may not see wherever they stand.

    Both are of this moment. A search snapshot is asked with them so that its counts are right, and what it finds goes
    through `shows` once more: an older snapshot lets nothing through.
    """

    tree: CategoryTree = field(default_factory=CategoryTree)
    closed: frozenset[str] = frozenset()
    hidden: Assortment = Assortment()

    @property
    def whole(self) -> bool:
        """Nothing is kept from him."""
        return not self.closed and not self.hidden

    @property
    def key(self) -> tuple[int, frozenset[str], Assortment]:
        """Equal for visitors who see the same."""
        return self.tree.revision, self.closed, self.hidden

    def shows(self, goods: Goods) -> bool:
        if self.whole:
            return True
        return not self.hidden.has(goods) and self.tree.category_of(goods) not in self.closed


EVERYTHING = Visibility()
