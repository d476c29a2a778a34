"""Terms 1C keeps for partners beyond the price type: individual prices, discounts, restrictions, rates, credit limits."""

from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from enum import StrEnum


@dataclass(frozen=True, slots=True)
class IndividualPrice:
    """A price or a discount of a partner or of a segment of partners, for an item, a group with all below it, or a brand;
    with none of the three for the whole assortment.

    Either `percent` (off the price of the contract's price type; negative is a markup) or `price` of one unit in major
    units of `currency` is told. It holds from `valid_from` to `valid_to`, both included, for `min_quantity` and more of an
    item, under `contract_id` or every contract. `calculated`: 1C's own last word for the contract, no rule of ours is applied.
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
    min_quantity: Decimal | None = None
    contract_id: str | None = None
    calculated: bool = False


class DiscountKind(StrEnum):
    PROMOTION = "promotion"
    VOLUME = "volume"


@dataclass(frozen=True, slots=True)
class Discount:
    """A promotion or a discount for quantity, for a partner, a segment, a region or (with none of them) everybody; for goods
    as an `IndividualPrice`. `percent` off the contract's price, or a `price` of one unit."""

    id: str
    name: str
    kind: DiscountKind = DiscountKind.PROMOTION
    description: str = ""
    partner_id: str | None = None
    segment: str | None = None
    region: str | None = None
    item_id: str | None = None
    group_id: str | None = None
    brand: str | None = None
    percent: Decimal | None = None
    price: Decimal | None = None
    currency: str = "RUB"
    min_quantity: Decimal | None = None
    valid_from: date | None = None
    valid_to: date | None = None


@dataclass(frozen=True, slots=True)
class CurrencyRate:
    """`multiplicity` units of `currency` cost `rate` roubles, as 1C has it since the day `on`."""

    id: str
    currency: str
    rate: Decimal
    multiplicity: int = 1
    on: date | None = None


class RestrictionMode(StrEnum):
    BLOCK = "block"
    HIDE = "hide"


@dataclass(frozen=True, slots=True)
class Restriction:
    """Goods that a partner, a segment or a region may not buy: shown with the reason (block) or not shown at all (hide).

    `origin` is "portal" for one that the supplier's people made here.
    """

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
    origin: str = "erp"


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


GoodsTerm = IndividualPrice | Discount | Restriction
Term = GoodsTerm | CreditLimit


def in_force(term: Term, on: date) -> bool:
    """Whether it holds on the day."""
    begun = term.valid_from is None or term.valid_from <= on
    return begun and (term.valid_to is None or on <= term.valid_to)
