"""What a dealer may not buy or see, tried on every path to a cart or an order, one by one."""

from collections.abc import Callable

import pytest

from chalicelib.domain.exchange.records import Record
from chalicelib.domain.partners.terms import Restriction, RestrictionMode
from tests.web.browser import Browser, Page
from tests.web.shop import Shop
from tests.web.test_quick_order import begin, change, in_cart

REASON = "Эксклюзив <b>«Север»</b> 100 % региона"
ESCAPED = "Эксклюзив &lt;b&gt;«Север»&lt;/b&gt; 100 % региона"
NAME = "Дверь белая"


def restrict(shop: Shop, mode: RestrictionMode, *, revision: int = 1, active: bool = True, **told: str) -> None:
    one = Restriction("r1", mode, REASON, **(told or {"region": "Тверь", "group_id": "g1"}))  # type: ignore[arg-type]
    assert shop.runtime.restrictions.save([Record("r1", revision, one, active)]) == ["written"]


def put(browser: Browser, item_id: str) -> Page:
    return browser.post(
        "/cart/put", {"form_token": browser.get("/").hidden("form_token"), "only": item_id, f"quantity:{item_id}": "1"}
    )


Path = Callable[[Browser], Page]
SHOWING: dict[str, Path] = {
    "list": lambda browser: browser.get("/catalogue"),
    "group": lambda browser: browser.get("/catalogue?group=g1"),
    "search": lambda browser: browser.get("/catalogue?text=%D0%94%D0%91-1"),
    "card": lambda browser: browser.get("/items/i1"),
    "cart": lambda browser: browser.get("/cart"),
    "home": lambda browser: browser.get("/"),
    "stock list": lambda browser: browser.get("/stock"),
    "suggestions": lambda browser: browser.get("/search?text=%D0%94%D0%91-1", **{"HX-Request": "true"}),
    "tiles": lambda browser: browser.get("/catalogue?view=tiles"),
}
"""Where an item is seen."""

ADDING: dict[str, Path] = {
    "put": lambda browser: put(browser, "i1"),
    "put a variant": lambda browser: put(browser, "i2#v1"),
}
"""How an item gets into the cart: a new way to add goods is a new line here."""


def test_hidden_goods_are_nowhere(shop: Shop) -> None:
    """PR-12, OP-15, C-24: hidden from the region: absent from every page, 404 on the card, refused by every way in."""
    dealer = shop.dealer()
    assert NAME in SHOWING["list"](dealer).text
    shop.put(dealer, "i1")
    restrict(shop, RestrictionMode.HIDE)
    for path, show in SHOWING.items():
        assert NAME not in show(dealer).text, path
    assert dealer.get("/items/i1").status == 404
    for path, add in ADDING.items():
        assert add(dealer).status == 404, path
    assert dealer.get("/checkout").status == 303, "what lies in the cart can't be ordered any more"


def test_blocked_goods_are_seen_with_the_reason_and_not_sold(shop: Shop) -> None:
    """PR-11, PR-12, OP-15: visible everywhere with 1C's reason (which is text, not markup), and nothing adds them."""
    dealer = shop.dealer()
    shop.put(dealer, "i1")
    restrict(shop, RestrictionMode.BLOCK)
    for path in ("list", "card", "cart"):
        page = SHOWING[path](dealer).text
        assert NAME in page and ESCAPED in page and "<b>«Север»" not in page, path
    for path, add in ADDING.items():
        answer = add(dealer)
        assert answer.status == 422 and ESCAPED in answer.text, path
    assert dealer.get("/checkout").status == 303


def test_an_order_is_refused_when_the_restriction_comes_between_checkout_and_placing(shop: Shop) -> None:
    """PR-12, PR-13: the last look is taken when the order is placed."""
    dealer = shop.dealer()
    shop.put(dealer, "i1")
    page = dealer.get("/checkout")
    fields = {name: page.hidden(name) for name in ("form_token", "generation", "seen")}
    restrict(shop, RestrictionMode.BLOCK, partner_id="p1", item_id="i1")
    answer = dealer.post("/checkout", fields | {"counterparty_id": "c1", "delivery_method": "pickup"})
    assert answer.status == 409 and ESCAPED in answer.text


@pytest.mark.parametrize(
    "told",
    [{"region": "Псков", "item_id": "i1"}, {"partner_id": "p2", "item_id": "i1"}, {"region": "Тверь", "group_id": "g2"}],
    ids=["other region", "other partner", "other group"],
)
def test_restrictions_of_others_and_of_other_goods_change_nothing(shop: Shop, told: dict[str, str]) -> None:
    """C-22: what holds for one partner is not felt by another."""
    dealer = shop.dealer()
    restrict(shop, RestrictionMode.HIDE, **told)
    assert NAME in dealer.get("/catalogue").text and ADDING["put"](dealer).status == 303


def test_a_restriction_that_is_taken_back_ends_at_once(shop: Shop) -> None:
    dealer = shop.dealer()
    restrict(shop, RestrictionMode.HIDE)
    assert dealer.get("/items/i1").status == 404
    restrict(shop, RestrictionMode.HIDE, revision=2, active=False)
    assert dealer.get("/items/i1").status == 200


FORM = {
    "id": "",
    "whose": "region",
    "whom": "Тверь",
    "goods": "item",
    "chosen": "ДБ-1",
    "mode": "block",
    "reason": "Только Москва",
}


def test_an_administrator_keeps_restrictions_of_his_own(shop: Shop) -> None:
    """C-24, PR-12: made, changed and lifted on a page; in force at the dealer's next look; every change in the audit."""
    dealer, admin = shop.dealer(), shop.staff()
    restrict(shop, RestrictionMode.BLOCK, region="Тверь", item_id="i3")
    assert admin.submit("/restrictions", "/restrictions", FORM).status == 303
    page = admin.get("/restrictions").text
    assert "Только Москва" in page and ESCAPED in page and page.count("/restrictions?edit=") == 1, "1C's own is not changed here"
    assert "Только Москва" in dealer.get("/items/i1").text and put(dealer, "i1").status == 422
    (own,) = shop.runtime.portal_restrictions.all()
    assert 'value="Только Москва"' in admin.get(f"/restrictions?edit={own.id}").text
    shop.portal.clock.pass_by(seconds=5)
    admin.submit("/restrictions", "/restrictions", FORM | {"id": own.id, "goods": "group", "chosen": "g1", "mode": "hide"})
    assert dealer.get("/items/i1").status == 404
    shop.portal.clock.pass_by(seconds=5)
    assert admin.submit("/restrictions", "/restrictions/end", {"id": own.id}).status == 303
    assert dealer.get("/items/i1").status == 200 and put(dealer, "i1").status == 303
    told = [entry.action for entry in shop.runtime.audit.recent(shop.runtime.clock())]
    assert told == ["restriction.ended", "restriction.saved", "restriction.saved"]
    assert admin.submit("/restrictions", "/restrictions/end", {"id": "r1"}).status == 404


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"chosen": "нет такого"}, "Такого товара, группы или марки нет в каталоге"),
        ({"whom": " "}, "Укажите, для кого"),
        ({"mode": "sell"}, "Выберите действие"),
        ({"valid_from": "2026-12-01", "valid_to": "2026-11-01"}, "Раньше начала"),
    ],
)
def test_a_wrong_restriction_is_drawn_again_with_what_is_wrong(shop: Shop, changes: dict[str, str], said: str) -> None:
    answer = shop.staff().submit("/restrictions", "/restrictions", FORM | changes)
    assert answer.status == 422 and said in answer.text and 'value="Только Москва"' in answer.text


def test_dealers_have_no_page_of_restrictions(shop: Shop) -> None:
    assert shop.dealer().get("/restrictions").status == 403


@pytest.mark.parametrize("mode", list(RestrictionMode))
def test_a_quick_order_adds_nothing_restricted(shop: Shop, mode: RestrictionMode) -> None:
    """OP-15, PR-12: rows of restricted goods say so (or are not found) and stay out of the cart."""
    dealer = shop.dealer()
    restrict(shop, mode, region="Тверь", item_id="i1")
    address = begin(dealer, "paste", {"text": "ДБ-1\t3\nРХ-1\t5"})
    assert (NAME in dealer.get(address).text) == (mode is RestrictionMode.BLOCK)
    change(dealer, address, do="add")
    assert set(in_cart(shop)) <= {"i2#v1"}
