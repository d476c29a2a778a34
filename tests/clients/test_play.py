"""Each client of the exchange, in each of its ways, with the real portal: the goods arrive whole, orders go both ways."""

from collections.abc import Callable
from dataclasses import replace
from datetime import datetime
from decimal import Decimal
from pathlib import Path

import pytest

from chalicelib.domain.catalogue.catalogue import completed
from infra.demo.supplier import Item, Supplier
from infra.simulator.book import OrderBook
from infra.simulator.client import Said, Site
from infra.simulator.clients import Configuration, Unf
from infra.simulator.play import VARIANTS
from infra.simulator.state import State
from tests.clients.real_portal import RealPortal

NOW = datetime(2026, 11, 21, 9, 5, 7)
Client = Callable[[str], Configuration]
MOST_WAITS = 12
"""Times `progress` is said in one test: 1C itself would ask for ever."""


@pytest.fixture
def heard() -> list[Said]:
    return []


@pytest.fixture
def client(real_portal: RealPortal, small: Supplier, tmp_path: Path, heard: list[Said]) -> Client:
    """Makes a client by the name of its way; without pictures and real pauses."""

    def hear(said: Said) -> None:
        heard.append(said)
        waits = sum(one.reply.verdict == "progress" for one in heard)
        assert waits < MOST_WAITS, "the import never ends"

    def make(name: str) -> Configuration:
        book = OrderBook(State(tmp_path / "book.json"), small, lambda: NOW)
        made = VARIANTS[name](Site(real_portal.address, "1c", "1c", hear), small, book, lambda: NOW)
        made.pictures, made.portion = False, 10
        if isinstance(made, Unf):
            made.manners = replace(made.manners, pause=0.01, retry_after=0.01)
        return made

    return make


def no_complaints(portal: RealPortal) -> None:
    portal.settle()
    for run in portal.runs():
        for file in run.files:
            assert (file.error, file.problems) == ("", ()), file.name
            assert all(one.read == one.written + one.unchanged + one.refused for one in file.tallies.values()), file.name


def loaded(portal: RealPortal, small: Supplier, name: str) -> None:
    """Every group, item, price and balance of the supplier is in the portal."""
    known = portal.runtime.catalogue.classifier()
    assert {one.name for one in known.price_types.values()} >= {one.name for one in small.price_types}
    assert len(known.groups) == sum(1 for _ in groups(small.groups))
    cards = portal.runtime.catalogue.cards([id for item in small.items for id in (item.id, item.id.partition("#")[0])])
    offers = portal.runtime.offers.read([item.id for item in small.items])
    for item in small.items:
        card = completed(cards[item.id], cards.get(item.id.partition("#")[0]))
        prices, stock = offers[item.id]
        assert card.name == item.name and card.sku == item.sku and item.group_id in card.group_ids
        amounts = {kind: price.amount for kind, price in prices.by_type.items()}
        assert {kind: amounts.get(kind) for kind in item.prices} == item.prices
        assert {price.currency for price in prices.by_type.values()} == {"RUB"}
        assert card.unit and card.weight_kg == item.weight
        for warehouse, quantity in item.balances.items():
            if not name.startswith("upp"):
                assert stock.available(warehouse) == quantity
        assert stock.available() == sum(item.balances.values(), Decimal(0))


def groups(rows: tuple[object, ...]) -> list[object]:
    found: list[object] = []
    for row in rows:
        found += [row, *groups(row.children)]  # type: ignore[attr-defined]
    return found


@pytest.mark.parametrize("name", list(VARIANTS))
def test_a_catalogue_arrives_whole_and_again_changes_nothing(
    client: Client, real_portal: RealPortal, small: Supplier, name: str
) -> None:
    """IN-03, CT-01, CT-08, CT-10, ST-01, ST-08: goods, prices and balances of every client; a repeat writes nothing."""
    one = client(name)
    one.test_connection()
    one.send_goods()
    no_complaints(real_portal)
    loaded(real_portal, small, name)
    before = len(real_portal.runs())
    one.send_goods()
    no_complaints(real_portal)
    again = real_portal.runs()[before:]
    written = {(file.name, kind): tally.written for run in again for file in run.files for kind, tally in file.tallies.items()}
    assert written and {key: count for key, count in written.items() if count} == {}


def moved(one: Configuration) -> Item:
    """A good whose balance has changed since it was sent."""
    item = next(item for item in one.supplier.items if item.balances[one.supplier.warehouses[0].id] >= 20)
    one.book._add_move(item.id, one.supplier.warehouses[0].id, Decimal(7))
    return item


@pytest.mark.parametrize("name", list(VARIANTS))
def test_changes_of_balances_arrive(client: Client, real_portal: RealPortal, name: str) -> None:
    """ST-08: what moved in 1C is in the portal; what did not is as it was."""
    one = client(name)
    one.send_goods()
    real_portal.settle()
    item = moved(one)
    one.send_changes([item.id])
    no_complaints(real_portal)
    stock = real_portal.runtime.offers.read([item.id])[item.id][1]
    assert stock.available() == sum(item.balances.values(), Decimal(7))


@pytest.mark.parametrize("name", list(VARIANTS))
def test_orders_go_both_ways(client: Client, real_portal: RealPortal, name: str, heard: list[Said]) -> None:
    """OR-01, OR-04, OR-06, PT-01: an order of a dealer is read by the strict reader of each client, cut and answered."""
    one = client(name)
    one.test_connection()
    assert one.push_people() == []
    one.send_goods()
    real_portal.settle()
    dealer = real_portal.dealer()
    plenty = [item for item in one.supplier.items if item.balances[one.supplier.warehouses[0].id] >= 20][:2]
    number = real_portal.order(dealer, *((item.id, 4) for item in plenty), comment="мало")
    taken = one.take_orders()
    assert [order.number for order in taken] == [number]
    assert [line.item_id for line in taken[0].asked] == [item.id for item in plenty]
    assert one.take_orders() == [], "the same order is not new"
    answered = one.answer_orders()
    no_complaints(real_portal)
    assert [order.number for order in answered] == [number]
    page = dealer.get(f"/orders/{number}").text
    assert answered[0].erp_number in page
    assert one.push_records() == [], "limits, settlements, supplies and reserves are taken"
    assert heard
