"""Every five minutes: holds that 1C did not answer in time are free stock again. Once an hour all holds are checked."""

from datetime import timedelta

from chalice import Blueprint

from chalicelib.runtime import Runtime
from chalicelib.schedules.schedule import schedule
from chalicelib.usecases.orders.check_holds import check_holds, is_due
from chalicelib.usecases.orders.end_holds import end_expired_holds

routes = Blueprint(__name__)
PERIOD = timedelta(minutes=5)


@schedule(routes, "holds", "rate(5 minutes)")
def holds(rt: Runtime) -> None:
    end_expired_holds(rt.orders, rt.clock)
    if is_due(rt.clock(), PERIOD):
        check_holds(rt.orders, rt.exchange, rt.clock)
