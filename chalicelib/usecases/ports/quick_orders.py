"""Quick orders: rows that wait to be put in a cart."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Protocol

from chalicelib.domain.cart.carts import CartHead, CartLine, CartTotals
from chalicelib.domain.cart.quick_order import QuickOrder
from chalicelib.domain.partners.partners import PartnerScope


@dataclass(frozen=True, slots=True)
class Portion:
    """Rows that go into the cart together, each portion of an order once per `revision`: `rows` number of the row -> quantity.

    `totals` is what the cart grows by.
    """

    revision: int
    number: int
    rows: Mapping[int, Decimal]
    lines: Sequence[CartLine]
    totals: CartTotals


@dataclass(frozen=True, slots=True)
class Added:
    """What of a quick order lies in the cart: number of the row -> quantity; `revision` is that of the next time."""

    rows: Mapping[int, Decimal]
    revision: int = 1


class QuickOrderStore(Protocol):
    def save(self, order: QuickOrder) -> None: ...

    def read(self, scope: PartnerScope, order_id: str) -> QuickOrder:
        """Raises NotFound, also for another partner's."""
        ...

    def exists(self, order_id: str) -> bool: ...

    def added(self, scope: PartnerScope, order_id: str) -> Added:
        """Consistent."""
        ...

    def add(self, scope: PartnerScope, order_id: str, cart: CartHead, portion: Portion, now: datetime) -> bool:
        """Add the lines to what lies in the cart. False where this portion was added before; raises Conflict where the cart
        has become an order meanwhile."""
        ...

    def columns(self, scope: PartnerScope, signature: str) -> Mapping[str, int] | None:
        """What the dealer said of the columns of such a table."""
        ...

    def remember_columns(self, scope: PartnerScope, signature: str, columns: Mapping[str, int], now: datetime) -> None: ...
