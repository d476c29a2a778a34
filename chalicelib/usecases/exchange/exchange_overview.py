"""How every flow of the exchange is going: its last success, what waits, what died, what went wrong last."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from chalicelib.domain.exchange.flows import (
    FLOWS,
    WAITING_LATE,
    WAITING_OLD,
    Flow,
    FlowMark,
    Level,
    level_of_age,
    level_of_mark,
    worst,
)
from chalicelib.usecases.access.visitors import Visitor
from chalicelib.usecases.ports.clock import Clock
from chalicelib.usecases.ports.exchange import MonitorStore, ProposalStore, QueueState, QueueWatch
from chalicelib.usecases.ports.orders import ASIDE, Outbox, OutboxRow

ROWS_COUNTED = 100
PROPOSALS_COUNTED = 100


@dataclass(frozen=True, slots=True)
class FlowState:
    """One flow now. `queue` is all its queues together, `rows` what waits in the outbox (up to `ROWS_COUNTED` of a kind),
    `aside` what was put aside of it."""

    flow: Flow
    mark: FlowMark
    queue: QueueState
    dead_queues: tuple[str, ...]
    rows: int
    aside: int
    oldest_row: timedelta | None
    success_age: timedelta | None
    age_level: Level
    waiting_level: Level
    mark_level: Level

    @property
    def level(self) -> Level:
        given_up = Level.BAD if self.queue.dead or self.aside else Level.NEUTRAL
        return worst((self.age_level, self.waiting_level, self.mark_level, given_up))


@dataclass(frozen=True, slots=True)
class Overview:
    """`aside`: rows that a neighbour refused for good; `proposals` and they are counted up to a hundred."""

    flows: tuple[FlowState, ...]
    aside: tuple[OutboxRow, ...]
    proposals: int


def overview(
    monitor: MonitorStore, outbox: Outbox, watch: QueueWatch, proposals: ProposalStore, clock: Clock, *, visitor: Visitor
) -> Overview:
    visitor.must("exchange.view")
    now = clock()
    marks, queues = monitor.marks(), watch.states(now)
    waiting = {kind: outbox.pending(kind, ROWS_COUNTED) for flow in FLOWS for kind in flow.outbox}
    aside = outbox.pending(ASIDE, ROWS_COUNTED)
    look = _Look(marks, queues, waiting, aside, now)
    return Overview(tuple(map(look.at, all_flows(queues))), aside, proposals.open_count(PROPOSALS_COUNTED))


def all_flows(queues: Iterable[str]) -> tuple[Flow, ...]:
    """With a flow of its own for a queue that belongs to none: no queue may be out of sight."""
    known = {queue for flow in FLOWS for queue in flow.queues}
    return (*FLOWS, *(Flow(queue, (queue,)) for queue in queues if queue not in known))


@dataclass(frozen=True, slots=True)
class _Look:
    """Everything that was read, to see the flows in."""

    marks: Mapping[str, FlowMark]
    queues: Mapping[str, QueueState]
    waiting: Mapping[str, tuple[OutboxRow, ...]]
    aside: tuple[OutboxRow, ...]
    now: datetime

    def at(self, flow: Flow) -> FlowState:
        mark = self.marks.get(flow.name, FlowMark())
        own = {queue: self.queues[queue] for queue in flow.queues if queue in self.queues}
        rows = [row for kind in flow.outbox for row in self.waiting[kind]]
        together = _together(own.values())
        oldest_row = max((self.now - row.created_at for row in rows), default=None)
        success_age = self.now - mark.success_at if mark.success_at else None
        return FlowState(
            flow,
            mark,
            together,
            tuple(queue for queue, state in own.items() if state.dead),
            len(rows),
            sum(row.body.get("kind") in (*flow.outbox, *flow.aside) for row in self.aside),
            oldest_row,
            success_age,
            level_of_age(success_age, flow.late, flow.old),
            worst(level_of_age(age, WAITING_LATE, WAITING_OLD) for age in (together.oldest, oldest_row)),
            level_of_mark(mark),
        )


def _together(states: Iterable[QueueState]) -> QueueState:
    states = list(states)
    return QueueState(
        sum(state.waiting for state in states),
        sum(state.in_work for state in states),
        max((state.oldest for state in states if state.oldest is not None), default=None),
        sum(state.dead for state in states),
        min((state.dead_since for state in states if state.dead_since is not None), default=None),
    )
