"""The waiting room of the open protocol, and where the objects stand that others wait for.

portal      WAITING#<entity of the parent>   <parent id> <entity> <id>     the record as it came
"""

from collections.abc import Callable, Collection, Iterator, Mapping
from functools import partial

from chalicelib.adapters.dynamo.exchange.records import register_key
from chalicelib.adapters.dynamo.flat import to_flat
from chalicelib.adapters.dynamo.orders.order_items import reference_key
from chalicelib.adapters.dynamo.partners.partners import ADDRESS, CONTRACT, COUNTERPARTY, part_key, partner_key
from chalicelib.adapters.dynamo.rows import read_some
from chalicelib.adapters.dynamo.table import ConditionFailed, Item, Key, Table, check, put, transact
from chalicelib.adapters.dynamo.times import instant, instant_text
from chalicelib.domain.errors import Refused
from chalicelib.domain.exchange.records import Reference, WaitingRecord

PARENTS: Mapping[str, Callable[[str], Key]] = {
    "partners": partner_key,
    "orders": reference_key,
    "contracts": partial(part_key, CONTRACT),
    "counterparties": partial(part_key, COUNTERPARTY),
    "delivery_addresses": partial(part_key, ADDRESS),
}
"""Objects that may come by another road than their own: the key that says they are there. Others are in the register."""
LONGEST = 300_000
"""Bytes of a record that can wait: an item of DynamoDB holds 400 KB."""


def parent_key(reference: Reference) -> Key:
    own = PARENTS.get(reference.entity)
    return own(reference.id) if own else register_key(reference.entity, reference.id)


def waiting_key(record: WaitingRecord) -> Key:
    return f"WAITING#{record.parent.entity}", f"{record.parent.id} {record.entity} {record.id}"


def to_item(record: WaitingRecord) -> Item:
    partition, sort = waiting_key(record)
    fields = to_flat(record, ("parent", "since"))
    return {"PK": partition, "SK": sort, "parent": record.parent.id, "since": instant_text(record.since)} | fields


def from_item(item: Item) -> WaitingRecord:
    texts = {name: item[name] for name in ("entity", "id", "name", "raw", "node")}
    parent = Reference(item["PK"].removeprefix("WAITING#"), item["parent"])
    return WaitingRecord(**texts, revision=int(item["revision"]), parent=parent, since=instant(item["since"]))


class DynamoWaiting:
    def __init__(self, portal: Table) -> None:
        self.portal = portal

    def missing(self, references: Collection[Reference]) -> set[Reference]:
        keys = {reference: parent_key(reference) for reference in references}
        found = read_some(self.portal, list(keys.values()), "PK, SK") if keys else {}
        return {reference for reference, key in keys.items() if key not in found}

    def put(self, record: WaitingRecord) -> bool:
        """A parent that comes later sees the record: its coming and this put can't pass each other."""
        if len(record.raw.encode()) > LONGEST:
            raise Refused("Запись слишком велика, чтобы ждать: сначала отправьте объект, на который она ссылается")
        table = self.portal.name
        newest = put(
            table,
            to_item(record),
            "attribute_not_exists(PK) OR revision <= :revision",
            {":revision": record.revision},
        )
        try:
            transact(self.portal.client, [newest, check(table, parent_key(record.parent), "attribute_not_exists(PK)")])
        except ConditionFailed as failed:
            return failed.reasons[1] != "ConditionalCheckFailed"
        return True

    def waiting_for(self, entity: str) -> Iterator[WaitingRecord]:
        yield from map(from_item, self.portal.query(f"WAITING#{entity}", strong=True))

    def remove(self, record: WaitingRecord) -> None:
        try:
            self.portal.delete(waiting_key(record), "revision = :revision", {":revision": record.revision})
        except ConditionFailed:
            return
