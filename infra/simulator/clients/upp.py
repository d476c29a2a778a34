"""«Управление производственным предприятием» 1.3 and УТ 10.3: one session, no namespace, no warehouses, nothing below zero."""

from collections.abc import Sequence
from decimal import Decimal
from typing import ClassVar
from uuid import uuid4

from infra.demo.supplier import Item, Supplier
from infra.simulator.book import BookOrder, OrderBook
from infra.simulator.client import Manners, Site
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
    add_unit,
    add_variant,
)


class Upp(Configuration):
    """`ansi`: files in windows-1251, as home-made exporters and the older ones write them."""

    title = "УПП 1.3 / УТ 10.3"
    strictness: ClassVar[Strictness] = Strictness(typed_tree=False)

    def __init__(self, site: Site, supplier: Supplier, book: OrderBook, clock: Clock, *, ansi: bool = False) -> None:
        super().__init__(site, supplier, book, clock)
        self.manners = Manners("УПП 1.3", sessid="none", reads_ansi=True)
        self.dialect = Dialect("", "2.05", "windows-1251" if ansi else "utf-8", bom=False, currency="руб", unit="short")

    def test_connection(self) -> None:
        """There is no such button."""

    def send_goods(self) -> None:
        """The whole catalogue in two files and one session."""
        files = [("import.xml", self._goods_file()), ("offers.xml", self._offers_file(self.supplier.items, only_changes=False))]
        with self.site.open("catalog", self.manners) as session:
            session.init()
            session.send([*files, *self.images(self.supplier.items)])
            session.import_all([name for name, _ in files])

    def send_changes(self, item_ids: Sequence[str]) -> None:
        """It knows no package of balances: the offers go again, with their prices."""
        with self.site.open("catalog", self.manners) as session:
            session.init()
            session.send([("offers.xml", self._offers_file(self.items(item_ids), only_changes=True))])
            session.import_all(["offers.xml"])

    def _goods_file(self) -> bytes:
        document = self.new_file()
        add_classifier(document, self.supplier, whole=True)
        goods = add_goods(document, self.supplier, only_changes=False)
        properties = {kind.name: kind for kind in self.supplier.properties}
        for item in self.supplier.items:
            add_item(goods, item, properties)
        return self.bytes_of(document)

    def _offers_file(self, items: Sequence[Item], *, only_changes: bool) -> bytes:
        document, balances = self.new_file(), self.balances(items)
        package = add_package(document, self.supplier, only_changes=only_changes)
        add_price_types(package, self.supplier, self.dialect.currency)
        offers = add(package, "Предложения")
        for item in items:
            self._add_offer(offers, item, balances)
        return self.bytes_of(document)

    def _add_offer(self, offers: Element, item: Item, balances: Balances) -> None:
        row = add(offers, "Предложение")
        add(row, "Ид", item.id)
        add(row, "Артикул", item.sku)
        add(row, "Наименование", item.name)
        add_unit(row, item.unit, item.pack)
        add_variant(row, item)
        prices = add(row, "Цены")
        for kind_id, amount in item.prices.items():
            add_price(prices, item, kind_id, amount, self.dialect)
        total = sum(balances[item.id].values(), Decimal(0))
        if total > 0:
            add(row, "Количество", total)

    # --- orders -------------------------------------------------------------------------------------------------------

    def _send_answers(self, name: str, body: bytes) -> None:
        """The file alone: `import` is not said for orders."""
        with self.site.open("sale", self.manners) as session:
            session.init()
            session.send([(name, body)])

    def answers_name(self) -> str:
        return f"1cbitrix-{uuid4()}.xml"

    def kept(self, requisites: dict[str, str]) -> dict[str, str]:
        """It has no table of states."""
        return {name: value for name, value in requisites.items() if name != "Статус заказа"}

    def requisites_of(self, order: BookOrder) -> list[tuple[str, object]]:
        """Dates without the time."""
        rows = super().requisites_of(order)
        return [(name, str(value).partition("T")[0] if name.startswith("Дата") else value) for name, value in rows]
