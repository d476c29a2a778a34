"""Amounts to the kopeck."""

from decimal import Decimal

from hypothesis import given
from hypothesis import strategies as st

from chalicelib.domain import money

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
