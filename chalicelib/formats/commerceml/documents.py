"""Документ: what 1C answers to an order (and, for a look at our own output, the order itself)."""

import re
from collections.abc import Iterator
from decimal import ROUND_HALF_UP, Decimal
from typing import TYPE_CHECKING

from chalicelib.domain import money
from chalicelib.domain.money import ZERO
from chalicelib.domain.orders import ErpLine, ErpOrder
from chalicelib.formats.commerceml.items import requisites, vat_rate
from chalicelib.formats.commerceml.records import Record
from chalicelib.formats.commerceml.units import unit_name
from chalicelib.formats.commerceml.values import Row, child, children, flag, is_deleted, number, text, texts, whole_id

if TYPE_CHECKING:
    from lxml.etree import _Element

_ORDERS = frozenset({"", "заказ товара", "заказ клиента", "заказ покупателя", "order"})
_STATE_MARK = re.compile(r"^\[[^\]]{1,8}\]\s*")
_TAKEN = frozenset({"номер по 1с", "номер1с", "статус заказа", "проведен", "пометкаудаления", "отменен"})


def order_records(element: "_Element") -> Iterator[Record]:
    """1C's order. One line that can't be understood refuses the whole: an order without it would read as a cut.

    Payments, shipments and other documents of the container are not orders and yield nothing.
    """
    found = texts(element)
    if found.get("ХозОперация", "").lower() not in _ORDERS:
        return
    row = Row("order", found.get("Номер", ""), found.get("Номер1С", ""))
    if not row.id:
        row.refuse("Не указан реквизит «%(field)s»", field="Номер")
    lines = tuple(
        line for n, one in enumerate(children(child(element, "Товары"), "Товар"), 1) if (line := _line(row, n, one)) is not None
    )
    if row.problems:
        yield from row.problems
        return
    yield _order(element, found, lines)


def _order(element: "_Element", found: dict[str, str], lines: tuple[ErpLine, ...]) -> ErpOrder:
    block = child(element, "ЗначенияРеквизитов")
    pairs = tuple(requisites(block)) if block is not None else ()
    known = {_folded(name): value for name, value in pairs}
    return ErpOrder(
        number=found["Номер"],
        erp_id=found.get("Ид", ""),
        lines=lines,
        erp_number=found.get("Номер1С") or known.get("номер по 1с") or known.get("номер1с", ""),
        state=_STATE_MARK.sub("", known.get("статус заказа", "")),
        posted=flag(found.get("Проведен") or known.get("проведен")),
        deleted=is_deleted(element, found) or flag(known.get("пометкаудаления")),
        cancelled=flag(found.get("Отменен") or known.get("отменен")),
        comment=found.get("Комментарий", ""),
        attributes=tuple((name, value) for name, value in pairs if _folded(name) not in _TAKEN),
    )


def _folded(name: str) -> str:
    return name.lower().replace("ё", "е")


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
        amount=money.line_amount(price, quantity) if amount is None else _minor(amount),
        sku=found.get("Артикул", ""),
        unit=_unit(element),
        vat_rate=rate,
        vat_amount=_minor(vat),
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


def _minor(amount: Decimal) -> int:
    """Major units with their kopecks as minor units."""
    return int((amount * 100).quantize(Decimal(1), ROUND_HALF_UP))
