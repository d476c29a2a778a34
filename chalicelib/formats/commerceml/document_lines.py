"""Lines of a Документ, whatever the document is."""

from decimal import ROUND_HALF_UP, Decimal
from typing import TYPE_CHECKING

from chalicelib.domain import money
from chalicelib.domain.money import ZERO
from chalicelib.domain.orders.orders import ErpLine
from chalicelib.formats.commerceml.items import vat_rate
from chalicelib.formats.commerceml.units import unit_name
from chalicelib.formats.commerceml.values import Row, child, children, number, text, texts, whole_id

if TYPE_CHECKING:
    from lxml.etree import _Element


def order_lines(row: Row, element: "_Element") -> tuple[ErpLine, ...]:
    """Those that can be understood; a problem in the row for each of the others."""
    goods = enumerate(children(child(element, "Товары"), "Товар"), 1)
    return tuple(line for place, one in goods if (line := _line(row, place, one)) is not None)


def _line(row: Row, place: int, element: "_Element") -> ErpLine | None:
    """The line in base units: 1C may count in packages of `Коэффициент`. None, with a problem in the row, for a bad one."""
    found = texts(element)
    item_id = whole_id(found.get("Ид", ""), found.get("ИдХарактеристики", ""))
    if not item_id:
        row.refuse("Строка %(line)s: не указан реквизит «%(field)s»", line=str(place), field="Ид")
    quantity = _figure(row, place, "Количество", found.get("Количество", ""))
    price = _figure(row, place, "Цена", found.get("ЦенаЗаЕдиницу") or found.get("Цена", ""))
    amount = _figure(row, place, "Сумма", found["Сумма"]) if "Сумма" in found else None
    rate, vat = _vat(element)
    if not item_id or quantity is None or price is None:
        return None
    factor = number(found.get("Коэффициент", "1")) or ZERO
    if factor > 0 and factor != 1:
        quantity, price = quantity * factor, money.unit_price(price / factor)
    return ErpLine(
        item_id=item_id,
        name=found.get("Наименование", ""),
        quantity=quantity,
        price=price,
        amount=money.line_amount(price, quantity) if amount is None else minor(amount),
        sku=found.get("Артикул", ""),
        unit=_unit(element),
        vat_rate=rate,
        vat_amount=minor(vat),
    )


def _figure(row: Row, place: int, field: str, value: str) -> Decimal | None:
    found = number(value)
    if found is None:
        row.refuse("Строка %(line)s, %(field)s: «%(value)s» — не число", line=str(place), field=field, value=value)
    elif found < 0:
        row.refuse("Строка %(line)s, %(field)s: отрицательное число %(value)s", line=str(place), field=field, value=value)
    return found


def _vat(element: "_Element") -> tuple[Decimal | None, Decimal]:
    """(rate per cent, VAT of the line): from the taxes of the line, the rate else from those of the item."""
    rate, amount = None, ZERO
    for tax in children(child(element, "Налоги"), "Налог") + children(child(element, "СтавкиНалогов"), "СтавкаНалога"):
        found = texts(tax)
        if found.get("Наименование", "НДС").upper() in ("НДС", "VAT"):
            rate = vat_rate(found.get("Ставка", "")) if rate is None else rate
            amount += number(found.get("Сумма", "")) or ZERO
    return rate, amount


def _unit(element: "_Element") -> str:
    """БазоваяЕдиница with a text and attributes (УТ, УПП), or Единица as text or with elements (BUS)."""
    for name in ("БазоваяЕдиница", "Единица"):
        unit = child(element, name)
        if unit is None:
            continue
        found, inside = texts(unit), text(unit)
        code = unit.get("Код") or found.get("Код") or (inside if inside.isdigit() else "")
        short = unit.get("НаименованиеКраткое") or found.get("НаименованиеКраткое") or ("" if inside.isdigit() else inside)
        full = unit.get("НаименованиеПолное") or found.get("НаименованиеПолное") or ""
        return unit_name(code.strip(), short, full)
    return ""


def minor(amount: Decimal) -> int:
    """Major units with their kopecks as minor units."""
    return int((amount * 100).quantize(Decimal(1), ROUND_HALF_UP))
