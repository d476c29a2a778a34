"""The bell, the list and the matrix in Chromium: on a phone, on a desk, without JavaScript."""

import pytest
from playwright.sync_api import expect

from chalicelib.domain.access.users import Role
from tests.browser.axe import findings, overflow
from tests.browser.conftest import NewPage, sign_in
from tests.web.shop import PHONE, Shop
from tests.web.test_desk import decide, ordered
from tests.workers.events import spread_all


@pytest.fixture
def told(shop: Shop) -> Shop:
    """A dealer with two notifications that he has not read."""
    dealer, manager = shop.dealer(), shop.staff(Role.MANAGER)
    decide(manager, ordered(shop, dealer), "hold", "Проверим остаток на складе " + "в Твери " * 12)
    decide(manager, ordered(shop, dealer), "ask", "Точно белая?")
    spread_all(shop.runtime)
    return shop


@pytest.mark.parametrize("width", (360, 1440))
def test_notifications_are_for_everybody(told: Shop, portal: str, new_page: NewPage, width: int) -> None:
    page = new_page(width)
    sign_in(page, portal, PHONE)
    found = []
    for address in ("/", "/notifications", "/notifications/settings"):
        page.goto(portal + address)
        found += [f"{address} {one}" for one in findings(page)]
        assert overflow(page) == 0, address
    assert not found, "\n".join(found)


def test_all_of_it_works_without_javascript(told: Shop, portal: str, new_page: NewPage) -> None:
    page = new_page(360, javascript=False)
    sign_in(page, portal, PHONE)
    expect(page.locator(".bell .cart-count")).to_contain_text("2")
    page.locator(".bell").click()
    page.get_by_role("button", name="ждёт вашего подтверждения").click()
    expect(page.get_by_role("heading", level=1)).to_contain_text("Заказ")
    expect(page.locator(".bell .cart-count")).to_contain_text("1")
    page.goto(portal + "/notifications/settings")
    page.get_by_label("Оплата заказа: SMS").check()
    page.get_by_label("Письма и сообщения").select_option("daily")
    page.get_by_role("button", name="Сохранить").click()
    expect(page.get_by_label("Оплата заказа: SMS")).to_be_checked()
    expect(page.get_by_label("Письма и сообщения")).to_have_value("daily")
