"""The module «Обмен с 1С-Битрикс»: CommerceML 3.1, one kind of object in a file, each file imported before the next is sent."""

from base64 import b64encode
from collections.abc import Callable, Sequence
from typing import ClassVar
from uuid import uuid4

from infra.demo.supplier import Group, Item, Supplier
from infra.simulator.book import BookOrder, OrderBook
from infra.simulator.client import Manners, Site
from infra.simulator.clients.configuration import Clock, Configuration, Files
from infra.simulator.clients.reading import Strictness
from infra.simulator.commerceml import (
    Dialect,
    Element,
    add,
    add_price_types,
    add_properties,
    add_values,
    add_variant,
    add_vat,
    add_warehouses,
    item_requisites,
    plain,
    requisites,
)
from infra.simulator.documents import add_document

Write = Callable[[Element], None]


class Bus(Configuration):
    """`acknowledges` False: the versions that say `query` again instead of `success`."""

    title = "Модуль 1С-Битрикс (CommerceML 3.1)"
    strictness: ClassVar[Strictness] = Strictness(typed_tree=False, number_limit=None, other_documents=True)

    def __init__(self, site: Site, supplier: Supplier, book: OrderBook, clock: Clock, *, acknowledges: bool = True) -> None:
        super().__init__(site, supplier, book, clock)
        self.acknowledges = acknowledges
        self.manners = Manners("Модуль 1С-Битрикс", init_lines=None, extra=(("version", "3.1"),))
        self.dialect = Dialect("urn:1C.ru:commerceml_3", "3.1")
        self._version = 0

    # --- goods --------------------------------------------------------------------------------------------------------

    def send_goods(self) -> None:
        """Dictionaries, goods, what belongs to them; then the marks that this was everything."""
        with self.site.open("catalog", self.manners) as session:
            session.init()
            session.send(self.images(self.supplier.items))
            for name, body in self._all_files():
                session.send([(name, body)])
                session.import_all([name])
            session.end("deactivate", timestamp=session.timestamp or f"{self.clock().timestamp():.0f}")
            session.end("complete")

    def send_changes(self, item_ids: Sequence[str]) -> None:
        items = self.items(item_ids)
        files = [self._prices(items, only_changes=True), self._rests(items, only_changes=True)]
        with self.site.open("catalog", self.manners) as session:
            session.init()
            for name, body in files:
                session.send([(name, body)])
                session.import_all([name])

    def _all_files(self) -> Files:
        files = [
            self._dictionary("groups", lambda one: self._groups(one, self.supplier.groups)),
            self._dictionary("propertiesGoods_1", lambda one: add_properties(one, self.supplier.properties)),
            self._dictionary("priceLists", lambda one: add_price_types(one, self.supplier)),
            self._dictionary("units", self._units),
            self._dictionary("storages", lambda one: add_warehouses(one, self.supplier)),
        ]
        for items in self.portions():
            files.append(self._goods(items))
        for items in self.portions():
            files += [
                self._offers(items),
                self._prices(items, only_changes=False),
                self._rests(items, only_changes=False),
            ]
        return [*files, self._counterparties()]

    def _named(self, kind: str, document: Element) -> tuple[str, bytes]:
        return f"{kind}___{uuid4()}.xml", self.bytes_of(document)

    def _dictionary(self, kind: str, write: Write) -> tuple[str, bytes]:
        document = self.new_file()
        classifier = add(document, "Классификатор", СодержитТолькоИзменения="false")
        add(classifier, "Ид", self.supplier.catalogue_id)
        add(classifier, "Наименование", "Основной каталог товаров")
        write(classifier)
        return f"{kind}.xml", self.bytes_of(document)

    def _mark(self, row: Element, id: str) -> None:
        """Every object has a version and a deletion mark."""
        self._version += 1
        add(row, "Ид", id)
        add(row, "НомерВерсии", b64encode(self._version.to_bytes(8, "big")).decode())
        add(row, "ПометкаУдаления", text="false")

    def _groups(self, parent: Element, groups: Sequence[Group]) -> None:
        rows = add(parent, "Группы")
        for group in groups:
            row = add(rows, "Группа")
            self._mark(row, group.id)
            add(row, "Наименование", group.name)
            if group.children:
                self._groups(row, group.children)

    def _units(self, classifier: Element) -> None:
        rows = add(classifier, "ЕдиницыИзмерения")
        for unit in dict.fromkeys(item.unit for item in self.supplier.items):
            row = add(rows, "ЕдиницаИзмерения")
            self._mark(row, f"unit-{unit.code}")
            add(row, "НаименованиеКраткое", unit.short)
            add(row, "Код", f"{unit.code} ")
            add(row, "НаименованиеПолное", unit.full)
            add(row, "МеждународноеСокращение", unit.international)

    def _goods(self, items: Sequence[Item]) -> tuple[str, bytes]:
        document = self.new_file()
        catalogue = add(document, "Каталог", СодержитТолькоИзменения="false")
        add(catalogue, "Ид", self.supplier.catalogue_id)
        add(catalogue, "ИдКлассификатора", self.supplier.catalogue_id)
        add(catalogue, "Наименование", "Основной каталог товаров")
        goods, properties = add(catalogue, "Товары"), {kind.name: kind for kind in self.supplier.properties}
        for item in items:
            row = add(goods, "Товар")
            self._mark(row, item.id)
            add(row, "Штрихкод", item.barcode)
            add(row, "Артикул", item.sku)
            add(row, "Наименование", item.name)
            add(row, "БазоваяЕдиница", item.unit.code)
            add(add(row, "Группы"), "Ид", item.group_id)
            add(row, "Описание", item.description)
            if item.picture:
                add(row, "Картинка", item.picture)
            add(row, "Страна", item.country)
            add_values(row, item, properties)
            add_vat(row)
            requisites(row, item_requisites(item))
        return self._named("import", document)

    def _package(self, only_changes: bool) -> tuple[Element, Element]:
        """(the document, its empty Предложения)."""
        document = self.new_file()
        package = add(document, "ПакетПредложений", СодержитТолькоИзменения=plain(only_changes))
        add(package, "Ид", f"{self.supplier.catalogue_id}#")
        add(package, "Наименование", "Пакет предложений (Основной каталог товаров)")
        add(package, "ИдКаталога", self.supplier.catalogue_id)
        add(package, "ИдКлассификатора", self.supplier.catalogue_id)
        return document, add(package, "Предложения")

    def _offers(self, items: Sequence[Item]) -> tuple[str, bytes]:
        document, offers = self._package(only_changes=False)
        for item in items:
            row = add(offers, "Предложение")
            self._mark(row, item.id)
            add(row, "Штрихкод", item.barcode)
            add(row, "Артикул", item.sku)
            add(row, "Наименование", item.name)
            add(row, "БазоваяЕдиница", item.unit.code)
            add_variant(row, item)
        return self._named("offers", document)

    def _prices(self, items: Sequence[Item], *, only_changes: bool) -> tuple[str, bytes]:
        document, offers = self._package(only_changes)
        for item in items:
            row = add(offers, "Предложение")
            add(row, "Ид", item.id)
            prices = add(row, "Цены")
            for kind_id, amount in item.prices.items():
                price = add(prices, "Цена")
                add(price, "Представление", f"{plain(amount)} RUB за {item.unit.short}")
                add(price, "ИдТипаЦены", kind_id)
                add(price, "ЦенаЗаЕдиницу", amount)
                add(price, "Валюта", "RUB")
                tax = add(price, "Налог")
                add(tax, "Наименование", "НДС")
                add(tax, "УчтеноВСумме", text="true")
        return self._named("prices", document)

    def _rests(self, items: Sequence[Item], *, only_changes: bool) -> tuple[str, bytes]:
        document, offers = self._package(only_changes)
        for item_id, row in self.balances(items).items():
            offer = add(offers, "Предложение")
            add(offer, "Ид", item_id)
            rests = add(offer, "Остатки")
            for warehouse_id, quantity in row.items():
                warehouse = add(add(rests, "Остаток"), "Склад")
                add(warehouse, "Ид", warehouse_id)
                add(warehouse, "Количество", quantity)
        return self._named("rests", document)

    def _counterparties(self) -> tuple[str, bytes]:
        document = self.new_file()
        rows = add(document, "Контрагенты")
        for payer in (one for dealer in self.supplier.dealers for one in dealer.counterparties):
            row = add(rows, "Контрагент")
            self._mark(row, payer.id)
            add(row, "Наименование", payer.name)
            add(row, "ОфициальноеНаименование" if payer.kind == "legal_entity" else "ПолноеНаименование", payer.full_name)
            add(row, "ИНН", payer.inn)
            add(row, "КПП", payer.kpp)
        return "contragents.xml", self.bytes_of(document)

    # --- orders -------------------------------------------------------------------------------------------------------

    def take_orders(self) -> list[BookOrder]:
        """Asks until nothing new comes."""
        taken: list[BookOrder] = []
        with self.site.open("sale", self.manners) as session:
            session.init()
            while True:
                batch = self._taken(session.query())
                taken += batch
                if self.acknowledges:
                    session.success()
                if not batch:
                    return taken

    def answers_name(self) -> str:
        return f"documents-{uuid4()}.xml"

    def answers(self, orders: Sequence[BookOrder]) -> bytes:
        """Each in a Контейнер, with numbers and marks as elements."""
        document = self.new_file()
        for order in orders:
            element = add_document(add(document, "Контейнер"), self.supplier, order.answer(), lambda _: [])
            own = (
                ("НомерВерсии", b64encode(order.version.to_bytes(8, "big")).decode()),
                ("ПометкаУдаления", "false"),
                ("Номер1С", order.erp_number),
                ("Дата1С", order.erp_date.partition("T")[0]),
            )
            for place, (name, value) in enumerate(own, 1):
                element.insert(place, add(element, name, value))
            element.remove(element[-1])
            requisites(element, self.requisites_of(order))
        return self.bytes_of(document)

    def requisites_of(self, order: BookOrder) -> list[tuple[str, object]]:
        cancelled = order.answer().cancelled
        rows: list[tuple[str, object]] = [("Проведен", not cancelled), ("Отменен", cancelled)]
        return [*rows, ("Статус заказа", order.state), *self.shipment_of(order)]
