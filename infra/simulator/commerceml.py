"""CommerceML as UT 11.5 writes it: UTF-8 with BOM, namespace `urn:1C.ru:commerceml_2`, version 2.07, tabs."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import cast

from lxml import etree

from infra.demo.supplier import Company, Group, Item, Property, Supplier, Unit

NAMESPACE = "urn:1C.ru:commerceml_2"
VAT_RATE = Decimal(22)
Element = etree._Element


@dataclass(frozen=True, slots=True)
class Dialect:
    """How a configuration writes: `namespace` may be empty, `encoding` is "utf-8" or "windows-1251", `bom` for UTF-8 alone.

    `currency` and `unit` say how prices name theirs: "RUB" or "руб", the international or the Russian name of the unit.
    """

    namespace: str = NAMESPACE
    schema: str = "2.07"
    encoding: str = "utf-8"
    bom: bool = True
    currency: str = "RUB"
    unit: str = "international"


UT = Dialect()


def root(at: datetime, dialect: Dialect = UT) -> Element:
    """КоммерческаяИнформация of the moment."""
    namespaces: dict[str | None, str] = {}
    if dialect.namespace:
        namespaces = {
            None: dialect.namespace,
            "xs": "http://www.w3.org/2001/XMLSchema",
            "xsi": "http://www.w3.org/2001/XMLSchema-instance",
        }
    element = etree.Element(_tag(dialect.namespace, "КоммерческаяИнформация"), nsmap=cast(dict[str, str], namespaces))
    element.set("ВерсияСхемы", dialect.schema)
    element.set("ДатаФормирования", f"{at:%Y-%m-%dT%H:%M:%S}")
    return element


def _tag(namespace: str, name: str) -> str:
    return f"{{{namespace}}}{name}" if namespace else name


def add(parent: Element, name: str, text: object = None, **attributes: object) -> Element:
    """A child in its parent's namespace; numbers and flags as 1C writes them. An empty text makes an empty element."""
    element = etree.SubElement(parent, _tag(etree.QName(parent).namespace or "", name))
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


def written(document: Element, dialect: Dialect = UT) -> bytes:
    """The bytes of the file."""
    etree.indent(document, "\t")
    body = etree.tostring(document, encoding="unicode")
    named = "UTF-8" if dialect.encoding == "utf-8" else dialect.encoding
    text = f'<?xml version="1.0" encoding="{named}"?>\n{body}\n'
    mark = "\ufeff" if dialect.bom and dialect.encoding == "utf-8" else ""
    return (mark + text).encode(dialect.encoding, errors="xmlcharrefreplace")


def import_file(supplier: Supplier, items: Sequence[Item], *, first: bool, at: datetime) -> bytes:
    """`import0_N.xml`: the classifier whole in the first portion alone; only that one is not "changes only"."""
    document = root(at)
    add_classifier(document, supplier, whole=first)
    goods = add_goods(document, supplier, only_changes=not first)
    properties = {kind.name: kind for kind in supplier.properties}
    for item in items:
        add_item(goods, item, properties)
    return written(document)


def offers_file(
    supplier: Supplier, items: Sequence[Item], balances: dict[str, dict[str, Decimal]], *, first: bool, at: datetime
) -> bytes:
    """`offers0_N.xml`. `balances`: item id -> warehouse id -> free quantity."""
    document = root(at)
    add_classifier(document, supplier, whole=False)
    package = add_package(document, supplier, only_changes=not first)
    add_price_types(package, supplier)
    add_warehouses(package, supplier)
    offers = add(package, "Предложения")
    for item in items:
        _offer(offers, item, balances[item.id])
    return written(document)


def changes_file(supplier: Supplier, balances: dict[str, dict[str, Decimal]], *, at: datetime, dialect: Dialect = UT) -> bytes:
    """`offers0_1.xml` with balances alone, by item id and warehouse id, as UT sends what has changed."""
    document = root(at, dialect)
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
    return written(document, dialect)


def add_goods(document: Element, supplier: Supplier, *, only_changes: bool) -> Element:
    """Каталог down to its empty Товары."""
    catalogue = add(document, "Каталог", СодержитТолькоИзменения=plain(only_changes))
    add(catalogue, "Ид", supplier.catalogue_id)
    add(catalogue, "ИдКлассификатора", supplier.catalogue_id)
    add(catalogue, "Наименование", "Основной каталог товаров")
    add_owner(catalogue, supplier.company)
    return add(catalogue, "Товары")


def add_package(document: Element, supplier: Supplier, *, only_changes: bool) -> Element:
    """ПакетПредложений with its head."""
    package = add(document, "ПакетПредложений", СодержитТолькоИзменения=plain(only_changes))
    add(package, "Ид", f"{supplier.catalogue_id}#")
    add(package, "Наименование", "Пакет предложений (Основной каталог товаров)")
    add(package, "ИдКаталога", supplier.catalogue_id)
    add(package, "ИдКлассификатора", supplier.catalogue_id)
    add_owner(package, supplier.company)
    return package


def add_classifier(document: Element, supplier: Supplier, *, whole: bool) -> None:
    classifier = add(document, "Классификатор")
    add(classifier, "Ид", supplier.catalogue_id)
    add(classifier, "Наименование", "Классификатор (Основной каталог товаров)")
    add_owner(classifier, supplier.company)
    if whole:
        add_groups(classifier, supplier.groups)
        add_properties(classifier, supplier.properties)


def add_owner(parent: Element, company: Company) -> None:
    owner = add(parent, "Владелец")
    add(owner, "Ид", company.id)
    add(owner, "Наименование", company.name)
    add(owner, "ОфициальноеНаименование", company.full_name)
    add(owner, "ИНН", company.inn)
    add(owner, "КПП", company.kpp)
    add(owner, "ОКПО")


def add_groups(parent: Element, groups: Sequence[Group]) -> None:
    rows = add(parent, "Группы")
    for group in groups:
        row = add(rows, "Группа")
        add(row, "Ид", group.id)
        add(row, "Наименование", group.name)
        if group.children:
            add_groups(row, group.children)


def add_properties(parent: Element, properties: Sequence[Property]) -> None:
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


def add_item(goods: Element, item: Item, properties: dict[str, Property]) -> None:
    row = add(goods, "Товар")
    add(row, "Ид", item.id)
    add(row, "Штрихкод", item.barcode)
    add(row, "Артикул", item.sku)
    add(row, "Наименование", item.name[:250])
    add_unit(row, item.unit, item.pack)
    add(add(row, "Группы"), "Ид", item.group_id)
    add(row, "Описание", item.description)
    if item.picture:
        add(row, "Картинка", item.picture)
    add(row, "Страна", item.country)
    add(row, "ТорговаяМарка", item.brand)
    maker = add(row, "Изготовитель")
    add(maker, "Наименование", item.maker)
    add_values(row, item, properties)
    add_vat(row)
    add_variant(row, item)
    requisites(row, item_requisites(item))


def item_requisites(item: Item) -> list[tuple[str, object]]:
    return [
        ("ВидНоменклатуры", item.kind),
        ("ТипНоменклатуры", "Товар"),
        ("Полное наименование", f"{item.name}, {item.brand}"),
        ("Вес", item.weight),
        ("Объем", item.volume),
        ("Количество в упаковке", item.pack if item.pack > 1 else ""),
    ]


def add_unit(row: Element, unit: Unit, pack: int) -> None:
    """The code with its trailing blank, as UT has it; conversions of the unit itself and of the package."""
    element = add(
        row, "БазоваяЕдиница", Код=f"{unit.code} ", НаименованиеПолное=unit.full, МеждународноеСокращение=unit.international
    )
    for code, quantity in ((unit.code, 1), ("778", pack)):
        if code == unit.code or pack > 1:
            conversion = add(element, "Пересчет")
            add(conversion, "Единица", code)
            add(conversion, "Коэффициент", quantity)


def add_values(row: Element, item: Item, properties: dict[str, Property]) -> None:
    values = add(row, "ЗначенияСвойств")
    for name, text in item.properties:
        kind = properties[name]
        value = add(values, "ЗначенияСвойства")
        add(value, "Ид", kind.id)
        add(value, "Значение", next((value_id for value_id, known in kind.values if known == text), text))


def add_vat(row: Element) -> None:
    rate = add(add(row, "СтавкиНалогов"), "СтавкаНалога")
    add(rate, "Наименование", "НДС")
    add(rate, "Ставка", VAT_RATE)


def add_variant(row: Element, item: Item) -> None:
    if item.variant:
        rows = add(row, "ХарактеристикиТовара")
        for name, value in item.variant:
            one = add(rows, "ХарактеристикаТовара")
            add(one, "Наименование", name)
            add(one, "Значение", value)


def add_price_types(package: Element, supplier: Supplier, currency: str = "RUB") -> None:
    rows = add(package, "ТипыЦен")
    for kind in supplier.price_types:
        row = add(rows, "ТипЦены")
        add(row, "Ид", kind.id)
        add(row, "Наименование", kind.name)
        add(row, "Валюта", currency)
        tax = add(row, "Налог")
        add(tax, "Наименование", "НДС")
        add(tax, "УчтеноВСумме", text="true")
        add(tax, "Акциз", text="false")


def add_warehouses(package: Element, supplier: Supplier) -> None:
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
    add_unit(row, item.unit, item.pack)
    add_variant(row, item)
    prices = add(row, "Цены")
    for kind_id, amount in item.prices.items():
        add_price(prices, item, kind_id, amount)
    add(row, "Количество", sum(balances.values(), Decimal(0)))
    for warehouse_id, quantity in balances.items():
        add(row, "Склад", ИдСклада=warehouse_id, КоличествоНаСкладе=plain(quantity))


def add_price(prices: Element, item: Item, kind_id: str, amount: Decimal, dialect: Dialect = UT) -> None:
    price = add(prices, "Цена")
    unit = item.unit.international if dialect.unit == "international" else item.unit.short
    shown = f"{amount:,.2f}".replace(",", "\u00a0").replace(".", ",")
    add(price, "Представление", f" {shown} {dialect.currency} за {unit}")
    add(price, "ИдТипаЦены", kind_id)
    add(price, "ЦенаЗаЕдиницу", amount)
    add(price, "Валюта", dialect.currency)
    add(price, "Единица", unit)
    add(price, "Коэффициент", 1)
