"""Objects of 1C under a revision: the value where its entity keeps it, a mark of it in the register, both in one transaction.

portal      REGISTER#<entity>#<shard>   <id>     revision, active, place (PK and SK of the value)

The register is what makes a late record lose, wherever the value has moved. It is cut into shards: a partition of
DynamoDB takes a thousand writes a second.
"""

import heapq
from collections.abc import Callable, Iterator, Sequence, Set
from dataclasses import dataclass
from operator import attrgetter
from typing import Any, Generic, TypeVar
from zlib import crc32

from chalicelib.adapters.dynamo.rows import BYTES_PER_TRANSACTION, read_some
from chalicelib.adapters.dynamo.table import (
    ACTIONS_PER_TRANSACTION,
    ConditionFailed,
    Item,
    Key,
    Table,
    delete,
    item_from_wire,
    put,
    transact,
    update,
)
from chalicelib.domain.errors import Conflict
from chalicelib.domain.exchange.records import Mark, Record

T = TypeVar("T")
SHARDS = 16
TRIES = 6
WEIGHT = 2_500
"""Bytes of an item counted for a transaction where it is not looked at: records here are small."""


def register_key(entity: str, id: str) -> Key:
    return f"REGISTER#{entity}#{crc32(id.encode()) % SHARDS:02d}", id


def register_item(entity: str, mark: Mark, place: Key) -> Item:
    partition, sort = register_key(entity, mark.id)
    return {"PK": partition, "SK": sort, "revision": mark.revision, "active": mark.active, "place": list(place)}


def mark_of(item: Item) -> Mark:
    return Mark(item["SK"], int(item["revision"]), item["active"])


def no_companions(_: Any) -> tuple[Item, ...]:
    """Nothing goes with the value."""
    return ()


@dataclass(frozen=True, slots=True)
class Shelf(Generic[T]):
    """How an entity's values are kept: `to_item` gives an item with PK and SK from the record's id and value.

    `companions` are items that are there before the value, equal for whoever puts them. `shared`: others write the value too and
    leave their revision in the item.
    """

    entity: str
    to_item: Callable[[str, T], Item]
    companions: Callable[[T], tuple[Item, ...]] = no_companions
    shared: bool = False


class DynamoRecords(Generic[T]):
    """A RecordStore; a store of an entity adds its readings."""

    shelf: Shelf[T]

    def __init__(self, portal: Table) -> None:
        self.portal = portal

    def save(self, records: Sequence[Record[T]]) -> list[str]:
        """The last word of each id; one that is older than another of the same call is "unchanged"."""
        latest = {record.id: record for record in sorted(records, key=attrgetter("revision"))}
        written = {id for chunk in _chunks(list(latest.values())) for id in self._save(chunk)}
        return ["written" if record.id in written and latest[record.id] is record else "unchanged" for record in records]

    def _save(self, records: Sequence[Record[T]]) -> set[str]:
        """Ids of those written. Raises Conflict."""
        for _ in range(TRIES):
            kept = self._kept(records)
            fresh = [record for record in records if kept[record.id].revision < record.revision]
            if not fresh:
                return set()
            self._put_companions(fresh)
            try:
                transact(self.portal.client, [action for record in fresh for action in self._of(record, kept[record.id])])
            except ConditionFailed:
                continue  # somebody saved one of them meanwhile: look again
            places = {_key(self.shelf.to_item(record.id, record.value)) for record in fresh}
            self.changed(places | {place for record in fresh if (place := kept[record.id].place)})
            return {record.id for record in fresh}
        raise Conflict("Запись всё время меняется: отправьте её ещё раз")

    def changed(self, places: Set[Key]) -> None:
        """Told after the values there were put or taken away."""

    def _kept(self, records: Sequence[Record[T]]) -> dict[str, "Kept"]:
        register = {record.id: register_key(self.shelf.entity, record.id) for record in records}
        places = {record.id: _key(self.shelf.to_item(record.id, record.value)) for record in records if self.shelf.shared}
        found = read_some(self.portal, [*register.values(), *places.values()])
        items = {key: item_from_wire(item) for key, item in found.items()}
        return {id: Kept.read(items.get(key), items.get(places.get(id, key))) for id, key in register.items()}

    def _put_companions(self, records: Sequence[Record[T]]) -> None:
        """Before and beside the transaction: many at once would all stand in each other's way at the same few items."""
        wanted = {_key(item): item for record in records for item in self.shelf.companions(record.value)}
        found = read_some(self.portal, list(wanted), "PK, SK") if wanted else {}
        for key, item in wanted.items():
            if key not in found:
                self.portal.put(item)

    def _of(self, record: Record[T], kept: "Kept") -> Iterator[Item]:
        table = self.portal.name
        item = self.shelf.to_item(record.id, record.value) | {"revision": record.revision, "active": record.active}
        place = _key(item)
        newer = {":revision": record.revision}
        guard = "attribute_not_exists(revision) OR revision < :revision" if self.shelf.shared else ""
        yield put(table, item, guard, newer if guard else None)
        if kept.place and kept.place != place:
            yield delete(table, kept.place)
        mark = register_item(self.shelf.entity, Mark(record.id, record.revision, record.active), place)
        yield put(table, mark, *kept.unchanged)

    def deactivate(self, marks: Sequence[Mark], revision: int) -> int:
        return sum(self._deactivate(mark, revision) for mark in marks)

    def _deactivate(self, mark: Mark, revision: int) -> bool:
        table, key = self.portal.name, register_key(self.shelf.entity, mark.id)
        kept = self.portal.get(key, strong=True)
        if kept is None or mark_of(kept) != mark:
            return False
        hide = "SET active = :no, revision = :revision"
        values: Item = {":no": False, ":revision": max(revision, mark.revision)}
        seen = values | {":seen": mark.revision}
        place = (kept["place"][0], kept["place"][1])
        try:
            actions = [
                update(table, key, hide, "revision = :seen", seen),
                update(table, place, hide, "attribute_exists(PK)", values),
            ]
            transact(self.portal.client, actions)
        except ConditionFailed:
            return False  # a newer record came meanwhile, and lives
        self.changed({place})
        return True


@dataclass(frozen=True, slots=True)
class Kept:
    """What stands before a save; `seen` is the revision in the register."""

    revision: int = -1
    seen: int | None = None
    place: Key | None = None

    @classmethod
    def read(cls, mark: Item | None, value: Item | None) -> "Kept":
        others = int(value.get("revision", -1)) if value else -1
        if mark is None:
            return cls(others)
        seen = int(mark["revision"])
        return cls(max(seen, others), seen, (mark["place"][0], mark["place"][1]))

    @property
    def unchanged(self) -> tuple[str, Item | None]:
        """The condition of the register's put, with its values."""
        return ("attribute_not_exists(PK)", None) if self.seen is None else ("revision = :seen", {":seen": self.seen})


def _key(item: Item) -> Key:
    return item["PK"], item["SK"]


ACTIONS_OF_RECORD = 3
"""The value, the old place and the mark."""


def _chunks(records: Sequence[Record[T]]) -> Iterator[Sequence[Record[T]]]:
    most = min(ACTIONS_PER_TRANSACTION // ACTIONS_OF_RECORD, BYTES_PER_TRANSACTION // WEIGHT)
    for start in range(0, len(records), most):
        yield records[start : start + most]


def places_of(portal: Table, entity: str) -> list[Key]:
    """Where the active values of an entity lie: for a page of the staff, not for a dealer's."""
    shards = (portal.query(f"REGISTER#{entity}#{number:02d}", strong=True) for number in range(SHARDS))
    return [(item["place"][0], item["place"][1]) for shard in shards for item in shard if item["active"]]


class DynamoRegister:
    def __init__(self, portal: Table) -> None:
        self.portal = portal

    def marks(self, entity: str, *, first: str = "", last: str = "", after: str = "", limit: int | None = None) -> Iterator[Mark]:
        shards = (self._shard(entity, number, max(first, after), last) for number in range(SHARDS))
        merged = heapq.merge(*shards, key=lambda mark: mark.id.encode())
        wanted = (mark for mark in merged if mark.id.encode() > after.encode())
        for number, mark in enumerate(wanted):
            if number == limit:
                return
            yield mark

    def _shard(self, entity: str, number: int, first: str, last: str) -> Iterator[Mark]:
        found = self.portal.query(f"REGISTER#{entity}#{number:02d}", at_least=first, at_most=last, strong=True)
        yield from map(mark_of, found)
