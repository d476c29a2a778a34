"""Partners and companies that 1C sends: each record on its own, the whole batch as one run of the exchange journal."""

from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import partial
from typing import Generic, TypeVar

from chalicelib.domain.errors import Refused
from chalicelib.domain.exchange import ExchangeRun, Problem, Tally
from chalicelib.domain.partners import Company
from chalicelib.usecases.invitations import invite
from chalicelib.usecases.ports import Clock, ExchangeStore, Outbox, PartnerRecord, PartnerStore, Queues, UserStore

R = TypeVar("R")
PARALLEL = 8
"""Records saved at the same time: the store answers in milliseconds, and a batch must fit into one request."""

TIME_FOR_BATCH = timedelta(seconds=20)
"""The gateway gives up after 29 s; what is not reached by then is for the next request."""


@dataclass(frozen=True, slots=True)
class Row(Generic[R]):
    """A record as it came. `record` is None where it could not be read; `problems` are what is wrong with it."""

    id: str
    name: str
    record: R | None
    problems: tuple[Problem, ...] = ()


@dataclass(frozen=True, slots=True)
class Result:
    """`outcome`: written, unchanged, refused, or postponed where time ran out."""

    id: str
    outcome: str
    problems: tuple[Problem, ...] = ()


@dataclass(frozen=True, slots=True)
class Report:
    run: ExchangeRun
    results: tuple[Result, ...]


def import_partners(
    partners: PartnerStore,
    users: UserStore,
    outbox: Outbox,
    queues: Queues | None,
    exchange: ExchangeStore,
    clock: Clock,
    *,
    node: str,
    rows: Sequence[Row[PartnerRecord]],
    size: int,
    public_url: str,
) -> Report:
    """Save the records and invite those who were let in. `size` of the batch in bytes, for the journal."""

    def save(record: PartnerRecord) -> tuple[str, tuple[Problem, ...]]:
        saved = partners.save(record, clock())
        for user in saved.invited:
            invite(users, outbox, clock, user=user, public_url=public_url, queues=queues)
        return saved.outcome, saved.problems

    run = _open(exchange, clock, node, "partners", size)
    return _import(exchange, clock, run, rows, save)


def import_companies(
    partners: PartnerStore, exchange: ExchangeStore, clock: Clock, *, node: str, rows: Sequence[Row[Company]], size: int
) -> Report:
    def save(company: Company) -> tuple[str, tuple[Problem, ...]]:
        if partners.company(company.id) == company:
            return "unchanged", ()
        partners.save_company(company)
        return "written", ()

    run = _open(exchange, clock, node, "companies", size)
    return _import(exchange, clock, run, rows, save)


Save = Callable[[R], tuple[str, tuple[Problem, ...]]]


def _open(exchange: ExchangeStore, clock: Clock, node: str, kind: str, size: int) -> ExchangeRun:
    """A run of the journal with the one file of a batch in it, named as its kind."""
    run = exchange.open_run(node, kind, clock())
    exchange.next_chunk(run.id, kind, size)
    exchange.start_file(run.id, kind, clock())
    return run


def _import(exchange: ExchangeStore, clock: Clock, run: ExchangeRun, rows: Sequence[Row[R]], save: Save[R]) -> Report:
    one = partial(_one, kind=run.kind, save=save, clock=clock, until=clock() + TIME_FOR_BATCH)
    try:
        with ThreadPoolExecutor(PARALLEL) as pool:
            results = tuple(pool.map(one, rows))
    except Exception:  # whatever it is, the journal must not show a run that never ends
        exchange.finish_file(run.id, run.kind, {}, [], "Внутренняя ошибка: повторите обмен", clock())
        raise
    problems = [problem for result in results for problem in result.problems]
    exchange.finish_file(run.id, run.kind, {run.kind: _tally(results)}, problems, "", clock())
    return Report(run, results)


def _one(row: Row[R], *, kind: str, save: Save[R], clock: Clock, until: datetime) -> Result:
    if row.record is None:
        return Result(row.id, "refused", row.problems)
    if clock() > until:
        return Result(row.id, "postponed", (Problem(kind, row.id, row.name, "Не хватило времени: отправьте запись ещё раз"),))
    try:
        outcome, problems = save(row.record)
    except Refused as refused:
        params = tuple((name, str(value)) for name, value in refused.params.items())
        return Result(row.id, "refused", (Problem(kind, row.id, row.name, refused.message, params),))
    # what came with an old revision has been said before
    return Result(row.id, outcome, () if outcome == "unchanged" else row.problems + problems)


def _tally(results: Sequence[Result]) -> Tally:
    """What was postponed is not taken: the journal counts it with the refused."""
    written = sum(result.outcome == "written" for result in results)
    unchanged = sum(result.outcome == "unchanged" for result in results)
    return Tally(len(results), written, unchanged, len(results) - written - unchanged)


def refuse_batch(exchange: ExchangeStore, clock: Clock, *, node: str, kind: str, size: int, reason: str) -> ExchangeRun:
    """Put a batch that could not be read at all into the journal."""
    run = _open(exchange, clock, node, kind, size)
    exchange.finish_file(run.id, kind, {}, [], reason, clock())
    return run
