"""Account managers: one item each, and a copy at every partner they look after, for the header of each page.

portal  MANAGER#<id>   PROFILE    under a revision; `partners` he is assigned to, `left` those he was assigned to before
        PARTNER#<id>   MANAGER    the copy; `assigned` by a record of managers, else by the partner's own card
"""

from collections.abc import Sequence

from chalicelib.adapters.dynamo.access.users import keyed
from chalicelib.adapters.dynamo.exchange.records import register_item
from chalicelib.adapters.dynamo.flat import from_flat, to_flat
from chalicelib.adapters.dynamo.partners.partners import manager_key, partner_key
from chalicelib.adapters.dynamo.table import ConditionFailed, Item, Key, Table, check, put, transact
from chalicelib.domain.errors import Conflict
from chalicelib.domain.exchange.records import Mark
from chalicelib.domain.partners.partners import AccountManager, ManagerRecord

TRIES = 5


def own_key(manager_id: str) -> Key:
    return f"MANAGER#{manager_id}", "PROFILE"


class DynamoManagers:
    def __init__(self, portal: Table) -> None:
        self.portal = portal

    def save(self, record: ManagerRecord) -> bool:
        """The copies come last: a repeat of the same revision makes up for those that were not written."""
        item, written = self._keep(record)
        if int(item["revision"]) == record.revision:
            self._tell(record, item)
        return written

    def deactivate(self, marks: Sequence[Mark], revision: int) -> int:
        return sum(self._deactivate(mark, revision) for mark in marks)

    def _deactivate(self, mark: Mark, revision: int) -> bool:
        kept = self.portal.get(own_key(mark.id), strong=True)
        if kept is None or int(kept["revision"]) != mark.revision:
            return False
        manager = from_flat(AccountManager, kept)
        return self.save(ManagerRecord(manager, max(revision, mark.revision + 1), None, active=False))

    def _keep(self, record: ManagerRecord) -> tuple[Item, bool]:
        """What stands after it, and whether this record made it so."""
        key = own_key(record.manager.id)
        for _ in range(TRIES):
            before = self.portal.get(key, strong=True) or {}
            if before and int(before["revision"]) >= record.revision:
                return before, False
            item = keyed(key, to_flat(record.manager)) | _assigned(record, before)
            seen = ("revision = :seen", {":seen": before["revision"]}) if before else ("attribute_not_exists(PK)", None)
            mark = register_item("managers", Mark(record.manager.id, record.revision, record.active), key)
            try:
                transact(self.portal.client, [put(self.portal.name, item, *seen), put(self.portal.name, mark)])
            except ConditionFailed:
                continue  # another record of him came meanwhile: look again
            return item, True
        raise Conflict("Менеджер всё время меняется: отправьте его ещё раз")

    def _tell(self, record: ManagerRecord, item: Item) -> None:
        mine = set(item["partners"]) if record.active else set()
        for partner_id in sorted(mine):
            self._assign(partner_id, record.manager)
        for partner_id in sorted({*item["left"], *item["partners"]} - mine):
            self._dismiss(partner_id, record.manager)
        for profile in self.portal.query(f"MANAGER#{record.manager.id}", index="GSI1"):
            self._renew(profile["PK"].removeprefix("PARTNER#"), record.manager)

    def _assign(self, partner_id: str, manager: AccountManager) -> None:
        copy = keyed(manager_key(partner_id), to_flat(manager)) | {"assigned": True}
        known = check(self.portal.name, partner_key(partner_id), "attribute_exists(PK)")
        transact(self.portal.client, [put(self.portal.name, copy), known])

    def _dismiss(self, partner_id: str, manager: AccountManager) -> None:
        try:
            self.portal.delete(manager_key(partner_id), "id = :id AND attribute_exists(assigned)", {":id": manager.id})
        except ConditionFailed:
            return  # another one looks after the partner by now

    def _renew(self, partner_id: str, manager: AccountManager) -> None:
        """A copy that the partner's card made, where it is still of this manager."""
        fields = to_flat(manager, ("id",))
        names = {f"#{n}": name for n, name in enumerate(fields)}
        values = {f":{n}": value for n, value in enumerate(fields.values())} | {":id": manager.id}
        sets = "SET " + ", ".join(f"#{n} = :{n}" for n in range(len(fields)))
        try:
            self.portal.update(manager_key(partner_id), sets, "id = :id", values, names)
        except ConditionFailed:
            return


def _assigned(record: ManagerRecord, before: Item) -> Item:
    was = before.get("partners", [])
    now = was if record.partner_ids is None else list(record.partner_ids)
    left = sorted({*before.get("left", []), *was} - set(now))
    return {"revision": record.revision, "active": record.active, "partners": now, "left": left}
