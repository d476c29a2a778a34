"""Every five minutes: holds that 1C did not answer in time are free stock again."""

from chalice import Blueprint

from chalicelib.runtime import Runtime
from chalicelib.schedules.schedule import schedule
from chalicelib.usecases.orders.end_holds import end_expired_holds

routes = Blueprint(__name__)


@schedule(routes, "holds", "rate(5 minutes)")
def holds(rt: Runtime) -> None:
    end_expired_holds(rt.orders, rt.clock)
