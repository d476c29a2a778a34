"""Texts and numbers of CommerceML, whatever namespace its elements are in."""

import re
from dataclasses import replace
from decimal import Decimal
from typing import TYPE_CHECKING

from chalicelib.domain.exchange.exchange import Problem

if TYPE_CHECKING:
    from lxml.etree import _Element

MAX_NUMBER = 32
MAX_ID = 255
"""1C's own ids have up to 80 characters; keys of the tables hold some more."""
MAX_NAME = 10_000
"""Characters of a name that is kept by itself, with nothing that could be cut."""
_NUMBER = re.compile(r"[+-]?[0-9]+(?:\.[0-9]*)?|[+-]?\.[0-9]+")
_BLANKS = str.maketrans({",": ".", " ": None, "\u00a0": None, "\u202f": None, "\u2009": None, "\u2212": "-"})
_TRUE = frozenset({"true", "да", "истина", "1", "yes"})
_NO_GUID = "00000000-0000-0000-0000-000000000000"


class _Names(dict[str, str]):
    """Tag -> its name without the namespace. A hostile file with a million tags must not fill it."""

    def __missing__(self, tag: str) -> str:
        name = tag.rpartition("}")[2]
        if len(self) < 4096:
            self[tag] = name
        return name


NAMES = _Names()
"""Hot loops look tags up here; `local` is the same for everybody else."""


def local(tag: str) -> str:
    """The name of a tag without its namespace."""
    return NAMES[tag]


def text(element: "_Element") -> str:
    """The text without blanks around it, the non-breaking ones included."""
    return (element.text or "").strip()


def texts(element: "_Element") -> dict[str, str]:
    """Texts of the children by local name, the first of each name that is not empty."""
    found: dict[str, str] = {}
    for child in element:
        if (inside := child.text) and (value := inside.strip()):
            name = NAMES[child.tag]
            if name not in found:
                found[name] = value
    return found


def child(element: "_Element", *path: str) -> "_Element | None":
    """The first descendant along the path of local names."""
    here: _Element | None = element
    for name in path:
        here = next((one for one in here if local(one.tag) == name), None) if here is not None else None
    return here


def children(element: "_Element | None", name: str) -> list["_Element"]:
    return [] if element is None else [one for one in element if local(one.tag) == name]


class _Numbers(dict[str, Decimal | None]):
    """Text -> number: amounts and quantities come again and again. What is long is not kept: a hostile file could fill the
    memory with it."""

    def __missing__(self, value: str) -> Decimal | None:
        if len(value) > MAX_NUMBER:
            return None
        if len(self) >= 4096:
            self.clear()
        found = self[value] = _number(value)
        return found


NUMBERS = _Numbers()
"""Hot loops look numbers up here; `number` is the same for everybody else."""


def number(value: str) -> Decimal | None:
    """A decimal as 1C writes it (point or comma, blanks between thousands); None where it is not one."""
    return NUMBERS[value]


def _number(value: str) -> Decimal | None:
    digits = value.replace(".", "", 1)
    if digits.isdigit() and digits.isascii():  # nearly all numbers
        return Decimal(value)
    if not _NUMBER.fullmatch(value):
        value = value.translate(_BLANKS)
    return Decimal(value) if _NUMBER.fullmatch(value) else None


def flag(value: str | None) -> bool:
    """A boolean as the different 1C write it; everything else is false."""
    return value is not None and value.strip().lower() in _TRUE


def whole_id(item_id: str, variant_id: str = "") -> str:
    """`item#variant`, or the item alone where there is no variant (or 1C's empty reference)."""
    item, _, inner = item_id.partition("#")
    variant = inner or variant_id
    return f"{item}#{variant}" if variant and variant != _NO_GUID else item


def is_deleted(element: "_Element", found: dict[str, str]) -> bool:
    """The deletion mark in its three forms: attribute, element, and the element of the BUS module."""
    status = element.get("Статус") or found.get("Статус") or ""
    return status.lower().replace("ё", "е") in ("удален", "удалена", "удалено") or flag(found.get("ПометкаУдаления"))


class Row:
    """The row being read: what to call it in a problem, and the problems found so far."""

    __slots__ = ("id", "kind", "name", "problems")

    def __init__(self, kind: str, row_id: str = "", name: str = "") -> None:
        self.kind, self.id, self.name = kind, row_id, name
        self.problems: list[Problem] = []

    def refuse(self, reason: str, kind: str = "", **params: str) -> None:
        """Note a problem of the row, or of a part of it with a kind of its own. `reason` is a Russian msgid."""
        shown = tuple((name, value[:80]) for name, value in params.items())
        self.problems.append(Problem(kind or self.kind, self.id, self.name, reason, shown))

    def named_problems(self) -> list[Problem]:
        """The problems under the id and name of the row, which may stand in it after what was refused."""
        return [replace(problem, id=self.id, name=self.name) for problem in self.problems]

    def number(self, field: str, value: str, kind: str = "") -> Decimal | None:
        """A number of the field that is not negative; None, with a problem, for anything else."""
        found = NUMBERS[value]
        if found is not None and not found.is_signed():
            return found
        if found is None:
            self.refuse("%(field)s: «%(value)s» — не число", kind, field=field, value=value)
        elif found < 0:
            self.refuse("%(field)s: отрицательное число %(value)s", kind, field=field, value=value)
        else:
            return -found
        return None
