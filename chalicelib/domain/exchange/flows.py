"""The flows of the exchange as its monitor shows them: which work belongs to which, and when one is late."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from chalicelib.domain.exchange.exchange import Problem

WAITING_LATE, WAITING_OLD = timedelta(minutes=5), timedelta(minutes=30)
"""How long the oldest thing of a flow may wait before the monitor is amber, and red."""


@dataclass(frozen=True, slots=True)
class Flow:
    """`queues` carry its work, `outbox` are kinds of rows that wait to leave, `aside` kinds of
    which only those put aside count: not every 1C comes for them. `late` and `old`: how long its last success may
    lie back, where it comes by a timetable of its own."""

    name: str
    queues: tuple[str, ...] = ()
    outbox: tuple[str, ...] = ()
    aside: tuple[str, ...] = ()
    late: timedelta | None = None
    old: timedelta | None = None


DAY = timedelta(days=1)
FLOWS = (
    Flow("catalogue", ("imports", "snapshot"), late=DAY + timedelta(hours=2), old=3 * DAY),
    Flow("stock", ("stock", "rereads"), ("plans",), late=timedelta(minutes=15), old=timedelta(hours=2)),
    Flow("orders_out", ("deliveries",), ("orders", "copies")),
    Flow("orders_in"),
    Flow("partners", aside=("changes",)),
    Flow("pictures", ("pictures",)),
    Flow("price_lists", ("pricelists",)),
    Flow("documents", ("documents",), ("documents",)),
    Flow("messages", ("messages",), ("messages", "notifications")),
)
"""`orders_in` shares the queue of `catalogue`: 1C sends both as files, one after another."""

OF_RUN: Mapping[str, str] = {"catalog": "catalogue", "sale": "orders_in", "stock": "stock"}
"""Kind of run -> its flow; every other kind is a JSON message."""

_NO_BATCHES = frozenset({*OF_RUN, "changes", "manifests", "reconcile", "waiting", "reread"})


def is_batch(kind: str) -> bool:
    """Is a run of this kind a batch of records."""
    return kind not in _NO_BATCHES


QUIET = frozenset({"stock"})
"""Flows of so many runs that only those with problems stand in the journal of all flows."""


def flow_of_run(kind: str) -> str:
    return OF_RUN.get(kind, "partners")


def flows_of_file(run_kind: str, rows: Iterable[str]) -> frozenset[str]:
    """The flows that a loaded file belongs to, by the kinds of its rows: a file is told by its content, not by its name."""
    found = {_OF_ROWS[kind] for kind in rows if kind in _OF_ROWS}
    if flow_of_run(run_kind) not in ("catalogue", "orders_in"):
        return frozenset({flow_of_run(run_kind)})
    return frozenset(found) or frozenset({flow_of_run(run_kind)})


_OF_ROWS: Mapping[str, str] = {
    **dict.fromkeys(("groups", "properties", "price_types", "warehouses", "items", "variants", "offers", "prices"), "catalogue"),
    "stock": "stock",
    "orders": "orders_in",
    "pictures": "pictures",
}


@dataclass(frozen=True, slots=True)
class FlowMark:
    """When a flow last went well, and what went wrong in it last: in which run (where there is one), and with what."""

    success_at: datetime | None = None
    problem_at: datetime | None = None
    problem_run: str = ""
    problem: Problem | None = None


class Level(StrEnum):
    GOOD = "good"
    ATTENTION = "attention"
    BAD = "bad"
    NEUTRAL = "neutral"


def level_of_age(age: timedelta | None, late: timedelta | None, old: timedelta | None) -> Level:
    """Neutral where nothing can be late: there is no age, or no limit to it."""
    if age is None or late is None or old is None:
        return Level.NEUTRAL
    if age > old:
        return Level.BAD
    return Level.ATTENTION if age > late else Level.GOOD


def level_of_mark(mark: FlowMark) -> Level:
    """Bad where the last thing that happened went wrong, attention where it went well but not all of it was taken."""
    if mark.problem_at is None:
        return Level.NEUTRAL if mark.success_at is None else Level.GOOD
    if mark.success_at is None or mark.problem_at > mark.success_at:
        return Level.BAD
    return Level.ATTENTION if mark.problem_at == mark.success_at else Level.GOOD


_ORDER = (Level.NEUTRAL, Level.GOOD, Level.ATTENTION, Level.BAD)


def worst(levels: Iterable[Level]) -> Level:
    return max(levels, key=_ORDER.index, default=Level.NEUTRAL)
