"""A provisional hold that 1C did not answer in time ends: nobody keeps goods from others by a silent order."""

from chalicelib.usecases.ports.clock import Clock
from chalicelib.usecases.ports.orders import OrderStore


def end_expired_holds(orders: OrderStore, clock: Clock) -> int:
    """Let go what is due; how many orders that were. The orders stand and still go to 1C, which decides. Safe to repeat."""
    numbers = list(orders.expired_holds(clock()))
    for number in numbers:
        orders.settle_hold(number, {}, clock())
    return len(numbers)
