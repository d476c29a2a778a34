"""What the rows of a page can be narrowed by: facets with counts, chosen ones ticked."""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from decimal import Decimal

from chalicelib.domain.catalogue.marks import EXPECTED, NEW, PROMOTION, STALE
from chalicelib.usecases.ports.catalogue import ANYWHERE, BRAND_FACET, KIND_FACET, MARK_FACET, STOCK_FACET, Search

MOST_FACETS, MOST_OPTIONS = 16, 40
MARKS = (EXPECTED, NEW, PROMOTION, STALE)

Counts = Mapping[str, tuple[tuple[str, int], ...]]


@dataclass(frozen=True, slots=True)
class Option:
    """A value with the number of items that have it."""

    value: str
    count: int
    chosen: bool


@dataclass(frozen=True, slots=True)
class Facet:
    """`name` of the property, or one of the facets of `ports.catalogue`."""

    name: str
    options: tuple[Option, ...]

    @property
    def chosen(self) -> bool:
        return any(option.chosen for option in self.options)


@dataclass(frozen=True, slots=True)
class Facets:
    """`in_stock`: items at the visitor's warehouse and anywhere; `others`: kind, brand, properties."""

    in_stock: tuple[int, int]
    marks: tuple[Option, ...]
    others: tuple[Facet, ...]


def facets_of(counts: Counts, search: Search, warehouse_id: str | None) -> Facets:
    chosen = {name: set(values) for name, values in search.chosen}
    stock = dict(counts.get(STOCK_FACET, ()))
    marks = dict(counts.get(MARK_FACET, ()))
    ticked = chosen.get(MARK_FACET, set())
    return Facets(
        in_stock=(stock.get(warehouse_id or ANYWHERE, 0), stock.get(ANYWHERE, 0)),
        marks=tuple(Option(one, marks.get(one, 0), one in ticked) for one in MARKS if marks.get(one) or one in ticked),
        others=tuple(_others(counts, chosen)),
    )


def _others(counts: Counts, chosen: Mapping[str, set[str]]) -> Iterator[Facet]:
    """Kind and brand first, then the properties most items have; one with a single value is no choice."""
    properties = [name for name in {**counts, **chosen} if not name.startswith("@")]
    properties.sort(key=lambda name: (name not in chosen, -sum(count for _, count in counts.get(name, ())), name))
    for name in (KIND_FACET, BRAND_FACET, *properties[:MOST_FACETS]):
        options = tuple(_options(counts.get(name, ()), chosen.get(name, set())))
        if len(options) > 1 or any(option.chosen for option in options):
            yield Facet(name, options)


def _options(values: tuple[tuple[str, int], ...], ticked: set[str]) -> list[Option]:
    """The most frequent ones and those that are chosen, in the order people look for them: numbers by size."""
    counts = dict(values)
    shown = dict.fromkeys([*(value for value, _ in values[:MOST_OPTIONS]), *sorted(ticked)])
    return [Option(value, counts.get(value, 0), value in ticked) for value in sorted(shown, key=_order)]


_NUMBER = re.compile(r"-?\d+(?:[.,]\d+)?")


def _order(value: str) -> tuple[int, Decimal, str]:
    found = _NUMBER.match(value)
    return (0, Decimal(found[0].replace(",", ".")), value) if found else (1, Decimal(0), value.casefold())
