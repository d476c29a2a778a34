"""The exchange with 1C: its journal, the records that wait, the numbers that were given out."""

from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Protocol

from chalicelib.domain.exchange.exchange import Check, ExchangeFile, ExchangeNode, ExchangeRun, FileState, Problem, Tally
from chalicelib.domain.exchange.flows import FlowMark
from chalicelib.domain.exchange.proposals import MergeProposal
from chalicelib.domain.exchange.records import Mark, Reference, WaitingRecord
from chalicelib.domain.orders.handover import Handover
from chalicelib.usecases.ports.orders import OutboxRow


@dataclass(frozen=True, slots=True)
class PendingFile:
    """A file under its number; `chunks` were there when it was looked at last, at `seen_at` (None: it never was)."""

    seq: int
    run: str
    name: str
    chunks: int = 0
    seen_at: datetime | None = None


class ExchangeStore(Protocol):
    def node(self, login: str) -> ExchangeNode | None: ...

    def nodes(self) -> tuple[ExchangeNode, ...]:
        """By login."""
        ...

    def save_node(self, node: ExchangeNode) -> None: ...

    def open_run(self, node: str, kind: str, now: datetime) -> ExchangeRun:
        """A new run with the next number."""
        ...

    def bind(self, token_hash: str, run: ExchangeRun, expires_at: datetime) -> None:
        """Tie a 1C session cookie to its run."""
        ...

    def bound(self, token_hash: str, now: datetime) -> ExchangeRun | None: ...

    def run(self, run_id: str) -> ExchangeRun | None:
        """With its files, consistent."""
        ...

    def runs(self, limit: int = 50, *, flow: str = "", before: str = "") -> tuple[ExchangeRun, ...]:
        """Newest first, without their files; `before`: older than the run of this id.

        Of a flow all of its runs; of all flows together those of `domain.flows.QUIET` only where something went wrong.
        """
        ...

    def next_chunk(self, run_id: str, name: str, size: int) -> int:
        """The place (from 0) of a chunk that has just come for a file; counts it. A finished file begins anew.

        Raises Conflict while the file is being loaded.
        """
        ...

    def number_file(self, run_id: str, name: str) -> None:
        """Give a file that has begun to come the next number (`seq`), once: its rows are kept under it, and those of files that
        began later win over them."""
        ...

    def queue_file(self, run_id: str, name: str) -> FileState:
        """receiving -> queued; whatever state it is in after that. It has a number by then."""
        ...

    def next_seq(self) -> int:
        """A number for rows that come without a file: later than those of all files that are queued by now."""
        ...

    def pending(self) -> tuple[PendingFile, ...]:
        """Numbered files that are not done, in the order of their numbers; consistent."""
        ...

    def note_pending(self, seq: int, chunks: int, now: datetime) -> None:
        """Remember that the file had so many chunks by now; nothing happens where it is done."""
        ...

    def contested(self, seq: int) -> int:
        """The greatest number before `seq` under which rows may still come, 0 for none: files that are queued, being loaded,
        or have failed and may be loaded again. Consistent; no earlier number can join them later."""
        ...

    def file(self, run_id: str, name: str) -> ExchangeFile | None:
        """Consistent."""
        ...

    def start_file(self, run_id: str, name: str, now: datetime) -> None: ...

    def pause_file(
        self, run_id: str, name: str, done: int, tallies: Mapping[str, Tally], problems: Sequence[Problem], problem_count: int = 0
    ) -> None:
        """Remember how far the loading has come; `tallies` and `problems` are those since the file's first record."""
        ...

    def finish_file(
        self,
        run_id: str,
        name: str,
        tallies: Mapping[str, Tally],
        problems: Sequence[Problem],
        error: str,
        now: datetime,
        problem_count: int = 0,
    ) -> None:
        """`tallies` and `problems` are those since the file's first record; a file with an `error` has failed.

        `problem_count` is given where there were more problems than are kept.
        """
        ...

    def handover(self, node: str) -> Handover:
        """How the node's last batch of orders went out."""
        ...

    def hand_over(self, node: str, session: str, handover: Handover, rows: Sequence[OutboxRow], now: datetime) -> None:
        """Remember what was given to 1C by `mode=query`, for the `mode=success` of the same session."""
        ...

    def handed_over(self, node: str, session: str) -> tuple[tuple[str, str], ...]:
        """(outbox row id, order number) pairs of the session's last query."""
        ...


class Register(Protocol):
    """Ids and revisions of every entity whose records are kept in a RecordStore, and of partners."""

    def marks(self, entity: str, *, first: str = "", last: str = "", after: str = "", limit: int | None = None) -> Iterator[Mark]:
        """In order of the id (of its UTF-8 bytes), consistent; `first` and `last` belong to the range, `after` does not."""
        ...


@dataclass(frozen=True, slots=True)
class KeptReply:
    """An answer as it was given, to the byte."""

    status: int
    content_type: str
    body: bytes


class ReplyStore(Protocol):
    """Replies by the key of their request, for 30 days."""

    def claim(self, key: str, fingerprint: str, token: str, now: datetime, lease: timedelta) -> KeptReply | bool:
        """True: the work is the caller's until the lease is over. False: another is at it. Else what he answered.

        Raises Conflict where the key was used for a request with another fingerprint.
        """
        ...

    def keep(self, key: str, token: str, reply: KeptReply) -> KeptReply:
        """End the claim; the reply that stands now, which is another's where the claim was lost."""
        ...

    def release(self, key: str, token: str) -> None:
        """Give the claim up: a repeat may do the work."""
        ...


class ChangeFeed(Protocol):
    """Rows of the outbox for 1C under numbers that only grow."""

    def known(self) -> tuple[tuple[int, OutboxRow], ...]:
        """The rows that have a number, in order of it, consistent."""
        ...

    def numbered(self) -> tuple[tuple[int, OutboxRow], ...]:
        """Every row that waits, in order of its number; of very many that have come at once, the first ones.

        Numbers are given here, in the order rows are first seen by a consistent read: what is committed late gets a number
        after all that have been given out.
        """
        ...

    def done(self, number: int, row: OutboxRow) -> None:
        """The row goes; where it has changed since it was given this number, it stays for its next one."""
        ...

    def refused(self, number: int, row: OutboxRow, reason: str) -> None:
        """The row is put aside, for people to see; as `done` where it has changed since."""
        ...


class WaitingRoom(Protocol):
    """Records that came before the object they hang on."""

    def missing(self, references: Collection[Reference]) -> set[Reference]:
        """Which of these have never come, consistent."""
        ...

    def put(self, record: WaitingRecord) -> bool:
        """Keep it, unless a later revision waits already. False, and nothing is kept, where its parent has come meanwhile."""
        ...

    def waiting_for(self, entity: str) -> Iterator[WaitingRecord]:
        """All that wait for objects of the entity, consistent."""
        ...

    def remove(self, record: WaitingRecord) -> None:
        """Nothing happens where a later revision waits in its place."""
        ...


@dataclass(frozen=True, slots=True)
class QueueState:
    """`oldest`: how long the oldest waiting message waits, where that is known. `dead`: letters given up, `dead_since`: when
    the oldest of them was sent."""

    waiting: int = 0
    in_work: int = 0
    oldest: timedelta | None = None
    dead: int = 0
    dead_since: datetime | None = None


class QueueWatch(Protocol):
    def states(self, now: datetime) -> Mapping[str, QueueState]: ...

    def replay(self, queue: str, go_on: Callable[[], bool]) -> int:
        """Put the dead letters of a queue back into it, while `go_on`; how many went. One may come twice, none is lost."""
        ...


class MonitorStore(Protocol):
    def marks(self) -> Mapping[str, FlowMark]:
        """By flow, see `domain.flows`; those of files are written with their verdicts."""
        ...

    def succeeded(self, flow: str, now: datetime) -> None: ...

    def failed(self, flow: str, now: datetime, problem: Problem) -> None: ...

    def requeue(self, run_id: str, file: ExchangeFile) -> None:
        """The file is queued again under its own number. Raises Conflict where it is in another state by now."""
        ...

    def skip(self, run_id: str, file: ExchangeFile, by: str, now: datetime) -> None:
        """The file has failed for good, and does not count as a failure: `by` has seen it."""
        ...

    def keep_check(self, run_id: str, name: str, check: Check) -> None: ...


class ProposalStore(Protocol):
    def add(self, proposal: MergeProposal) -> bool:
        """False for a pair that was proposed before, whatever was answered."""
        ...

    def open(self, limit: int = 50, *, before: str = "") -> tuple[MergeProposal, ...]:
        """Unanswered, newest first."""
        ...

    def open_count(self, most: int) -> int:
        """Unanswered ones, counted up to `most`."""
        ...

    def read(self, proposal_id: str) -> MergeProposal:
        """Raises NotFound."""
        ...

    def accept(self, proposal: MergeProposal, by: str, now: datetime) -> None:
        """Remember the old id as an alias of the new one. Raises Conflict where it was answered before."""
        ...

    def decline(self, proposal: MergeProposal, by: str) -> None:
        """Raises Conflict where it was answered before."""
        ...

    def alias(self, old_id: str) -> str | None:
        """The id that stands for an old one now."""
        ...
