"""Carts: a person's own one, named drafts and templates; all are lines on the server, priced anew whenever they are read."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from decimal import Decimal
from enum import StrEnum

from chalicelib.domain.money import ZERO


class CartKind(StrEnum):
    """`OWN`: everybody has one, under his user's id. `DRAFT`: named, ends as an order. `TEMPLATE`: used again and again."""

    OWN = "own"
    DRAFT = "draft"
    TEMPLATE = "template"


@dataclass(frozen=True, slots=True)
class CartTotals:
    """Amount in minor units with the VAT in it, weight in kg, volume in m³, packages to carry, of `line_count` lines."""

    line_count: int = 0
    amount: int = 0
    weight_kg: Decimal = ZERO
    volume_m3: Decimal = ZERO
    vat_amount: int = 0
    places: int = 0


LINES_IN_HEAD = 300
"""Lines whose quantities the head of a person's own cart carries, so that a page of the catalogue needs no call for them."""


@dataclass(frozen=True, slots=True)
class Change:
    """Who changed a cart (user and name), and when."""

    user_id: str
    name: str
    at: datetime


@dataclass(frozen=True, slots=True)
class CartHead:
    """`generation` is raised when the cart becomes an order, so that a second click finds nothing to place; `version`
    with every change of a line, so that an order never misses a line put in meanwhile.

    `totals` are those of the last look, for the header of every page. `quantities` by item id are for the catalogue's
    boxes; None where they are not carried: in drafts, and where there are more lines than a head can hold. A `shared` draft is
    everybody's at the partner, any other thing its maker's alone.
    """

    id: str
    partner_id: str
    generation: int = 0
    version: int = 0
    totals: CartTotals = CartTotals()
    last_order: str | None = None
    quantities: Mapping[str, Decimal] | None = field(default_factory=dict)
    kind: CartKind = CartKind.OWN
    name: str = ""
    shared: bool = False
    created: Change | None = None
    changed: Change | None = None

    @property
    def is_open(self) -> bool:
        """A draft that became an order takes no more lines; one's own cart starts anew."""
        return self.kind is not CartKind.DRAFT or self.last_order is None

    def carried(self, quantities: Mapping[str, Decimal]) -> Mapping[str, Decimal] | None:
        """The quantities as this head carries them: all, or none at all."""
        return quantities if self.kind is CartKind.OWN and len(quantities) <= LINES_IN_HEAD else None

    def seen_by(self, user_id: str) -> bool:
        if self.kind is CartKind.OWN:
            return self.id == user_id
        return self.is_open and (self.shared or (self.created is not None and self.created.user_id == user_id))


@dataclass(frozen=True, slots=True)
class CartLine:
    """`seen_price`, `seen_contract_id` and `seen_at` are what the dealer saw when he put it in; `changed_by` is the user who
    set the quantity last."""

    item_id: str
    quantity: Decimal
    seen_price: Decimal | None = None
    seen_contract_id: str = ""
    added_at: datetime | None = None
    seen_at: datetime | None = None
    comment: str = ""
    changed_by: str = ""
