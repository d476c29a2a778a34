"""A batch of records from 1C: one run of the exchange journal, and what waited for them comes with it."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from chalicelib.domain.exchange.exchange import ExchangeRun
from chalicelib.usecases.exchange.import_records import TIME_FOR_BATCH, Desk, Result, arrivals, open_run, take, tally
from chalicelib.usecases.exchange.waiting_records import Results, apply_waiting


@dataclass(frozen=True, slots=True)
class Report:
    run: ExchangeRun
    results: tuple[Result, ...]


def import_records(desk: Desk, *, node: str, kind: str, values: Sequence[Any], size: int) -> Report:
    """Save the values of a batch and what waited for them. `size` in bytes, for the journal."""
    run = open_run(desk, node, kind, size)
    try:
        results, brought = _save(desk, node, kind, values, run)
    except Exception:  # whatever it is, the journal must not show a run that never ends
        desk.exchange.finish_file(run.id, kind, {}, [], "Внутренняя ошибка: повторите обмен", desk.clock())
        raise
    told = {name: [*(results if name == kind else ()), *brought.get(name, ())] for name in {kind: 0, **brought}}
    problems = [problem for some in told.values() for result in some for problem in result.problems]
    desk.exchange.finish_file(run.id, kind, {name: tally(some) for name, some in told.items()}, problems, "", desk.clock())
    return Report(run, results)


def _save(desk: Desk, node: str, kind: str, values: Sequence[Any], run: ExchangeRun) -> tuple[tuple[Result, ...], Results]:
    until = run.opened_at + TIME_FOR_BATCH
    rows = [desk.kinds[kind].read(value) for value in values]
    results = take(desk, desk.kinds[kind], rows, node, until)
    return results, apply_waiting(desk, arrivals(rows, results), until)


def refuse_batch(desk: Desk, *, node: str, kind: str, size: int, reason: str) -> ExchangeRun:
    """Put a batch that could not be read at all into the journal."""
    run = open_run(desk, node, kind, size)
    desk.exchange.finish_file(run.id, kind, {}, [], reason, desk.clock())
    return run
