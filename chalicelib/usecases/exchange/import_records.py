"""How records that 1C sends are saved, of whatever entity: each on its own, and what hangs on a missing object waits."""

from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any, Generic, TypeVar

from chalicelib.domain.errors import Refused
from chalicelib.domain.exchange.exchange import ExchangeRun, Problem, Tally
from chalicelib.domain.exchange.records import Reference, WaitingRecord
from chalicelib.usecases.ports.clock import Clock
from chalicelib.usecases.ports.exchange import ExchangeStore, WaitingRoom

R = TypeVar("R")
PARALLEL = 8
"""Calls of a store at the same time: it answers in milliseconds, and a batch must fit into one request."""

TIME_FOR_BATCH = timedelta(seconds=20)
"""The gateway gives up after 29 s; what is not reached by then is for the next request."""


@dataclass(frozen=True, slots=True)
class Row(Generic[R]):
    """A record as it came. `record` is None where it could not be read; `problems` are what is wrong with it.

    `parents` must exist before it can be saved; `brings` are what has come once it is; `raw` is its JSON text. `key` tells it
    from all others of its entity, where `id` does so only within a partner.
    """

    id: str
    name: str
    record: R | None
    problems: tuple[Problem, ...] = ()
    revision: int = 0
    parents: tuple[Reference, ...] = ()
    brings: tuple[Reference, ...] = ()
    raw: str = ""
    key: str = ""


@dataclass(frozen=True, slots=True)
class Taken:
    """What a store made of a record: "written", "unchanged" or "refused". `more`: fields of the reply beyond the usual."""

    outcome: str
    problems: tuple[Problem, ...] = ()
    more: Mapping[str, Any] = field(default_factory=dict)


Save = Callable[[Sequence[Any]], Sequence[Taken]]
"""Saves some records of one entity and answers for each, in order."""

WRITTEN, UNCHANGED = Taken("written"), Taken("unchanged")


@dataclass(frozen=True, slots=True)
class Result:
    """`outcome`: as of Taken, "waiting" for a parent, or "postponed" where time ran out."""

    id: str
    outcome: str
    problems: tuple[Problem, ...] = ()
    more: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Kind(Generic[R]):
    """An entity at work: `read` takes a value of JSON, `save` up to `at_once` records and answers for each, in order."""

    name: str
    read: Callable[[Any], Row[R]]
    save: Save
    at_once: int = 1


@dataclass(frozen=True, slots=True)
class Desk:
    """What every import needs. `kinds` by name: a parent that comes brings records of other kinds with it."""

    exchange: ExchangeStore
    waiting: WaitingRoom
    clock: Clock
    kinds: Mapping[str, Kind[Any]]


def one_by_one(save: Callable[[R], Taken]) -> Save:
    """The `save` of a Kind from that of a single record."""
    return lambda records: [save(record) for record in records]


def open_run(desk: Desk, node: str, kind: str, size: int) -> ExchangeRun:
    """A run of the journal with the one file of a batch in it, named as its kind."""
    run = desk.exchange.open_run(node, kind, desk.clock())
    desk.exchange.next_chunk(run.id, kind, size)
    desk.exchange.start_file(run.id, kind, desk.clock())
    return run


def arrivals(rows: Sequence[Row[Any]], results: Sequence[Result]) -> set[Reference]:
    """What there is now, of whatever waited for it. A repeat makes up for a coming that was cut short."""
    pairs = zip(rows, results, strict=True)
    return {reference for row, result in pairs if result.outcome in ("written", "unchanged") for reference in row.brings}


def take(desk: Desk, kind: Kind[R], rows: Sequence[Row[R]], node: str, until: datetime) -> tuple[Result, ...]:
    """The rows' results, in order. What is not begun by `until` is postponed."""

    def some(chunk: Sequence[Row[R]]) -> Sequence[Result]:
        return _late(kind, chunk) if desk.clock() > until else _take_some(desk, kind, chunk, node)

    chunks = [rows[start : start + kind.at_once] for start in range(0, len(rows), kind.at_once)]
    with ThreadPoolExecutor(PARALLEL) as pool:
        return tuple(result for results in pool.map(some, chunks) for result in results)


def _late(kind: Kind[R], rows: Sequence[Row[R]]) -> list[Result]:
    reason = "Не хватило времени: отправьте запись ещё раз"
    return [Result(row.id, "postponed", (Problem(kind.name, row.id, row.name, reason),)) for row in rows]


def _take_some(desk: Desk, kind: Kind[R], rows: Sequence[Row[R]], node: str) -> list[Result]:
    missing = desk.waiting.missing({parent for row in rows if row.record is not None for parent in row.parents})
    results = {n: _not_now(desk, kind, row, missing, node) for n, row in enumerate(rows)}
    ready = [n for n, result in results.items() if result is None]
    for n, result in zip(ready, _save(kind, [rows[n] for n in ready]), strict=True):
        results[n] = result
    return [result for result in results.values() if result is not None]


def _not_now(desk: Desk, kind: Kind[R], row: Row[R], missing: set[Reference], node: str) -> Result | None:
    """The result of a row that can't be saved now; None for one that can."""
    if row.record is None:
        return Result(row.id, "refused", row.problems)
    for parent in row.parents:
        if parent in missing:
            waiting = WaitingRecord(kind.name, row.key or row.id, row.name, row.revision, parent, row.raw, node, desk.clock())
            try:
                kept = desk.waiting.put(waiting)
            except Refused as refused:
                return _refusal(kind, row, refused)
            if kept:
                return Result(row.id, "waiting", (_waits(waiting),))
    return None


def _refusal(kind: Kind[Any], row: Row[Any], refused: Refused) -> Result:
    params = tuple((name, str(value)) for name, value in refused.params.items())
    return Result(row.id, "refused", (Problem(kind.name, row.id, row.name, refused.message, params),))


WAITS = {
    "partners": "Ждёт партнёра %(id)s: будет принята, когда он придёт",
    "contracts": "Ждёт договор %(id)s: будет принята, когда он придёт",
    "counterparties": "Ждёт контрагента %(id)s: будет принята, когда он придёт",
    "orders": "Ждёт заказ %(id)s: будет принята, когда он придёт",
}
WAITS_OTHER = "Ждёт объект %(id)s: будет принята, когда он придёт"


def _waits(waiting: WaitingRecord) -> Problem:
    """Reads on after the record's own name: «Договор «Основной»: Ждёт партнёра …»."""
    reason = WAITS.get(waiting.parent.entity, WAITS_OTHER)
    return Problem(waiting.entity, waiting.id, waiting.name, reason, (("id", waiting.parent.id),))


def _save(kind: Kind[R], rows: Sequence[Row[R]]) -> list[Result]:
    """Together; where that is refused, one by one, so that the refusal meets only the one it is about."""
    records = [row.record for row in rows if row.record is not None]
    try:
        taken = kind.save(records) if records else []
    except Refused as refused:
        if len(rows) > 1:
            return [result for row in rows for result in _save(kind, [row])]
        return [_refusal(kind, rows[0], refused)]
    return [_result(row, one) for row, one in zip(rows, taken, strict=True)]


def _result(row: Row[Any], taken: Taken) -> Result:
    """What came with an old revision has been said before."""
    problems = () if taken.outcome == "unchanged" else row.problems + taken.problems
    return Result(row.id, taken.outcome, problems, taken.more)


def tally(results: Sequence[Result]) -> Tally:
    """What was postponed is not taken: the journal counts it with the refused."""
    counts = [sum(result.outcome == outcome for result in results) for outcome in ("written", "unchanged", "waiting")]
    return Tally(len(results), counts[0], counts[1], len(results) - sum(counts), counts[2])
