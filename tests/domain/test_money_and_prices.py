"""Amounts to the kopeck, and the one price function."""

from decimal import Decimal

from hypothesis import given
from hypothesis import strategies as st

from chalicelib.domain import money
from chalicelib.domain.catalogue.catalogue import ItemPrice
from chalicelib.domain.catalogue.prices import ItemPrices, price_for
from chalicelib.domain.partners.partners import Contract

prices = st.decimals("0.0001", "9999999", places=4)
quantities = st.decimals("0.001", "100000", places=3)


def test_line_rounds_once_half_up() -> None:
    """1C keeps four digits in a price: the line is rounded, not the price."""
    assert money.line_amount(Decimal("0.0050"), Decimal(1)) == 1
    assert money.line_amount(Decimal("0.0049"), Decimal(1)) == 0
    assert money.line_amount(Decimal("33.3333"), Decimal(3)) == 10000
    assert money.unit_price(Decimal("1.00005")) == Decimal("1.0001")


@given(prices, quantities)
def test_line_is_within_half_a_kopeck(price: Decimal, quantity: Decimal) -> None:
    assert abs(money.line_amount(price, quantity) - price * quantity * 100) <= Decimal("0.5")


@given(st.integers(0, 10**12), st.sampled_from([Decimal(10), Decimal(20), Decimal(22)]))
def test_vat_inside_and_on_top_agree(amount: int, rate: Decimal) -> None:
    """What is put on top is what is found inside again."""
    on_top = money.vat_on_top(amount, rate)
    assert money.vat_included(amount + on_top, rate) == on_top
    assert 0 <= money.vat_included(amount, rate) <= amount


def test_price_is_the_contracts_and_may_be_higher_than_base() -> None:
    """PR-01, PR-02, PR-04: each contract has its own price type; deferral costs more, and that is a price like any other."""
    listed = ItemPrices("i", {"base": ItemPrice("base", Decimal("100")), "deferral": ItemPrice("deferral", Decimal("112.5"))})
    prepaid, deferred = (Contract(name, name, price_type) for name, price_type in (("a", "base"), ("b", "deferral")))
    assert price_for(listed, prepaid).amount == Decimal("100.0000")  # type: ignore[union-attr]
    assert price_for(listed, deferred).amount == Decimal("112.5000")  # type: ignore[union-attr]
    assert price_for(listed, Contract("c", "c", "unknown")) is None
    assert price_for(None, prepaid) is None


def test_foreign_currency_contract() -> None:
    """PR-08, PT-12: the currency of the price list is the currency of the price."""
    listed = ItemPrices("i", {"export": ItemPrice("export", Decimal("9.99"), "USD")})
    price = price_for(listed, Contract("c", "c", "export", currency="USD"))
    assert price is not None and (price.currency, price.line(Decimal(3))) == ("USD", 2997)
