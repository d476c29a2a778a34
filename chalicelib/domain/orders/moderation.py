"""What the supplier's manager does with an order before it goes on: lets it through, holds it, asks the dealer, rejects it."""

from dataclasses import replace
from enum import StrEnum

from chalicelib.domain.errors import Conflict
from chalicelib.domain.orders.orders import Approval, Order


class Decision(StrEnum):
    CONFIRM = "confirm"
    HOLD = "hold"
    ASK = "ask"
    REJECT = "reject"


OPEN = frozenset({Approval.SUBMITTED, Approval.ON_MODERATION, Approval.MODERATED, Approval.AWAITING_CLIENT})
_BECOMES = {
    Decision.CONFIRM: Approval.CONFIRMED,
    Decision.HOLD: Approval.ON_MODERATION,
    Decision.ASK: Approval.AWAITING_CLIENT,
    Decision.REJECT: Approval.REJECTED,
}


def possible(order: Order) -> tuple[Decision, ...]:
    """What can be decided now. One that waits for its dealer is not let through over his head."""
    if order.approval is Approval.CONFIRMED and order.fulfilment == "not_started":
        return (Decision.HOLD, Decision.ASK)
    if order.approval not in OPEN:
        return ()
    if order.approval is Approval.AWAITING_CLIENT:
        return (Decision.HOLD, Decision.REJECT)
    held = order.approval is Approval.ON_MODERATION
    return tuple(one for one in Decision if not (one is Decision.HOLD and held))


def decided(order: Order, decision: Decision, seen_revision: int) -> Order:
    """Raises Conflict where it is not the order that was looked at, or nothing of the kind can be decided of it."""
    if order.revision != seen_revision:
        raise Conflict("Заказ %(number)s изменился, пока страница была открыта: проверьте его ещё раз", number=order.number)
    if decision not in possible(order):
        raise Conflict("Заказ %(number)s уже не ждёт вашего решения", number=order.number)
    return replace(order, approval=_BECOMES[decision], revision=order.revision + 1)
