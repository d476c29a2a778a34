"""A partner with all that hangs on it in one partition; our companies in another."""

from collections.abc import Callable, Collection, Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Any, TypeVar

from chalicelib.adapters.dynamo import table as actions
from chalicelib.adapters.dynamo.access import contacts
from chalicelib.adapters.dynamo.access.users import keyed
from chalicelib.adapters.dynamo.cart.carts import head_from_item
from chalicelib.adapters.dynamo.exchange.records import register_item
from chalicelib.adapters.dynamo.flat import from_flat, to_flat
from chalicelib.adapters.dynamo.notifications import unread_counts
from chalicelib.adapters.dynamo.table import ACTIONS_PER_TRANSACTION, ConditionFailed, Item, Key, Table, batch_get, transact
from chalicelib.domain.errors import Conflict
from chalicelib.domain.exchange.records import Mark, part_id
from chalicelib.domain.partners.partners import (
    AccountManager,
    Company,
    Contract,
    Counterparty,
    DeliveryAddress,
    Partner,
    PartnerScope,
)
from chalicelib.usecases.ports.partners import Account, PartnerRecord, Saved

T = TypeVar("T")
CONTRACT, COUNTERPARTY, ADDRESS, CART = "CONTRACT#", "COUNTERPARTY#", "ADDRESS#", "CART#"
AFTER_ADDRESSES = "CART"
"""Sort keys of a partner from here on are what every page needs; addresses, which may be many, stand before it."""
TRIES = 6


def partner_key(partner_id: str) -> Key:
    return f"PARTNER#{partner_id}", "PROFILE"


def part_key(prefix: str, id: str) -> Key:
    """Of a contract, payer or address: `id` is the `part_id` of the partner's and its own."""
    partner_id, _, own_id = id.partition(" ")
    return partner_key(partner_id)[0], f"{prefix}{own_id}"


def manager_key(partner_id: str) -> Key:
    return f"PARTNER#{partner_id}", "MANAGER"


def terms_key(partner_id: str) -> Key:
    """Counts the changes of the partner's own terms, which lie in a partition of theirs."""
    return f"PARTNER#{partner_id}", "TERMS"


def company_key(company_id: str) -> Key:
    return "COMPANIES", f"COMPANY#{company_id}"


def partner_to_item(partner: Partner, version: int) -> Item:
    """`version` counts writes to the partition: two saves at the same time must not pass each other unseen."""
    item = keyed(partner_key(partner.id), to_flat(partner, ("id",))) | {"version": version}
    listed = {"GSI1PK": f"MANAGER#{partner.manager_id}", "GSI1SK": partner.name}
    return item | (listed if partner.manager_id else {})


def partner_from_item(item: Item) -> Partner:
    return from_flat(Partner, item, id=item["PK"].removeprefix("PARTNER#"))


def part_to_item(prefix: str, id: str, part: Contract | Counterparty | DeliveryAddress) -> Item:
    item = keyed(part_key(prefix, id), to_flat(part, ("id",)))
    return item | _payer_places(item, part) if isinstance(part, Counterparty) else item


def _payer_places(item: Item, payer: Counterparty) -> Item:
    """A payer is found among those of all partners by his id (GSI2) and by his ИНН with КПП (GSI1)."""
    place = f"{item['PK']} {item['SK']}"
    found: Item = {"GSI2PK": f"PAYER#{item['SK'].removeprefix(COUNTERPARTY)}", "GSI2SK": place}
    return found | ({"GSI1PK": f"PAYERINN#{payer.inn}#{payer.kpp}", "GSI1SK": place} if payer.inn else {})


def _parts(items: Iterable[Item], prefix: str, kind: type[T], order: Callable[[T], Any]) -> tuple[T, ...]:
    """The active ones of a kind."""
    mine = (item for item in items if item["SK"].startswith(prefix) and item["active"])
    return tuple(sorted((from_flat(kind, item, id=item["SK"].removeprefix(prefix)) for item in mine), key=order))


def _manager(item: Item | None) -> AccountManager | None:
    return from_flat(AccountManager, item) if item else None


class DynamoPartners:
    def __init__(self, portal: Table) -> None:
        self.portal = portal

    def account(self, scope: PartnerScope) -> Account | None:
        """One consistent query: a flag that 1C cleared counts for the very next page."""
        found = list(self.portal.query(partner_key(scope.partner_id)[0], at_least=AFTER_ADDRESSES, strong=True))
        by_key = {item["SK"]: item for item in found}
        profile = by_key.get(partner_key(scope.partner_id)[1])
        if profile is None:
            return None
        return Account(
            partner=partner_from_item(profile),
            members=tuple(sorted(contacts.members_of(found), key=lambda member: (member.name, member.user_id))),
            contracts=_parts(found, CONTRACT, Contract, lambda one: (not one.is_default, one.name, one.id)),
            counterparties=_parts(found, COUNTERPARTY, Counterparty, lambda one: (one.name, one.id)),
            carts=tuple(head_from_item(item) for item in found if item["SK"].startswith(CART)),
            manager=_manager(by_key.get(manager_key(scope.partner_id)[1])),
            terms=int(by_key.get(terms_key(scope.partner_id)[1], {}).get("version", 0)),
            unread=unread_counts(found),
        )

    def names(self, partner_ids: Collection[str]) -> dict[str, str]:
        found = batch_get(self.portal.client, [(self.portal.name, partner_key(partner_id)) for partner_id in sorted(partner_ids)])
        return {partner.id: partner.name for partner in map(partner_from_item, found.values())}

    def addresses(self, scope: PartnerScope) -> tuple[DeliveryAddress, ...]:
        found = self.portal.query(partner_key(scope.partner_id)[0], prefix=ADDRESS)
        known = _parts(found, ADDRESS, DeliveryAddress, lambda one: (one.name, one.id))
        return tuple(address for address in known if address.portal_access)

    def payers(self, payer_id: str, inn: str = "", kpp: str = "") -> tuple[tuple[str, Counterparty], ...]:
        """Eventually consistent, as indexes are."""
        found = list(self.portal.query(f"PAYER#{payer_id}", index="GSI2")) if payer_id else []
        if not found and inn:
            found = list(self.portal.query(f"PAYERINN#{inn}#{kpp}", index="GSI1"))
        return tuple(
            (item["PK"].removeprefix("PARTNER#"), payer)
            for item in found
            for payer in _parts([item], COUNTERPARTY, Counterparty, str)
        )

    def fill_payer(self, partner_id: str, payer: Counterparty) -> bool:
        key = f"PARTNER#{partner_id}", f"{COUNTERPARTY}{payer.id}"
        kept = self.portal.get(key, strong=True) or {}
        told = to_flat(payer, ("id", "kind")).items()
        missing = {name: value for name, value in told if value and kept and not kept.get(name)}
        if not missing:
            return False
        places = _payer_places(kept, from_flat(Counterparty, kept | missing, id=payer.id))
        names = {f"#{n}": name for n, name in enumerate(missing | places)}
        values = {f":{n}": value for n, value in enumerate((missing | places).values())}
        expression = "SET " + ", ".join(f"#{n} = :{n}" for n in range(len(names)))
        self.portal.update(key, expression, "attribute_exists(PK)", values, names)
        return True

    def company(self, company_id: str | None) -> Company | None:
        if company_id is not None:
            item = self.portal.get(company_key(company_id))
            return _company(item) if item else None
        return next((_company(item) for item in self.portal.query(company_key("")[0], limit=1)), None)

    def save_company(self, company: Company) -> None:
        self.portal.put(keyed(company_key(company.id), to_flat(company, ("id",))))

    def save(self, record: PartnerRecord, now: datetime) -> Saved:
        partition = partner_key(record.partner.id)[0]
        for _ in range(TRIES):
            before = Stored.read(self.portal.query(partition, strong=True))
            if before.revision >= record.partner.revision:
                return Saved("unchanged", self._uninvited(before, record))
            people = contacts.plan_contacts(self.portal, record.contacts, before.members, before.access(record), now)
            try:
                parts = _plan_parts(self.portal.name, record, before)
                self._write(record.partner, before, [*people.groups, *parts, *_plan_marks(self.portal.name, record, before)])
            except ConditionFailed:
                continue  # somebody changed the partner or one of its people: look again
            return Saved("written", tuple(people.invited), tuple(people.problems))
        raise Conflict("Партнёр «%(name)s» всё время меняется: отправьте его ещё раз", name=record.partner.name)

    def _uninvited(self, before: "Stored", record: PartnerRecord) -> tuple[contacts.User, ...]:
        """A repeat of the last record makes up for links that were not made."""
        repeated = before.revision == record.partner.revision and before.portal_access
        return contacts.uninvited(self.portal, before.members) if repeated else ()

    def _write(self, partner: Partner, before: "Stored", groups: list[list[Item]]) -> None:
        """In one transaction where it fits. Else people first, and the profile with its new revision in the last one."""
        version = before.version
        *first, last = _batches(groups, ACTIONS_PER_TRANSACTION - 2)
        for batch in first:
            transact(self.portal.client, [*batch, self._profile(before.shell(partner), version)])
            version += 1
        transact(self.portal.client, [*last, self._profile(partner, version), self._mark(partner)])

    def _mark(self, partner: Partner) -> Item:
        """Guarded by the profile beside it."""
        mark = Mark(partner.id, partner.revision, partner.portal_access)
        return actions.put(self.portal.name, register_item("partners", mark, partner_key(partner.id)))

    def _profile(self, partner: Partner, seen: int) -> Item:
        item = partner_to_item(partner, seen + 1)
        if seen == 0:
            return actions.put(self.portal.name, item, "attribute_not_exists(PK)")
        return actions.put(self.portal.name, item, "version = :seen", {":seen": seen})


def _company(item: Item) -> Company:
    return from_flat(Company, item, id=item["SK"].removeprefix(company_key("")[1]))


@dataclass(frozen=True)
class Stored:
    """A partner's partition as it stands, by sort key."""

    items: dict[str, Item]

    @classmethod
    def read(cls, items: Iterable[Item]) -> "Stored":
        return cls({item["SK"]: item for item in items})

    @property
    def profile(self) -> Item | None:
        return self.items.get(partner_key("")[1])

    @property
    def revision(self) -> int:
        return int(self.profile["revision"]) if self.profile else -1

    @property
    def version(self) -> int:
        return int(self.profile["version"]) if self.profile else 0

    @property
    def portal_access(self) -> bool:
        return bool(self.profile and self.profile["portal_access"])

    @property
    def members(self) -> list[contacts.Membership]:
        return contacts.members_of(self.items.values())

    def access(self, record: PartnerRecord) -> contacts.Access:
        return contacts.Access(self.portal_access, record.partner.portal_access)

    def shell(self, partner: Partner) -> Partner:
        """What stands in the profile until the last batch: the old one, or a closed one that any revision replaces."""
        return partner_from_item(self.profile) if self.profile else Partner(partner.id, partner.name, False, revision=-1)


def _plan_parts(table: str, record: PartnerRecord, before: Stored) -> Iterator[list[Item]]:
    """Contracts, payers, addresses and the manager: what changed, each on its own.

    A part that came alone with a later revision stays as it is, now and where it comes in this very moment.
    """
    revision = record.partner.revision
    for item in _told_parts(record, before):
        kept = before.items.get(item["SK"], {})
        if not _same(kept, item) and int(kept.get("revision", -1)) <= revision:
            newer = item | {"revision": revision}
            yield [actions.put(table, newer, NOT_NEWER, {":revision": revision})]
    yield from _plan_manager(table, record, before)


def _plan_marks(table: str, record: PartnerRecord, before: Stored) -> Iterator[list[Item]]:
    """Of all that the card brings, changed or not: for 1C it has the card's revision now."""
    revision = record.partner.revision
    for item in _told_parts(record, before):
        prefix, _, own_id = item["SK"].partition("#")
        if int(before.items.get(item["SK"], {}).get("revision", -1)) <= revision:
            mark = Mark(part_id(record.partner.id, own_id), revision, item["active"])
            yield [_marked(table, PARTS[f"{prefix}#"], mark, (item["PK"], item["SK"]))]
    for contact_id, access in {one.contact_id: one.portal_access for one in record.contacts if one.contact_id}.items():
        mark = Mark(part_id(record.partner.id, contact_id), revision, access)
        yield [_marked(table, "contacts", mark, partner_key(record.partner.id))]


PARTS = {CONTRACT: "contracts", COUNTERPARTY: "counterparties", ADDRESS: "delivery_addresses"}


def _marked(table: str, entity: str, mark: Mark, place: Key) -> Item:
    return actions.put(table, register_item(entity, mark, place), NOT_NEWER, {":revision": mark.revision})


NOT_NEWER = "attribute_not_exists(revision) OR revision <= :revision"


def _same(kept: Item, item: Item) -> bool:
    return {name: value for name, value in kept.items() if name != "revision"} == item


def _told_parts(record: PartnerRecord, before: Stored) -> Iterator[Item]:
    listed = {CONTRACT: record.contracts, COUNTERPARTY: record.counterparties, ADDRESS: record.addresses}
    for prefix, parts in listed.items():
        if parts is not None:
            ids = {f"{prefix}{part.id}": part_id(record.partner.id, part.id) for part in parts}
            for part in parts:
                yield part_to_item(prefix, ids[f"{prefix}{part.id}"], part) | {"active": True}
            yield from _omitted(before, prefix, set(ids))


def _omitted(before: Stored, prefix: str, listed: set[str]) -> Iterator[Item]:
    """What 1C no longer lists is hidden, not deleted: orders speak of it."""
    for sort, item in before.items.items():
        if sort.startswith(prefix) and sort not in listed:
            yield {name: value for name, value in item.items() if name != "revision"} | {"active": False}


def _plan_manager(table: str, record: PartnerRecord, before: Stored) -> Iterator[list[Item]]:
    """A card without a manager leaves the one whom a record of managers has assigned; a card knows nothing of photos."""
    key = manager_key(record.partner.id)
    kept = before.items.get(key[1], {})
    if record.manager is None and kept.get("assigned"):
        return
    wanted = keyed(key, to_flat(record.manager)) if record.manager else None
    if wanted and kept.get("id") == wanted["id"]:
        wanted |= {name: kept[name] for name in ("assigned", "photo_document_id") if kept.get(name)}
    if wanted != (kept or None):
        yield [actions.put(table, wanted) if wanted else actions.delete(table, key)]


def _batches(groups: Iterable[list[Item]], size: int) -> list[list[Item]]:
    """Groups kept whole, in as few batches as their order allows; at least one batch."""
    batches: list[list[Item]] = [[]]
    for group in groups:
        if len(batches[-1]) + len(group) > size:
            batches.append([])
        batches[-1] += group
    return batches
