"""A dealer's price list as XLSX, CSV, YML of Yandex or JSON: rows as they come, never all in memory."""

import json
from collections.abc import Iterable, Iterator
from decimal import Decimal
from io import TextIOWrapper
from typing import BinaryIO
from urllib.parse import quote
from xml.sax.saxutils import escape, quoteattr
from zoneinfo import ZoneInfo

from chalicelib.domain.catalogue.price_lists import Format, Heading, PriceRow
from chalicelib.formats.spreadsheets import XLSX_TYPE, Cell, Column, Style, write_csv, write_xlsx

TYPES = {
    Format.XLSX: XLSX_TYPE,
    Format.CSV: "text/csv; charset=utf-8",
    Format.YML: "application/xml; charset=utf-8",
    Format.JSON: "application/json; charset=utf-8",
}
_MOSCOW = ZoneInfo("Europe/Moscow")
_UNSAFE = {code: None for code in (*range(0x20), 0xFFFE, 0xFFFF, *range(0xD800, 0xE000)) if code not in (9, 10, 13)}

_COLUMNS = (
    Column("Артикул", 18),
    Column("Наименование", 60),
    Column("Бренд", 18),
    Column("Ед.", 7),
    Column("В упаковке", 11, Style.NUMBER),
    Column("Цена", 13, Style.PRICE),
    Column("РРЦ", 13, Style.PRICE),
    Column("Валюта", 8),
    Column("НДС, %", 8, Style.NUMBER),
    Column("На складе", 11, Style.NUMBER),
    Column("Все склады", 11, Style.NUMBER),
    Column("Код", 38),
)
_PICTURE = Column("Картинка", 50)


def write_price_list(target: BinaryIO, format: Format, heading: Heading, rows: Iterable[PriceRow]) -> None:
    """`target` stays open."""
    match format:
        case Format.XLSX:
            above = [(f"{heading.name} · {heading.partner}",), (f"Договор: {heading.contract}",), (_as_of(heading),)]
            write_xlsx(target, _columns(heading), map(_cells, rows), title="Прайс-лист", above=above)
        case Format.CSV:
            write_csv(target, [column.title for column in _columns(heading)], map(_cells, rows))
        case Format.YML:
            _write_text(target, _yml(heading, rows))
        case Format.JSON:
            _write_text(target, _json(heading, rows))


def _as_of(heading: Heading) -> str:
    return f"Актуален на {heading.made_at.astimezone(_MOSCOW):%d.%m.%Y %H:%M}"


def _columns(heading: Heading) -> list[Column]:
    return [*_COLUMNS, *([_PICTURE] if heading.pictures else [])]


def _cells(row: PriceRow) -> list[Cell]:
    plain: list[Cell] = [row.sku, row.name, row.brand, row.unit, row.package, row.price, row.recommended, row.currency]
    return [*plain, row.vat_rate, row.available, row.everywhere, row.id, *([row.picture] if row.picture else [])]


def _write_text(target: BinaryIO, pieces: Iterable[str]) -> None:
    text = TextIOWrapper(target, "utf-8", errors="replace", newline="")
    text.writelines(pieces)
    text.flush()
    text.detach()


# --- YML ----------------------------------------------------------------------------------------------------------------


def _yml(heading: Heading, rows: Iterable[PriceRow]) -> Iterator[str]:
    """Categories are numbers in YML, ids of 1C are texts: the numbers are those of their places."""
    places = {id: place for place, (id, _, _) in enumerate(heading.groups, 1)}
    made = heading.made_at.astimezone(_MOSCOW).isoformat(timespec="seconds")
    yield f'<?xml version="1.0" encoding="UTF-8"?>\n<yml_catalog date="{made}"><shop><name>{_x(heading.name)}</name>'
    yield f"<company>{_x(heading.partner)}</company><url>{_x(heading.url)}</url>"
    yield f'<currencies><currency id={_currency(heading.currency)} rate="1"/></currencies><categories>'
    for id, parent_id, name in heading.groups:
        above = f' parentId="{places[parent_id]}"' if parent_id in places else ""
        yield f'<category id="{places[id]}"{above}>{_x(name)}</category>'
    yield "</categories><offers>"
    for row in rows:
        yield _offer(row, places, heading)
    yield "</offers></shop></yml_catalog>\n"


def _offer(row: PriceRow, places: dict[str, int], heading: Heading) -> str:
    stands = "true" if (row.everywhere or 0) > 0 else "false"
    category = places.get(row.group_id)
    parts = [
        f"<name>{_x(row.name)}</name>",
        f"<price>{row.price:f}</price>",
        f"<currencyId>{_currency(row.currency)[1:-1]}</currencyId>",
        f"<categoryId>{category}</categoryId>" if category else "",
        f"<picture>{_x(row.picture)}</picture>" if row.picture else "",
        f"<vendor>{_x(row.brand)}</vendor>" if row.brand else "",
        f"<vendorCode>{_x(row.sku)}</vendorCode>" if row.sku else "",
        f"<count>{row.everywhere:f}</count>" if row.everywhere is not None else "",
        f'<param name="РРЦ">{row.recommended:f}</param>' if row.recommended is not None else "",
        f'<param name="В упаковке">{row.package:f}</param>' if row.package is not None else "",
    ]
    address = f"{heading.url}/items/{quote(row.id, safe='')}"
    return f'<offer id={_attribute(row.id)} available="{stands}"><url>{_x(address)}</url>{"".join(parts)}</offer>\n'


def _currency(code: str) -> str:
    return _attribute({"RUB": "RUR"}.get(code, code))


def _x(text: str) -> str:
    return escape(text.translate(_UNSAFE))


def _attribute(text: str) -> str:
    return quoteattr(text.translate(_UNSAFE))


# --- JSON ---------------------------------------------------------------------------------------------------------------


def _json(heading: Heading, rows: Iterable[PriceRow]) -> Iterator[str]:
    """Figures are texts: a reader that takes them for binary fractions would lose kopecks."""
    head = {
        "name": heading.name,
        "partner": heading.partner,
        "contract": heading.contract,
        "currency": heading.currency,
        "made_at": heading.made_at.isoformat(),
    }
    groups = [{"id": id, "parent_id": parent_id or None, "name": name} for id, parent_id, name in heading.groups]
    yield json.dumps(head, ensure_ascii=False)[:-1]
    yield f', "groups": {json.dumps(groups, ensure_ascii=False)}, "items": ['
    comma = "\n"
    for row in rows:
        yield comma + json.dumps({name: _plain(value) for name, value in row._asdict().items()}, ensure_ascii=False)
        comma = ",\n"
    yield "\n]}\n"


def _plain(value: str | Decimal | None) -> str | None:
    return f"{value:f}" if isinstance(value, Decimal) else value
