"""The same price, to the kopeck, wherever it is shown: every channel of a dealer, one after another."""

import html
import re
from collections.abc import Callable
from dataclasses import replace
from decimal import Decimal
from typing import Any

import pytest

from chalicelib.domain.catalogue.catalogue import ItemPrice, Offer
from chalicelib.domain.exchange.records import Record
from chalicelib.domain.partners.partners import PartnerScope, VatMode
from chalicelib.domain.partners.terms import CurrencyRate, Discount, IndividualPrice
from chalicelib.formats.spreadsheets import read
from tests.people import CONTRACTS, record
from tests.web.browser import Browser
from tests.web.shop import ITEMS, Shop

MONEY = re.compile(r"(\d[\d\u00a0\u202f]*(?:,\d+)?)[\u00a0\u202f](?:₽|\$)")
QUANTITY = Decimal(12)


def figures(text: str) -> list[Decimal]:
    """Every amount of money in a piece of a page, in order."""
    return [Decimal(re.sub(r"[\u00a0\u202f]", "", one).replace(",", ".")) for one in MONEY.findall(html.unescape(text))]


def cut(text: str, begin: str, end: str) -> str:
    return text[text.index(begin) :].partition(end)[0]


Shown = tuple[Decimal, Decimal]
"""Price of one unit; sum of the line without VAT on top."""


def row(text: str, end: str = "</tr>") -> Shown:
    found = figures(cut(text, 'id="row-', end))
    return found[0], found[-1]


def in_cart(browser: Browser) -> Shown:
    found = figures(cut(browser.get("/cart").text, "/items/i1", "</tr>"))
    return found[0], found[-1]


def at_checkout(browser: Browser) -> Shown:
    found = figures(cut(browser.get("/checkout").text, "Дверь белая", "</tr>"))
    return found[0], found[-1]


def in_excel(browser: Browser) -> Shown:
    (_, head), (_, line) = read(browser.get("/cart/xlsx").body)
    price, amount = (Decimal(line[head.index(name)].replace(",", ".")) for name in ("Цена", "Сумма"))
    return price, amount


CHANNELS: dict[str, Callable[[Browser], Shown]] = {
    "list": lambda browser: row(browser.get("/catalogue?text=%D0%94%D0%91-1").text),
    "card": lambda browser: row(browser.get("/items/i1").text, "</form>"),
    "cart": in_cart,
    "checkout": at_checkout,
    "Excel of the cart": in_excel,
}
"""Where a dealer meets the price of `i1`, of which he has QUANTITY in his cart. A new channel is a new line here."""

TIERED = ItemPrice("wholesale", Decimal("1234.50"))
OFFER = (
    TIERED,
    replace(TIERED, amount=Decimal("1111.1111"), min_quantity=Decimal(10)),
    ItemPrice("dealer", Decimal("10"), "USD"),
)
PROMOTION = Discount("d1", "Осень <b>", percent=Decimal("7.5"), group_id="g1", min_quantity=Decimal(5))
OWN = IndividualPrice("i", "p1", item_id="i1", price=Decimal("999.9999"))
DOLLAR = CurrencyRate("USD", "USD", Decimal("90.5"))
PLAIN = CONTRACTS[0]

CUT = {"discount_percent": Decimal(3), "discounts_allowed": False}

CASES: dict[str, tuple[dict[str, Any], list[Any], str, int]] = {
    "price type": ({"discounts_allowed": False}, [], "1234.5000", 14_814_00),
    "tier": ({}, [], "1111.1111", 13_333_33),
    "tier and promotion": ({}, [PROMOTION], "1027.7778", 12_333_33),
    "contract's discount, VAT on top": (CUT | {"vat_included": False}, [], "1197.47", 14_369_64),
    "individual price, no VAT": ({"vat_mode": VatMode.NONE}, [OWN, PROMOTION], "999.9999", 12_000_00),
    "foreign currency": ({"price_type_id": "dealer"}, [DOLLAR], "905.00", 10_860_00),
}  # fmt: skip


def save(shop: Shop, terms: list[Any]) -> None:
    now = shop.runtime
    stores = {Discount: now.discounts, IndividualPrice: now.individual_prices, CurrencyRate: now.currency_rates}
    for one in terms:
        stores[type(one)].save([Record(one.id, 1, one)])  # type: ignore[attr-defined]


@pytest.mark.parametrize("case", CASES)
def test_every_channel_tells_the_same_price(shop: Shop, case: str) -> None:
    """PR-03, PR-05, PR-06, PR-09, PR-13, PR-16, C-15: list, card, cart, checkout and order, compared to the kopeck."""
    changes, terms, price, amount = CASES[case]
    dealer = shop.dealer()
    shop.runtime.catalogue.save_prices([Offer(ITEMS[0], OFFER)], 2)
    contract = replace(PLAIN, is_default=True, **changes)
    shop.runtime.partners.save(record(revision=2, contracts=(contract,)), shop.runtime.clock())
    save(shop, terms)
    shop.put(dealer, "i1", str(QUANTITY))
    wanted = (Decimal(price), Decimal(amount).scaleb(-2))
    assert {name: shown(dealer) for name, shown in CHANNELS.items()} == dict.fromkeys(CHANNELS, wanted)
    order = shop.runtime.orders.read(PartnerScope("p1"), shop.place(dealer))
    (line,) = order.lines
    assert (line.price, line.amount) == (Decimal(price), amount)
    page = dealer.get(f"/orders/{order.number}").text
    total = Decimal(line.total(vat_included=order.vat_included)).scaleb(-2)
    assert figures(cut(page, "diff-row", "</tr>"))[-1] == total == Decimal(order.sums.amount).scaleb(-2)


def test_a_dealer_reads_why_a_price_is_what_it_is(shop: Shop) -> None:
    """OP-16, PR-16: the trail on the list, the card and in the cart; names from 1C are text, not markup."""
    dealer = shop.dealer()
    save(shop, [PROMOTION])
    shop.put(dealer, "i1", "12")
    for path in ("/catalogue", "/items/i1", "/cart"):
        page = dealer.get(path).text
        assert "Почему такая цена" in page and "Акция «Осень &lt;b&gt;»" in page and "<b>»" not in page, path
    shop.put(dealer, "i1", "1")
    assert "При заказе больше" in dealer.get("/items/i1").text


def test_orders_show_number_vat_and_total_in_columns_of_their_own(shop: Shop) -> None:
    """PR-10: the list of orders and the lines of one."""
    dealer = shop.dealer()
    shop.put(dealer, "i1", "2")
    number = shop.place(dealer)
    listed, one = dealer.get("/orders").text, dealer.get(f"/orders/{number}").text
    assert [head in listed for head in (">№ заказа<", ">НДС<", ">Сумма<")] == [True] * 3
    assert [head in one for head in (">№<", ">Цена<", ">НДС<", ">Всего<")] == [True] * 4
    assert figures(cut(one, "diff-row", "</tr>")) == [Decimal(1000), Decimal("333.33"), Decimal(2000)]


def test_the_cart_is_compared_under_all_contracts(shop: Shop) -> None:
    """PT-11, PT-13, PR-03, PR-04: sum, VAT, terms, what can't be ordered and the difference; and over to another contract."""
    third = replace(CONTRACTS[0], id="k-none", name="Без цен", price_type_id="unknown")
    dealer = shop.dealer()
    shop.runtime.partners.save(record(revision=2, contracts=(*CONTRACTS, third)), shop.runtime.clock())
    shop.put(dealer, "i1", "2")
    assert "/cart/contracts" in dealer.get("/cart").text
    page, names = dealer.get("/cart/contracts").text, ("Предоплата 100 %", "Отсрочка 30 дней", "Без цен")
    prepaid, deferred, without = (cut(page, f'main-cell">{name}', "</tr>") for name in names)
    assert "выбран" in prepaid and "выгоднее всего" in prepaid and figures(prepaid) == [Decimal("333.33"), Decimal(2000)]
    assert figures(deferred) == [Decimal("411.50"), Decimal(2469), Decimal(469)]
    assert "Строк: 1" in without and "Дверь белая" in without and "состав разный" in without
    answer = dealer.submit("/cart/contracts", "/choose", {"contract": "k-deferral", "back": "/cart"})
    assert answer.status == 303 and figures(cut(dealer.get("/cart").text, "/items/i1", "</tr>"))[0] == Decimal("1234.50")


def test_an_empty_cart_has_nothing_to_compare(shop: Shop) -> None:
    assert "Корзина пуста" in shop.dealer().get("/cart/contracts").text
