"""Every five minutes: what waited for the end of quiet hours or of a digest's period leaves."""

from chalice import Blueprint

from chalicelib.runtime import Runtime
from chalicelib.schedules.schedule import logger, schedule
from chalicelib.usecases.notifications.send_postponed import send_postponed

routes = Blueprint(__name__)


@schedule(routes, "notifications", "rate(5 minutes)")
def notifications(rt: Runtime) -> None:
    sent = send_postponed(rt.partners, rt.notifications, rt.queues, rt.clock, public_url=rt.settings.public_url)
    if sent:
        logger.info("notifications: %s messages have left", sent)
