"""Tables in and out: what Excel, 1C and attackers write."""

import resource
import tracemalloc
from decimal import Decimal
from functools import cache
from io import BytesIO
from zipfile import ZIP_DEFLATED, ZipFile

import pytest

from chalicelib.domain.errors import BrokenFile, InvalidInput
from chalicelib.formats.spreadsheets import Column, Style, read, write_csv, write_xlsx, xlsx_write

MAIN = 'xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"'
COLUMNS = [Column("Артикул", 16), Column("Кол-во", 10, Style.NUMBER)]
FORMULAS = ["=1+1", "+7", "-2+3", "@SUM(A1)", "\t=1", "\r=1", "＝1+1", " =cmd|' /C calc'!A0", "-12"]


def book(sheet: str, **parts: str) -> bytes:
    """A workbook as small as it gets, with this XML as its sheet; other parts by name with `__` for `/`."""
    made = BytesIO()
    write_xlsx(made, COLUMNS, [])
    changed = {"xl/worksheets/sheet1.xml": sheet} | {name.replace("__", "/") + ".xml": text for name, text in parts.items()}
    out = BytesIO()
    with ZipFile(made) as old, ZipFile(out, "w", ZIP_DEFLATED) as new:
        for name in old.namelist():
            if name not in changed:
                new.writestr(name, old.read(name))
        for name, text in changed.items():
            new.writestr(name, text)
    return out.getvalue()


def sheet(rows: str) -> str:
    return f"<worksheet {MAIN}><sheetData>{rows}</sheetData></worksheet>"


def cells(source: bytes) -> list[tuple[str, ...]]:
    return [row for _, row in read(source)]


def xlsx(*rows: tuple[object, ...]) -> bytes:
    made = BytesIO()
    write_xlsx(made, COLUMNS, rows, title="Заказ")  # type: ignore[arg-type]
    return made.getvalue()


def test_what_is_written_is_read() -> None:
    """CK-13: zeros, commas and letters of a dealer's table survive the way there and back."""
    rows = [("00012", Decimal("1.5")), ("<№ 5> & «Ко»", 7), ("a\nb", None), ("_x0041_", Decimal("0.0001"))]
    expected = [("Артикул", "Кол-во"), ("00012", "1,5"), ("<№ 5> & «Ко»", "7"), ("a\nb",), ("_x0041_", "0,0001")]
    assert cells(xlsx(*rows)) == expected


def test_no_cell_is_a_formula() -> None:
    with ZipFile(BytesIO(xlsx(*((text, 1) for text in FORMULAS)))) as made:
        written = made.read("xl/worksheets/sheet1.xml").decode()
    assert "<f" not in written
    assert written.count('t="inlineStr"') == len(FORMULAS) + 2
    flat = BytesIO()
    write_csv(flat, ["Имя", "Кол-во"], [(text, 1) for text in FORMULAS])
    assert all(text.startswith("'") for text, _ in cells(flat.getvalue())[1:])


def test_characters_that_xml_can_not_hold_go() -> None:
    assert cells(xlsx(("a\x00\x0b\ud800\uffffb", 1)))[1] == ("ab", "1")


def test_a_code_formatted_with_zeros_is_read_as_it_is_shown() -> None:
    styles = (
        f'<styleSheet {MAIN}><numFmts><numFmt numFmtId="170" formatCode="00000"/></numFmts>'
        '<cellXfs><xf numFmtId="0"/><xf numFmtId="170"/><xf numFmtId="14"/><xf numFmtId="2"/></cellXfs></styleSheet>'
    )
    row = '<row><c s="1"><v>12</v></c><c s="2"><v>46024</v></c><c s="3"><v>1.1</v></c><c><v>0.30000000000000004</v></c></row>'
    assert cells(book(sheet(row), xl__styles=styles)) == [("00012", "02.01.2026", "1,10", "0,3")]
    assert cells(book(sheet("<row><c><v>4600000000001</v></c><c><v>4.6E12</v></c></row>"))) == [
        ("4600000000001", "4600000000000")
    ]


def test_shared_strings_rich_text_and_holes() -> None:
    strings = f"<sst {MAIN}><si><r><t>Бол</t></r><r><t>т</t></r><rPh><t>bolt</t></rPh></si></sst>"
    row = '<row r="7"><c r="B7" t="s"><v>0</v></c><c r="D7" t="b"><v>1</v></c><c t="s"><v>99</v></c></row>'
    assert read(book(sheet(row), xl__sharedStrings=strings)) == [(7, ("", "Болт", "", "ИСТИНА"))]


@pytest.mark.parametrize(
    "text",
    [
        "Артикул;Кол-во\n00012;1,5\n",
        "Артикул\tКол-во\r\n00012\t1,5\r\n",
        'Артикул,Кол-во\n00012,"1,5"\n',
        'sep=;\nАртикул;Кол-во\n="00012";1,5\n',
        "Артикул;Кол-во\n\n\n00012;1,5;;;\n",
    ],
)
@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "cp1251", "utf-16"])
def test_csv_of_every_kind(text: str, encoding: str) -> None:
    """CK-13: leading zeros and decimal commas are kept."""
    assert cells(text.encode(encoding)) == [("Артикул", "Кол-во"), ("00012", "1,5")]


def test_more_rows_than_are_taken_are_told_not_cut() -> None:
    with pytest.raises(BrokenFile, match="больше 3 строк"):
        read(xlsx(*[("a", 1)] * 3), max_rows=3)
    with pytest.raises(BrokenFile, match="больше 3 строк"):
        read(b"a;b\n" * 4, max_rows=3)


@cache
def hostile() -> dict[str, bytes]:
    entity = '<!DOCTYPE x [<!ENTITY a "aaaa"><!ENTITY b "&a;&a;&a;">]>'
    outside = '<!DOCTYPE x [<!ENTITY a SYSTEM "file:///etc/passwd">]>'
    text = '<row><c t="inlineStr"><is><t>&a;</t></is></c></row>'
    far = '<row r="1"><c r="A1"><v>1</v></c></row><row r="1048576"><c r="XFD1048576"><v>1</v></c></row>'
    return {
        "entities": book(entity + sheet(text)),
        "a file outside": book(outside + sheet(text)),
        "a cell far away": book(sheet(far)),
        "a bomb of one row": book(sheet("<row>" + "<c><v>1</v></c>" * 400_000 + "</row>")),
        "a bomb of blanks": book(sheet("<row>" + " " * 200_000_000 + "</row>")),
        "a bomb of strings": book(sheet("<row/>"), xl__sharedStrings=f"<sst {MAIN}>" + "<si/>" * 300_001 + "</sst>"),
        "not finished": book(sheet("<row>")[:-10]),
        "cut off": xlsx(("a", 1))[:-30],
        "damaged": xlsx(("a", 1)).replace(b"PK\x01\x02", b"PK\x01\x03"),
        "macros": book(sheet(text), xl__vbaProject="").replace(b"vbaProject.xml", b"vbaProject.bin"),
        "no workbook": xlsx(("a", 1)).replace(b"xl/workbook.xml", b"xl/workbooc.xml"),
        "no sheet": xlsx(("a", 1)).replace(b"xl/worksheets/sheet1.xml", b"xl/worksheets/sheet2.xml"),
        "old Excel": b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 600,
        "a picture": b"\x89PNG\r\n\x1a\n" + b"\0" * 100,
        "bytes": b"\x98\0\0\xff" * 100,
        "a crowd of columns": b";".join([b"a"] * 200),
        "a quote without an end": b'"' + b"a;b\n" * 100_000,
    }


@pytest.mark.parametrize("name", hostile())
def test_hostile_files_are_refused_in_bounded_memory(name: str) -> None:
    source = hostile()[name]
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    with pytest.raises(BrokenFile):
        read(source)
    assert resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before < 100_000  # KB, libxml2's own included


def test_a_hundred_thousand_rows_take_no_memory() -> None:
    """PR-14: the price list of a whole catalogue is streamed."""
    tracemalloc.start()
    write_xlsx(BytesIO(), COLUMNS, ((f"{n:05}", n) for n in range(20_000)))
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert peak < 4_000_000


def test_the_same_rows_make_the_same_bytes() -> None:
    assert xlsx(("a", 1)) == xlsx(("a", 1))


def test_excel_has_an_end(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(xlsx_write, "EXCEL_ROWS", 2)
    with pytest.raises(InvalidInput, match="не больше 2 строк"):
        xlsx(("a", 1), ("b", 2))
