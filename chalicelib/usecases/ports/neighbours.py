"""Systems that are asked for what they have: 1C by OData, Bitrix24."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Protocol

from chalicelib.domain.exchange.exchange import Problem
from chalicelib.domain.partners.partners import Counterparty


@dataclass(frozen=True, slots=True)
class Gone:
    """An object that a neighbour has deleted: "partners" by our id, "orders" by the neighbour's own."""

    kind: str
    id: str


@dataclass(frozen=True, slots=True)
class ToldAgreement:
    """An agreement as 1C has it now. `price_kind_id` is 1C's kind of price, not our column."""

    id: str
    name: str
    price_kind_id: str | None = None
    counterparty_id: str | None = None
    company_id: str | None = None
    vat_included: bool = True
    deleted: bool = False


@dataclass(frozen=True, slots=True)
class ToldContact:
    """A contact person as 1C has him now: all his phones that are ones, as E.164, and addresses of mail."""

    id: str
    name: str
    phones: tuple[str, ...]
    emails: tuple[str, ...]
    deleted: bool = False


@dataclass(frozen=True, slots=True)
class ToldAddress:
    """A point of delivery as 1C has it now, with all its addresses."""

    id: str
    name: str
    addresses: tuple[str, ...]
    deleted: bool = False


@dataclass(frozen=True, slots=True)
class ToldPartner:
    """What 1C answers of a partner when it is asked: less than it sends. `access` is None where it was not asked for.

    `asked_at` is the instant before the question: whatever 1C sends by itself after that is newer.
    """

    id: str
    name: str
    access: bool | None
    deleted: bool
    counterparties: tuple[Counterparty, ...]
    agreements: tuple[ToldAgreement, ...]
    asked_at: datetime
    contacts: tuple[ToldContact, ...] = ()
    addresses: tuple[ToldAddress, ...] = ()


@dataclass(frozen=True, slots=True)
class PriceColumn:
    """All prices of a kind as 1C has them now, by item. `ids` are what our column of them may be called: by the kind, or by
    the typical agreements that УТ sends its prices under."""

    name: str
    ids: tuple[str, ...]
    amounts: Mapping[str, Decimal]


@dataclass(frozen=True, slots=True)
class RereadPage:
    """Some records read of a neighbour: partners, what a file of the exchange holds, answers to orders, what is gone.

    `next` is where to go on ("" at the end); `in_order`: the next page needs what is in this one. `problems` are of records
    that came all the same.
    """

    records: tuple[object, ...]
    next: str = ""
    problems: tuple[Problem, ...] = ()
    in_order: bool = False


class Neighbour(Protocol):
    """A system that is asked for what it has: all of a kind page by page, or one object that has just changed.

    `node` is its name in the journal; its methods raise Refused, Unavailable.
    """

    @property
    def node(self) -> str: ...

    @property
    def kinds(self) -> tuple[str, ...]: ...

    @property
    def tells_changes(self) -> bool:
        """Whether it can say what has changed since an instant."""
        ...

    def page(self, kind: str, after: str, since: datetime | None) -> RereadPage:
        """The page that begins after `after` ("" is the first), of what has changed since an instant (None: all)."""
        ...

    def one(self, kind: str, id: str) -> RereadPage:
        """The object by its id there, or that it is gone."""
        ...


class ErpClient(Protocol):
    """1C asked by us, where it can be reached."""

    def warehouses(self) -> tuple[str, ...]: ...

    def balances(self, warehouse_id: str) -> Iterable[tuple[str, Decimal]]:
        """(item id, free quantity). Raises Unavailable."""
        ...
