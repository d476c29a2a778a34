"""«Управление торговлей» 11, «Комплексная автоматизация» 2, ERP 2: a session for every portion, its files in the same folder."""

from collections.abc import Sequence
from dataclasses import replace
from decimal import Decimal
from typing import ClassVar

from infra.demo.supplier import Item, Supplier
from infra.simulator.book import OrderBook
from infra.simulator.client import Manners, Site
from infra.simulator.clients.configuration import Clock, Configuration
from infra.simulator.clients.reading import Strictness
from infra.simulator.commerceml import Dialect, changes_file, import_file, offers_file

GENERATIONS = ("11.5", "11.4", "11.2")


class Ut(Configuration):
    """`generation` "11.5" knows `sessid`; "11.4" does not; "11.2" besides writes the goods of import without the variants,
    which are met in the offers alone. `waits` False: «без ожидания подтверждения импорта сервером», `import` is never said.
    """

    title = "УТ 11 / КА 2 / ERP 2"
    strictness: ClassVar[Strictness] = Strictness(warehouse_contacts=True)

    def __init__(
        self, site: Site, supplier: Supplier, book: OrderBook, clock: Clock, *, generation: str = "11.5", waits: bool = True
    ) -> None:
        super().__init__(site, supplier, book, clock)
        self.bare_ids = generation == "11.2"
        self.manners = Manners(f"УТ {generation}", sessid="token" if generation == "11.5" else "none", asks_import=waits)
        self.dialect = Dialect()

    def send_goods(self) -> None:
        for number, items in enumerate(self.portions(), 1):
            self._send_portion(number, items)

    def _send_portion(self, number: int, items: Sequence[Item]) -> None:
        """The first portion alone has the classifier and is not "changes only", whatever the exchange."""
        names, first, now = [f"import0_{number}.xml", f"offers0_{number}.xml"], number == 1, self.clock()
        goods = import_file(self.supplier, self._goods(items), first=first, at=now)
        offers = offers_file(self.supplier, items, self.balances(items), first=first, at=now)
        with self.site.open("catalog", self.manners) as session:
            session.init()
            session.send([*zip(names, (goods, offers), strict=True), *self.images(items)])
            session.import_all(names)

    def _goods(self, items: Sequence[Item]) -> Sequence[Item]:
        if not self.bare_ids:
            return items
        bare = {item.id.partition("#")[0]: item for item in reversed(items)}
        return [replace(item, id=id, name=item.name.partition(" (")[0] if item.variant else item.name, variant=())
                for id, item in reversed(bare.items())]  # fmt: skip

    def send_changes(self, item_ids: Sequence[str]) -> None:
        balances: dict[str, dict[str, Decimal]] = self.book.balances(item_ids)
        with self.site.open("catalog", self.manners) as session:
            session.init()
            session.send([("offers0_1.xml", changes_file(self.supplier, balances, at=self.clock()))])
            session.import_all(["offers0_1.xml"])
