"""CSV as Excel, 1C and everybody else write it: four encodings, four separators, leading zeros and decimal commas untouched."""

import csv
from collections.abc import Iterator
from io import StringIO

from chalicelib.domain.errors import BrokenFile
from chalicelib.formats.spreadsheets.cells import MAX_COLUMNS, MAX_ROWS, MAX_TEXT, Row, trimmed

_SEPARATORS = ";\t,|"
_LOOKED_AT = 50
"""Lines by which the separator is told."""

_MARKS = ((b"\xef\xbb\xbf", "utf-8-sig"), (b"\xff\xfe", "utf-16"), (b"\xfe\xff", "utf-16"))


def read_csv(source: bytes, *, max_rows: int = MAX_ROWS) -> Iterator[Row]:
    """Rows as text. Raises BrokenFile."""
    text = _text(source)
    separator, text = _separator(text)
    found = 0
    reader = csv.reader(StringIO(text, newline=""), delimiter=separator)
    try:
        for fields in reader:
            cells = trimmed([_cell(field) for field in fields])
            if not cells:
                continue
            found += 1
            _must_fit(cells, found, reader.line_num, max_rows)
            yield reader.line_num, cells
    except csv.Error as error:
        raise BrokenFile("Строка %(line)s файла не читается", line=reader.line_num) from error


def _text(source: bytes) -> str:
    """By its mark, else as UTF-8, else as Windows writes in Russian, where every byte but one means something."""
    encoding = next((name for mark, name in _MARKS if source.startswith(mark)), "utf-8")
    try:
        return source.decode(encoding)
    except UnicodeDecodeError:
        text = source.decode("cp1251", "replace")
    if "\0" in text:
        raise BrokenFile("Это не таблица: загрузите файл XLSX или CSV")
    return text


def _separator(text: str) -> tuple[str, str]:
    """The separator and the text behind Excel's own line `sep=;`, if there is one."""
    first, _, rest = text.partition("\n")
    told = first.strip().lower()
    if told.startswith("sep=") and len(told) == len("sep=") + 1:
        return told[-1], rest
    lines = [line for line in text[:100_000].splitlines()[:_LOOKED_AT] if line.strip()]
    return max(_SEPARATORS, key=lambda one: (_steadiness(lines, one), -_SEPARATORS.index(one))), text


def _steadiness(lines: list[str], separator: str) -> float:
    """How many lines have as many of it as most have: a decimal comma comes and goes, a separator does not."""
    counts = [_outside_quotes(line, separator) for line in lines]
    common = max(set(counts) - {0}, key=counts.count, default=0)
    return counts.count(common) + common / 1000 if common else 0


def _outside_quotes(line: str, separator: str) -> int:
    return sum(part.count(separator) for part in line.split('"')[::2])


def _cell(field: str) -> str:
    """Without the trick `="00123"` that keeps zeros in Excel."""
    plain = field.strip().replace("\0", "")
    return plain[2:-1] if plain.startswith('="') and plain.endswith('"') and len(plain) > 2 else plain


def _must_fit(cells: tuple[str, ...], found: int, line: int, max_rows: int) -> None:
    if found > max_rows:
        raise BrokenFile("В файле больше %(limit)s строк: разделите его на части", limit=max_rows)
    if len(cells) > MAX_COLUMNS or max(map(len, cells)) > MAX_TEXT:
        raise BrokenFile("Строка %(line)s слишком длинная: таблица ли это?", line=line)
