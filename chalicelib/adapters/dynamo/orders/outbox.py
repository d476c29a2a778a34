"""Things that must leave: rows written in the same transaction as what they tell of, removed when they have arrived."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import datetime, timedelta

from chalicelib.adapters.dynamo.table import ConditionFailed, Item, Key, Table, delete, put, transact
from chalicelib.adapters.dynamo.times import instant, instant_text
from chalicelib.usecases.ports.orders import ASIDE, OutboxRow


def outbox_key(kind: str, row_id: str) -> Key:
    return f"OUTBOX#{kind}", row_id


def to_item(row: OutboxRow) -> Item:
    partition, sort = outbox_key(row.kind, row.id)
    created = instant_text(row.created_at)
    item: Item = {"PK": partition, "SK": sort, "subject": row.subject, "created_at": created, "body": dict(row.body)}
    return item | ({"failures": row.failures, "error": row.error} if row.error else {})


def from_item(item: Item) -> OutboxRow:
    kind = item["PK"].removeprefix("OUTBOX#")
    row = OutboxRow(item["SK"], kind, item["subject"], instant(item["created_at"]), item["body"])
    return replace(row, failures=int(item.get("failures", 0)), error=item.get("error", ""))


def copy_id(row_id: str, target: str) -> str:
    return f"{row_id}#{target}"


def outbox_items(rows: Iterable[OutboxRow], targets: Sequence[str]) -> Iterator[Item]:
    """The rows; an order's with a copy for each further target, which is done or lost by itself."""
    for row in rows:
        yield to_item(row)
        for target in targets if row.kind == "orders" else ():
            yield to_item(replace(row, id=copy_id(row.id, target), kind="copies", body={"target": target}))


class DynamoOutbox:
    """Rows of a kind in one partition, read consistently: what was acknowledged before a read is not in it."""

    def __init__(self, portal: Table) -> None:
        self.portal = portal

    def add(self, kind: str, subject: str, body: Mapping[str, str], now: datetime) -> OutboxRow:
        row = OutboxRow.new(kind, subject, now, body)
        self.put(row)
        return row

    def put(self, row: OutboxRow) -> None:
        self.portal.put(to_item(row))

    def pending(self, kind: str, limit: int = 100) -> tuple[OutboxRow, ...]:
        found = self.portal.query(f"OUTBOX#{kind}", strong=True, limit=limit)
        return tuple(map(from_item, found))

    def waiting(self, kind: str, older_than: timedelta, now: datetime, limit: int = 100) -> tuple[OutboxRow, ...]:
        """Rows that have lain longer than `older_than`, oldest first."""
        until = instant_text(now - older_than)
        found = self.portal.query(f"OUTBOX#{kind}", at_most=until, strong=True, limit=limit)
        return tuple(map(from_item, found))

    def read(self, kind: str, row_id: str) -> OutboxRow | None:
        item = self.portal.get(outbox_key(kind, row_id), strong=True)
        return from_item(item) if item else None

    def remove(self, kind: str, row_id: str) -> None:
        self.portal.delete(outbox_key(kind, row_id))

    # --- one at a time ------------------------------------------------------------------------------------------------

    def claim(self, kind: str, row_id: str, now: datetime, lease: timedelta) -> OutboxRow | None:
        """`claimed` is the instant until which the row is somebody's; a claimer that died lets it go by then."""
        condition = "attribute_exists(PK) AND (attribute_not_exists(claimed) OR claimed <= :now)"
        values = {":until": instant_text(now + lease), ":now": instant_text(now)}
        key = outbox_key(kind, row_id)
        try:
            return from_item(self.portal.update(key, "SET claimed = :until", condition, values, returning="ALL_NEW"))
        except ConditionFailed:
            return None

    def release(self, row: OutboxRow, error: str, *, counted: bool) -> int:
        values = {":error": error, ":more": int(counted)}
        names = {"#e": "error"}
        sets = "SET #e = :error REMOVE claimed ADD failures :more"
        try:
            after = self.portal.update(
                outbox_key(row.kind, row.id), sets, "attribute_exists(PK)", values, names, returning="ALL_NEW"
            )
        except ConditionFailed:  # another road has done it meanwhile
            return 0
        return int(after["failures"])

    def set_aside(self, row: OutboxRow, reason: str) -> None:
        self._move(row, row.aside(reason))

    def put_back(self, row_id: str) -> OutboxRow | None:
        aside = self.read(ASIDE, row_id)
        if aside is None:
            return None
        body = {name: value for name, value in aside.body.items() if name != "kind"}
        row = replace(aside, kind=aside.body["kind"], body=body, failures=0, error="")
        self._move(aside, row)
        return row

    def _move(self, here: OutboxRow, there: OutboxRow) -> None:
        gone = delete(self.portal.name, outbox_key(here.kind, here.id), "attribute_exists(PK)")
        try:
            transact(self.portal.client, [gone, put(self.portal.name, to_item(there))])
        except ConditionFailed:
            return
