"""XLSX streamed row by row: memory does not grow with the table, and no cell can be a formula."""

import re
from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime
from itertools import islice
from typing import BinaryIO
from zipfile import ZIP_DEFLATED, ZipFile, ZipInfo

from chalicelib.domain.errors import InvalidInput
from chalicelib.formats.spreadsheets.cells import MAX_TEXT, Cell, Column, Style

XLSX_TYPE = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
EXCEL_ROWS = 1_048_576

_AT_ONCE = 500
_UNSAFE = re.compile("[&<>\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]|_x[0-9A-Fa-f]{4}_")
_ESCAPES = {"&": "&amp;", "<": "&lt;", ">": "&gt;"}
_MAIN = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
_OFFICE = "http://schemas.openxmlformats.org/officeDocument/2006"
_PACKAGE = "http://schemas.openxmlformats.org/package/2006"
_HEAD = '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n'


def write_xlsx(
    target: BinaryIO,
    columns: Sequence[Column],
    rows: Iterable[Sequence[Cell]],
    *,
    title: str = "Лист1",
    above: Sequence[Sequence[Cell]] = (),
) -> None:
    """One sheet: the lines `above`, the titles of the columns (they stay in sight, with filters), the rows. `target` stays open.

    Raises InvalidInput for more rows than Excel has.
    """
    with ZipFile(target, "w", ZIP_DEFLATED, compresslevel=1) as book:
        for name, text in _parts(title):
            book.writestr(_entry(name), _HEAD + text)
        with book.open(_entry("xl/worksheets/sheet1.xml"), "w", force_zip64=True) as sheet:
            for text in _sheet(columns, rows, above):
                sheet.write(text.encode())


def _entry(name: str) -> ZipInfo:
    """The same rows make the same bytes, so that a file that has not changed keeps its ETag."""
    made = ZipInfo(name, datetime(2020, 1, 1).timetuple()[:6])
    made.compress_type = ZIP_DEFLATED
    made._compresslevel = 1  # type: ignore[attr-defined]  # public as compress_level from Python 3.13 on
    return made


def _parts(title: str) -> Iterator[tuple[str, str]]:
    kind = "application/vnd.openxmlformats-officedocument.spreadsheetml"
    yield (
        "[Content_Types].xml",
        f'<Types xmlns="{_PACKAGE}/content-types">'
        '<Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/>'
        f'<Override PartName="/xl/workbook.xml" ContentType="{kind}.sheet.main+xml"/>'
        f'<Override PartName="/xl/worksheets/sheet1.xml" ContentType="{kind}.worksheet+xml"/>'
        f'<Override PartName="/xl/styles.xml" ContentType="{kind}.styles+xml"/></Types>',
    )
    yield "_rels/.rels", _relations(("officeDocument", "xl/workbook.xml"))
    yield "xl/_rels/workbook.xml.rels", _relations(("worksheet", "worksheets/sheet1.xml"), ("styles", "styles.xml"))
    name = _escaped(re.sub(r"[\[\]:*?/\\']", " ", title)[:31].strip() or "1").replace('"', "&quot;")
    yield (
        "xl/workbook.xml",
        f'<workbook xmlns="{_MAIN}" xmlns:r="{_OFFICE}/relationships"><sheets>'
        f'<sheet name="{name}" sheetId="1" r:id="rId1"/></sheets></workbook>',
    )
    yield "xl/styles.xml", _STYLES


def _relations(*targets: tuple[str, str]) -> str:
    links = (
        f'<Relationship Id="rId{number}" Type="{_OFFICE}/relationships/{kind}" Target="{target}"/>'
        for number, (kind, target) in enumerate(targets, 1)
    )
    return f'<Relationships xmlns="{_PACKAGE}/relationships">{"".join(links)}</Relationships>'


_FORMATS = {Style.TEXT: 49, Style.BOLD: 49, Style.NUMBER: 164, Style.MONEY: 4, Style.PRICE: 165}
"""Style -> number format; 49 is `@`: a code typed over keeps its zeros."""

_STYLES = (
    f'<styleSheet xmlns="{_MAIN}"><numFmts count="2"><numFmt numFmtId="164" formatCode="#,##0.###"/>'
    '<numFmt numFmtId="165" formatCode="#,##0.00##"/></numFmts>'
    '<fonts count="2"><font><sz val="11"/><name val="Calibri"/></font>'
    '<font><b/><sz val="11"/><name val="Calibri"/></font></fonts>'
    '<fills count="2"><fill><patternFill patternType="none"/></fill><fill><patternFill patternType="gray125"/></fill></fills>'
    '<borders count="1"><border/></borders><cellStyleXfs count="1"><xf/></cellStyleXfs><cellXfs count="5">'
    + "".join(
        f'<xf numFmtId="{_FORMATS[style]}" fontId="{int(style is Style.BOLD)}" xfId="0" applyNumberFormat="1" applyFont="1"/>'
        for style in Style
    )
    + '</cellXfs><cellStyles count="1"><cellStyle name="Normal" xfId="0" builtinId="0"/></cellStyles></styleSheet>'
)


def _sheet(columns: Sequence[Column], rows: Iterable[Sequence[Cell]], above: Sequence[Sequence[Cell]]) -> Iterator[str]:
    top = len(above) + 1
    last = _letters(max(1, len(columns)))
    widths = "".join(f'<col min="{n}" max="{n}" width="{column.width}" customWidth="1"/>' for n, column in enumerate(columns, 1))
    yield (
        f'{_HEAD}<worksheet xmlns="{_MAIN}"><sheetViews><sheetView workbookViewId="0">'
        f'<pane ySplit="{top}" topLeftCell="A{top + 1}" activePane="bottomLeft" state="frozen"/></sheetView></sheetViews>'
        f"<cols>{widths}</cols><sheetData>"
    )
    bold = [Style.BOLD] * max((len(columns), *map(len, above)))
    yield "".join(_row(cells, bold) for cells in (*above, [column.title for column in columns]))
    styles = [column.style for column in columns]
    written = top
    remaining = iter(rows)
    while portion := list(islice(remaining, _AT_ONCE)):
        written += len(portion)
        if written > EXCEL_ROWS:
            raise InvalidInput("В листе Excel не больше %(limit)s строк", limit=EXCEL_ROWS)
        yield "".join([_row(cells, styles) for cells in portion])
    yield f'</sheetData><autoFilter ref="A{top}:{last}{max(top, written)}"/></worksheet>'


def _row(cells: Sequence[Cell], styles: Sequence[Style]) -> str:
    return f"<row>{''.join(map(_cell, cells, map(int, styles)))}</row>"


def _cell(cell: Cell, style: int) -> str:
    if isinstance(cell, str):
        if not cell:
            return "<c/>"
        return f'<c s="{style}" t="inlineStr"><is><t xml:space="preserve">{_escaped(cell)}</t></is></c>'
    return "<c/>" if cell is None else f'<c s="{style}"><v>{cell:f}</v></c>'


def _escaped(text: str) -> str:
    clipped = text[:MAX_TEXT]
    return _UNSAFE.sub(_escape, clipped) if _UNSAFE.search(clipped) else clipped


def _escape(found: "re.Match[str]") -> str:
    """What XML can't hold goes; what Excel would read as a coded letter (`_x0041_`) is told from one."""
    what = found[0]
    return f"_x005F{what}" if len(what) > 1 else _ESCAPES.get(what, "")


def _letters(column: int) -> str:
    """1 -> A, 27 -> AA."""
    letters = ""
    while column:
        column, place = divmod(column - 1, 26)
        letters = chr(65 + place) + letters
    return letters
