"""CommerceML as UT 11.5 writes it: UTF-8 with BOM, namespace `urn:1C.ru:commerceml_2`, version 2.07, tabs."""

from collections.abc import Iterable, Sequence
from datetime import datetime
from decimal import Decimal
from typing import cast

from lxml import etree

from infra.demo.supplier import Company, Group, Item, Property, Supplier, Unit

NAMESPACE = "urn:1C.ru:commerceml_2"
VAT_RATE = Decimal(22)
_NAMESPACES = {
    None: NAMESPACE,
    "xs": "http://www.w3.org/2001/XMLSchema",
    "xsi": "http://www.w3.org/2001/XMLSchema-instance",
}
Element = etree._Element


def root(at: datetime) -> Element:
    """КоммерческаяИнформация of the moment."""
    element = etree.Element(f"{{{NAMESPACE}}}КоммерческаяИнформация", nsmap=cast(dict[str, str], _NAMESPACES))
    element.set("ВерсияСхемы", "2.07")
    element.set("ДатаФормирования", f"{at:%Y-%m-%dT%H:%M:%S}")
    return element


def add(parent: Element, name: str, text: object = None, **attributes: object) -> Element:
    """A child; numbers and flags as 1C writes them. An empty text makes an empty element."""
    element = etree.SubElement(parent, f"{{{NAMESPACE}}}{name}")
    for key, value in attributes.items():
        element.set(key, str(value))
    if text is not None and text != "":
        element.text = plain(text)
    return element


def plain(value: object) -> str:
    """`true`, `12.5` without closing zeros, or the text itself."""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, Decimal):
        return f"{value.normalize():f}"
    return str(value)


def requisites(parent: Element, rows: Iterable[tuple[str, object]]) -> None:
    """ЗначенияРеквизитов; rows without a value are left out."""
    values = add(parent, "ЗначенияРеквизитов")
    for name, value in rows:
        if value != "":
            row = add(values, "ЗначениеРеквизита")
            add(row, "Наименование", name)
            add(row, "Значение", value)


def written(document: Element) -> bytes:
    """The bytes of the file."""
    etree.indent(document, "\t")
    body = etree.tostring(document, encoding="unicode")
    return f'\ufeff<?xml version="1.0" encoding="UTF-8"?>\n{body}\n'.encode()


def import_file(supplier: Supplier, items: Sequence[Item], *, first: bool, at: datetime) -> bytes:
    """`import0_N.xml`: the classifier whole in the first portion alone; only that one is not "changes only"."""
    document = root(at)
    _classifier(document, supplier, whole=first)
    catalogue = add(document, "Каталог", СодержитТолькоИзменения=plain(not first))
    add(catalogue, "Ид", supplier.catalogue_id)
    add(catalogue, "ИдКлассификатора", supplier.catalogue_id)
    add(catalogue, "Наименование", "Основной каталог товаров")
    _owner(catalogue, supplier.company)
    goods = add(catalogue, "Товары")
    properties = {kind.name: kind for kind in supplier.properties}
    for item in items:
        _item(goods, item, properties)
    return written(document)


def offers_file(
    supplier: Supplier, items: Sequence[Item], balances: dict[str, dict[str, Decimal]], *, first: bool, at: datetime
) -> bytes:
    """`offers0_N.xml`. `balances`: item id -> warehouse id -> free quantity."""
    document = root(at)
    _classifier(document, supplier, whole=False)
    package = add(document, "ПакетПредложений", СодержитТолькоИзменения=plain(not first))
    add(package, "Ид", f"{supplier.catalogue_id}#")
    add(package, "Наименование", "Пакет предложений (Основной каталог товаров)")
    add(package, "ИдКаталога", supplier.catalogue_id)
    add(package, "ИдКлассификатора", supplier.catalogue_id)
    _owner(package, supplier.company)
    _price_types(package, supplier)
    _warehouses(package, supplier)
    offers = add(package, "Предложения")
    for item in items:
        _offer(offers, item, balances[item.id])
    return written(document)


def changes_file(supplier: Supplier, balances: dict[str, dict[str, Decimal]], *, at: datetime) -> bytes:
    """`offers0_1.xml` with balances alone, by item id and warehouse id, as UT sends what has changed."""
    document = root(at)
    changes = add(document, "ИзмененияПакетаПредложений", СодержитТолькоИзменения="true")
    add(changes, "Ид", f"{supplier.catalogue_id}#")
    add(changes, "ИдКаталога", supplier.catalogue_id)
    offers = add(changes, "Предложения")
    for whole_id, row in balances.items():
        item_id, _, variant_id = whole_id.partition("#")
        offer = add(offers, "Предложение")
        add(offer, "Ид", item_id)
        if variant_id:
            add(offer, "ИдХарактеристики", variant_id)
        for warehouse_id, quantity in row.items():
            add(offer, "Склады", ИдСклада=warehouse_id, КоличествоНаСкладе=plain(quantity))
        add(offer, "Количество", sum(row.values(), Decimal(0)))
    return written(document)


def _classifier(document: Element, supplier: Supplier, *, whole: bool) -> None:
    classifier = add(document, "Классификатор")
    add(classifier, "Ид", supplier.catalogue_id)
    add(classifier, "Наименование", "Классификатор (Основной каталог товаров)")
    _owner(classifier, supplier.company)
    if whole:
        _groups(classifier, supplier.groups)
        _properties(classifier, supplier.properties)


def _owner(parent: Element, company: Company) -> None:
    owner = add(parent, "Владелец")
    add(owner, "Ид", company.id)
    add(owner, "Наименование", company.name)
    add(owner, "ОфициальноеНаименование", company.full_name)
    add(owner, "ИНН", company.inn)
    add(owner, "КПП", company.kpp)
    add(owner, "ОКПО")


def _groups(parent: Element, groups: Sequence[Group]) -> None:
    rows = add(parent, "Группы")
    for group in groups:
        row = add(rows, "Группа")
        add(row, "Ид", group.id)
        add(row, "Наименование", group.name)
        if group.children:
            _groups(row, group.children)


def _properties(parent: Element, properties: Sequence[Property]) -> None:
    rows = add(parent, "Свойства")
    for one in properties:
        row = add(rows, "Свойство")
        add(row, "Ид", one.id)
        add(row, "Наименование", one.name)
        add(row, "ТипЗначений", one.kind)
        if one.values:
            values = add(row, "ВариантыЗначений")
            for value_id, text in one.values:
                entry = add(values, "Справочник")
                add(entry, "ИдЗначения", value_id)
                add(entry, "Значение", text)


def _item(goods: Element, item: Item, properties: dict[str, Property]) -> None:
    row = add(goods, "Товар")
    add(row, "Ид", item.id)
    add(row, "Штрихкод", item.barcode)
    add(row, "Артикул", item.sku)
    add(row, "Наименование", item.name[:250])
    _unit(row, item.unit, item.pack)
    add(add(row, "Группы"), "Ид", item.group_id)
    add(row, "Описание", item.description)
    if item.picture:
        add(row, "Картинка", item.picture)
    add(row, "Страна", item.country)
    add(row, "ТорговаяМарка", item.brand)
    maker = add(row, "Изготовитель")
    add(maker, "Наименование", item.maker)
    _values(row, item, properties)
    _vat(row)
    _variant(row, item)
    requisites(row, _item_requisites(item))


def _item_requisites(item: Item) -> list[tuple[str, object]]:
    return [
        ("ВидНоменклатуры", item.kind),
        ("ТипНоменклатуры", "Товар"),
        ("Полное наименование", f"{item.name}, {item.brand}"),
        ("Вес", item.weight),
        ("Объем", item.volume),
        ("Количество в упаковке", item.pack if item.pack > 1 else ""),
    ]


def _unit(row: Element, unit: Unit, pack: int) -> None:
    """The code with its trailing blank, as UT has it; conversions of the unit itself and of the package."""
    element = add(
        row, "БазоваяЕдиница", Код=f"{unit.code} ", НаименованиеПолное=unit.full, МеждународноеСокращение=unit.international
    )
    for code, quantity in ((unit.code, 1), ("778", pack)):
        if code == unit.code or pack > 1:
            conversion = add(element, "Пересчет")
            add(conversion, "Единица", code)
            add(conversion, "Коэффициент", quantity)


def _values(row: Element, item: Item, properties: dict[str, Property]) -> None:
    values = add(row, "ЗначенияСвойств")
    for name, text in item.properties:
        kind = properties[name]
        value = add(values, "ЗначенияСвойства")
        add(value, "Ид", kind.id)
        add(value, "Значение", next((value_id for value_id, known in kind.values if known == text), text))


def _vat(row: Element) -> None:
    rate = add(add(row, "СтавкиНалогов"), "СтавкаНалога")
    add(rate, "Наименование", "НДС")
    add(rate, "Ставка", VAT_RATE)


def _variant(row: Element, item: Item) -> None:
    if item.variant:
        rows = add(row, "ХарактеристикиТовара")
        for name, value in item.variant:
            one = add(rows, "ХарактеристикаТовара")
            add(one, "Наименование", name)
            add(one, "Значение", value)


def _price_types(package: Element, supplier: Supplier) -> None:
    rows = add(package, "ТипыЦен")
    for kind in supplier.price_types:
        row = add(rows, "ТипЦены")
        add(row, "Ид", kind.id)
        add(row, "Наименование", kind.name)
        add(row, "Валюта", "RUB")
        tax = add(row, "Налог")
        add(tax, "Наименование", "НДС")
        add(tax, "УчтеноВСумме", text="true")
        add(tax, "Акциз", text="false")


def _warehouses(package: Element, supplier: Supplier) -> None:
    rows = add(package, "Склады")
    for warehouse in supplier.warehouses:
        row = add(rows, "Склад")
        add(row, "Ид", warehouse.id)
        add(row, "Наименование", warehouse.name)
        add(add(row, "Адрес"), "Представление", warehouse.address)
        contact = add(add(row, "Контакты"), "Контакт")
        add(contact, "Тип", "Координаты на карте")
        add(contact, "Значение", f"{warehouse.latitude},{warehouse.longitude}")


def _offer(offers: Element, item: Item, balances: dict[str, Decimal]) -> None:
    row = add(offers, "Предложение")
    add(row, "Ид", item.id)
    add(row, "Штрихкод", item.barcode)
    add(row, "Артикул", item.sku)
    add(row, "Наименование", item.name[:250])
    _unit(row, item.unit, item.pack)
    _variant(row, item)
    prices = add(row, "Цены")
    for kind_id, amount in item.prices.items():
        _price(prices, item, kind_id, amount)
    add(row, "Количество", sum(balances.values(), Decimal(0)))
    for warehouse_id, quantity in balances.items():
        add(row, "Склад", ИдСклада=warehouse_id, КоличествоНаСкладе=plain(quantity))


def _price(prices: Element, item: Item, kind_id: str, amount: Decimal) -> None:
    price = add(prices, "Цена")
    shown = f"{amount:,.2f}".replace(",", "\u00a0").replace(".", ",")
    add(price, "Представление", f" {shown} RUB за {item.unit.international}")
    add(price, "ИдТипаЦены", kind_id)
    add(price, "ЦенаЗаЕдиницу", amount)
    add(price, "Валюта", "RUB")
    add(price, "Единица", item.unit.international)
    add(price, "Коэффициент", 1)
