"""Terms 1C keeps for partners beyond the price type: individual prices and discounts, restrictions, credit limits."""

from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from enum import StrEnum


@dataclass(frozen=True, slots=True)
class IndividualPrice:
    """A price or a discount of a partner or of a segment of partners, for an item, a group with all below it, or a brand;
    with none of the three for the whole assortment.

    Either `percent` (off the price of the contract's price type; negative is a markup) or `price` of one unit in major
    units of `currency` is told. It holds from `valid_from` to `valid_to`, both included.
    """

    id: str
    partner_id: str | None = None
    segment: str | None = None
    item_id: str | None = None
    group_id: str | None = None
    brand: str | None = None
    percent: Decimal | None = None
    price: Decimal | None = None
    currency: str = "RUB"
    valid_from: date | None = None
    valid_to: date | None = None


class RestrictionMode(StrEnum):
    BLOCK = "block"
    HIDE = "hide"


@dataclass(frozen=True, slots=True)
class Restriction:
    """Goods that a partner, a segment or a region may not buy: shown with the reason (block) or not shown at all (hide)."""

    id: str
    mode: RestrictionMode
    reason: str = ""
    partner_id: str | None = None
    segment: str | None = None
    region: str | None = None
    item_id: str | None = None
    group_id: str | None = None
    brand: str | None = None
    valid_from: date | None = None
    valid_to: date | None = None


@dataclass(frozen=True, slots=True)
class CreditLimit:
    """How much a partner may owe, in minor units; by one contract or, without `contract_id`, by all of them together."""

    id: str
    partner_id: str
    amount: int
    currency: str = "RUB"
    contract_id: str | None = None
    valid_from: date | None = None
    valid_to: date | None = None


Term = IndividualPrice | Restriction | CreditLimit


def in_force(term: Term, on: date) -> bool:
    """Whether it holds on the day."""
    begun = term.valid_from is None or term.valid_from <= on
    return begun and (term.valid_to is None or on <= term.valid_to)
