"""Balances: absolute figures of 1C under the holds of open orders."""

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from decimal import Decimal
from types import SimpleNamespace
from typing import Any

import pytest

from chalicelib.adapters.dynamo.catalogue.stock import DynamoStock, stock_key
from chalicelib.domain.catalogue.stock import Balance
from chalicelib.domain.exchange.exchange import Tally
from chalicelib.runtime import Runtime
from tests.people import aws_calls

D = Decimal


@pytest.fixture
def stores(aws: SimpleNamespace) -> Iterator[tuple[Any, Any]]:
    runtime = Runtime()
    yield runtime.stock, runtime.offers


def hold(stock: DynamoStock, item_id: str, warehouse_id: str, quantity: int) -> None:
    """What placing an order does to a balance."""
    names = {"#a": f"A#{warehouse_id}", "#h": f"H#{warehouse_id}"}
    sets = "SET #a = #a - :q, #h = if_not_exists(#h, :zero) + :q"
    stock.portal.update(stock_key(item_id), sets, "#a >= :q", {":q": quantity, ":zero": 0}, names)


def test_balances_by_warehouse(stores: tuple[Any, Any]) -> None:
    """CT-08, ST-01, ST-08: free stock of every warehouse, as 1C said it last."""
    stock, offers = stores
    assert stock.apply({"i1": {"w1": D("7.5"), "w2": D(0)}, "i2": {"w1": D(1)}}, 1) == Tally(2, 2)
    assert stock.apply({"i1": {"w1": D("7.50"), "w2": D(0)}, "i2": {"w1": D(2)}}, 2) == Tally(2, 1, 1)
    found = offers.read(["i1", "i2", "i3"])
    assert found["i1"][1].by_warehouse == {"w1": Balance(D("7.5")), "w2": Balance(D(0))}
    assert found["i2"][1].available("w1") == 2
    assert not found["i3"][1].known


def test_open_holds_stay_deducted(stores: tuple[Any, Any]) -> None:
    stock, offers = stores
    stock.apply({"i1": {"w1": D(10)}}, 1)
    hold(stock, "i1", "w1", 4)
    assert stock.apply({"i1": {"w1": D(20)}}, 2) == Tally(1, 1)
    assert offers.read(["i1"])["i1"][1].by_warehouse["w1"] == Balance(D(20), D(4))
    assert (stock.portal.get(stock_key("i1")) or {})["A#w1"] == 16


def test_a_warehouse_that_was_not_named_keeps_its_balance(stores: tuple[Any, Any]) -> None:
    stock, offers = stores
    stock.apply({"i1": {"w1": D(1), "w2": D(2)}}, 1)
    stock.apply({"i1": {"w2": D(5)}}, 2)
    assert (offers.read(["i1"])["i1"][1].available("w1"), offers.read(["i1"])["i1"][1].available("w2")) == (1, 5)


def test_late_figures_never_win_and_each_warehouse_has_its_own_clock(stores: tuple[Any, Any]) -> None:
    """Messages of a refresh come in any order, one for each warehouse."""
    stock, offers = stores
    stock.apply({"i1": {"w1": D(1), "w2": D(1)}}, 1)
    stock.apply({"i1": {"w1": D(9)}}, 8)
    assert stock.apply({"i1": {"w1": D(3), "w2": D(4)}}, 7) == Tally(1, 1)
    balance = offers.read(["i1"])["i1"][1]
    assert (balance.available("w1"), balance.available("w2")) == (9, 4)
    assert stock.apply({"i1": {"w1": D(3)}}, 7) == Tally(1, 0, 1)


def test_many_warehouses_fit_an_expression(stores: tuple[Any, Any]) -> None:
    stock, offers = stores
    names = [f"{n:08d}-0000-1111-2222-333333333333" for n in range(170)]
    assert stock.apply({"i1": dict.fromkeys(names, D(1)), "i2": {"w": D(1)}}, 1) == Tally(2, 2)
    assert stock.apply({"i1": dict.fromkeys(names, D(2)), "i2": {"w": D(2)}}, 2) == Tally(2, 2)
    assert offers.read(["i1"])["i1"][1].available() == 340


def test_an_item_that_another_writer_made_meanwhile_is_not_lost(stores: tuple[Any, Any]) -> None:
    """Four writers at once, each with a warehouse of its own and all with the same new items."""
    stock, offers = stores
    ids = [f"i{n}" for n in range(150)]

    def write(n: int) -> Tally:
        return DynamoStock(stock.portal).apply({id: {f"w{n}": D(n)} for id in ids}, n)

    with ThreadPoolExecutor(4) as pool:
        assert list(pool.map(write, range(1, 5))) == [Tally(150, 150)] * 4
    for _, balance in offers.read(ids).values():
        assert {id: one.free for id, one in balance.by_warehouse.items()} == {"w1": 1, "w2": 2, "w3": 3, "w4": 4}


def test_a_page_is_one_call(stores: tuple[Any, Any]) -> None:
    """CT-16: prices and balances of 50 items come in one answer of two tables."""
    stock, offers = stores
    with aws_calls(stock.portal.client) as calls:
        assert len(offers.read([f"i{n}" for n in range(50)])) == 50
        assert calls == ["BatchGetItem"]
        offers.read([f"i{n}" for n in range(101)])
        assert len(calls) == 4
