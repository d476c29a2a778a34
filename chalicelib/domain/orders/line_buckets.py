"""Where the units of an order's line are: as 1C told it, and until it has, as they were reserved."""

from decimal import Decimal

from chalicelib.domain.catalogue.promise import PlanPart
from chalicelib.domain.orders.order_progress import Bucket, LineStatus
from chalicelib.domain.orders.orders import Approval, Fulfilment, Order, OrderLine

ENDED = frozenset({Approval.CANCELLED, Approval.REJECTED})
BEFORE_WORK = frozenset({Fulfilment.NOT_STARTED, Fulfilment.AWAITING_SUPPLY})


def line_buckets(order: Order, line: OrderLine) -> tuple[Bucket, ...]:
    """What 1C takes off a line comes off its latest parts; what nothing was reserved for is a shortage."""
    told = order.progress.of(line.item_id)
    if told or not line.plan or order.approval in ENDED or order.fulfilment not in BEFORE_WORK:
        return told
    left, found = line.quantity, []
    for part in line.plan:
        quantity = min(left, part.quantity)
        left -= quantity
        found += [_bucket(part, quantity)] if quantity else []
    return (*found, Bucket(LineStatus.SHORTAGE, left)) if left else tuple(found)


def _bucket(part: PlanPart, quantity: Decimal) -> Bucket:
    status = LineStatus.RESERVED_INCOMING if part.lot_id else LineStatus.RESERVED_STOCK
    return Bucket(status, quantity, due=part.due)
