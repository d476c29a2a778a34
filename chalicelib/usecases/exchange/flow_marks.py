"""How a flow without files is going: the monitor is told of every piece of its work."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager

from chalicelib.domain.errors import KabinetError
from chalicelib.domain.exchange.exchange import Problem
from chalicelib.usecases.ports.clock import Clock
from chalicelib.usecases.ports.exchange import MonitorStore
from chalicelib.usecases.ports.orders import Outbox

INTERNAL = "Внутренняя ошибка портала: %(error)s"


@contextmanager
def marked(monitor: MonitorStore, clock: Clock, flow: str, subject: Callable[[], tuple[str, str]]) -> Iterator[None]:
    """`subject`: kind and name of what the work is about, asked for when it went wrong."""
    try:
        yield
    except Exception as error:
        kind, name = subject()
        monitor.failed(flow, clock(), Problem(kind, "", name, *_told(error)))
        raise
    monitor.succeeded(flow, clock())


def _told(error: Exception) -> tuple[str, tuple[tuple[str, str], ...]]:
    if isinstance(error, KabinetError):
        return error.message, tuple((name, str(value)) for name, value in error.params.items())
    return INTERNAL, (("error", type(error).__name__),)


def row_subject(outbox: Outbox, kind: str, row_id: str) -> tuple[str, str]:
    """Whom the letter is for, which order the document."""
    row = outbox.read(kind, row_id)
    if row is None:
        return kind, row_id
    return ("message", row.body.get("to", row.subject)) if kind == "messages" else ("order", row.subject)
