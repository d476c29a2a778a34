"""A file tried: what loading it would write, leave and refuse. Its stores write nothing."""

from collections.abc import Callable
from datetime import datetime

from chalicelib.domain.errors import Refused
from chalicelib.domain.exchange.exchange import Check, ExchangeFile
from chalicelib.usecases.exchange.import_journal import Journal
from chalicelib.usecases.ports.clock import Clock
from chalicelib.usecases.ports.exchange import ExchangeStore, MonitorStore

INTERNAL = "Внутренняя ошибка портала при проверке файла"


def check_file(
    exchange: ExchangeStore,
    monitor: MonitorStore,
    clock: Clock,
    *,
    run_id: str,
    name: str,
    load: Callable[[ExchangeFile, Journal], bool],
) -> Check | None:
    """Keep the outcome with the file; None where there is no such file. Whatever `load` raises is an outcome, too."""
    file = exchange.file(run_id, name)
    if file is None:
        return None
    asked_at = file.check.asked_at if file.check else clock()
    try:
        check = _tried(file, load, asked_at)
    except Exception:
        monitor.keep_check(run_id, name, Check(asked_at, finished=True, error=INTERNAL))
        raise
    monitor.keep_check(run_id, name, check)
    return check


def _tried(file: ExchangeFile, load: Callable[[ExchangeFile, Journal], bool], asked_at: datetime) -> Check:
    journal, error = Journal(), ""
    try:
        whole = load(file, journal)
    except Refused as refused:
        whole, error = True, str(refused)
    problems = tuple(journal.problems)
    return Check(asked_at, True, whole, dict(journal.tallies), problems, journal.problem_count, error)
