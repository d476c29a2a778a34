"""Drafts and the cart's page through the routes, without JavaScript."""

import re

from tests.people import PASSWORD, contact, record
from tests.web.browser import Browser
from tests.web.shop import Shop


def two_people(shop: Shop) -> tuple[Browser, Browser]:
    """Colleagues at one dealer."""
    for user in shop.portal.save(record(contacts=(contact(1), contact(2)))).invited:
        shop.portal.accept(shop.portal.link(user))
    one, other = Browser(), Browser()
    for browser, phone in ((one, "+79160000001"), (other, "+79160000002")):
        assert browser.sign_in(phone, PASSWORD).status == 303
    return one, other


def draft_path(browser: Browser) -> str:
    """Where the forms of the last draft go; one's own cart comes first."""
    found = re.findall(r'action="(/drafts/[0-9a-f]{32})"', browser.get("/drafts").text)
    return str(found[-1])


def test_a_draft_from_its_making_to_its_order(shop: Shop) -> None:
    """OP-11, OR-01: made, filled from the catalogue, renamed, shared, copied, ordered by a colleague, the copy deleted."""
    one, other = two_people(shop)
    shop.put(one, "i1", "1")
    assert one.submit("/drafts", "/drafts", {"name": ""}).status == 422
    one.submit("/drafts", "/drafts", {"name": "Объект <Ленина>"})
    shop.put(one, "i2#v1", "10")
    page = one.get("/cart").text
    assert "Объект &lt;Ленина&gt;" in page and "Ручка (хром)" in page and "Дверь белая" not in page
    path = draft_path(one)
    assert "Объект" not in other.get("/drafts").text
    assert other.submit("/drafts", path, {"action": "open"}).status == 404
    one.submit("/drafts", path, {"action": "rename", "name": "Садовая, 3"})
    one.submit("/drafts", path, {"action": "share"})
    page = other.get("/drafts").text
    assert "Садовая, 3" in page and "общий" in page and "Контакт 1" in page
    assert other.submit("/drafts", path, {"action": "delete", "version": "9"}).status == 403
    one.submit("/drafts", path, {"action": "copy", "name": "Садовая, запас"})
    other.submit("/drafts", path, {"action": "open"})
    shop.put(other, "i1", "2")
    page = other.get("/checkout")
    fields = {name: page.hidden(name) for name in ("form_token", "cart", "generation", "seen")}
    placed = other.post("/checkout", fields | {"counterparty_id": "c1", "delivery_method": "pickup"}).location
    assert "Дверь белая" in one.get(placed).text and "Ручка (хром)" in one.get(placed).text
    assert "Садовая, 3" not in one.get("/drafts").text and "Дверь белая" in one.get("/cart").text
    version = re.findall(r'name="version" value="(\d+)"', one.get("/drafts").text)[-1]
    one.submit("/drafts", draft_path(one), {"action": "delete", "version": version})
    assert "Садовая" not in one.get("/drafts").text


def test_ticked_lines_go_to_another_draft_or_out(shop: Shop) -> None:
    dealer = shop.dealer()
    for item in ("i1", "i2#v1", "i3"):
        shop.put(dealer, item, "5")
    assert dealer.submit("/cart", "/cart/lines", {"action": "move", "target": "new", "name": "Потом"}).status == 422
    dealer.submit("/cart", "/cart/lines", {"action": "move", "line": "i1", "target": "new", "name": "Потом"})
    dealer.submit("/cart", "/cart/lines", {"action": "remove", "line": "i3"})
    page = dealer.get("/cart").text
    assert "Ручка (хром)" in page and "Дверь белая" not in page and "&lt;script&gt;" not in page
    assert "5\u00a0000,00" in dealer.get("/drafts").text.partition("Потом")[2]
    dealer.submit("/cart", "/drafts", {"aside": "1", "name": "Ручки"})
    assert "Корзина пуста" in dealer.get("/cart").text and "Ручки" in dealer.get("/drafts").text


def test_the_cart_weighs_measures_and_names_the_vehicle(shop: Shop) -> None:
    """CK-02, CK-03: sum, VAT, kg, places, and the vehicle that carries it."""
    dealer = shop.dealer()
    shop.put(dealer, "i1", "100")
    shop.put(dealer, "i2#v1", "12")
    page = dealer.get("/cart").text
    assert "1\u00a0240\u00a0кг" in page and "Подходит: Газель 1,5 т" in page and "<dt>Мест</dt><dd>103</dd>" in page


def test_a_line_has_a_comment_and_comes_back_when_it_was_taken_out(shop: Shop) -> None:
    """The comment goes into the order."""
    dealer = shop.dealer()
    shop.put(dealer, "i1", "2")
    shop.put(dealer, "i2#v1", "5")
    dealer.submit("/cart", "/cart", {"note:i1": "петли <слева>", "noted:i1": ""})
    answer = dealer.submit("/cart", "/cart", {"remove": "i2#v1", "was:i2#v1": "5"})
    page = dealer.get(answer.location)
    assert "Убрано: Ручка (хром)" in page.text and page.hidden("quantity:i2#v1") == "5"
    dealer.post("/cart", {"form_token": page.hidden("form_token"), "quantity:i2#v1": "5", "cart": page.hidden("cart")})
    assert "5\u00a0000,00" in dealer.get("/cart").text
    number = shop.place(dealer)
    assert "петли &lt;слева&gt;" in dealer.get(f"/orders/{number}").text


def test_the_administrator_keeps_the_table_of_vehicles(shop: Shop) -> None:
    """CK-03: the supplier's own vehicles decide; a wrong figure is refused and an empty table brings the defaults back."""
    staff, dealer = shop.staff(), shop.dealer()
    shop.put(dealer, "i1", "100")
    assert "Газель 1,5 т" in staff.get("/vehicles").text
    assert staff.submit("/vehicles", "/vehicles", {"name": "Тачка", "load_kg": "0", "volume_m3": "1"}).status == 422
    staff.submit("/vehicles", "/vehicles", {"name": "Наша <500>", "load_kg": "500", "volume_m3": "2,5"})
    assert "Нужно машин «Наша &lt;500&gt;»: 3" in dealer.get("/cart").text
    staff.submit("/vehicles", "/vehicles", {"name": ""})
    assert "Подходит: Газель 1,5 т" in dealer.get("/cart").text
    assert dealer.get("/vehicles").status == 403
