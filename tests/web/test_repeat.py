"""Repeating an order and templates: what changed since is seen before anything goes into the cart."""

import re
from decimal import Decimal

from chalicelib.domain.catalogue.catalogue import ItemPrice, Offer
from chalicelib.domain.partners.terms import RestrictionMode
from tests.people import contact, record
from tests.web.browser import Browser, Page
from tests.web.shop import ITEMS, Shop
from tests.web.test_restrictions import restrict


def boxes(page: Page) -> dict[str, str]:
    """Name and value of every quantity of the review."""
    return dict(re.findall(r'name="(quantity:[^"]+)" value="([^"]*)"', page.text))


def ordered(shop: Shop) -> tuple[Browser, str]:
    dealer = shop.dealer()
    for item, quantity in (("i1", "6"), ("i2#v1", "5"), ("i3", "1")):
        shop.put(dealer, item, quantity)
    return dealer, shop.place(dealer)


def test_an_order_is_repeated_line_by_line(shop: Shop) -> None:
    """OR-22: old and new price, what is left of the stock, what is not sold any more with what lies there instead."""
    dealer, number = ordered(shop)
    shop.runtime.catalogue.save_prices([Offer(ITEMS[1], (ItemPrice("dealer", Decimal("1100")),))], 2)
    shop.runtime.stock.apply({"i1": {"w1": Decimal(9)}, "i2#v1": {"w1": Decimal(50)}, "i3": {"w1": Decimal(0)}}, 2)
    page = dealer.get(f"/orders/{number}/repeat")
    text = page.text.replace("\u00a0", " ")
    assert page.status == 200 and boxes(page)["quantity:i2#v1"] == "5"
    assert "1 000,00 ₽" in text and "1 100,00 ₽" in text and "12 000,00 ₽" in text
    assert boxes(page)["quantity:i1"] == "3" and boxes(page)["quantity:i3"] == "0" and "1 строка сокращена до остатка" in text
    fields = {"form_token": page.hidden("form_token"), "once": page.hidden("once")} | boxes(page)
    for _ in range(2):
        assert dealer.post("/cart/add", fields).location == "/cart"
    cart = boxes(dealer.get("/cart"))
    assert cart == {"quantity:i1": "3", "quantity:i2#v1": "5"}


def test_what_is_blocked_is_not_put_in_by_a_repeat(shop: Shop) -> None:
    """OP-15, PR-12: the reason stands in its row; a form that asks for it all the same is not obeyed."""
    dealer, number = ordered(shop)
    restrict(shop, RestrictionMode.BLOCK, region="Тверь", item_id="i1")
    page = dealer.get(f"/orders/{number}/repeat")
    assert "quantity:i1" not in boxes(page) and "не продаётся" in page.text
    fields = {"form_token": page.hidden("form_token"), "once": "x"}
    assert dealer.post("/cart/add", fields | {"quantity:i1": "1"}).status == 422
    assert dealer.post("/cart/add", fields | {"quantity:i1": "1", "quantity:i3": "1"}).location == "/cart"
    assert set(boxes(dealer.get("/cart"))) == {"quantity:i3"}


def test_another_partners_order_and_template_are_not_there(shop: Shop) -> None:
    dealer, number = ordered(shop)
    shop.put(dealer)
    dealer.submit("/cart", "/templates", {"name": "Наш"})
    path = re.findall(r'href="(/templates/[0-9a-f]{32})"', dealer.get("/templates").text)[0]
    shop.portal.dealer(record(partner_id="p2", contacts=(contact(2, "p2"),)))
    stranger = Browser()
    stranger.sign_in("+79160000002", "зимний вечер 42")
    assert stranger.get(f"/orders/{number}/repeat").status == 404 and stranger.get(path).status == 404
    assert stranger.submit("/templates", path, {"action": "delete"}).status == 404
    assert dealer.get(path).status == 200


def test_a_template_is_saved_used_changed_and_deleted(shop: Shop) -> None:
    """OR-22: «Сохранить как шаблон», then into the cart as often as wanted."""
    dealer = shop.dealer()
    assert dealer.submit("/drafts", "/templates", {"name": "Пусто"}).status == 422
    shop.put(dealer, "i1", "2")
    shop.put(dealer, "i2#v1", "5")
    dealer.submit("/cart", "/templates", {"name": "На <месяц>"})
    listed = dealer.get("/templates").text
    path = re.findall(r'href="(/templates/[0-9a-f]{32})"', listed)[0]
    assert "На &lt;месяц&gt;" in listed
    for _ in range(2):
        page = dealer.get(path)
        dealer.post("/cart/add", {"form_token": page.hidden("form_token"), "once": page.hidden("once")} | boxes(page))
    assert boxes(dealer.get("/cart"))["quantity:i1"] == "6"
    dealer.submit(path, path, {"action": "save", "quantity:i1": "4", "quantity:i2#v1": "0"})
    dealer.submit(path, path, {"action": "rename", "name": "На неделю"})
    assert boxes(dealer.get(path)) == {"quantity:i1": "4"} and "На неделю" in dealer.get("/templates").text
    dealer.submit(path, path, {"action": "delete"})
    assert dealer.get(path).status == 404 and "Шаблонов ещё нет" in dealer.get("/templates").text
