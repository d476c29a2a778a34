"""The promise on the pages: at checkout live, in the order as it was reserved."""

from collections.abc import Iterator
from datetime import date
from decimal import Decimal
from types import SimpleNamespace

import pytest

from chalicelib import runtime
from chalicelib.domain.catalogue.stock import IncomingLot, IncomingSupply
from tests.web.browser import Browser
from tests.web.shop import Shop

NBSP = "\u00a0"


@pytest.fixture
def shop(aws: SimpleNamespace) -> Iterator[Shop]:
    yield Shop()
    runtime.use(None)


def lot(shop: Shop, quantity: int = 70, eta: date = date(2026, 12, 15), revision: int = 1) -> None:
    lots = (IncomingLot("L1", "w1", eta, Decimal(quantity)),)
    assert shop.runtime.supply.save_incoming(IncomingSupply("i1", revision, lots))


def checkout(shop: Shop, quantity: str) -> Browser:
    """7 are on hand."""
    dealer = shop.dealer()
    shop.put(dealer, "i1", quantity)
    return dealer


def test_checkout_answers_when(shop: Shop) -> None:
    """CK-07, OR-39, ST-09: per line and for the order, in words, without a script."""
    lot(shop)
    dealer = checkout(shop, "30")
    page = dealer.get("/checkout").text
    assert f"полностью 15 декабря; 7{NBSP}шт сейчас" in page and "Полностью — 15 декабря" in page
    assert f"резерв: 7{NBSP}шт со склада, 23{NBSP}шт из поставки 15.12" in page


def test_a_day_is_tried_live_and_greyed_where_not_all_is_there(shop: Shop) -> None:
    """CK-07, ST-10: the piece of the page for another day; days before the whole order is there are no links."""
    lot(shop)
    dealer = checkout(shop, "30")
    piece = dealer.get("/checkout?desired_date=2026-12-10", **{"HX-Request": "true"}).text
    assert "<html" not in piece and "к 10 декабря будет 7 из 30" in piece and "полностью 15 декабря" in piece
    assert "desired_date=2026-12-15" in piece and "desired_date=2026-12-14" not in piece
    later = dealer.get("/checkout?desired_date=2026-12-20&split=together").text
    assert "aria-current" in later and f"30{NBSP}шт из поставки 15.12" in later
    for nonsense in ("2020-01-01", "31.02.2027", "'"):
        assert dealer.get(f"/checkout?desired_date={nonsense}").status == 200


def test_all_together_waits_for_the_last_and_leaves_the_shelf_free(shop: Shop) -> None:
    """CK-07, OP-08: «всё вместе» takes the lot for the line that could have gone at once."""
    lot(shop)
    dealer = checkout(shop, "30")
    assert f"30{NBSP}шт из поставки 15.12" in dealer.get("/checkout?split=together").text


def test_what_nobody_can_promise_is_said(shop: Shop) -> None:
    """OR-39."""
    dealer = checkout(shop, "30")
    page = dealer.get("/checkout").text
    assert f"7{NBSP}шт сейчас; на остальные 23{NBSP}шт срок назовёт менеджер" in page


def test_the_plan_stands_in_the_order(shop: Shop) -> None:
    """DL-10, ST-15, ST-16: buckets with their days on the page of the order; the catalogue shows what is left at once."""
    lot(shop)
    dealer = checkout(shop, "30")
    page = dealer.get("/checkout")
    fields = {name: page.hidden(name) for name in ("form_token", "generation", "seen")}
    fields |= {"counterparty_id": "c1", "delivery_method": "pickup", "desired_date": "2026-12-16", "split": "together"}
    answer = dealer.post("/checkout", fields)
    assert answer.status == 303
    order = dealer.get(answer.location).text
    assert "30 зарезервировано из поставки (15.12)" in order.lower() and "16.12.2026 · одной отгрузкой" in order
    assert "ожидается 15.12: 40" in dealer.get("/catalogue").text
