"""Problems of an exchange run as a CSV that Russian Excel opens: semicolons, a byte order mark, and no live formulas."""

import csv
from collections.abc import Iterable, Sequence
from io import StringIO

_FORMULAS = ("=", "+", "-", "@", "\t", "\r")


def write_sheet(head: Sequence[str], rows: Iterable[Sequence[str]]) -> bytes:
    text = StringIO()
    writer = csv.writer(text, delimiter=";", lineterminator="\r\n")
    writer.writerow(head)
    writer.writerows([_plain(cell) for cell in row] for row in rows)
    return text.getvalue().encode("utf-8-sig")


def _plain(cell: str) -> str:
    """What a sheet would take for a formula is text: names come from 1C and may hold anything."""
    return f"'{cell}" if cell.lstrip(" ").startswith(_FORMULAS) or cell.startswith(_FORMULAS) else cell
