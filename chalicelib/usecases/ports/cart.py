"""Carts, drafts and what is printed out of them."""

from collections.abc import Sequence
from datetime import datetime
from decimal import Decimal
from typing import Protocol

from chalicelib.domain.cart.carts import CartHead, CartKind, CartLine, CartTotals, Change
from chalicelib.domain.cart.quotations import Quotation
from chalicelib.domain.cart.vehicles import Vehicle
from chalicelib.domain.partners.partners import PartnerScope


class CartStore(Protocol):
    """Carts, drafts and templates of a partner. Every method that changes lines raises Conflict where the cart has become an
    order or is gone."""

    def head(self, scope: PartnerScope, cart_id: str, kind: CartKind = CartKind.OWN) -> CartHead:
        """Consistent; an empty head of the kind for a cart nobody has used yet."""
        ...

    def templates(self, scope: PartnerScope) -> tuple[CartHead, ...]:
        """All of the partner, by name."""
        ...

    def lines(self, scope: PartnerScope, cart: CartHead) -> tuple[CartLine, ...]:
        """In the order they were added."""
        ...

    def put_line(
        self, scope: PartnerScope, cart: CartHead, line: CartLine, now: datetime, expected: Decimal | None = None
    ) -> CartLine | None:
        """Set a line (quantity 0 removes it); the line it replaced. A line without `seen_price` keeps what was seen before.

        Where `expected` is given, raises Conflict if somebody else made the quantity another one meanwhile.
        """
        ...

    def add_totals(
        self, scope: PartnerScope, cart: CartHead, delta: CartTotals, line: CartLine, by: Change | None = None
    ) -> None:
        """Tell the head of a line that was put."""
        ...

    def put_head(self, scope: PartnerScope, cart: CartHead) -> None:
        """Put totals and quantities right, if the cart is still of this generation and version."""
        ...

    def annotate(self, scope: PartnerScope, cart: CartHead, item_id: str, comment: str, by: Change) -> None:
        """The comment of a line. Raises Conflict where there is no such line any more."""
        ...

    def see_prices(self, scope: PartnerScope, cart: CartHead, lines: Sequence[CartLine], by: Change) -> None:
        """The dealer has seen `seen_price` under `seen_contract_id` of these lines."""
        ...

    def add_lines(self, scope: PartnerScope, cart: CartHead, lines: Sequence[CartLine], by: Change, *, once: str) -> None:
        """Add quantities to what lies there, 98 lines a transaction; totals are put right at the next look. The same lines
        under the same `once` are added once."""
        ...

    def remove_lines(self, scope: PartnerScope, cart: CartHead, lines: Sequence[CartLine], by: Change) -> None:
        """Raises Conflict where a quantity is not as in `lines` any more."""
        ...

    def move_lines(self, scope: PartnerScope, source: CartHead, target: CartHead, lines: Sequence[CartLine], by: Change) -> None:
        """From one cart to another: each line is in exactly one of them, whatever dies. Conflicts as in `remove_lines`."""
        ...

    def create(self, scope: PartnerScope, cart: CartHead, lines: Sequence[CartLine], by: Change) -> CartHead:
        """A new draft or template with its lines, as it is kept."""
        ...

    def rename(self, scope: PartnerScope, cart: CartHead, by: Change) -> None:
        """Keep `name` and `shared` of the cart."""
        ...

    def clear(self, scope: PartnerScope, cart: CartHead, by: Change) -> None:
        """Take all lines out. Raises Conflict where it is of another version by now."""
        ...

    def delete(self, scope: PartnerScope, cart: CartHead) -> None:
        """Head and lines. Raises Conflict where it is of another version by now."""
        ...

    def next_quotation(self, scope: PartnerScope) -> int:
        """The number of the partner's next commercial offer: 1, 2, 3 …"""
        ...


class QuotationPrinter(Protocol):
    def __call__(self, quotation: Quotation) -> bytes:
        """The PDF."""
        ...


class LogoMaker(Protocol):
    def logo(self, source: bytes) -> bytes:
        """A small PNG of a PNG or JPEG. Raises BrokenFile."""
        ...


class VehicleStore(Protocol):
    def read(self) -> tuple[Vehicle, ...]:
        """The supplier's own table, smallest first; empty where he has none."""
        ...

    def save(self, vehicles: Sequence[Vehicle]) -> None: ...
