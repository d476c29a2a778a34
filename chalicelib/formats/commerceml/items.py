"""Товар of a catalogue, and the same fields of a Предложение."""

import html
import re
from collections.abc import Callable, Iterator
from decimal import Decimal
from functools import lru_cache
from typing import TYPE_CHECKING

from chalicelib.domain.catalogue.catalogue import Package
from chalicelib.formats.commerceml.draft import Draft, Taker, draft
from chalicelib.formats.commerceml.records import Record
from chalicelib.formats.commerceml.units import MAX_WORD, unit_name
from chalicelib.formats.commerceml.values import MAX_ID, local, number, text, texts

if TYPE_CHECKING:
    from lxml.etree import _Element

_TAG = re.compile(r"<[^>]{0,2000}>")
_RATE = re.compile(r"\d+(?:[.,]\d+)?")


def item_records(element: "_Element") -> Iterator[Record]:
    """The item with the problems of its parts. One that can't be told from others, or has no name to show, is refused."""
    found = draft(element, "item", TAKERS)
    item = found.item(element)
    if not item.id:
        found.row.refuse("Не указан реквизит «%(field)s»", field="Ид")
    elif len(item.id) > MAX_ID:
        found.row.refuse("Ид длиннее %(limit)s знаков", limit=str(MAX_ID))
    elif not item.name and not item.deleted:
        found.row.refuse("Не указан реквизит «%(field)s»", field="Наименование")
    else:
        yield item
    yield from found.row.named_problems()


def _field(name: str) -> Taker:
    def take(found: Draft, element: "_Element") -> None:
        if value := text(element):
            found.fields[name] = value

    return take


def _attribute(found: Draft, element: "_Element") -> None:
    if value := text(element):
        found.attributes.append((local(element.tag), value))


def _barcode(found: Draft, element: "_Element") -> None:
    found.barcodes += [code.strip() for code in re.split("[,;]", text(element)) if code.strip()]


def _picture(found: Draft, element: "_Element") -> None:
    if path := text(element):
        found.pictures.append(path.replace("\\", "/"))


def _unit(found: Draft, element: "_Element") -> None:
    """БазоваяЕдиница: attributes with a short text in it (УТ, УПП), or nothing but the code as text (BUS)."""
    get, inside = element.get, text(element)
    code = (get("Код") or "").strip()[:MAX_WORD]
    if inside.isdigit() and not code:
        code, inside = inside[:MAX_WORD], ""
    short = ((get("НаименованиеКраткое") or "").strip() or inside)[:MAX_WORD]
    found.fields["unit_code"] = code
    found.fields["unit"] = unit_name(code, short, (get("НаименованиеПолное") or "").strip()[:MAX_WORD])
    for one in element:
        if local(one.tag) == "Пересчет":
            _package(found, texts(one), code)


def _package(found: Draft, values: dict[str, str], base_code: str) -> None:
    quantity = number(values.get("Коэффициент", ""))
    if quantity is None or quantity <= 0 or quantity == 1:
        return
    code = values.get("Единица", "")[:MAX_WORD]
    name = "" if code == base_code else unit_name(code) if code.isdigit() else code
    found.packages.append(Package(name or values.get("Представление", "упак."), quantity))
    if quantity > 1:
        found.fields.setdefault("package_quantity", quantity)


def _groups(found: Draft, element: "_Element") -> None:
    found.fields["group_ids"] = tuple(value for one in element if (value := text(one)))


def _manufacturer(found: Draft, element: "_Element") -> None:
    if value := texts(element).get("Наименование") or text(element):
        found.fields["manufacturer"] = value


def _taxes(found: Draft, element: "_Element") -> None:
    for one in element:
        values = texts(one)
        if values.get("Наименование", "НДС").upper() in ("НДС", "VAT") and "Ставка" in values:
            _vat(found, values["Ставка"])


def _vat(found: Draft, value: str) -> None:
    rate = vat_rate(value[:MAX_WORD])
    if rate is None:
        found.row.refuse("%(field)s: «%(value)s» — не число", field="Ставка НДС", value=value)
    else:
        found.fields["vat_rate"] = rate


@lru_cache(64)
def vat_rate(value: str) -> Decimal | None:
    """Per cent out of "20", "20%", "20/120"; "Без НДС" and "Без налога" are 0; None for anything else."""
    if value.lower().startswith("без"):
        return Decimal(0)
    found = _RATE.match(value)
    return number(found[0]) if found else None


def _properties(found: Draft, element: "_Element") -> None:
    """(property id, value id or text) pairs, one for each value; the property of a pair is written first."""
    for row in element:
        key = ""
        for one in row:
            if not (value := one.text):
                continue
            if key:
                found.properties.append((key, value.strip()))
            elif local(one.tag) == "Ид":
                key = value.strip()


def _characteristics(found: Draft, element: "_Element") -> None:
    for row in element:
        values = texts(row)
        if value := values.get("Значение"):
            found.variant.append(value)
            found.attributes.append((values.get("Наименование", "Характеристика"), value))


def _requisites(found: Draft, element: "_Element") -> None:
    for name, value in requisites(element):
        taker = _REQUISITES.get(_folded(name[:MAX_WORD]))
        if taker is None:
            found.attributes.append((name, value))
        else:
            taker(found, value)


@lru_cache(512)
def _folded(name: str) -> str:
    return name.lower().replace(" ", "").replace("ё", "е")


def requisites(element: "_Element") -> Iterator[tuple[str, str]]:
    """(Наименование, Значение) pairs that have both; the name is written first, then one value or several."""
    for row in element:
        name = ""
        for one in row:
            if not (value := one.text):
                continue
            if name:
                if value := value.strip():
                    yield name, value
            elif local(one.tag) == "Наименование":
                name = value.strip()


def _kind(found: Draft, value: str) -> None:
    found.fields["kind"] = value


def _type(found: Draft, value: str) -> None:
    found.fields.setdefault("kind", value)


def _full_name(found: Draft, value: str) -> None:
    found.fields["full_name"] = value


def _measure(field: str, label: str) -> Callable[[Draft, str], None]:
    def take(found: Draft, value: str) -> None:
        quantity = found.row.number(label, value)
        if quantity is not None:
            found.fields[field] = quantity

    return take


def _rich_description(found: Draft, value: str) -> None:
    found.fields.setdefault("description", html.unescape(_TAG.sub(" ", value)).strip())


def _file_note(found: Draft, value: str) -> None:
    """`path#caption` of a file: nothing to show where the file is one of the pictures."""
    if value.partition("#")[0] not in found.pictures:
        found.attributes.append(("ОписаниеФайла", value))


_REQUISITES: dict[str, Callable[[Draft, str], None]] = {
    "видноменклатуры": _kind,
    "типноменклатуры": _type,
    "полноенаименование": _full_name,
    "name": _full_name,
    "вес": _measure("weight_kg", "Вес"),
    "объем": _measure("volume_m3", "Объём"),
    "количествовупаковке": _measure("package_quantity", "Количество в упаковке"),
    "описаниевформатеhtml": _rich_description,
    "описаниефайла": _file_note,
}
"""Requisites of an item by name in lower case, without blanks and ё; every other one is carried through."""


def _weight_element(found: Draft, element: "_Element") -> None:
    if value := text(element):
        _REQUISITES["вес"](found, value)


TAKERS: dict[str, Taker] = {
    "Артикул": _field("sku"),
    "Описание": _field("description"),
    "Страна": _field("country"),
    "ТорговаяМарка": _field("brand"),
    "Код": _attribute,
    "Вес": _weight_element,
    "Штрихкод": _barcode,
    "Картинка": _picture,
    "БазоваяЕдиница": _unit,
    "Группы": _groups,
    "Изготовитель": _manufacturer,
    "СтавкиНалогов": _taxes,
    "ЗначенияСвойств": _properties,
    "ХарактеристикиТовара": _characteristics,
    "ЗначенияРеквизитов": _requisites,
}
"""Who reads which child of a Товар or a Предложение."""
