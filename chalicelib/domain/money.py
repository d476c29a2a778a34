"""Money: amounts are `int` kopecks (minor units), unit prices are `Decimal` with the 4 digits 1C sent."""

from decimal import ROUND_HALF_UP, Decimal

ZERO = Decimal(0)
_UNIT = Decimal("0.0001")
_ONE = Decimal(1)


def unit_price(value: Decimal) -> Decimal:
    """The price of one unit as it is kept: 4 digits after the point."""
    return value.quantize(_UNIT, ROUND_HALF_UP)


def line_amount(price: Decimal, quantity: Decimal) -> int:
    """Minor units for `quantity` at `price` major units each, rounded once, half up, as 1C does for a line."""
    return int((price * quantity * 100).quantize(_ONE, ROUND_HALF_UP))


def vat_included(amount: int, rate: Decimal) -> int:
    """Minor units of VAT inside `amount` at `rate` per cent."""
    return int((Decimal(amount) * rate / (100 + rate)).quantize(_ONE, ROUND_HALF_UP))


def vat_on_top(amount: int, rate: Decimal) -> int:
    """Minor units of VAT to add to `amount` at `rate` per cent."""
    return int((Decimal(amount) * rate / 100).quantize(_ONE, ROUND_HALF_UP))


def major(amount: int) -> Decimal:
    """Minor units as a decimal of major units with 2 digits."""
    return Decimal(amount).scaleb(-2)
