"""Every minute: orders of 1C's that waited for their partner are taken once he has come, what waited for orders is saved,
archives nobody asks for are loaded."""

from chalice import Blueprint

from chalicelib.log import logger
from chalicelib.runtime import Runtime
from chalicelib.schedules.schedule import schedule
from chalicelib.usecases.exchange.start_idle import start_idle
from chalicelib.usecases.exchange.waiting_records import wake_waiting
from chalicelib.usecases.orders.adopt_order import retry_waiting

routes = Blueprint(__name__)


@schedule(routes, "exchange", "rate(1 minute)")
def exchange(rt: Runtime) -> None:
    from chalicelib.exchange.entities import desk

    taken = retry_waiting(rt.orders, rt.partners, rt.waiting_orders, rt.queues, rt.clock)
    wake_waiting(desk(rt), "orders")
    started = start_idle(rt.exchange, rt.files, rt.queues, rt.clock)
    if started:
        logger.info("exchange: %s files of archives started", started)
    if taken:
        logger.info("exchange: %s waiting orders taken", taken)
