"""The first exchange: everything the demo supplier has, portion by portion, with words on how far it has got."""

from collections.abc import Callable
from dataclasses import asdict
from datetime import datetime
from typing import Any

from infra.demo.pictures import draw
from infra.demo.supplier import Dealer, Item, Supplier
from infra.simulator.book import OrderBook
from infra.simulator.client import Site
from infra.simulator.commerceml import changes_file, import_file, offers_file

PORTION = 500
Say = Callable[[str], None]


class Loader:
    """`say` gets a line for people after each step."""

    def __init__(self, site: Site, supplier: Supplier, book: OrderBook, clock: Callable[[], datetime], say: Say) -> None:
        self._site = site
        self._supplier = supplier
        self._book = book
        self._clock = clock
        self._say = say
        self._posted: set[str] = set()

    def portions(self) -> list[tuple[Item, ...]]:
        items = self._supplier.items
        return [items[start : start + PORTION] for start in range(0, len(items), PORTION)]

    def send_company(self) -> None:
        """Raises ExchangeError, as do all the others."""
        self._site.post_json("/exchange/v1/companies", {"companies": [asdict(self._supplier.company)]})
        self._say(f"Организация: {self._supplier.company.name}")

    def send_portion(self, number: int, items: tuple[Item, ...]) -> None:
        """A session of its own, as UT does: the files, the pictures of the portion, then the imports in their order."""
        names = (f"import0_{number}.xml", f"offers0_{number}.xml")
        with self._site.open("catalog") as session:
            session.init()
            pictures = self._pictures(items)
            session.send([*zip(names, self._files(number, items), strict=True), *pictures])
            for name in names:
                for progress in session.load(name):
                    self._say(f"  {name}: {progress}")
        self._posted.update(path for path, _ in pictures)
        done = min(number * PORTION, len(self._supplier.items))
        self._say(f"Номенклатура: {done} из {len(self._supplier.items)}…")

    def _files(self, number: int, items: tuple[Item, ...]) -> tuple[bytes, bytes]:
        now, first = self._clock(), number == 1
        balances = self._book.balances(item.id for item in items)
        return (
            import_file(self._supplier, items, first=first, at=now),
            offers_file(self._supplier, items, balances, first=first, at=now),
        )

    def _pictures(self, items: tuple[Item, ...]) -> list[tuple[str, bytes]]:
        """Those that have not gone with an earlier portion; a portion that is tried again sends all of its own again."""
        paths = dict.fromkeys(item.picture for item in items if item.picture not in self._posted)
        return [(path, draw(self._supplier.drawings[path])) for path in paths]

    def send_balances(self, item_ids: set[str]) -> None:
        """Only what has changed."""
        body = changes_file(self._supplier, self._book.balances(item_ids), at=self._clock())
        with self._site.open("catalog") as session:
            session.init()
            session.send([("offers0_1.xml", body)])
            for _ in session.load("offers0_1.xml"):
                pass

    def send_partners(self) -> dict[str, Any]:
        """The portal's answer with a result for each partner."""
        rows = [partner_message(dealer, self._supplier.company.id) for dealer in self._supplier.dealers]
        answer = self._site.post_json("/exchange/v1/partners", {"partners": rows})
        self._say(f"Партнёры: {len(rows)}")
        return answer


def partner_message(dealer: Dealer, company_id: str, revision: int = 1) -> dict[str, Any]:
    """A partner's card as 1C posts it."""
    return {
        "id": dealer.id,
        "revision": revision,
        "name": dealer.name,
        "portal_access": True,
        "region": dealer.region,
        "price_group": dealer.price_group,
        "warehouse_id": dealer.warehouse_id,
        "account_manager": asdict(dealer.manager),
        "contacts": [
            {"id": one.id, "name": one.name, "phone": one.phone, "email": one.email, "portal_access": True}
            for one in dealer.contacts
        ],
        "counterparties": [asdict(one) for one in dealer.counterparties],
        "contracts": [
            {**asdict(one), "company_id": company_id, "currency": "RUB", "vat_included": True} for one in dealer.contracts
        ],
        "delivery_addresses": [{**asdict(one), "portal_access": True} for one in dealer.addresses],
    }
