"""The conversation about orders: take what the site has, acknowledge it, answer what changed."""

from collections.abc import Callable
from datetime import datetime
from uuid import uuid4

from infra.demo.supplier import Supplier
from infra.simulator.book import BookOrder, OrderBook
from infra.simulator.client import Site
from infra.simulator.documents import answer_file, read_orders


class OrderDesk:
    """One round takes and answers; both halves may be repeated at any time without harm."""

    def __init__(self, site: Site, book: OrderBook, supplier: Supplier, clock: Callable[[], datetime]) -> None:
        self._site = site
        self._book = book
        self._supplier = supplier
        self._clock = clock

    def round(self) -> tuple[list[BookOrder], list[BookOrder]]:
        """(taken or changed, answered). Raises ExchangeError; what was done before it stays done."""
        return self.take(), self.answer()

    def take(self) -> list[BookOrder]:
        """`query`, and `success` only when the whole batch is in the book."""
        with self._site.open("sale") as session:
            orders = list(read_orders(session.query()))
            taken = [order for site_order in orders if (order := self._book.take(site_order))]
            session.success()
        return taken

    def answer(self) -> list[BookOrder]:
        """The changed documents in one file; they count as sent when the site has imported them."""
        changed = self._book.unanswered()
        if not changed:
            return []
        name = f"orders-{uuid4()}_1.xml"
        body = answer_file(self._supplier, [order.answer() for order in changed], at=self._clock())
        with self._site.open("sale") as session:
            session.init()
            session.send([(name, body)])
            for _ in session.load(name):
                pass
        for order in changed:
            self._book.answered(order)
        return changed
