"""Every hour: records that waited for an object which came by another road are saved; at night those that wait too long are
told of."""

from chalice import Blueprint

from chalicelib.log import logger
from chalicelib.runtime import Runtime
from chalicelib.schedules.schedule import schedule
from chalicelib.usecases.exchange.waiting_records import sweep_waiting

routes = Blueprint(__name__)
TOLD_AT = 1
"""The hour, UTC: four in the morning in Moscow."""


@schedule(routes, "waiting", "rate(1 hour)")
def waiting(rt: Runtime) -> None:
    from chalicelib.exchange.entities import desk

    left = sweep_waiting(desk(rt), tell=rt.clock().hour == TOLD_AT)
    if left:
        logger.info("waiting: %s records wait for what they hang on", left)
