"""Every five minutes: one message for each warehouse whose balances are to be asked of 1C."""

from chalice import Blueprint

from chalicelib.log import logger
from chalicelib.runtime import Runtime
from chalicelib.schedules.schedule import schedule
from chalicelib.usecases.catalogue.refresh_stock import ask_warehouses

routes = Blueprint(__name__)


@schedule(routes, "stock", "rate(5 minutes)")
def stock(rt: Runtime) -> None:
    if rt.erp is None:
        logger.info("stock: ERP_URL is empty, 1C is not asked")
        return
    ask_warehouses(rt.erp, rt.exchange, rt.queues, rt.clock)
