"""Things that must leave: rows written in the same transaction as what they tell of, removed when they have arrived."""

from collections.abc import Mapping
from datetime import datetime, timedelta

from chalicelib.adapters.dynamo.table import Item, Key, Table
from chalicelib.adapters.dynamo.times import instant, instant_text
from chalicelib.usecases.ports import OutboxRow


def outbox_key(kind: str, row_id: str) -> Key:
    return f"OUTBOX#{kind}", row_id


def to_item(row: OutboxRow) -> Item:
    partition, sort = outbox_key(row.kind, row.id)
    created = instant_text(row.created_at)
    return {"PK": partition, "SK": sort, "subject": row.subject, "created_at": created, "body": dict(row.body)}


def from_item(item: Item) -> OutboxRow:
    kind = item["PK"].removeprefix("OUTBOX#")
    return OutboxRow(item["SK"], kind, item["subject"], instant(item["created_at"]), item["body"])


class DynamoOutbox:
    """Rows of a kind in one partition, read consistently: what was acknowledged before a read is not in it."""

    def __init__(self, portal: Table) -> None:
        self.portal = portal

    def add(self, kind: str, subject: str, body: Mapping[str, str], now: datetime) -> OutboxRow:
        row = OutboxRow.new(kind, subject, now, body)
        self.portal.put(to_item(row))
        return row

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
