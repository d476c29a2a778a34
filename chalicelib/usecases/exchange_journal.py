"""The exchange journal as the supplier's administrator reads it."""

from chalicelib.domain.errors import NotFound
from chalicelib.domain.exchange import ExchangeRun
from chalicelib.usecases.ports import ExchangeStore
from chalicelib.usecases.visitors import Visitor

SHOWN = 30


def last_runs(exchange: ExchangeStore, *, visitor: Visitor) -> tuple[ExchangeRun, ...]:
    """The newest first, with their files: what was loaded is what the list is opened for."""
    visitor.must("exchange.view")
    found = (exchange.run(head.id) for head in exchange.runs(SHOWN))
    return tuple(run for run in found if run is not None)


def one_run(exchange: ExchangeStore, *, visitor: Visitor, run_id: str) -> ExchangeRun:
    """Raises NotFound."""
    visitor.must("exchange.view")
    run = exchange.run(run_id)
    if run is None:
        raise NotFound("Такого сеанса обмена нет")
    return run
