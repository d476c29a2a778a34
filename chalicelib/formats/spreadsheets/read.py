"""A table out of bytes, told by what is in them and not by the name of the file."""

from chalicelib.domain.errors import BrokenFile
from chalicelib.formats.spreadsheets.cells import MAX_ROWS, Row
from chalicelib.formats.spreadsheets.csv_read import read_csv
from chalicelib.formats.spreadsheets.xlsx_read import read_xlsx

_ZIP = b"PK\x03\x04"
_OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_FOREIGN = (b"%PDF", b"\x89PNG", b"\xff\xd8\xff", b"Rar!", b"7z\xbc\xaf", b"\x1f\x8b")


def read(source: bytes, *, max_rows: int = MAX_ROWS) -> list[Row]:
    """The rows of the first sheet of a workbook, or of a CSV. Raises BrokenFile with what to do about it."""
    if source.startswith(_ZIP):
        return list(read_xlsx(source, max_rows=max_rows))
    if source.startswith(_OLE):
        raise BrokenFile("Это старый формат Excel (.xls) или файл с паролем: сохраните его как «Книга Excel (.xlsx)»")
    if source.startswith(_FOREIGN):
        raise BrokenFile("Это не таблица: загрузите файл XLSX или CSV")
    return list(read_csv(source, max_rows=max_rows))
