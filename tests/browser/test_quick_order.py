"""Quick order by keyboard and clipboard in a real browser, at both widths."""

import os

import pytest
from playwright.sync_api import Page, expect

from tests.browser.axe import findings, overflow
from tests.browser.conftest import NewPage, sign_in
from tests.web.shop import Shop

PASTE = """([selector, text]) => {
  const data = new DataTransfer();
  data.setData("text/plain", text);
  const made = new ClipboardEvent("paste", { clipboardData: data, bubbles: true, cancelable: true });
  document.querySelector(selector).dispatchEvent(made);
}"""


def seen(page: Page, name: str, width: int) -> None:
    """Nothing serious for axe, nothing wider than the window; `SHOTS` names a folder for pictures to look at."""
    assert findings(page) == [] and overflow(page) == 0
    if folder := os.environ.get("SHOTS"):
        page.screenshot(path=f"{folder}/{name}-{width}.png", full_page=True)


@pytest.mark.parametrize("width", [360, 1440])
def test_rows_are_typed_and_pasted_without_a_mouse(shop: Shop, portal: str, new_page: NewPage, width: int) -> None:
    """CK-13: Enter goes on as in a sheet, cells spread, every row is told at once, the right ones are added."""
    shop.dealer()
    page = new_page(width)
    sign_in(page, portal)
    page.goto(f"{portal}/quick-order")
    page.locator("[name='code:1']").focus()
    page.keyboard.type("ДБ-1")
    page.keyboard.press("Enter")
    page.keyboard.type("2")
    page.keyboard.press("Enter")
    expect(page.locator("[name='code:2']")).to_be_focused()
    expect(page.locator(".quick-told").first).to_contain_text("Дверь белая")
    page.evaluate(PASTE, ["[name='code:2']", "рх1\t3\nнет\t1\n" + "ДБ-1\t9\n" * 12])
    expect(page.locator("#quick-rows tr")).to_have_count(15)
    expect(page.locator(".quick-told").nth(2)).to_contain_text("Такого товара нет")
    seen(page, "quick-rows", width)
    page.get_by_role("button", name="Проверить").click()
    expect(page.locator(".quick-lines tbody tr")).to_have_count(15)
    seen(page, "quick-order", width)
    page.get_by_role("button", name="Добавить корректные (1)").click()
    expect(page.get_by_text("В корзине: 2", exact=False).first).to_be_visible()
    for tab in ("paste", "file", "scan"):
        page.goto(f"{portal}/quick-order?tab={tab}")
        seen(page, f"quick-{tab}", width)
    page.locator("#scan-code").focus()
    for _ in range(2):
        page.keyboard.type("ДБ-1")
        page.keyboard.press("Enter")
    expect(page.locator("[name='quantity:1']")).to_have_value("2")


@pytest.mark.parametrize("width", [360, 1440])
def test_price_lists_are_made_and_their_link_is_shown_once(shop: Shop, portal: str, new_page: NewPage, width: int) -> None:
    """PR-14: the page of price lists."""
    shop.dealer()
    page = new_page(width)
    sign_in(page, portal)
    page.goto(f"{portal}/price-lists")
    seen(page, "price-lists-none", width)
    page.get_by_role("button", name="Сделать прайс-лист").click()
    expect(page.get_by_text("Готовится")).to_be_visible()
    assert "/feeds/" in page.get_by_label("Ссылка на выгрузку").input_value()
    seen(page, "price-lists", width)
