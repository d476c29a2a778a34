"""Marks of items: novelty, promotion, no longer selling; and which of its properties an item is chosen by."""

from collections.abc import Iterator, Mapping
from types import MappingProxyType

from chalicelib.domain.catalogue.catalogue import Item

NEW, PROMOTION, EXPECTED, STALE = "new", "promotion", "expected", "stale"

_NAMES: Mapping[str, str] = MappingProxyType(
    {
        "новинка": NEW,
        "новинки": NEW,
        "новая серия": NEW,
        "акция": PROMOTION,
        "распродажа": PROMOTION,
        "спецпредложение": PROMOTION,
        "уценка": PROMOTION,
        "залежавшийся": STALE,
        "залежавшийся товар": STALE,
        "неликвид": STALE,
    }
)
"""Properties and requisites that suppliers keep in 1C for this: name in lower case with е for ё -> mark."""

_NO = frozenset({"", "нет", "false", "0", "-", "ложь"})


def marks_of(item: Item) -> Iterator[str]:
    """What 1C says of the item in properties or requisites; any text but a «нет» is a yes."""
    for name, text in (*item.properties, *item.attributes):
        mark = _NAMES.get(name.strip().lower().replace("ё", "е"))
        if mark and text.strip().lower() not in _NO:
            yield mark


LONGEST_VALUE = 60
MOST_VALUES = 60
"""A property with more different values is no choice but a text."""


def choices_of(item: Item) -> Iterator[tuple[str, str]]:
    """(property, value) pairs that the item may be chosen by."""
    for name, text in item.properties:
        if text and len(text) <= LONGEST_VALUE and len(name) <= LONGEST_VALUE and name.strip().lower() not in _NAMES:
            yield name, text
