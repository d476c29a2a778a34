"""Queue "deliveries": {"kind", "row"} of an outbox row with an order for another system; "attempt" where it was tried before."""

from chalice import Blueprint

from chalicelib.domain.exchange.exchange import Problem
from chalicelib.log import logger
from chalicelib.runtime import Runtime
from chalicelib.usecases.orders.deliver_orders import deliver_order
from chalicelib.usecases.ports.orders import ASIDE
from chalicelib.workers.worker import Work, queue_worker

routes = Blueprint(__name__)


def _problem(rt: Runtime, outcome: str, row_id: str, kind: str) -> Problem:
    """What the other side said of which order."""
    row = rt.outbox.read(ASIDE if outcome == "aside" else kind, row_id)
    return Problem("order", "", row.subject, row.error) if row else Problem("order", "", row_id, "Заказ не отправлен")


@queue_worker(routes, "deliveries")
def deliveries(rt: Runtime, work: Work) -> None:
    message = work.message
    outcome = deliver_order(
        rt.outbox,
        rt.orders,
        rt.partners,
        rt.queues,
        rt.clock,
        rt.order_receivers,
        kind=message["kind"],
        row_id=message["row"],
        attempt=message.get("attempt", 1),
    )
    if outcome == "delivered":
        rt.monitor.succeeded("orders_out", rt.clock())
    elif outcome in ("later", "aside"):
        rt.monitor.failed("orders_out", rt.clock(), _problem(rt, outcome, message["row"], message["kind"]))
    log = logger.error if outcome == "aside" else logger.info
    log("delivery: %s", outcome, row=message["row"])
