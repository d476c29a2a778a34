"""Queue "stock", by what the message has beside its warehouse:

{"run", "seq"}                          ask 1C for the warehouse (without them: in a round of its own)
{"run", "seq", "part", "rows", "last"}  write a part of the answer
{"run", "check"}                        look whether the round is complete

and {"item", "row"}: the lots of an item were told anew, the orders that count on them are planned anew.
"""

from typing import Any

from chalice import Blueprint

from chalicelib.domain.errors import Unavailable
from chalicelib.log import logger
from chalicelib.runtime import Runtime
from chalicelib.usecases.catalogue.refresh_stock import apply_balances, close_warehouse, fetch_balances, open_round
from chalicelib.usecases.orders.replan_orders import replan_item
from chalicelib.workers.worker import Work, queue_worker

routes = Blueprint(__name__)


@queue_worker(routes, "stock")
def stock(rt: Runtime, work: Work) -> None:
    message = work.message
    if "item" in message:
        _replan(rt, message["item"], message["row"])
    elif "rows" in message:
        apply_balances(rt.catalogue, rt.stock, rt.exchange, rt.queues, rt.clock, **message)
    elif "check" in message:
        close_warehouse(rt.exchange, rt.catalogue, rt.queues, **message)
    else:
        _fetch(rt, message)


def _replan(rt: Runtime, item_id: str, row_id: str) -> None:
    stores = (rt.orders, rt.offers, rt.supply, rt.partners, rt.outbox, rt.clock)
    replan_item(*stores, item_id=item_id, row_id=row_id)


def _fetch(rt: Runtime, message: dict[str, Any]) -> None:
    """1C that does not answer is not asked again before the next round: it has its trouble already."""
    if rt.erp is None:
        logger.info("stock: ERP_URL is empty, 1C is not asked")
        return
    if "run" not in message:
        run = open_round(rt.exchange, rt.clock, warehouses=[message["warehouse"]])
        message = message | {"run": run.id, "seq": rt.exchange.next_seq()}
    try:
        fetch_balances(rt.erp, rt.exchange, rt.catalogue, rt.files, rt.queues, rt.clock, **message)
    except Unavailable as unavailable:
        logger.warning("stock: %s", unavailable)
