"""Every minute: orders of 1C's that waited for their partner are taken once he has come, archives nobody asks for are loaded."""

from chalice import Blueprint

from chalicelib.runtime import Runtime
from chalicelib.schedules.schedule import logger, schedule
from chalicelib.usecases.exchange.start_idle import start_idle
from chalicelib.usecases.orders.adopt_order import retry_waiting

routes = Blueprint(__name__)


@schedule(routes, "exchange", "rate(1 minute)")
def exchange(rt: Runtime) -> None:
    taken = retry_waiting(rt.orders, rt.partners, rt.waiting_orders, rt.queues, rt.clock)
    started = start_idle(rt.exchange, rt.files, rt.queues, rt.clock)
    if started:
        logger.info("exchange: %s files of archives started", started)
    if taken:
        logger.info("exchange: %s waiting orders taken", taken)
