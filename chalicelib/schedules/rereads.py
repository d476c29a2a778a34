"""Every ten minutes: neighbours that tell when something changed are asked for what they told of lately, and perhaps in vain."""

from chalice import Blueprint

from chalicelib.runtime import Runtime
from chalicelib.schedules.schedule import schedule
from chalicelib.usecases.exchange.reread import OVERLAP, begin_round

routes = Blueprint(__name__)


@schedule(routes, "rereads", "rate(10 minutes)")
def rereads(rt: Runtime) -> None:
    for system, neighbour in rt.neighbours.items():
        if neighbour.tells_changes:
            since = rt.clock() - OVERLAP
            begin_round(neighbour, rt.exchange, rt.queues, rt.clock, system=system, since=since)
