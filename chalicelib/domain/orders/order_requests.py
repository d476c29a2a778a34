"""What a dealer asks to be changed in an order that 1C already has: it is kept beside the order until it is decided."""

from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from enum import StrEnum


class RequestKind(StrEnum):
    CHANGE = "change"
    CANCEL = "cancel"


@dataclass(frozen=True, slots=True)
class Wanted:
    """The quantity a line is to have; 0 takes it out."""

    line: int
    item_id: str
    quantity: Decimal


@dataclass(frozen=True, slots=True)
class Heading:
    """What of an order's head a dealer can ask to be another."""

    desired_date: date | None = None
    address_id: str | None = None
    address: str = ""
    comment: str = ""


@dataclass(frozen=True, slots=True)
class OrderRequest:
    """`base_revision` is that of the order the dealer looked at. `lines`: those that are to change, no others.

    `heading` is as it is to be, None where it stays. `stale`: 1C has changed the order since, the dealer decides anew.
    """

    kind: RequestKind
    base_revision: int
    at: datetime
    user_name: str
    lines: tuple[Wanted, ...] = ()
    heading: Heading | None = None
    words: str = ""
    stale: bool = False
