"""Price lists of a dealer: made for one contract, downloaded or fetched by a link with a key."""

import hashlib
import secrets
from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import Decimal
from enum import StrEnum
from typing import NamedTuple

REFRESH_AFTER = timedelta(minutes=10)
"""A list this young is not made anew, whatever changed."""

STUCK_AFTER = timedelta(minutes=20)
"""A list that is being made for so long was given up: it may be asked for again."""


class Format(StrEnum):
    XLSX = "xlsx"
    CSV = "csv"
    YML = "yml"
    JSON = "json"


@dataclass(frozen=True, slots=True)
class PriceListFile:
    """What was made: at which moment, how many rows, bytes, and a mark that changes with the content."""

    made_at: datetime
    rows: int
    size: int
    etag: str


@dataclass(frozen=True, slots=True)
class PriceList:
    """`group_ids`: only these groups of 1C with all below them, all goods where there are none. `asked_at` is set while it is
    being made, `progress` counts the rows done; `problem` is a msgid of why the last try came to nothing.

    `key_hash` is that of the link's key, "" where the list has no link.
    """

    id: str
    partner_id: str
    user_id: str
    contract_id: str
    format: Format
    name: str
    created_at: datetime
    group_ids: tuple[str, ...] = ()
    in_stock: bool = False
    pictures: bool = False
    key_hash: str = ""
    asked_at: datetime | None = None
    progress: int = 0
    problem: str = ""
    file: PriceListFile | None = None

    def is_being_made(self, now: datetime) -> bool:
        return self.asked_at is not None and now - self.asked_at < STUCK_AFTER

    def is_stale(self, now: datetime, changed_at: datetime | None) -> bool:
        """Prices or stock have changed since it was made, and it is old enough to be made anew."""
        if self.file is None:
            return True
        changed = changed_at is not None and changed_at > self.file.made_at
        return changed and now - self.file.made_at >= REFRESH_AFTER


class PriceRow(NamedTuple):
    """A row of a price list. `price` and `recommended` of one unit in `currency`; `available` at the dealer's warehouse (None:
    nobody knows), `everywhere` at all of them; `group` is the nearest group's id."""

    id: str
    sku: str
    name: str
    unit: str
    brand: str
    group_id: str
    package: Decimal | None
    price: Decimal
    recommended: Decimal | None
    currency: str
    vat_rate: Decimal | None
    available: Decimal | None
    everywhere: Decimal | None
    picture: str


class Heading(NamedTuple):
    """What stands above the rows. `groups`: (id, parent's id or "", name); `url` is the portal's."""

    name: str
    partner: str
    contract: str
    currency: str
    made_at: datetime
    url: str
    groups: tuple[tuple[str, str, str], ...]
    pictures: bool


def file_key(partner_id: str, list_id: str) -> str:
    folder = hashlib.sha256(partner_id.encode()).hexdigest()[:16]
    return f"price-lists/{folder}/{list_id}"


def new_key() -> str:
    """256 bits nobody guesses."""
    return secrets.token_urlsafe(32)


def hash_of(key: str) -> str:
    """What is kept of a key: the key itself is shown once."""
    return hashlib.sha256(key.encode()).hexdigest()
