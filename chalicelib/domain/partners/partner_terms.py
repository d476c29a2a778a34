"""All terms that hold for one partner, ready to be asked about goods."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import TypeVar

from chalicelib.domain.catalogue.categories import Goods
from chalicelib.domain.catalogue.visibility import Assortment
from chalicelib.domain.partners.terms import (
    CurrencyRate,
    Discount,
    GoodsTerm,
    IndividualPrice,
    Restriction,
    RestrictionMode,
    in_force,
)

T = TypeVar("T", IndividualPrice, Discount, Restriction)
GoodsKey = tuple[str, str]
EVERYTHING: GoodsKey = ("all", "")


def key_of(term: GoodsTerm) -> GoodsKey:
    """The goods a term is told for."""
    if term.item_id is not None:
        return "item", term.item_id
    if term.group_id is not None:
        return "group", term.group_id
    return ("brand", term.brand) if term.brand is not None else EVERYTHING


def keys_of(goods: Goods) -> list[GoodsKey]:
    """What a term for these goods may be told for, the narrowest first; a variant goes with its item."""
    item_id, variant, _ = goods.id.partition("#")
    items = [("item", goods.id), ("item", item_id)] if variant else [("item", item_id)]
    brand = [("brand", goods.brand)] if goods.brand else []
    return [*items, *(("group", id) for id in goods.group_ids), *brand, EVERYTHING]


ByGoods = Mapping[GoodsKey, tuple[T, ...]]


def by_goods(terms: Iterable[T]) -> dict[GoodsKey, tuple[T, ...]]:
    """Terms by the goods they are told for, in the order they came."""
    found: dict[GoodsKey, list[T]] = {}
    for term in terms:
        found.setdefault(key_of(term), []).append(term)
    return {key: tuple(some) for key, some in found.items()}


@dataclass(frozen=True, slots=True)
class PartnerTerms:
    """The partner's own terms first, then those of its segments, its region and of everybody; whatever day it is."""

    prices: ByGoods[IndividualPrice] = field(default_factory=dict)
    discounts: ByGoods[Discount] = field(default_factory=dict)
    restrictions: ByGoods[Restriction] = field(default_factory=dict)
    rates: Mapping[str, CurrencyRate] = field(default_factory=dict)

    def restriction(self, goods: Goods, on: date) -> Restriction | None:
        """What keeps the partner from the goods on the day; one that hides stands above one that blocks."""
        if not self.restrictions:
            return None
        found = list(matching(self.restrictions, keys_of(goods), on))
        return min(found, key=lambda one: one.mode is not RestrictionMode.HIDE, default=None)

    def hidden(self, on: date) -> Assortment:
        """All that is hidden on the day, for a search that must not count it."""
        keys = {key_of(one) for some in self.restrictions.values() for one in some if _hides(one, on)}
        return Assortment(_named(keys, "item"), _named(keys, "group"), _named(keys, "brand"), EVERYTHING in keys)


def _hides(one: Restriction, on: date) -> bool:
    return one.mode is RestrictionMode.HIDE and in_force(one, on)


def _named(keys: Iterable[GoodsKey], kind: str) -> frozenset[str]:
    return frozenset(id for of, id in keys if of == kind)


def matching(terms: ByGoods[T], keys: Iterable[GoodsKey], on: date) -> Iterator[T]:
    """Those for the goods that are in force on the day, told for the narrowest first."""
    return (term for key in keys for term in terms.get(key, ()) if in_force(term, on))


NO_TERMS = PartnerTerms()
