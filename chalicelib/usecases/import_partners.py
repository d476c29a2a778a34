"""Partners and our companies, as 1C sends them."""

from chalicelib.domain.partners import Company
from chalicelib.usecases.import_records import UNCHANGED, WRITTEN, Taken
from chalicelib.usecases.invitations import invite
from chalicelib.usecases.ports import Clock, Outbox, PartnerRecord, PartnerStore, Queues, UserStore


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
