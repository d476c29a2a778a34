"""Partners and our companies, as 1C sends them."""

from collections.abc import Sequence
from dataclasses import replace

from chalicelib.domain.exchange.records import Mark
from chalicelib.domain.partners.partners import Company, PartnerScope
from chalicelib.usecases.access.invitations import invite
from chalicelib.usecases.exchange.import_records import UNCHANGED, WRITTEN, Taken
from chalicelib.usecases.ports.access import UserStore
from chalicelib.usecases.ports.clock import Clock
from chalicelib.usecases.ports.files import Queues
from chalicelib.usecases.ports.orders import Outbox
from chalicelib.usecases.ports.partners import PartnerRecord, PartnerStore


def save_partner(
    partners: PartnerStore,
    users: UserStore,
    outbox: Outbox,
    queues: Queues | None,
    clock: Clock,
    *,
    record: PartnerRecord,
    public_url: str,
) -> Taken:
    """Save the record and invite those who were let in. Raises Conflict."""
    saved = partners.save(record, clock())
    for user in saved.invited:
        invite(users, outbox, clock, user=user, public_url=public_url, queues=queues)
    return Taken(saved.outcome, saved.problems)


def save_company(partners: PartnerStore, *, company: Company) -> Taken:
    if partners.company(company.id) == company:
        return UNCHANGED
    partners.save_company(company)
    return WRITTEN


def hide_partners(partners: PartnerStore, clock: Clock, *, marks: Sequence[Mark], revision: int) -> int:
    """Close the access of partners that 1C's whole list does not name; how many that were."""
    return sum(_hide(partners, clock, mark, revision) for mark in marks)


def _hide(partners: PartnerStore, clock: Clock, mark: Mark, revision: int) -> bool:
    account = partners.account(PartnerScope(mark.id))
    if account is None or account.partner.revision != mark.revision:
        return False
    closed = replace(account.partner, portal_access=False, revision=max(revision, mark.revision + 1))
    record = PartnerRecord(closed, counterparties=None, contracts=None, addresses=None, manager=account.manager)
    return partners.save(record, clock()).outcome == "written"
