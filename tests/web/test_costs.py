"""What DynamoDB is asked for each thing a dealer does, call by call and unit by unit: a change here is a change of the bill.

A read unit is 4 KB read consistently (half of that otherwise), a write unit 1 KB (twice in a transaction).
"""

from collections.abc import Callable, Iterator
from decimal import Decimal
from types import SimpleNamespace

import pytest

from chalicelib import runtime
from chalicelib.domain.catalogue.catalogue import Item, ItemPrice, Offer
from chalicelib.usecases.catalogue.publish_snapshot import publish_snapshot
from infra.watched import Bill, billed
from tests.web.browser import Browser
from tests.web.shop import Shop

LINES = 200
VISIT = ("BatchGetItem", "Query")
"""The session with the beacons; the partner with people, contracts and cart heads."""


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


CART = (*VISIT, "GetItem", "Query", "BatchGetItem")
PLACE = (*VISIT, "GetItem", *CART[2:], "Query", "GetItem", "UpdateItem", "PutItem")
"""Is it placed already; the cart; the addresses; the next number, and that it is taken for this cart."""


def costs(bill: Bill) -> tuple[tuple[str, ...], float, float]:
    """Calls, read units, write units."""
    return tuple(bill.calls), bill.read, bill.write


def asked(store: Shop, do: Callable[[], object]) -> tuple[tuple[str, ...], float, float]:
    with billed(store.runtime.dynamodb) as found:
        do()
    return costs(found)


def test_looking(store: Shop, ids: list[str]) -> None:
    """CT-16, PR-05: prices and balances of a page of 50 rows are one call, whatever is searched."""
    dealer = store.dealer()
    dealer.get("/catalogue")  # a new instance reads once what it keeps afterwards
    assert asked(store, lambda: dealer.get("/catalogue")) == ((*VISIT, "BatchGetItem"), 54.5, 0)
    assert asked(store, lambda: dealer.get("/catalogue?text=%D0%B4%D0%B2%D0%B5%D1%80%D1%8C")) == (
        (*VISIT, "BatchGetItem"),
        54.5,
        0,
    )
    assert asked(store, lambda: dealer.get(f"/items/{ids[0]}")) == ((*VISIT, "BatchGetItem", "BatchGetItem"), 6.5, 0)


def test_buying_ten_lines(store: Shop, ids: list[str]) -> None:
    """A line and the cart's head are one write unit each; an order is one transaction with its holds."""
    dealer = store.dealer()
    token = dealer.get("/profile").hidden("form_token")
    fields = {"form_token": token, "only": ids[0], f"quantity:{ids[0]}": "3"}
    for _ in range(2):
        assert asked(store, lambda: dealer.post("/cart/put", fields)) == (
            (*VISIT, "BatchGetItem", "UpdateItem", "UpdateItem"), 5.5, 2,
        )  # fmt: skip
    put(store, dealer, ids[:10])
    assert asked(store, lambda: dealer.get("/cart")) == (CART, 16.5, 0)
    assert asked(store, lambda: dealer.get("/checkout")) == ((*CART, "Query"), 17, 0)
    form = checkout_fields(dealer)
    assert asked(store, lambda: dealer.post("/checkout", form)) == ((*PLACE, "TransactWriteItems"), 19, 47)
    assert asked(store, lambda: dealer.get("/orders")) == ((*VISIT, "Query", "Query"), 5.5, 0)


def test_buying_two_hundred_lines(store: Shop, ids: list[str]) -> None:
    """Holds of a long order are taken ninety at a time, then the order is written in one transaction."""
    dealer = store.dealer()
    put(store, dealer, ids)
    rest = ("BatchGetItem",) * 3
    assert asked(store, lambda: dealer.get("/cart")) == ((*CART, *rest), 213.5, 0)
    form = checkout_fields(dealer)
    holds = ("GetItem", *("TransactWriteItems",) * 4, "GetItem")
    calls, read, write = asked(store, lambda: dealer.post("/checkout", form))
    assert calls == (*PLACE[:6], *rest, *PLACE[6:], *holds, "TransactWriteItems")
    assert (read, write) == (218, 559)
    number = dealer.get("/orders").text.partition('href="/orders/K-')[2].partition('"')[0]
    assert asked(store, lambda: dealer.get(f"/orders/K-{number}")) == ((*VISIT, "Query", "Query"), 20.5, 0)
