"""What the partner has bought before: counted from his orders when somebody asks, and kept."""

from collections import Counter

from chalicelib.domain.orders.orders import Approval
from chalicelib.usecases.access.visitors import Visitor
from chalicelib.usecases.ports.orders import OrderStore
from chalicelib.usecases.ports.purchases import Purchases, PurchaseStore

LATEST, AT_ONCE = 50, 20
"""Orders that are looked through, and read at one visit: a long history is counted over a few visits."""


def purchases_of(orders: OrderStore, purchases: PurchaseStore, *, visitor: Visitor) -> Purchases:
    """Times each item was ordered; nothing for one who may not see orders."""
    if "order.view" not in visitor.permissions:
        return Purchases()
    scope = visitor.partner_scope
    kept = purchases.read(scope)
    heads = orders.page(scope, limit=LATEST).orders
    fresh = [head.number for head in heads if head.number not in kept.seen and head.approval is not Approval.CANCELLED][:AT_ONCE]
    if not fresh:
        return kept
    times = Counter(kept.times)
    for number in fresh:
        times.update({line.item_id for line in orders.read(scope, number).lines})
    # older orders than these are never looked through again: their numbers need not be kept
    seen = (kept.seen | set(fresh)) & {head.number for head in heads}
    counted = Purchases(times, seen, kept.version)
    purchases.save(scope, counted)
    return counted
