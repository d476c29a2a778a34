"""Reports on an order come late, twice, and die half-way; the order ends as the newest one says."""

from decimal import Decimal
from itertools import permutations

import pytest

from chalicelib.domain.orders.order_progress import Bucket, LineStatus
from chalicelib.domain.orders.order_reports import OrderReport
from chalicelib.domain.orders.orders import Approval, Fulfilment, Payment
from chalicelib.usecases.orders.order_progress import take_report
from tests.usecases.orders_world import Died, World, answer_to

STATES = (LineStatus.IN_PRODUCTION, LineStatus.READY, LineStatus.IN_DELIVERY)


def confirmed() -> tuple[World, str]:
    world = World({"a": ("100.00", 10)})
    world.put("a", 4)
    number = world.place()
    world.answer(answer_to(world.read(number)))
    return world, number


def report(number: str, revision: int, state: str = "") -> OrderReport:
    lines = {"a": (Bucket(STATES[revision - 1], Decimal(4)),)}
    return OrderReport(number, revision, lines, paid_amount=revision * 10000, state=state)


@pytest.mark.parametrize("order", permutations((1, 2, 3)))
def test_the_newest_report_stands_in_whatever_order_they_come(order: tuple[int, ...]) -> None:
    world, number = confirmed()
    for revision in (*order, *order):
        take_report(world.orders, world.queues, world.clock, report=report(number, revision))
    found = world.read(number)
    assert (found.progress.revision, found.fulfilment, found.payment) == (3, Fulfilment.IN_TRANSIT, Payment.PARTIALLY_PAID)
    assert [one.status for one in found.progress.of("a")] == [LineStatus.IN_DELIVERY]


def test_dying_at_any_call_and_repeating_ends_the_same() -> None:
    """A cancelled order frees what it held, wherever the process dies."""
    for call in range(1, 30):
        for when in ("before", "after"):
            world = World({"a": ("100.00", 10)})
            world.put("a", 4)
            number = world.place()
            cancel = report(number, 1, state="Отменён")
            world.die_at(call, when)
            try:
                take_report(world.orders, world.queues, world.clock, report=cancel)
            except Died:
                take_report(world.orders, world.queues, world.clock, report=cancel)
            world.live()
            found = world.read(number)
            assert (found.approval, found.progress.revision) == (Approval.CANCELLED, 1)
            assert world.balance("a") == (10, 0, 10)
            events = [event.text for event in world.orders.with_events(world.visitor().scope, number)[1]]
            assert events.count("Заказ отменён поставщиком") == 1


def test_an_order_that_changes_meanwhile_is_looked_at_again() -> None:
    """Between the look and the write the dealer's own answer comes in: nothing of it is lost."""
    world, number = confirmed()
    world.answer(answer_to(world.read(number), cut={"a": 3}, state=""))
    done = False

    def meanwhile(name: str, moment: str) -> None:
        nonlocal done
        if name == "transact_write_items" and moment == "before" and not done:
            done = True
            world.confirm(number)

    world.dynamo.fault = meanwhile
    lines = {"a": (Bucket(LineStatus.READY, Decimal(3)),)}
    take_report(world.orders, world.queues, world.clock, report=OrderReport(number, 1, lines))
    found = world.read(number)
    assert (found.approval, found.fulfilment) == (Approval.CONFIRMED, Fulfilment.READY)
