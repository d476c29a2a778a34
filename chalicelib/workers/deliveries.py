"""Queue "deliveries": {"kind", "row"} of an outbox row with an order for another system; "attempt" where it was tried before."""

from chalice import Blueprint

from chalicelib.runtime import Runtime
from chalicelib.usecases.deliver_orders import deliver_order
from chalicelib.workers.worker import Work, logger, queue_worker

routes = Blueprint(__name__)


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
    log = logger.error if outcome == "aside" else logger.info
    log("delivery: %s", outcome, row=message["row"])
