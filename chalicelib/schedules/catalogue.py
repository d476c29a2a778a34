"""Every ten minutes: the search snapshot follows prices and balances; who waits for goods hears that they have come."""

from chalice import Blueprint

from chalicelib.runtime import Runtime
from chalicelib.schedules.schedule import logger, schedule
from chalicelib.usecases.catalogue.arrivals import tell_arrivals
from chalicelib.usecases.catalogue.freshen_snapshot import freshen_snapshot

routes = Blueprint(__name__)


@schedule(routes, "catalogue", "rate(10 minutes)")
def catalogue(rt: Runtime) -> None:
    freshen_snapshot(rt.catalogue.beacons(), rt.queues)
    told = tell_arrivals(rt.arrivals, rt.offers, rt.outbox, rt.queues, rt.clock)
    if told:
        logger.info("catalogue: %s people hear of goods that have come", told)
