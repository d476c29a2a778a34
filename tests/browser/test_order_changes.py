"""Editing an order, the dealer's wish, an answer by lines and a partial shipment in Chromium: on a phone and on a desk."""

import os
from decimal import Decimal

import pytest

from chalicelib.domain.access.users import Role
from chalicelib.usecases.orders.answer_order import take_answer
from tests.browser.axe import findings, overflow
from tests.browser.conftest import NewPage, sign_in
from tests.usecases.orders_world import answer_to
from tests.web.shop import Shop
from tests.web.test_order_changes import edit, order, ordered, report, send, taken


@pytest.fixture
def addresses(shop: Shop) -> dict[str, str]:
    """Pages by what stands on them."""
    dealer, manager = shop.dealer(), shop.staff(Role.MANAGER)
    shop.runtime.stock.apply({"i1": {"w1": Decimal(40)}}, 2)
    asked, answered, ready = (ordered(shop, dealer) for _ in range(3))
    for number in (asked, answered, ready):
        taken(shop, number)
    edit(dealer, asked, "3", words="Клиент передумал")
    answer = answer_to(order(shop, answered), cut={"i1": 3})
    take_answer(shop.runtime.orders, shop.runtime.queues, shop.runtime.clock, answer=answer)
    send(manager, ready, "moderate", decision="confirm")
    report(shop, ready, 1, ready=4, in_production=1)
    found = {"edit": f"/orders/{asked}/edit", "wish": f"/orders/{asked}"}
    return found | {"answer": f"/orders/{answered}", "ready": f"/orders/{ready}", "list": "/orders"}


@pytest.mark.parametrize("width", (360, 1440))
def test_changes_of_an_order_are_for_everybody(addresses: dict[str, str], portal: str, new_page: NewPage, width: int) -> None:
    page = new_page(width)
    sign_in(page, portal)
    found = []
    for name, address in addresses.items():
        page.goto(portal + address)
        for opened in page.locator("details.by-line, details#ship").all():
            opened.locator("summary").click()
        if os.environ.get("SHOTS"):
            page.screenshot(path=f"{os.environ['SHOTS']}/{name}-{width}.png", full_page=True)
        found += [f"{address} {one}" for one in findings(page)]
        assert overflow(page) == 0, address
    assert not found, "\n".join(found)
