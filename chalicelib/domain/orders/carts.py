"""The cart: a draft on the server, priced anew whenever it is read."""

from collections.abc import Mapping
from dataclasses import dataclass, field
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


LINES_IN_HEAD = 300
"""Lines whose quantities a head carries, so that a page of the catalogue needs no call for them."""


def carried(quantities: Mapping[str, Decimal]) -> Mapping[str, Decimal] | None:
    """The quantities as a head carries them: all, or none at all."""
    return quantities if len(quantities) <= LINES_IN_HEAD else None


@dataclass(frozen=True, slots=True)
class CartHead:
    """`generation` is raised when the cart becomes an order, so that a second click finds nothing to place; `version`
    with every change of a line, so that an order never misses a line put in meanwhile.

    `totals` are those of the last look, for the header of every page. `quantities` by item id are for the catalogue's
    boxes; None where the cart has more lines than a head can carry.
    """

    id: str
    partner_id: str
    generation: int = 0
    version: int = 0
    totals: CartTotals = CartTotals()
    last_order: str | None = None
    quantities: Mapping[str, Decimal] | None = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class CartLine:
    """`seen_price` and `seen_contract_id` are what the dealer saw when he put it in."""

    item_id: str
    quantity: Decimal
    seen_price: Decimal | None = None
    seen_contract_id: str = ""
    added_at: datetime | None = None
