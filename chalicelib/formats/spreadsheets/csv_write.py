"""CSV that Russian Excel opens with a double click, without live formulas."""

import csv
from collections.abc import Iterable, Sequence
from io import TextIOWrapper
from typing import BinaryIO

from chalicelib.formats.spreadsheets.cells import Cell

_FORMULAS = ("=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠")  # the wide ones Excel also takes


def write_csv(target: BinaryIO, head: Sequence[str], rows: Iterable[Sequence[Cell]], *, separator: str = ";") -> None:
    """Rows as they come, never all in memory; numbers with a decimal comma. `target` stays open."""
    text = TextIOWrapper(target, "utf-8-sig", errors="replace", newline="")
    writer = csv.writer(text, delimiter=separator, lineterminator="\r\n")
    writer.writerow([_plain(title) for title in head])
    writer.writerows([_plain(cell) for cell in row] for row in rows)
    text.flush()
    text.detach()


def _plain(cell: Cell) -> str:
    """What a sheet would take for a formula becomes text: names come from 1C and from dealers and may hold anything."""
    if not isinstance(cell, str):
        return "" if cell is None else f"{cell:f}".replace(".", ",")
    return f"'{cell}" if cell.startswith(_FORMULAS) or cell.lstrip(" \u00a0").startswith(_FORMULAS) else cell
