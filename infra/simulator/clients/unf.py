"""«Управление нашей фирмой» 3: one session for all portions, categories and codes of its own, states asked for in advance."""

from collections.abc import Iterator, Sequence
from decimal import Decimal
from typing import ClassVar

from lxml import etree

from infra.demo.supplier import Item, Supplier, Unit
from infra.simulator.book import BookOrder, OrderBook
from infra.simulator.client import BITRIX, Manners, Site
from infra.simulator.clients.configuration import Balances, Clock, Configuration
from infra.simulator.clients.reading import Strictness
from infra.simulator.commerceml import (
    Dialect,
    Element,
    add,
    add_classifier,
    add_goods,
    add_item,
    add_package,
    add_price,
    add_price_types,
    add_variant,
    add_warehouses,
    changes_file,
    plain,
)
from infra.simulator.documents import parsed

GENERATIONS = {
    "210": Dialect("urn:1C.ru:commerceml_210", "2.08", currency="руб", unit="short"),
    "208": Dialect("urn:1C.ru:commerceml_208", "2.08", currency="руб", unit="short"),
    "205": Dialect("urn:1C.ru:commerceml_205", "2.05", currency="руб", unit="short"),
}
_VERSION = (("version", "2.09"), ("cmlVersion", "2.10"))
_LATIN_C = "\u0043"


class Unf(Configuration):
    """`generation` "210" is the new module, which names its version in every address; "208" and "205" are the old one.

    `pause`: seconds between two `import`, and before a call that was cut short is said once more; 5 in a real one.
    """

    title = "УНФ 3"
    strictness: ClassVar[Strictness] = Strictness()

    def __init__(
        self, site: Site, supplier: Supplier, book: OrderBook, clock: Clock, *, generation: str = "210", pause: float = 5
    ) -> None:
        super().__init__(site, supplier, book, clock)
        self.dialect = GENERATIONS[generation]
        self.new = generation == "210"
        self.manners = Manners(
            f"УНФ 3 ({generation})", sessid="verbatim", init_lines=None, extra=_VERSION if self.new else (),
            pause=pause, retry_after=pause if self.new else None,
        )  # fmt: skip

    def test_connection(self) -> None:
        """Checks in, and asks for the states at the address of Битрикс whatever address it was given."""
        with self.site.open("sale", self.manners) as session:
            answer = parsed(session.info(BITRIX))
        rows = answer.iterfind(f"{_LATIN_C}татусы/Элемент")
        self.states = {row.findtext("Ид", ""): row.findtext("Название", "") for row in rows}

    # --- goods --------------------------------------------------------------------------------------------------------

    def send_goods(self) -> None:
        portions = self.portions()
        goods = [(f"import{number or ''}.xml", self._goods_file(number, items)) for number, items in enumerate(portions)]
        offers = [(f"offers{number or ''}.xml", self._offers_file(number, items)) for number, items in enumerate(portions)]
        with self.site.open("catalog", self.manners) as session:
            session.init()
            session.send([*goods, *offers, *self.images(self.supplier.items)])
            session.import_all([name for name, _ in (*goods, *offers)])

    def send_changes(self, item_ids: Sequence[str]) -> None:
        body = changes_file(self.supplier, self.book.balances(item_ids), at=self.clock(), dialect=self.dialect)
        with self.site.open("catalog", self.manners) as session:
            session.init()
            session.send([("offers.xml", body)])
            session.import_all(["offers.xml"])

    def _goods_file(self, number: int, items: Sequence[Item]) -> bytes:
        document = self.new_file()
        add_classifier(document, self.supplier, whole=number == 0)
        if number == 0 and self.new:
            self._add_categories(document[0])
        goods = add_goods(document, self.supplier, only_changes=number > 0)
        properties = {kind.name: kind for kind in self.supplier.properties}
        for place, item in enumerate(items, number * self.portion + 1):
            add_item(goods, item, properties)
            self._own(goods[-1], item, place)
        return self.bytes_of(document)

    def _add_categories(self, classifier: Element) -> None:
        categories = add(classifier, "Категории")
        for kind in dict.fromkeys(item.kind for item in self.supplier.items):
            row = add(categories, "Категория")
            add(row, "Ид", f"category-{kind}")
            add(row, "Наименование", kind)
        units = add(classifier, "ЕдиницыИзмерения")
        for unit in dict.fromkeys(item.unit for item in self.supplier.items):
            row = add(units, "ЕдиницаИзмерения")
            add(row, "Код", unit.code)
            add(row, "НаименованиеПолное", unit.full)
            add(row, "МеждународноеСокращение", unit.international)

    def _own(self, row: Element, item: Item, place: int) -> None:
        """The unit without conversions; the new module has a code, a category and the weight as elements."""
        _bare_unit(row, item.unit)
        if self.new:
            add(row, "Код", f"НФ-{place:08d}")
            add(row, "Категория", f"category-{item.kind}")
            add(row, "Вес", item.weight)

    def _offers_file(self, number: int, items: Sequence[Item]) -> bytes:
        document, balances = self.new_file(), self.balances(items)
        package = add_package(document, self.supplier, only_changes=number > 0)
        add_price_types(package, self.supplier, self.dialect.currency)
        add_warehouses(package, self.supplier)
        offers = add(package, "Предложения")
        for item in items:
            self._add_offer(offers, item, balances)
        return self.bytes_of(document)

    def _add_offer(self, offers: Element, item: Item, balances: Balances) -> None:
        row = add(offers, "Предложение")
        add(row, "Ид", item.id)
        add(row, "Артикул", item.sku)
        add(row, "Наименование", item.name)
        _bare_unit(row, item.unit)
        add_variant(row, item)
        prices = add(row, "Цены")
        for kind_id, amount in item.prices.items():
            add_price(prices, item, kind_id, amount, self.dialect)
        add(row, "Количество", sum(balances[item.id].values(), Decimal(0)))
        for warehouse_id, quantity in balances[item.id].items():
            add(row, "Склад", ИдСклада=warehouse_id, КоличествоНаСкладе=plain(quantity))

    # --- orders -------------------------------------------------------------------------------------------------------

    def _send_answers(self, name: str, body: bytes) -> None:
        """`import` is said once, whatever the answer."""
        with self.site.open("sale", self.manners) as session:
            session.init()
            session.send([(name, body)])
            next(session.load(name), None)

    def requisites_of(self, order: BookOrder) -> list[tuple[str, object]]:
        """With the state, and whether it is shipped."""
        state = [("Статус заказа", order.state)] if self.states else []
        return [*super().requisites_of(order), *state, ("Отгружен", order.shipped)]

    def answers(self, orders: Sequence[BookOrder]) -> bytes:
        document = parsed(super().answers(orders).decode("utf-8-sig"))
        if self.new:
            for element, order in zip(_documents(document), orders, strict=True):
                _add_shipments(element, order)
        return self.bytes_of(document)


def _documents(document: Element) -> Iterator[Element]:
    return document.iterfind("{*}Документ")


def _add_shipments(element: Element, order: BookOrder) -> None:
    """ПодчиненныеДокументы of an order that has left the warehouse."""
    if order.shipped:
        child = add(add(element, "ПодчиненныеДокументы"), "ПодчиненныйДокумент")
        add(child, "Ид", f"{order.id}-1")
        add(child, "Номер", f"О{order.erp_number}"[:11])
        add(child, "ХозОперация", "Отпуск товара")
        add(child, "Сумма", sum((line.amount for line in order.lines), Decimal(0)))


def _bare_unit(row: Element, unit: Unit) -> None:
    name = etree.QName(row).namespace
    old = row.find(f"{{{name}}}БазоваяЕдиница")
    made = add(row, "БазоваяЕдиница", Код=unit.code, НаименованиеПолное=unit.full, МеждународноеСокращение=unit.international)
    if old is not None:
        row.replace(old, made)
