"""What all configurations of 1C have in common: the site they speak with, goods in portions, an order book, the JSON side."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import replace
from datetime import datetime
from decimal import Decimal
from typing import Any, ClassVar
from uuid import uuid4

from infra.demo.pictures import draw
from infra.demo.supplier import Item, Supplier
from infra.simulator.book import BookOrder, OrderBook
from infra.simulator.client import ExchangeRefused, Manners, Site
from infra.simulator.clients.reading import NotLoaded, Strictness, check
from infra.simulator.commerceml import Dialect, Element, root, written
from infra.simulator.documents import SiteOrder, add_document, answer_requisites, read_orders
from infra.simulator.load import Loader
from infra.simulator.records import messages

Files = list[tuple[str, bytes]]
Balances = dict[str, dict[str, Decimal]]
Clock = Callable[[], datetime]


class Configuration:
    """A 1C at the other end of the exchange. Every call raises ExchangeError where the site does not play its part.

    `portion` is how many goods go in one file. `options` of a configuration are named in its own docstring.
    """

    title: ClassVar[str]
    strictness: ClassVar[Strictness]
    manners: Manners
    dialect: Dialect
    portion = 500
    pictures = True

    def __init__(self, site: Site, supplier: Supplier, book: OrderBook, clock: Clock) -> None:
        self.site = site
        self.supplier = supplier
        self.book = book
        self.clock = clock
        self.states: dict[str, str] = {}
        """What the portal calls its states, where the configuration asks for it."""

    # --- JSON: what CommerceML has no place for -----------------------------------------------------------------------

    def push_people(self) -> list[str]:
        """The company and the partners with all they have, as the package for 1C posts them; what was not taken whole."""
        loader = Loader(self.site, self.supplier, self.book, self.clock, lambda _: None)
        loader.send_company()
        answer = loader.send_partners()
        return [f"{row['id']}: {'; '.join(row['reasons'])}" for row in answer.get("results", []) if row["reasons"]]

    def push_records(self) -> list[str]:
        """Limits, settlements, supplies and reserves; what was not taken whole."""
        refused = []
        for name, records in messages(self.supplier, self.book, self.clock()):
            answer: dict[str, Any] = self.site.post_json(f"/exchange/v1/{name}", {name: records})
            refused += [f"{name} {row['id']}: {'; '.join(row['reasons'])}" for row in answer["results"] if row["reasons"]]
        return refused

    # --- goods --------------------------------------------------------------------------------------------------------

    def test_connection(self) -> None:
        """The button of the settings form."""
        self.site.open("catalog", self.manners).close()

    def send_goods(self) -> None:
        """Everything: groups, goods, prices, balances and pictures."""
        raise NotImplementedError

    def send_changes(self, item_ids: Sequence[str]) -> None:
        """What has changed of these goods: balances and, where they go together, prices."""
        raise NotImplementedError

    def portions(self) -> list[tuple[Item, ...]]:
        items = self.supplier.items
        return [items[start : start + self.portion] for start in range(0, len(items), self.portion)]

    def items(self, ids: Iterable[str]) -> tuple[Item, ...]:
        wanted = set(ids)
        return tuple(item for item in self.supplier.items if item.id in wanted)

    def images(self, items: Iterable[Item]) -> Files:
        """Pictures of the goods, each once."""
        paths = dict.fromkeys(item.picture for item in items if item.picture) if self.pictures else {}
        return [(path, draw(self.supplier.drawings[path])) for path in paths]

    def balances(self, items: Iterable[Item]) -> Balances:
        return self.book.balances(item.id for item in items)

    def new_file(self) -> Element:
        return root(self.clock(), self.dialect)

    def bytes_of(self, document: Element) -> bytes:
        return written(document, self.dialect)

    # --- orders -------------------------------------------------------------------------------------------------------

    def take_orders(self) -> list[BookOrder]:
        """`query`, and `success` when the whole batch is in the book. One document that can't be read stops them all."""
        with self.site.open("sale", self.manners) as session:
            taken = self._taken(session.query())
            session.success()
        return taken

    def _taken(self, xml: str) -> list[BookOrder]:
        """Nothing is loaded of a batch with a bad document: 1C loads in one transaction."""
        try:
            check(xml, self.strictness)
        except NotLoaded as error:
            raise ExchangeRefused(f"Заказы не загружены: {error}") from error
        orders = [self.understood(order) for order in read_orders(xml)]
        return [order for site_order in orders if (order := self.book.take(site_order))]

    def understood(self, order: SiteOrder) -> SiteOrder:
        """The order as this configuration takes it; where it does not know states, what the site says of them is lost."""
        return replace(order, requisites=self.kept(order.requisites))

    def kept(self, requisites: dict[str, str]) -> dict[str, str]:
        return requisites

    def answer_orders(self) -> list[BookOrder]:
        """The changed documents in one file."""
        changed = self.book.unanswered()
        if changed:
            self._send_answers(self.answers_name(), self.answers(changed))
        for order in changed:
            self.book.answered(order)
        return changed

    def _send_answers(self, name: str, body: bytes) -> None:
        with self.site.open("sale", self.manners) as session:
            session.init()
            session.send([(name, body)])
            session.import_all([name])

    def answers_name(self) -> str:
        return f"orders-{uuid4()}_1.xml"

    def answers(self, orders: Sequence[BookOrder]) -> bytes:
        document = self.new_file()
        for order in orders:
            add_document(document, self.supplier, order.answer(), lambda _, order=order: self.requisites_of(order))  # type: ignore[misc]
        return self.bytes_of(document)

    def requisites_of(self, order: BookOrder) -> list[tuple[str, object]]:
        """What the document says of itself. No typical configuration tells the state, except УНФ."""
        rows = [row for row in answer_requisites(order.answer()) if row[0] != "Статус заказа"]
        return [*rows, *self.shipment_of(order)]

    def shipment_of(self, order: BookOrder) -> list[tuple[str, object]]:
        """Only what is shipped whole has a date of shipment."""
        if not order.shipped:
            return []
        return [("Номер отгрузки по 1С", order.erp_number), ("Дата отгрузки по 1С", f"{self.clock():%Y-%m-%dT%H:%M:%S}")]
