"""Groups, properties, price types and warehouses, from the classifier or from a package of offers."""

from collections.abc import Iterator
from typing import TYPE_CHECKING

from chalicelib.domain.catalogue.catalogue import ItemGroup, PriceType, Property, Unit, Warehouse
from chalicelib.domain.exchange.exchange import Problem
from chalicelib.formats.commerceml.records import Record
from chalicelib.formats.commerceml.units import MAX_WORD, currency, unit_name
from chalicelib.formats.commerceml.values import MAX_ID, MAX_NAME, child, children, flag, is_deleted, texts

if TYPE_CHECKING:
    from lxml.etree import _Element


def group_records(element: "_Element", parent_id: str | None = None) -> Iterator[Record]:
    """A group and all below it, parents first. What stands under a group that has no Ид goes under the next one above."""
    found = texts(element)
    group_id = found.get("Ид", "")
    if group_id and "Наименование" in found and _fits(found):
        yield ItemGroup(group_id, found["Наименование"], parent_id, is_deleted(element, found))
    else:
        yield _incomplete("group", found)
    for one in children(child(element, "Группы"), "Группа"):
        yield from group_records(one, group_id or parent_id)


def property_records(element: "_Element") -> Iterator[Record]:
    found = texts(element)
    if "Ид" in found and "Наименование" in found and _fits(found):
        yield Property(found["Ид"], found["Наименование"], dict(_dictionary(element)), is_deleted(element, found))
    else:
        yield _incomplete("property", found)


def _dictionary(element: "_Element") -> Iterator[tuple[str, str]]:
    """Value id -> text, where the property has ids (lists of bare texts are no dictionary)."""
    for row in element.iter("{*}Справочник", "{*}ВариантЗначения", "{*}ЗначениеСправочника"):
        found = texts(row)
        value_id = found.get("ИдЗначения") or found.get("Ид")
        if value_id and "Значение" in found:
            yield value_id, found["Значение"]


def price_type_records(element: "_Element") -> Iterator[Record]:
    found = texts(element)
    if "Ид" not in found or not _fits(found):
        yield _incomplete("price_type", found)
        return
    yield PriceType(
        id=found["Ид"],
        name=found.get("Наименование", ""),
        currency=currency(found.get("Валюта", "RUB")[:MAX_WORD]),
        vat_included=_vat_included(element),
    )


def _vat_included(element: "_Element") -> bool | None:
    for tax in children(element, "Налог"):
        found = texts(tax)
        if found.get("Наименование", "").upper() in ("НДС", "VAT") and "УчтеноВСумме" in found:
            return flag(found["УчтеноВСумме"])
    return None


def warehouse_records(element: "_Element") -> Iterator[Record]:
    found = texts(element)
    if "Ид" not in found or not _fits(found):
        yield _incomplete("warehouse", found)
        return
    address = address_of(child(element, "Адрес"))
    yield Warehouse(found["Ид"], found.get("Наименование", ""), address, is_deleted(element, found))


def unit_records(element: "_Element") -> Iterator[Record]:
    """ЕдиницаИзмерения of the BUS module and УНФ: items of such files name nothing but the code."""
    found = texts(element)
    code = (found.get("Код", "") or found.get("Ид", ""))[:MAX_WORD]
    full = found.get("НаименованиеПолное") or found.get("Наименование", "")
    name = unit_name(code, found.get("НаименованиеКраткое", ""), full)
    if code and name:
        yield Unit(code, name[:MAX_WORD])
    else:
        yield _incomplete("unit", found)


def address_of(element: "_Element | None") -> str:
    """The address in one line: 1C's own presentation with its empty and repeated parts left out, or its fields."""
    if element is None:
        return ""
    found = texts(element)
    parts = found.get("Представление", "").split(",")
    if not any(part.strip() for part in parts):
        parts = [texts(field).get("Значение", "") for field in children(element, "АдресноеПоле")]
    clean = [part.strip() for part in parts if part.strip()]
    return ", ".join(part for n, part in enumerate(clean) if n == 0 or part != clean[n - 1])[:MAX_NAME]


def _fits(found: dict[str, str]) -> bool:
    return len(found.get("Ид", "")) <= MAX_ID and len(found.get("Наименование", "")) <= MAX_NAME


def _incomplete(kind: str, found: dict[str, str]) -> Problem:
    for field, limit in (("Ид", MAX_ID), ("Наименование", MAX_NAME)):
        if len(found.get(field, "")) > limit:
            told = (("field", field), ("limit", str(limit)))
            return Problem(kind, found.get("Ид", ""), found.get("Наименование", ""), "%(field)s длиннее %(limit)s знаков", told)
    missing = "Наименование" if "Ид" in found else "Ид"
    params = (("field", missing),)
    return Problem(kind, found.get("Ид", ""), found.get("Наименование", ""), "Не указан реквизит «%(field)s»", params)
