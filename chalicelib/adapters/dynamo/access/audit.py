"""What the staff did by hand, month by month.

AUDIT#<yyyy-mm>   <instant>#<random>   actor_id, actor_name, action, subject, run
"""

from datetime import datetime
from itertools import chain, islice
from uuid import uuid4

from chalicelib.adapters.dynamo.table import Item, Table
from chalicelib.adapters.dynamo.times import instant, instant_text
from chalicelib.domain.access.audit import AuditEntry


def _partition(month: datetime) -> str:
    return f"AUDIT#{month:%Y-%m}"


class DynamoAudit:
    def __init__(self, portal: Table) -> None:
        self.portal = portal

    def note(self, entry: AuditEntry) -> None:
        self.portal.put(
            {
                "PK": _partition(entry.at),
                "SK": f"{instant_text(entry.at)}#{uuid4().hex[:12]}",
                "at": instant_text(entry.at),
                "actor_id": entry.actor_id,
                "actor_name": entry.actor_name,
                "action": entry.action,
                "subject": entry.subject,
                "run": entry.run,
            }
        )

    def recent(self, now: datetime, limit: int = 10) -> tuple[AuditEntry, ...]:
        """Of this month, and of the one before where this one has fewer."""
        before = datetime(now.year - (now.month == 1), (now.month - 2) % 12 + 1, 1)
        months = (self.portal.query(_partition(month), newest_first=True, limit=limit) for month in (now, before))
        return tuple(map(_entry, islice(chain.from_iterable(months), limit)))


def _entry(item: Item) -> AuditEntry:
    return AuditEntry(
        instant(item["at"]), item["actor_id"], item["actor_name"], item["action"], item["subject"], item.get("run", "")
    )
