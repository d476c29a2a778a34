"""What DynamoDB is asked for each thing a dealer does, call by call and unit by unit: a change here is a change of the bill.

A read unit is 4 KB read consistently (half of that otherwise), a write unit 1 KB (twice in a transaction).
"""

from collections.abc import Callable, Iterator
from decimal import Decimal
from types import SimpleNamespace
from urllib.parse import quote

import pytest

from chalicelib import runtime
from chalicelib.domain.catalogue.catalogue import Item, ItemPrice, Offer
from chalicelib.usecases.catalogue.publish_snapshot import publish_snapshot
from infra.watched import billed
from tests.web.browser import Browser, Page
from tests.web.shop import Shop

LINES = 200


@pytest.fixture(scope="module")
def ids() -> list[str]:
    return [f"n{number:03d}" for number in range(LINES)]


@pytest.fixture
def store(aws: SimpleNamespace, ids: list[str]) -> Iterator[Shop]:
    """Every item in one warehouse with a price and plenty of stock."""
    shop = Shop()
    now = shop.runtime
    items = [Item(id, f"Дверь № {id}", f"Д-{id}", group_ids=("g1",), unit="шт", vat_rate=Decimal(20)) for id in ids]
    now.catalogue.save_cards(items, 2)
    now.catalogue.save_prices([Offer(item, (ItemPrice("dealer", Decimal("1234.50")),)) for item in items], 2)
    now.stock.apply({id: {"w1": Decimal(1000)} for id in ids}, 2)
    publish_snapshot(now.catalogue, now.categories, now.files, now.snapshot_writer, clock=now.clock, asked_at=None)
    yield shop
    runtime.use(None)


def put(shop: Shop, browser: Browser, ids: list[str]) -> None:
    token = browser.get("/cart").hidden("form_token")
    for id in ids:
        answer = browser.post("/cart/put", {"form_token": token, "only": id, f"quantity:{id}": "2"})
        assert answer.status == 303, answer.text


def checkout_fields(browser: Browser) -> dict[str, str]:
    page = browser.get("/checkout")
    fields = {name: page.hidden(name) for name in ("form_token", "generation", "seen")}
    return fields | {"counterparty_id": "c1", "delivery_method": "pickup"}


COSTS = {
    "catalogue page, 50 rows": (3, 54.5, 0),
    "search, 50 rows": (3, 54.5, 0),
    "item page": (8, 13, 0),
    "first line into the cart": (5, 5.5, 2),
    "its quantity changed": (5, 5.5, 2),
    "cart page, 10 lines": (6, 17, 0),
    "checkout page, 10 lines": (6, 17, 0),
    "order of 10 lines": (12, 19.5, 47),
    "list of orders": (4, 5.5, 0),
    "cart page, 200 lines": (9, 218, 0),
    "order of 200 lines": (21, 222.5, 563),
    "order page, 200 lines": (5, 22.0, 0),
}
"""Calls, read units, write units. A line and the cart's head are one write unit each; an order with its holds is one transaction,
a longer one takes its holds ninety at a time before it."""


class Till:
    """Keeps what each thing has cost."""

    def __init__(self, shop: Shop) -> None:
        self.client = shop.runtime.dynamodb
        self.costs: dict[str, tuple[int, float, float]] = {}

    def ring(self, name: str, do: Callable[[], Page]) -> Page:
        with billed(self.client) as bill:
            answer = do()
        assert answer.status in (200, 303), answer.text
        self.costs[name] = (len(bill.calls), bill.read, bill.write)
        return answer


def test_what_a_dealer_costs(store: Shop, ids: list[str]) -> None:
    """CT-16: prices and balances of a page of 50 rows are one call, whatever is searched; nothing grows with the catalogue."""
    dealer, till = store.dealer(), Till(store)
    dealer.get("/catalogue")  # a new instance reads once what it keeps afterwards
    till.ring("catalogue page, 50 rows", lambda: dealer.get("/catalogue"))
    till.ring("search, 50 rows", lambda: dealer.get("/catalogue?text=" + quote("дверь")))
    till.ring("item page", lambda: dealer.get(f"/items/{ids[0]}"))
    fields = {"form_token": dealer.get("/cart").hidden("form_token"), "only": ids[0], f"quantity:{ids[0]}": "3"}
    till.ring("first line into the cart", lambda: dealer.post("/cart/put", fields))
    till.ring("its quantity changed", lambda: dealer.post("/cart/put", fields | {f"quantity:{ids[0]}": "4"}))
    for lines in (10, 200):
        put(store, dealer, ids[:lines])
        till.ring(f"cart page, {lines} lines", lambda: dealer.get("/cart"))
        if lines == 10:
            till.ring("checkout page, 10 lines", lambda: dealer.get("/checkout"))
        form = checkout_fields(dealer)
        placed = till.ring(f"order of {lines} lines", lambda form=form: dealer.post("/checkout", form))  # type: ignore[misc]
        if lines == 10:
            till.ring("list of orders", lambda: dealer.get("/orders"))
    till.ring("order page, 200 lines", lambda: dealer.get(placed.location.partition("?")[0]))
    assert till.costs == COSTS
