"""Partners with what hangs on them: contracts, terms, settlements, managers."""

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Protocol

from chalicelib.domain.access.users import Membership, User
from chalicelib.domain.cart.carts import CartHead
from chalicelib.domain.exchange.exchange import Problem
from chalicelib.domain.exchange.records import Mark
from chalicelib.domain.partners.partner_terms import PartnerTerms
from chalicelib.domain.partners.partners import (
    AccountManager,
    Company,
    Contract,
    Counterparty,
    DeliveryAddress,
    ManagerRecord,
    Partner,
    PartnerScope,
)
from chalicelib.domain.partners.settlements import LedgerEntry
from chalicelib.domain.partners.terms import CreditLimit, IndividualPrice, Restriction
from chalicelib.usecases.ports.clock import RecordStore


@dataclass(frozen=True, slots=True)
class Account:
    """What most pages need of a partner, read in one call. `terms` grows with every change of the partner's own terms;
    `unread`: notifications not read yet, by user."""

    partner: Partner
    members: tuple[Membership, ...] = ()
    contracts: tuple[Contract, ...] = ()
    counterparties: tuple[Counterparty, ...] = ()
    carts: tuple[CartHead, ...] = ()
    manager: AccountManager | None = None
    terms: int = 0
    unread: Mapping[str, int] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class PartnerRecord:
    """A partner as 1C sends it. `contacts` have empty `user_id`; the store finds or makes the users.

    A list that is None was not told and stays as it is. A contact's phone is "" where 1C's text is no phone.
    """

    partner: Partner
    contacts: tuple[Membership, ...] = ()
    counterparties: tuple[Counterparty, ...] | None = ()
    contracts: tuple[Contract, ...] | None = ()
    addresses: tuple[DeliveryAddress, ...] | None = ()
    manager: AccountManager | None = None


@dataclass(frozen=True, slots=True)
class Saved:
    """What became of a record: "written", "unchanged" (equal or older revision).

    `invited`: users to send a link to, told again until `UserStore.invite` has made one. `problems`: contacts whose phone
    or e-mail could not become a login.
    """

    outcome: str
    invited: tuple[User, ...] = ()
    problems: tuple[Problem, ...] = ()


class PartnerStore(Protocol):
    def account(self, scope: PartnerScope) -> Account | None: ...

    def names(self, partner_ids: Collection[str]) -> Mapping[str, str]:
        """Of partners, by id: for the supplier's staff."""
        ...

    def addresses(self, scope: PartnerScope) -> tuple[DeliveryAddress, ...]:
        """Those with portal access, by name."""
        ...

    def save(self, record: PartnerRecord, now: datetime) -> Saved:
        """Its revision is kept last: what was cut short is done when 1C sends the record again.

        Raises Conflict where others keep changing the partner meanwhile.
        """
        ...

    def payers(self, payer_id: str, inn: str = "", kpp: str = "") -> tuple[tuple[str, Counterparty], ...]:
        """(partner id, counterparty) of every partner that has the payer: by his id, else by ИНН and КПП."""
        ...

    def fill_payer(self, partner_id: str, payer: Counterparty) -> bool:
        """Fill what the partner's payer of this id has empty; False where that is nothing."""
        ...

    def company(self, company_id: str | None) -> Company | None:
        """Our company; without an id the first one."""
        ...

    def save_company(self, company: Company) -> None: ...


class ManagerStore(Protocol):
    def save(self, record: ManagerRecord) -> bool:
        """Keep the manager and tell the partners he looks after; False where the same or a newer revision is kept already.

        Raises Conflict.
        """
        ...

    def deactivate(self, marks: Sequence[Mark], revision: int) -> int:
        """They look after nobody as of the revision, unless they have changed since; how many that were."""
        ...


class IndividualPriceStore(RecordStore[IndividualPrice], Protocol):
    def of(self, scope: PartnerScope) -> tuple[IndividualPrice, ...]:
        """The partner's own and those of its segments, whatever day it is."""
        ...


class RestrictionStore(RecordStore[Restriction], Protocol):
    def of(self, scope: PartnerScope) -> tuple[Restriction, ...]:
        """The partner's own and those of its segments and its region, whatever day it is."""
        ...

    def all(self) -> tuple[Restriction, ...]:
        """Every one in use that this store has saved."""
        ...


class TermStore(Protocol):
    """All that terms say of a partner, kept in the process until it changes."""

    def of(self, partner: Partner, own: int, general: int) -> PartnerTerms:
        """`own` is what the account says of its terms, `general` what the beacons say of all others: while both stay, no call
        is made."""
        ...


class CreditLimitStore(RecordStore[CreditLimit], Protocol):
    def of(self, scope: PartnerScope) -> tuple[CreditLimit, ...]: ...


class SettlementStore(RecordStore[LedgerEntry], Protocol):
    def entries(self, scope: PartnerScope, contract_id: str | None = None, last: date | None = None) -> Iterator[LedgerEntry]:
        """From the very beginning up to the day, in order of contract and day; of all contracts without one."""
        ...
