"""The journal of exchange runs as the supplier's administrator reads it."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import date, datetime

from chalicelib.domain.access.audit import AuditEntry
from chalicelib.domain.errors import NotFound
from chalicelib.domain.exchange.exchange import ExchangeFile, ExchangeRun, FileState, RunState
from chalicelib.domain.exchange.flows import QUIET, flow_of_run
from chalicelib.usecases.access.visitors import Visitor
from chalicelib.usecases.exchange.exchange_actions import ENDED, can_check, can_retry, is_kept, is_stuck
from chalicelib.usecases.exchange.receive_files import is_xml, is_zip
from chalicelib.usecases.ports.access import AuditStore
from chalicelib.usecases.ports.clock import Clock
from chalicelib.usecases.ports.exchange import ExchangeStore

SHOWN = 50
LOOKED_AT = 500
"""Heads of runs read for one page: where a filter fits fewer than `SHOWN` of them, the page goes on from there."""
FILES_SHOWN = 100
MANY = ("catalog", "sale", "stock")
"""Kinds of runs that may have thousands of files: pictures, and parts of balances."""


@dataclass(frozen=True, slots=True)
class RunFilter:
    """Empty fields do not filter. `before`: go on below the run of this id."""

    flow: str = ""
    node: str = ""
    state: str = ""
    since: date | None = None
    until: date | None = None
    before: str = ""


@dataclass(frozen=True, slots=True)
class RunGroup:
    """A run, or several of one flow in a row that all went well."""

    runs: tuple[ExchangeRun, ...]

    @property
    def run(self) -> ExchangeRun:
        return self.runs[0]


@dataclass(frozen=True, slots=True)
class RunPage:
    groups: tuple[RunGroup, ...]
    next: str = ""
    nodes: tuple[str, ...] = ()


def run_page(exchange: ExchangeStore, *, visitor: Visitor, asked: RunFilter, day_of: Callable[[datetime], date]) -> RunPage:
    """One read, whatever is asked. `day_of`: the day of an instant where the reader lives."""
    visitor.must("exchange.view")
    heads = exchange.runs(LOOKED_AT, flow=asked.flow, before=asked.before)
    fitting: list[ExchangeRun] = []
    next = heads[-1].id if len(heads) == LOOKED_AT else ""
    for head in heads:
        if asked.since and day_of(head.opened_at) < asked.since:
            next = ""
            break
        if _fits(head, asked, day_of):
            if len(fitting) == SHOWN:
                next = fitting[-1].id
                break
            fitting.append(head)
    nodes = tuple(sorted({head.node for head in heads}))
    return RunPage(tuple(_groups(fitting, collapse=not asked.state)), next, nodes)


def _fits(run: ExchangeRun, asked: RunFilter, day_of: Callable[[datetime], date]) -> bool:
    return (
        (not asked.node or run.node == asked.node)
        and (not asked.state or run.summary.state == asked.state)
        and (asked.until is None or day_of(run.opened_at) <= asked.until)
    )


def _groups(runs: Iterable[ExchangeRun], *, collapse: bool) -> Iterable[RunGroup]:
    """Runs of a flow that come by the hundred are one line while they go well."""
    group: list[ExchangeRun] = []
    for run in runs:
        if group and not (collapse and _same(group[-1], run)):
            yield RunGroup(tuple(group))
            group = []
        group.append(run)
    if group:
        yield RunGroup(tuple(group))


def _same(one: ExchangeRun, other: ExchangeRun) -> bool:
    ok = one.summary.state is RunState.DONE and other.summary.state is RunState.DONE
    return ok and (one.kind, one.node) == (other.kind, other.node) and flow_of_run(one.kind) in QUIET


def one_run(exchange: ExchangeStore, *, visitor: Visitor, run_id: str) -> ExchangeRun:
    """Raises NotFound."""
    visitor.must("exchange.view")
    run = exchange.run(run_id)
    if run is None:
        raise NotFound("Такого сеанса обмена нет")
    return run


@dataclass(frozen=True, slots=True)
class FileView:
    """A file with what may be done with it by hand."""

    file: ExchangeFile
    retry: str
    check: bool
    skip: bool
    stuck: bool
    parts: int


@dataclass(frozen=True, slots=True)
class RunView:
    """`files` are worth a look; of pictures and parts of stock that went well only the number is told. `hidden`: files beyond
    those that are shown."""

    files: tuple[FileView, ...]
    quiet: int
    hidden: int
    busy: bool
    problems: int


def run_view(run: ExchangeRun, now: datetime) -> RunView:
    loud = [file for file in run.files if not _is_quiet(run, file)]
    busy = any(file.state not in ENDED or (file.check is not None and not file.check.finished) for file in run.files)
    told = sum(len(file.problems) + bool(file.error) for file in run.files)
    views = tuple(_file_view(run, file, now) for file in loud[:FILES_SHOWN])
    return RunView(views, len(run.files) - len(loud), max(0, len(loud) - FILES_SHOWN), busy, told)


def _is_quiet(run: ExchangeRun, file: ExchangeFile) -> bool:
    many = "/" in file.name or not (is_xml(file.name) or is_zip(file.name)) if run.kind in MANY else False
    return many and file.state is FileState.DONE and not file.problem_count


def _file_view(run: ExchangeRun, file: ExchangeFile, now: datetime) -> FileView:
    stuck = is_stuck(file, run, now)
    free = file.state in ENDED or stuck
    parts = file.chunks - file.first_chunk if can_retry(run, file) in ("file", "picture") else int(is_kept(run, file))
    return FileView(
        file,
        can_retry(run, file) if free else "",
        can_check(run, file) and free,
        file.state is not FileState.DONE and free and not file.skipped,
        stuck,
        parts,
    )


def recent_actions(audit: AuditStore, clock: Clock, *, visitor: Visitor) -> tuple[AuditEntry, ...]:
    visitor.must("exchange.view")
    return audit.recent(clock())
