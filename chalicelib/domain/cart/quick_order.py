"""Quick order: rows out of a keyboard, a sheet or a file, each told apart by what can be done with it."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import ROUND_CEILING, ROUND_FLOOR, Decimal
from enum import StrEnum

MAX_LINES = 10_000
"""Rows of one quick order that ask for something: twice what the biggest dealers send."""

ROLES = ("sku", "barcode", "id", "name", "quantity")
CODES = ("sku", "barcode", "id")

_WORDS: Mapping[str, tuple[str, ...]] = {
    "sku": ("артикул", "арт", "код", "код товара", "код номенклатуры", "sku", "article", "art", "code", "каталожный номер"),
    "barcode": ("штрихкод", "штрих код", "шк", "ean", "ean13", "barcode", "gtin"),
    "id": ("ид", "ид 1с", "id", "guid", "уид", "код 1с"),
    "name": ("наименование", "название", "номенклатура", "товар", "наименование товара", "name", "позиция", "описание"),
    "quantity": ("кол во", "количество", "кол", "заказ", "к заказу", "заказать", "qty", "quantity", "количество шт", "шт"),
}
_HEAD_WITHIN = 30
"""Rows among which the titles of the columns are looked for: price lists begin with addresses and telephones."""

_LETTERS = re.compile(r"[\W_]+")
_FIGURE = re.compile(r"\d{1,7}(?:[.,]\d{1,3})?")
_BLANKS = str.maketrans("", "", " \u00a0\u202f\u2009'")


class Verdict(StrEnum):
    """What is to be said of a row. Only `FOUND` is right as it stands; `SHORT` and `PACKAGE` come with a proposal."""

    FOUND = "found"
    SHORT = "short"
    PACKAGE = "package"
    SEVERAL = "several"
    MISSING = "missing"
    REFUSED = "refused"
    QUANTITY = "quantity"
    BLANK = "blank"
    """A row of a file that asks for nothing: dealers send whole price lists with a few quantities in them."""


PROPOSING = frozenset({Verdict.SHORT, Verdict.PACKAGE})


@dataclass(frozen=True, slots=True)
class QuickLine:
    """A row as it came (`number` is that of the file), and what was put right on the page: `code`, `quantity`, the chosen item.

    `verdict` is that of the last look at it.
    """

    number: int
    cells: tuple[str, ...]
    code: str | None = None
    quantity: str | None = None
    item_id: str = ""
    verdict: Verdict = Verdict.MISSING


@dataclass(frozen=True, slots=True)
class QuickOrder:
    """`columns`: role -> place of its column; `head`: titles, if the table had any. `source` is the name of the file, "" for
    rows that were typed or pasted."""

    id: str
    partner_id: str
    user_id: str
    made_at: datetime
    source: str
    head: tuple[str, ...]
    columns: Mapping[str, int]
    lines: tuple[QuickLine, ...] = ()

    @property
    def asking(self) -> tuple[QuickLine, ...]:
        """The rows that want something."""
        return tuple(line for line in self.lines if line.verdict is not Verdict.BLANK)

    def cell(self, line: QuickLine, role: str) -> str:
        place = self.columns.get(role, -1)
        return line.cells[place] if 0 <= place < len(line.cells) else ""

    def codes(self, line: QuickLine) -> tuple[str, ...]:
        """What the item may be found by, the surest first."""
        if line.code is not None:
            return (line.code,) if line.code else ()
        return tuple(text for text in (self.cell(line, role) for role in CODES) if text)

    def shown_code(self, line: QuickLine) -> str:
        return next(iter(self.codes(line)), "") or (self.cell(line, "name") if line.code is None else "")

    def wanted(self, line: QuickLine) -> str:
        """The quantity as text; a bare list of codes that was typed or scanned means one of each."""
        if line.quantity is not None:
            return line.quantity
        return self.cell(line, "quantity") if "quantity" in self.columns or self.source else "1"

    def is_blank(self, line: QuickLine) -> bool:
        return bool(self.source) and "quantity" in self.columns and not self.wanted(line).strip(" 0.,-")


def read_quantity(text: str) -> Decimal | None:
    """«1 234,5» -> 1234.5; None for what is no quantity above zero."""
    plain = text.translate(_BLANKS).removesuffix("шт.").removesuffix("шт").replace(",", ".")
    if not _FIGURE.fullmatch(plain):
        return None
    return Decimal(plain) or None


def judge(quantity: Decimal, package: Decimal | None, available: Decimal | None) -> tuple[Verdict, Decimal | None]:
    """The verdict on a quantity and what is proposed instead. `available` is None where nobody knows."""
    step = package if package and package > 1 else Decimal(1) if package else None
    if available is not None and quantity > available:
        whole = _whole(available, step, ROUND_FLOOR) if step else available
        return Verdict.SHORT, whole
    if package and package > 1 and quantity % package:
        up = _whole(quantity, package, ROUND_CEILING)
        fits = available is None or up <= available
        return Verdict.PACKAGE, up if fits else _whole(quantity, package, ROUND_FLOOR)
    return Verdict.FOUND, None


def _whole(quantity: Decimal, step: Decimal, rounding: str) -> Decimal:
    return (quantity / step).to_integral_value(rounding) * step


# --- which column is what ------------------------------------------------------------------------------------------------


def find_head(rows: Sequence[tuple[str, ...]]) -> int | None:
    """The place of the row with the titles: the first that names a quantity and something to find goods by; else the first
    row, where it has a word above the figures."""
    for place, cells in enumerate(rows[:_HEAD_WITHIN]):
        if names_enough(named_columns(cells)):
            return place
    figures = guessed_columns(rows[1:]).get("quantity")
    first = rows[0] if rows else ()
    is_word = figures is not None and figures < len(first) and first[figures] and read_quantity(first[figures]) is None
    return 0 if is_word else None


def names_enough(columns: Mapping[str, int]) -> bool:
    return "quantity" in columns and len(columns) > 1


def named_columns(head: Sequence[str]) -> dict[str, int]:
    """Roles by the titles; a whole title stands above one that only begins so."""
    plain = [_LETTERS.sub(" ", title.casefold()).strip() for title in head]
    found: dict[str, int] = {}
    for role, words in _WORDS.items():
        exact = (n for word in words for n, title in enumerate(plain) if title == word)
        begins = (n for word in words for n, title in enumerate(plain) if len(word) > 2 and title.startswith(word + " "))
        place = next((n for n in (*exact, *begins) if n not in found.values()), None)
        if place is not None:
            found[role] = place
    return found


def guessed_columns(rows: Sequence[tuple[str, ...]]) -> dict[str, int]:
    """Without titles: the last column of figures is the quantity, the first other one the article, the longest the name."""
    width = max(map(len, rows), default=0)
    looked_at = rows[:200]
    filled = [[row[n] for row in looked_at if n < len(row) and row[n]] for n in range(width)]
    figures = [n for n in range(1, width) if filled[n] and all(map(read_quantity, filled[n]))]
    found = {"sku": next((n for n in range(width) if filled[n]), 0)}
    if figures:
        found["quantity"] = figures[-1]
    others = [n for n in range(width) if n not in found.values() and filled[n]]
    if others:
        longest = max(others, key=lambda n: sum(map(len, filled[n])) / len(filled[n]))
        found["name"] = longest
    return found


def head_signature(head: Sequence[str], width: int) -> str:
    """By which a dealer's own format is known again: its titles, or the number of columns."""
    titles = "|".join(_LETTERS.sub(" ", title.casefold()).strip() for title in head)
    return titles or f"-{width}"


_PAIR = re.compile(r"(\S+)[ \u00a0]+(\d{1,7}(?:[.,]\d{1,3})?)")


def paired(rows: list[tuple[int, tuple[str, ...]]]) -> list[tuple[int, tuple[str, ...]]]:
    """«АРТ-1 5» on a line is an article and a quantity, where every line is so."""
    pairs = [(number, _PAIR.fullmatch(cells[0])) for number, cells in rows if len(cells) == 1]
    if len(pairs) < len(rows) or not all(pair for _, pair in pairs):
        return rows
    return [(number, (pair[1], pair[2])) for number, pair in pairs if pair]
