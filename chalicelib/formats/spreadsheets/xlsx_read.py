"""XLSX as rows of text: the first sheet that is shown, in bounded memory and time, whatever the file claims to be."""

import posixpath
import re
import zlib
from collections.abc import Iterator
from datetime import datetime, timedelta
from decimal import Decimal, InvalidOperation
from io import BytesIO, RawIOBase
from typing import IO, TYPE_CHECKING, Any
from zipfile import BadZipFile, ZipFile

from chalicelib.domain.errors import BrokenFile
from chalicelib.formats.spreadsheets.cells import MAX_COLUMNS, MAX_ROWS, MAX_TEXT, Row, trimmed

if TYPE_CHECKING:
    from lxml.etree import _Element

MAX_UNPACKED = 64 << 20
"""Bytes of one part of the workbook: a sheet of 20,000 rows and 30 columns takes about 40 MB."""

MAX_ELEMENT = 4 << 20
"""Bytes of one row, and of all that is no row: libxml2 takes about five times as much memory."""

MAX_STRINGS = 300_000
MAX_ENTRIES = 2_000

_MAIN = "{http://schemas.openxmlformats.org/spreadsheetml/2006/main}"
_STRICT = "{http://purl.oclc.org/ooxml/spreadsheetml/main}"
_RELATION = re.compile(r"\}id$")
_COLUMN = re.compile(r"[A-Z]{1,3}")
_CODED = re.compile(r"_x([0-9A-Fa-f]{4})_")
_FIXED = re.compile(r"(0+)(?:\.(0+))?")
"""A format that shows so many digits: `00000` of a code, `0.00` of an article «1.10»."""

_DATES = frozenset({14, 15, 16, 17, 22})
_DATE_FORMAT = re.compile(r"[dy]|[дг]", re.IGNORECASE)
_IN_QUOTES = re.compile(r'"[^"]*"|\[[^\]]*\]|\\.')
_EPOCH = datetime(1899, 12, 30)
_UNREADABLE = "Файл Excel не читается: откройте его и сохраните ещё раз как «Книга Excel (.xlsx)»"

_TOO_BIG = "Файл Excel слишком велик: оставьте в нём только строки заказа"


def read_xlsx(source: bytes, *, max_rows: int = MAX_ROWS) -> Iterator[Row]:
    """Rows of the first visible sheet. Raises BrokenFile, also while they are read."""
    try:
        with ZipFile(BytesIO(source)) as book:
            _refuse(book)
            yield from _Book(book).rows(max_rows)
    except (BadZipFile, KeyError, OSError, EOFError, zlib.error, NotImplementedError, RuntimeError, SyntaxError) as error:
        raise BrokenFile(_UNREADABLE) from error  # lxml's XMLSyntaxError is a SyntaxError


def _refuse(book: ZipFile) -> None:
    names = book.namelist()
    if len(names) > MAX_ENTRIES or len(set(names)) < len(names):
        raise BrokenFile(_UNREADABLE)
    if any(name.lower().endswith("vbaproject.bin") for name in names):
        raise BrokenFile("В файле макросы: сохраните его как «Книга Excel (.xlsx)» без макросов")
    if "xl/workbook.xml" not in names:
        raise BrokenFile("Это не книга Excel: загрузите файл XLSX или CSV")


class _Part(RawIOBase):
    """A part of the workbook, counted as it is unpacked: the sizes in its directory may lie."""

    def __init__(self, inside: IO[bytes]) -> None:
        self._inside, self._left = inside, MAX_UNPACKED
        self.pending = 0

    def read(self, size: int = -1) -> bytes:
        part = self._inside.read(size if 0 < size <= 1 << 16 else 1 << 16)
        self._left -= len(part)
        self.pending += len(part)
        if self._left < 0 or self.pending > MAX_ELEMENT:
            raise BrokenFile(_TOO_BIG)
        return part


class _Book:
    def __init__(self, book: ZipFile) -> None:
        self._book = book
        self._strings = self._read_strings("xl/sharedStrings.xml")
        self._formats = self._read_formats("xl/styles.xml")

    def rows(self, max_rows: int) -> Iterator[Row]:
        number = found = 0
        for row in self._elements(self._sheet(), "row"):
            number = _number(row.get("r"), number + 1)
            cells = self._cells(row, number)
            if cells:
                found += 1
                if found > max_rows:
                    raise BrokenFile("В файле больше %(limit)s строк: разделите его на части", limit=max_rows)
                yield number, cells

    def _sheet(self) -> str:
        """The name of the part with the first sheet that is not hidden."""
        sheets = list(self._elements("xl/workbook.xml", "sheet", keep=True))
        shown = next((one for one in sheets if one.get("state", "visible") == "visible"), None)
        if shown is None:
            raise BrokenFile(_UNREADABLE)
        relation = next((value for name, value in shown.attrib.items() if _RELATION.search(str(name))), "")
        links = self._elements("xl/_rels/workbook.xml.rels", "Relationship", keep=True)
        target = next((str(link.get("Target")) for link in links if link.get("Id") == relation), "")
        return posixpath.normpath(posixpath.join("xl", target)).lstrip("/")

    def _cells(self, row: "_Element", number: int) -> tuple[str, ...]:
        found: list[str] = []
        place = -1
        for cell in row:
            place = _place(cell.get("r"), place + 1)
            text = self._text(cell)
            if not text:
                continue
            if place >= MAX_COLUMNS:
                raise BrokenFile("Строка %(line)s слишком длинная: таблица ли это?", line=number)
            found.extend([""] * (place + 1 - len(found)))
            found[place] = text
        return trimmed(found)

    def _text(self, cell: "_Element") -> str:
        kind = cell.get("t")
        if kind == "inlineStr":
            return _decoded(_written(cell))
        value = next((child.text or "" for child in cell if str(child.tag).endswith("}v")), "")
        if not value:
            return ""
        if kind == "s":
            place = _number(value, -1)
            return self._strings[place] if 0 <= place < len(self._strings) else ""
        if kind in ("str", "e", "d"):
            return _decoded(value)
        if kind == "b":
            return "ИСТИНА" if value == "1" else "ЛОЖЬ"
        return _figure(value, self._formats.get(cell.get("s") or "0", ""))

    def _read_strings(self, name: str) -> list[str]:
        found: list[str] = []
        for entry in self._elements(name, "si"):
            found.append(_decoded(_written(entry)))
            if len(found) > MAX_STRINGS:
                raise BrokenFile(_TOO_BIG)
        return found

    def _read_formats(self, name: str) -> dict[str, str]:
        """Number of a style -> its format: digits to show, "date", or "" for the rest."""
        codes: dict[str, str] = {}
        styles: dict[str, str] = {}
        for element in self._elements(name, "numFmt", "cellXfs"):
            if str(element.tag).endswith("}numFmt"):
                codes[str(element.get("numFmtId"))] = str(element.get("formatCode"))[:100]
            else:
                styles = {str(n): _format(str(style.get("numFmtId")), codes) for n, style in enumerate(element)}
        return {number: found for number, found in styles.items() if found}

    def _elements(self, name: str, *tags: str, keep: bool = False) -> Iterator["_Element"]:
        """Finished elements; each is emptied behind unless it is kept. Nothing where the part is missing."""
        if name not in self._book.NameToInfo:
            if tags == ("row",):
                raise BrokenFile(_UNREADABLE)
            return
        wanted = [space + tag for tag in tags for space in (_MAIN, _STRICT)] if not keep else ["{*}" + tag for tag in tags]
        with self._book.open(name) as inside:
            part = _Part(inside)
            for element in _parsed(part, wanted):
                yield element
                if not keep:
                    part.pending = 0
                    _forget(element)


def _parsed(stream: _Part, tags: list[str]) -> Iterator["_Element"]:
    """Nothing outside the file is looked at and no entity is filled in; a DOCTYPE is refused."""
    from lxml import etree

    events: Any = etree.iterparse(
        stream,  # all it needs is `read`
        events=("end",),
        tag=tags,
        resolve_entities=False,
        no_network=True,
        load_dtd=False,
        huge_tree=False,
        remove_comments=True,
        remove_pis=True,
    )
    for checked, (_event, element) in enumerate(events):
        if not checked and element.getroottree().docinfo.internalDTD is not None:
            raise BrokenFile(_UNREADABLE)
        yield element


def _forget(element: "_Element") -> None:
    element.clear()
    parent = element.getparent()
    while parent is not None and element.getprevious() is not None:
        del parent[0]


def _written(entry: "_Element") -> str:
    """All runs of a text, without the pronunciation that Japanese Excel keeps beside it."""
    runs = (run for run in entry.iter(_MAIN + "t", _STRICT + "t") if not str(_tag_above(run)).endswith("}rPh"))
    return "".join(run.text or "" for run in runs)[:MAX_TEXT].strip()


def _tag_above(run: "_Element") -> object:
    above = run.getparent()
    return above.tag if above is not None else ""


def _decoded(text: str) -> str:
    return _CODED.sub(_letter, text).strip() if "_x" in text else text.strip()


def _letter(coded: "re.Match[str]") -> str:
    letter = chr(int(coded[1], 16))
    return letter if letter.isprintable() else ""


def _number(text: str | None, default: int) -> int:
    return int(text) if text and text.isascii() and text.isdigit() and len(text) < 9 else default


def _place(reference: str | None, default: int) -> int:
    """`C7` -> 2."""
    letters = _COLUMN.match(reference or "")
    if letters is None:
        return default
    column = 0
    for letter in letters[0]:
        column = column * 26 + ord(letter) - 64
    return column - 1


def _format(number: str, codes: dict[str, str]) -> str:
    code = {"1": "0", "2": "0.00"}.get(number) or codes.get(number, "")
    plain = _IN_QUOTES.sub("", code)
    if number in map(str, _DATES) or (_DATE_FORMAT.search(plain) and "0" not in plain):
        return "date"
    return code if _FIXED.fullmatch(code) and code != "0" else ""


def _figure(value: str, shown: str) -> str:
    """A number as Russian Excel shows it: «0012» under `0000`, «12,5», a date under a date's format."""
    try:
        number = Decimal(value)
    except InvalidOperation:
        return value.strip()[:MAX_TEXT]
    if not number.is_finite() or abs(number.adjusted()) > 20:
        return value.strip()[:MAX_TEXT]
    if shown == "date" and 1 <= number < 2_958_466:
        return (_EPOCH + timedelta(days=float(number))).strftime("%d.%m.%Y")
    fixed = _FIXED.fullmatch(shown)
    if fixed:
        digits = len(fixed[2] or "")
        width = len(fixed[1]) + (digits + 1 if digits else 0)
        return f"{number:.{digits}f}".zfill(width).replace(".", ",")
    return _plain(number)


def _plain(number: Decimal) -> str:
    """Without the binary tail of a sum: 0.30000000000000004 is 0,3."""
    exact = f"{float(number):.15g}" if len(number.as_tuple().digits) > 15 else number
    text = f"{Decimal(exact):f}"
    return (text.rstrip("0").rstrip(".") if "." in text else text).replace(".", ",")
