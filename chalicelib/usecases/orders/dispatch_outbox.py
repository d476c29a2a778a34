"""What was committed but not told of, or not done, goes onto its queue again."""

from contextlib import suppress
from datetime import timedelta

from chalicelib.domain.errors import KabinetError
from chalicelib.usecases.ports.clock import Clock
from chalicelib.usecases.ports.files import Queues
from chalicelib.usecases.ports.orders import Outbox, OutboxRow

QUEUED_KINDS = ("messages", "documents")
"""Kinds whose queue has the same name."""
NOTIFICATIONS = "notifications"
"""What people are to be told of: the worker of the queue "messages" looks up whom, and how."""
PLANS = "plans"
"""Items whose lots were told anew: the worker of the queue "stock" looks at the orders that count on them."""
PUSHED_KINDS = ("orders", "copies")
"""Kinds for the queue "deliveries" where orders are sent out; elsewhere 1C takes them itself."""
FRESH = timedelta(seconds=30)
"""A younger row is still on its way from whoever wrote it."""
PERIOD = timedelta(minutes=1)
HOUR = timedelta(hours=1)
MOST = 1000


def dispatch_outbox(outbox: Outbox, queues: Queues, clock: Clock, *, pushed: bool = False) -> int:
    """Queue what is due; how many rows that were. Run it every `PERIOD`."""
    now = clock()
    kinds = (*QUEUED_KINDS, NOTIFICATIONS, PLANS) + (PUSHED_KINDS if pushed else ())
    due = [row for kind in kinds for row in outbox.waiting(kind, FRESH, now, limit=MOST) if is_due(now - row.created_at)]
    for row in due:
        queue(queues, row)
    return len(due)


def queue(queues: Queues, row: OutboxRow) -> None:
    """The message that has the row's worker look at it."""
    if row.kind in PUSHED_KINDS:
        queues.send("deliveries", {"kind": row.kind, "row": row.id})
    elif row.kind == PLANS:
        queues.send("stock", {"item": row.subject, "row": row.id})
    elif row.kind == NOTIFICATIONS:
        queues.send("messages", {"notification": row.id})
    else:
        queues.send(row.kind, {"row": row.id})


def tell(queues: Queues | None, rows: tuple[OutboxRow, ...]) -> None:
    """Hurry the workers on; a row whose message is lost here is found by the sweep of the outbox."""
    if queues is None:
        return
    for row in rows:
        with suppress(KabinetError):
            queue(queues, row)


def is_due(age: timedelta) -> bool:
    """After 30 seconds, 1, 2, 4 … 64 minutes, then every hour: while a neighbour is down, copies do not pile up in the queue."""
    return _step(age) > _step(age - PERIOD)


def _step(age: timedelta) -> int:
    """How many times a row of this age should have been queued."""
    doublings = max(0, min(int(age / FRESH), 128)).bit_length()
    return doublings + int(age / HOUR)
