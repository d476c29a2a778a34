"""Every minute: rows of the outbox that nobody has taken go onto their queue again."""

from chalice import Blueprint

from chalicelib.log import logger
from chalicelib.runtime import Runtime
from chalicelib.schedules.schedule import schedule
from chalicelib.usecases.orders.dispatch_outbox import dispatch_outbox

routes = Blueprint(__name__)


@schedule(routes, "outbox", "rate(1 minute)")
def outbox(rt: Runtime) -> None:
    count = dispatch_outbox(rt.outbox, rt.queues, rt.clock, pushed=bool(rt.settings.push))
    if count:
        logger.info("outbox: %s rows queued again", count)
