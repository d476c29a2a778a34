"""What is on its way and what 1C keeps, from the JSON that 1C sends to the catalogue page."""

from collections.abc import Iterator
from types import SimpleNamespace
from typing import Any

import pytest

from chalicelib import runtime
from tests.exchange.client import Sender
from tests.web.shop import Shop


@pytest.fixture
def shop(aws: SimpleNamespace) -> Iterator[Shop]:
    yield Shop()
    runtime.use(None)


def send(shop: Shop, entity: str, *records: Any) -> list[dict[str, Any]]:
    answer = Sender(shop.portal).post(entity, list(records))
    assert answer.status == 200, answer
    return list(answer.body["results"])


def lot(id: str = "l1", eta: str = "2027-04-15", quantity: Any = 70, **more: Any) -> dict[str, Any]:
    return {"id": id, "warehouse_id": "w1", "eta": eta, "quantity": quantity} | more


def supply(*lots: Any, item: str = "i1", revision: int = 1) -> dict[str, Any]:
    return {"id": item, "revision": revision, "lots": list(lots)}


def test_what_is_on_its_way_stands_beside_the_stock(shop: Shop) -> None:
    """ST-03, ST-09, ST-13: a lot with its day, less what 1C has promised of it, in the table and on the item's page."""
    [result] = send(shop, "incoming_supply", supply(lot(), lot("l2", "2027-04-17", "40.5", reserved=10)))
    assert result == {"id": "i1", "outcome": "written", "reasons": []}
    dealer = shop.dealer()
    assert dealer.get("/catalogue").text.count("ожидается 15.04: 70") == 2
    page = dealer.get("/items/i1").text
    assert "ожидается 15.04: 70" in page and "ожидается 17.04: 30,5" in page


def test_a_newer_record_replaces_all_lots_and_an_older_one_none(shop: Shop) -> None:
    send(shop, "incoming_supply", supply(lot(), lot("l2"), revision=5))
    late, again = send(shop, "incoming_supply", supply(lot("l9"), revision=4), supply(lot("l9"), revision=5))
    assert (late["outcome"], again["outcome"]) == ("unchanged", "unchanged")
    assert [one.id for one in shop.runtime.offers.read(["i1"])["i1"][1].lots] == ["l1", "l2"]
    send(shop, "incoming_supply", supply(revision=6))
    assert "ожидается" not in shop.dealer().get("/catalogue").text


def test_what_was_due_and_what_is_promised_is_not_offered(shop: Shop) -> None:
    send(shop, "incoming_supply", supply(lot(eta="2026-11-20"), lot("l2", quantity=5, reserved=5), lot("l3", "2026-11-21", 3)))
    page = shop.dealer().get("/items/i1").text
    assert page.count("ожидается") == 1 and "ожидается 21.11: 3" in page


def test_reserves_come_with_the_same_read_and_the_balances_stay(shop: Shop) -> None:
    """ST-09: 1C's own reserves are known by warehouse; free stock, which leaves them out already, is not touched."""
    reserves = {"id": "i1", "revision": 1, "warehouses": [{"warehouse_id": "w1", "quantity": 12}]}
    variant = {"id": "i2#v1", "revision": 1, "warehouses": []}
    first, second = send(shop, "reserves", reserves, variant)
    assert (first["outcome"], second["id"], second["outcome"]) == ("written", "i2#v1", "written")
    balance = shop.runtime.offers.read(["i1"])["i1"][1]
    assert (dict(balance.reserved), balance.available("w1")) == ({"w1": 12}, 7)
    shop.runtime.stock.apply({"i1": {"w1": 5}}, 9)  # type: ignore[dict-item]
    balance = shop.runtime.offers.read(["i1"])["i1"][1]
    assert (dict(balance.reserved), balance.available("w1")) == ({"w1": 12}, 5)


def test_an_item_without_balances_is_still_asked_for(shop: Shop) -> None:
    """Its supply comes before 1C said a word of its stock: «уточняйте», with the day."""
    send(shop, "incoming_supply", supply(lot(), item="new-item"))
    balance = shop.runtime.offers.read(["new-item"])["new-item"][1]
    assert not balance.known and balance.lots
    shop.runtime.stock.apply({"new-item": {"w1": 4}}, 9)  # type: ignore[dict-item]
    assert shop.runtime.offers.read(["new-item"])["new-item"][1].available("w1") == 4


@pytest.mark.parametrize(
    ("broken", "reason"),
    [
        (supply(lot(eta="15.04.2027")), "lots[0].eta: нужна дата ГГГГ-ММ-ДД"),
        (supply(lot(quantity=-1)), "lots[0].quantity: меньше 0"),
        (supply(lot(colour="red")), "lots[0].colour: неизвестное поле"),
        ({"id": "i1", "revision": 1}, "lots: не указано"),
    ],
)
def test_a_broken_record_says_what_is_wrong(shop: Shop, broken: dict[str, Any], reason: str) -> None:
    [result] = send(shop, "incoming_supply", broken)
    assert result["outcome"] == "refused" and reason in result["reasons"][0]
