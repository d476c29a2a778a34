"""Around an item: what 1C names as its analogues and accessories, its papers, and its variants as a matrix."""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal

from chalicelib.domain.catalogue.catalogue import Item
from chalicelib.usecases.access.visitors import Visitor
from chalicelib.usecases.catalogue.browse import CatalogueRow, let_through, rows_of
from chalicelib.usecases.catalogue.visibility import coded_cards
from chalicelib.usecases.ports.catalogue import Card, CatalogueIndex, OfferStore, Search

MOST = 12
SIMILAR = 5
ANALOGUES = frozenset({"аналог", "аналоги", "замена", "замены"})
ACCESSORIES = frozenset({"аксессуары", "комплектующие", "сопутствующие", "сопутствующие товары", "с этим покупают"})
PAPERS = ("сертификат", "декларация", "паспорт", "инструкция", "документация", "чертеж")
"""Names of properties and requisites, in lower case with е for ё; of papers the beginnings."""

_APART = re.compile(r"[\n,;|]+")


@dataclass(frozen=True, slots=True)
class Relations:
    """`named`: analogues are 1C's own; else they are goods of the same group."""

    analogues: tuple[CatalogueRow, ...]
    accessories: tuple[CatalogueRow, ...]
    named: bool


@dataclass(frozen=True, slots=True)
class Matrix:
    """Variants of two traits: a row for each value of the first, a cell for each of the second; None where there is none."""

    columns: tuple[str, ...]
    rows: tuple[tuple[str, tuple[CatalogueRow | None, ...]], ...]


def relations_of(
    index: CatalogueIndex, offers: OfferStore, *, visitor: Visitor, item: Item, in_cart: Mapping[str, Decimal]
) -> Relations:
    """All in one reading of prices and balances."""
    analogues, accessories = _named(index, visitor, item, ANALOGUES), _named(index, visitor, item, ACCESSORIES)
    shown = analogues or _neighbours(index, visitor, item)
    rows = {row.card.id: row for row in rows_of(offers, visitor, (*shown, *accessories), in_cart)}
    return Relations(tuple(rows[one.id] for one in shown), tuple(rows[one.id] for one in accessories), bool(analogues))


def _named(index: CatalogueIndex, visitor: Visitor, item: Item, names: frozenset[str]) -> tuple[Card, ...]:
    """Goods whose articles stand in the properties or requisites of these names."""
    codes = [
        code for name, text in _texts(item) if _plain(name) in names for part in _APART.split(text) if (code := part.strip())
    ]
    found = {card.id: card for code in dict.fromkeys(codes[:MOST]) for card in coded_cards(index, visitor, code)[:1]}
    return tuple(card for id, card in found.items() if id != item.id)


def _neighbours(index: CatalogueIndex, visitor: Visitor, item: Item) -> tuple[Card, ...]:
    """Of the same group, as its list has them."""
    if not item.group_ids:
        return ()
    asked = Search(group_id=item.group_ids[0], limit=SIMILAR + 10, visibility=visitor.visibility)
    cards = let_through(visitor, index.search(visitor.beacons.snapshot, asked).cards)
    family = item.id.partition("#")[0]
    return tuple(card for card in cards if card.id.partition("#")[0] != family)[:SIMILAR]


def papers_of(item: Item) -> tuple[tuple[str, str], ...]:
    """(name, text) of certificates and the like; a text that is an https address is a link."""
    return tuple((name, text) for name, text in _texts(item) if _plain(name).startswith(PAPERS) and text.strip())


def _texts(item: Item) -> Iterator[tuple[str, str]]:
    yield from item.properties
    yield from item.attributes


def _plain(name: str) -> str:
    return name.strip().lower().replace("ё", "е")


def matrix_of(variants: Sequence[CatalogueRow]) -> Matrix | None:
    """Where every variant is told by two traits («42, красный») and no two are the same; else a list serves better."""
    traits = [tuple(part.strip() for part in row.card.variant.split(",")) for row in variants]
    if len(variants) < 4 or any(len(one) != 2 for one in traits) or len(set(traits)) != len(traits):
        return None
    cells = dict(zip(traits, variants, strict=True))
    columns = tuple(dict.fromkeys(second for _, second in traits))
    firsts = dict.fromkeys(first for first, _ in traits)
    return Matrix(columns, tuple((first, tuple(cells.get((first, second)) for second in columns)) for first in firsts))
