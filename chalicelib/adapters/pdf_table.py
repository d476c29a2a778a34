"""The table of goods that an invoice and a commercial offer share: columns of a sheet, rows by page, the grid."""

from collections.abc import Sequence
from dataclasses import dataclass

from chalicelib.adapters.pdf_sheet import BOLD, HEIGHT, LEADING, MM, WIDTH, Sheets, wrapped

LEFT, RIGHT = 15 * MM, WIDTH - 12 * MM
TOP, BOTTOM = HEIGHT - 14 * MM, 18 * MM
SIZE, SMALL, TINY = 9.5, 8.5, 7
PAD = 3.0
HEAD_HEIGHT = 17.0


@dataclass(frozen=True, slots=True)
class Column:
    title: str
    width: float
    figure: bool = False


_PLAIN = (
    Column("№", 9 * MM, True),
    Column("Артикул", 26 * MM),
    Column("Товар", 0),
    Column("Кол-во", 17 * MM, True),
    Column("Ед.", 12 * MM),
    Column("Цена", 22 * MM, True),
    Column("Сумма", 25 * MM, True),
)
_NAME_WIDTH = RIGHT - LEFT - sum(column.width for column in _PLAIN)
COLUMNS = tuple(Column(c.title, c.width or _NAME_WIDTH, c.figure) for c in _PLAIN)


@dataclass(frozen=True, slots=True)
class Row:
    """A line of the table, wrapped to its columns."""

    cells: tuple[tuple[str, ...], ...]
    height: float


def row_of(texts: Sequence[str]) -> Row:
    """One text for each of COLUMNS."""
    cells = tuple(wrapped(text, column.width - 2 * PAD, SMALL) for text, column in zip(texts, COLUMNS, strict=True))
    return Row(cells, max(map(len, cells)) * SMALL * LEADING + 2 * PAD - 1)


def paginate(rows: Sequence[Row], first: float, other: float, tail: float) -> list[list[Row]]:
    """Rows by page, given the room on the first and on the other pages; the last one has room for the `tail`.

    The totals never stand on a page of their own: the last row goes with them.
    """
    pages: list[list[Row]] = [[]]
    room = first
    for row in rows:
        if row.height > room and pages[-1]:
            pages.append([])
            room = other
        pages[-1].append(row)
        room -= row.height
    if room < tail:
        last = pages[-1]
        pages.append([last.pop()] if len(last) > 1 and last[-1].height + tail <= other else [])
    return pages


def table(sheets: Sheets, top: float, rows: Sequence[Row]) -> float:
    """The header and the rows with their grid; y of its bottom."""
    edges = [LEFT]
    for column in COLUMNS:
        edges.append(edges[-1] + column.width)
        sheets.centred((edges[-1] + edges[-2]) / 2, top - 12, column.title, SMALL, BOLD)
    y = top - HEAD_HEIGHT
    rules = [(LEFT, top, RIGHT, top), (LEFT, y, RIGHT, y)]
    for row in rows:
        _cells(sheets, y, row, edges)
        y -= row.height
        rules.append((LEFT, y, RIGHT, y))
    sheets.rules(rules + [(x, top, x, y) for x in edges], 0.5)
    return y


def _cells(sheets: Sheets, top: float, row: Row, edges: Sequence[float]) -> None:
    first_line = top - PAD - SMALL + 1.2
    for column, lines, left, right in zip(COLUMNS, row.cells, edges, edges[1:], strict=False):
        if not column.figure:
            sheets.lines(left + PAD, first_line, lines, SMALL)
            continue
        for n, line in enumerate(lines):
            sheets.right(right - PAD, first_line - n * SMALL * LEADING, line, SMALL)
