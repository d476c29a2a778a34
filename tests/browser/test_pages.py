"""Every page in Chromium, on a phone and on a desk: nothing serious for axe, nothing wider than the window."""

from decimal import Decimal

import pytest
from playwright.sync_api import expect

from chalicelib.domain.access.users import Role
from chalicelib.domain.orders.orders import ErpLine, ErpOrder
from chalicelib.usecases.orders.answer_order import take_answer
from tests.browser.axe import findings, overflow
from tests.browser.conftest import NewPage, sign_in
from tests.web.shop import PHONE, STAFF_PHONES, Shop

WIDTHS = (360, 1440)
GUEST = ("/sign-in", "/forgotten-password", "/invite/none")
DEALER = (
    "/",
    "/start",
    "/catalogue",
    "/catalogue?text=qq",
    "/search?text=ДБ-1",
    "/stock",
    "/quick-order",
    "/price-lists",
    "/cart/contracts",
    "/orders?tab=attention&owed=1",
    "/notifications",
    "/notifications/settings",
    "/items/i2%23v1",
    "/cart",
    "/drafts",
    "/quotation",
    "/templates",
    "/checkout",
    "/orders",
    "/documents",
    "/news",
    "/profile",
)
STAFF = (
    "/",
    "/exchange-journal",
    "/finance/documents",
    "/desk",
    "/desk?lane=awaiting",
    "/categories",
    "/restrictions",
    "/vehicles",
    "/cart",
    "/no/such/page",
)


def changed_order(shop: Shop) -> str:
    dealer = shop.dealer()
    shop.put(dealer, "i1", "2")
    shop.put(dealer, "i3", "1")
    number = shop.place(dealer)
    line = ErpLine("i1", "Дверь белая", Decimal(1), Decimal("1300"), 130000, "ДБ-1", "шт")
    now = shop.runtime
    take_answer(now.orders, now.queues, now.clock, answer=ErpOrder(number, "guid", (line,), "УТ-1", "Ожидает подтверждения"))
    shop.put(dealer, "i2#v1", "5")
    return number


@pytest.mark.parametrize("width", WIDTHS)
def test_pages_are_for_everybody(shop: Shop, portal: str, new_page: NewPage, width: int) -> None:
    number = changed_order(shop)
    shop.staff()
    found = []
    for login, addresses in (
        (None, GUEST),
        (PHONE, (*DEALER, *(f"/orders/{number}{rest}" for rest in ("", "?placed=1", "/repeat", "/edit")))),
        (STAFF_PHONES[Role.ADMINISTRATOR], (*STAFF, f"/orders/{number}")),
    ):
        page = new_page(width)
        if login:
            sign_in(page, portal, login)
        for address in addresses:
            page.goto(portal + address)
            found += [f"{address} {one}" for one in findings(page)]
            assert overflow(page) == 0, address
    assert not found, "\n".join(found)


def test_a_quantity_goes_to_the_cart_and_enter_to_the_next_row(shop: Shop, portal: str, new_page: NewPage) -> None:
    shop.dealer()
    page = new_page()
    sign_in(page, portal)
    page.goto(f"{portal}/catalogue?sort=sku")
    boxes = page.locator("[data-quantity]")
    boxes.nth(1).fill("2")
    boxes.nth(1).press("Enter")
    expect(boxes.nth(2)).to_be_focused()
    expect(page.locator("#cart-bar")).to_contain_text("2 000,00")
    row = page.locator("tr", has_text="Дверь белая")
    expect(row.locator(".put-sum")).to_contain_text("в корзине")
    row.get_by_role("button", name="Больше").click()
    expect(page.locator("#cart-bar")).to_contain_text("3 000,00")
    page.keyboard.press("Escape")
    page.locator("h1").click()
    page.keyboard.press("/")
    expect(page.get_by_label("Поиск по каталогу")).to_be_focused()


def test_the_button_puts_one_package_in(shop: Shop, portal: str, new_page: NewPage) -> None:
    shop.dealer()
    page = new_page(360)
    sign_in(page, portal)
    page.goto(f"{portal}/catalogue")
    card = page.locator("tr", has_text="Ручка (хром)")
    card.get_by_role("button", name="В корзину").click()
    expect(page.locator("#cart-bar")).to_contain_text("5 000,00")
    expect(card.locator("[data-quantity]")).to_have_value("5")


def test_the_cart_reckons_at_once(shop: Shop, portal: str, new_page: NewPage) -> None:
    dealer = shop.dealer()
    shop.put(dealer, "i1", "2")
    page = new_page()
    sign_in(page, portal)
    page.goto(f"{portal}/cart")
    page.locator("[data-quantity]").fill("10")
    page.locator("[data-quantity]").blur()
    expect(page.locator(".total-line.is-main")).to_contain_text("10 000,00")
    expect(page.get_by_text("Не хватает 3")).to_be_visible()
    page.get_by_role("button", name="Убрать Дверь белая").click()
    expect(page.get_by_text("Корзина пуста")).to_be_visible()


def test_an_order_without_javascript(shop: Shop, portal: str, new_page: NewPage) -> None:
    """Every step by plain forms: sign in, put, check out, see the difference, confirm."""
    shop.dealer()
    page = new_page(360, javascript=False)
    sign_in(page, portal)
    page.goto(f"{portal}/catalogue")
    row = page.locator("tr", has_text="Дверь белая")
    row.get_by_role("textbox").fill("2")
    row.get_by_role("button", name="В корзину").click()
    page.goto(f"{portal}/cart")
    page.get_by_role("link", name="Оформить заказ").click()
    page.get_by_label("Самовывоз").check()
    page.get_by_role("button", name="Оформить").click()
    expect(page.get_by_role("heading", name="Спасибо за заказ!")).to_be_visible()
    number = page.locator(".thanks-number").inner_text()
    now = shop.runtime
    line = ErpLine("i1", "Дверь белая", Decimal(1), Decimal("1000"), 100000, "ДБ-1", "шт")
    take_answer(now.orders, now.queues, now.clock, answer=ErpOrder(number, "guid", (line,), "УТ-1", "Ожидает подтверждения"))
    page.goto(f"{portal}/orders/{number}")
    page.get_by_role("button", name="Подтвердить изменения").click()
    expect(page.get_by_text("Изменения подтверждены, 1С узнает")).to_be_visible()


def test_the_page_of_an_order_follows_what_happens(shop: Shop, portal: str, new_page: NewPage) -> None:
    """OR-05: 1C answers while the page is open, and the page shows it without a click."""
    dealer = shop.dealer()
    shop.put(dealer, "i1", "2")
    number = shop.place(dealer)
    page = new_page()
    sign_in(page, portal)
    page.goto(f"{portal}/orders/{number}?placed=1")
    now = shop.runtime
    line = ErpLine("i1", "Дверь белая", Decimal(2), Decimal("1000"), 200000, "ДБ-1", "шт", Decimal(20), 33333)
    take_answer(now.orders, now.queues, now.clock, answer=ErpOrder(number, "guid", (line,), "УТ-77", "", posted=True))
    expect(page.locator(".order-head").get_by_text("№ в 1С: УТ-77")).to_be_visible(timeout=15_000)
    expect(page.get_by_text("Готовим счёт")).to_be_visible()
