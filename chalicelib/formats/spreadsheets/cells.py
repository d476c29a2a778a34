"""What stands in a table: cells that are read are text, those that are written may be numbers."""

from dataclasses import dataclass
from decimal import Decimal
from enum import IntEnum

Cell = str | int | Decimal | None
"""A cell to write. Text stays text whatever it looks like; only `int` and `Decimal` become numbers."""

Row = tuple[int, tuple[str, ...]]
"""A row that was read: its number as Excel shows it, and its cells. Rows without any text are left out."""

MAX_ROWS = 20_000
"""Rows that are read of one file; one more is refused with this number in the message, never cut off in silence."""

MAX_COLUMNS = 100
MAX_TEXT = 32_767
"""Characters of a cell, Excel's own limit."""


class Style(IntEnum):
    """How a column shows its cells; the number is that of the style in the file."""

    TEXT = 0
    BOLD = 1
    NUMBER = 2
    MONEY = 3
    PRICE = 4


@dataclass(frozen=True, slots=True)
class Column:
    """`width` in characters."""

    title: str
    width: int = 14
    style: Style = Style.TEXT


def trimmed(cells: list[str]) -> tuple[str, ...]:
    """Without the empty cells at the end."""
    while cells and not cells[-1]:
        cells.pop()
    return tuple(cells)
