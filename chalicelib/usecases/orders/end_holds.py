"""A provisional hold that 1C did not answer in time ends: nobody keeps goods from others by a silent order."""

from contextlib import suppress
from dataclasses import replace
from datetime import datetime
from decimal import Decimal

from chalicelib.domain.catalogue.stock import Source
from chalicelib.domain.errors import Conflict, NotFound
from chalicelib.domain.orders.orders import OrderEvent
from chalicelib.domain.partners.partners import SupplierScope
from chalicelib.usecases.orders.answer_order import kept_of
from chalicelib.usecases.ports.clock import Clock
from chalicelib.usecases.ports.orders import OrderStore

WHO = "Kabinet"


def end_expired_holds(orders: OrderStore, clock: Clock) -> int:
    """Let go what is due; how many orders that were. The orders stand and still go to 1C, which decides. Safe to repeat."""
    count, now = 0, clock()
    for number in list(orders.expired_holds(now)):
        with suppress(Conflict):  # it changes at this moment: the next round does it
            orders.settle_hold(number, _kept(orders, number, now), now)
            count += 1
    return count


def _kept(orders: OrderStore, number: str, now: datetime) -> dict[Source, Decimal]:
    """What 1C has reserved, where it has answered and only the end of the hold was cut short; else the order says that
    nothing is reserved for it any more. Raises Conflict."""
    try:
        order = orders.read(SupplierScope(WHO), number)
    except NotFound:  # a long order whose placing died
        return {}
    if not order.hold_open:
        return kept_of(order)
    after = order.with_plan(tuple(replace(line, plan=()) for line in order.lines), hold_open=False)
    orders.change(order, after, OrderEvent(now, WHO, "hold_ended", "Резерв снят: 1С не ответила за сутки"))
    return {}
