"""The cart: a draft on the server, priced anew whenever it is read."""

from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal

from chalicelib.domain.money import ZERO


@dataclass(frozen=True, slots=True)
class CartTotals:
    """Amount in minor units, weight in kg, volume in m³, of `line_count` lines."""

    line_count: int = 0
    amount: int = 0
    weight_kg: Decimal = ZERO
    volume_m3: Decimal = ZERO


@dataclass(frozen=True, slots=True)
class CartHead:
    """`generation` is raised when the cart becomes an order, so that a second click finds nothing to place; `version`
    with every change of a line, so that an order never misses a line put in meanwhile.

    `totals` are those of the last look, for the header of every page.
    """

    id: str
    partner_id: str
    generation: int = 0
    version: int = 0
    totals: CartTotals = CartTotals()
    last_order: str | None = None


@dataclass(frozen=True, slots=True)
class CartLine:
    """`seen_price` and `seen_contract_id` are what the dealer saw when he put it in."""

    item_id: str
    quantity: Decimal
    seen_price: Decimal | None = None
    seen_contract_id: str = ""
    added_at: datetime | None = None
