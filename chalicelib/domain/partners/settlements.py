"""What a dealer owes and why: entries of 1C's settlements and what they come to over a period."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from enum import StrEnum


class EntryKind(StrEnum):
    OPENING_BALANCE = "opening_balance"
    SHIPMENT = "shipment"
    PAYMENT = "payment"
    RETURN = "return"
    CORRECTION = "correction"


@dataclass(frozen=True, slots=True)
class LedgerEntry:
    """A movement by one contract. `amount` in minor units: positive is more debt of the dealer, negative less.

    An opening balance says what was owed at the start of its day, whatever went before. `due_on` is when a shipment must
    be paid for.
    """

    id: str
    partner_id: str
    contract_id: str
    on: date
    kind: EntryKind
    amount: int
    currency: str = "RUB"
    counterparty_id: str | None = None
    document: str = ""
    number: str = ""
    order_number: str = ""
    due_on: date | None = None


@dataclass(frozen=True, slots=True)
class Turnover:
    """A period of one contract, minor units: `closing` = `opening` + `shipped` - `paid` - `returned` + `corrected`."""

    opening: int = 0
    shipped: int = 0
    paid: int = 0
    returned: int = 0
    corrected: int = 0

    @property
    def closing(self) -> int:
        return self.opening + self.shipped - self.paid - self.returned + self.corrected


def debt_before(entries: Iterable[LedgerEntry], day: date) -> int:
    """What was owed when the day began. An opening balance of that very day counts."""
    ordered = sorted(entries, key=lambda entry: (entry.on, entry.kind is not EntryKind.OPENING_BALANCE))
    debt = 0
    for entry in ordered:
        if entry.kind is EntryKind.OPENING_BALANCE and entry.on <= day:
            debt = entry.amount
        elif entry.on < day:
            debt += entry.amount
    return debt


def turnover(entries: Iterable[LedgerEntry], first: date, last: date) -> Turnover:
    """Of the days from `first` to `last`, both included; `entries` of one contract and currency from the very beginning.

    An opening balance within the period that does not follow from what went before is a correction.
    """
    known = tuple(entries)
    period = [entry for entry in known if first <= entry.on <= last]

    def total(kind: EntryKind) -> int:
        return sum(entry.amount for entry in period if entry.kind is kind)

    resets = {entry.on for entry in period if entry.kind is EntryKind.OPENING_BALANCE and entry.on > first}
    jumps = sum(debt_before(known, day) - _running(known, day) for day in resets)
    return Turnover(
        opening=debt_before(known, first),
        shipped=total(EntryKind.SHIPMENT),
        paid=-total(EntryKind.PAYMENT),
        returned=-total(EntryKind.RETURN),
        corrected=total(EntryKind.CORRECTION) + jumps,
    )


def _running(entries: Iterable[LedgerEntry], day: date) -> int:
    """What was owed when the day began, but for an opening balance of that day."""
    return debt_before([entry for entry in entries if not (entry.kind is EntryKind.OPENING_BALANCE and entry.on == day)], day)
