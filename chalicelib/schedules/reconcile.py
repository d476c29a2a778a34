"""Every night at four in Moscow: all that neighbours have is read again and compared with what we keep."""

from chalice import Blueprint

from chalicelib.runtime import Runtime
from chalicelib.schedules.schedule import schedule
from chalicelib.usecases.exchange.reread import begin_round

routes = Blueprint(__name__)


@schedule(routes, "reconcile", "cron(0 1 * * ? *)")
def reconcile(rt: Runtime) -> None:
    for system, neighbour in rt.neighbours.items():
        begin_round(neighbour, rt.exchange, rt.queues, rt.clock, system=system, since=None)
