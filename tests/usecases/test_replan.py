"""A lot slips, shrinks or is gone: orders that count on it are planned anew, once, and people hear of it."""

from datetime import date, timedelta
from decimal import Decimal

import pytest

from chalicelib.adapters.dynamo.notifications import DynamoNotifications
from chalicelib.domain.orders.orders import OrderLine
from chalicelib.usecases.cart.place_order import Wish
from chalicelib.usecases.notifications.spread import spread_notification
from chalicelib.usecases.orders.dispatch_outbox import dispatch_outbox
from chalicelib.usecases.orders.end_holds import end_expired_holds
from tests.usecases.orders_world import Died, World, answer_to

APRIL_15, APRIL_17, APRIL_20 = date(2027, 4, 15), date(2027, 4, 17), date(2027, 4, 20)


def world_of(wanted: int = 100, wish: Wish = Wish(APRIL_17)) -> tuple[World, str]:  # noqa: B008  # frozen
    """50 on hand, 70 of L1 on the 15th, an order of 100 for the 17th: case 1."""
    world = World({"x": ("10", 50), "y": ("1", 5)})
    world.set_lots("x", ("L1", APRIL_15, 70))
    world.put("x", wanted)
    number = world.send(world.form(world.look(wish=wish)))
    return world, number


def plan(line: OrderLine) -> list[tuple[int, str, date | None, bool]]:
    return [(int(part.quantity), part.lot_id, part.due, part.late) for part in line.plan]


def free(world: World, lot: str = "L1") -> tuple[int, int]:
    return int(world.balance("x")[2]), int(world.lot("x", lot)[1])


def told(world: World) -> list[dict[str, str]]:
    """The letters that people get of what waits to be told."""
    notifications = DynamoNotifications(world.outbox.portal)
    for row in world.outbox.pending("notifications"):
        stores = (world.outbox, world, notifications, world.queues)
        spread_notification(*stores, world.clock, row_id=row.id, public_url="http://p")  # type: ignore[arg-type]
    return [dict(row.body) for row in world.outbox.pending("messages")]


def kinds(world: World, number: str) -> list[str]:
    return [event.kind for event in world.orders.with_events(world.visitor().scope, number)[1]]


def test_case_9_the_lot_slips_past_the_day() -> None:
    """OP-09, OR-39, DL-10: 20 free on hand replace 20 of the lot, 50 are late; the dealer, his manager and the timeline hear."""
    world, number = world_of()
    assert free(world) == (20, 0)
    world.set_lots("x", ("L1", APRIL_20, 70))
    assert world.replan() == 1 and world.replan() == 0
    [line] = world.read(number).lines
    assert plan(line) == [(50, "", None, False), (50, "L1", APRIL_20, True)] and line.late
    assert free(world) == (0, 20) and kinds(world, number)[-1] == "delayed"
    letters = told(world)
    assert {letter["to"] for letter in letters} == {"ivan@dealer.example", "olga@supplier.example"}
    assert all("50 ожидается 20.04.2027" in letter["text"] for letter in letters)
    assert world.outbox.pending("plans") == ()
    world.check_stock()


def test_a_slip_that_is_still_in_time_is_no_delay() -> None:
    world, number = world_of()
    world.set_lots("x", ("L1", date(2027, 4, 16), 70))
    assert world.replan() == 1
    [line] = world.read(number).lines
    assert plan(line) == [(30, "", None, False), (70, "L1", date(2027, 4, 16), False)]
    assert kinds(world, number)[-1] == "replanned" and told(world) == []
    world.set_lots("x", ("L1", date(2027, 4, 16), 80))
    assert world.replan() == 0 and free(world) == (20, 10)


def test_1c_has_answered_already() -> None:
    """OP-07, OP-09: what the shelf gives is held anew until 1C, which is told, answers; the lot is 1C's own affair."""
    world, number = world_of()
    world.query()
    world.success()
    world.answer(answer_to(world.read(number)))
    assert world.held() == {} and world.query() == []
    world.set_lots("x", ("L1", APRIL_20, 70), reserved=70)
    assert world.replan() == 1
    assert world.held() == {("x", ""): 20} and free(world) == (0, 0)
    assert [out.order.number for out in world.query()] == [number]
    world.answer(answer_to(world.read(number), state="Готов к обеспечению"))
    assert world.held() == {} and world.balance("x")[2] == 0
    world.check_stock()


def test_a_lot_that_has_come_is_on_the_shelf() -> None:
    """Its goods show in the stock a little later than the lot is gone: nobody is told of a delay in between."""
    world, number = world_of()
    world.set_lots("x")
    assert world.replan() == 0 and kinds(world, number) == ["placed"]
    world.set_stock({"x": Decimal(120)})
    assert world.replan() == 1
    assert plan(world.read(number).lines[0]) == [(100, "", None, False)] and world.balance("x")[2] == 20
    assert world.supply.counting_on("x") == {number} and world.outbox.pending("plans") == ()
    world.check_stock()


def test_a_lot_that_never_came_is_lost_after_a_while() -> None:
    world, number = world_of()
    world.set_lots("x")
    assert world.replan() == 0
    world.now += timedelta(minutes=15)
    assert world.replan() == 1
    line = world.read(number).lines[0]
    assert line.held == 50 and line.shortage == 50 and kinds(world, number)[-1] == "delayed"
    assert told(world)[0]["text"].count("50 больше не ожидается") == 1
    world.check_stock()


def test_a_lot_shrinks_and_the_last_order_loses() -> None:
    """70 become 40: who ordered first keeps his part."""
    world, first = world_of(60)
    visitor = world.visitor("u-2")
    world.put("x", 10, visitor)
    second = world.send(world.form(world.look(world.visitor("u-2"), Wish(APRIL_17))), visitor)
    world.set_stock({"x": Decimal(0)})
    world.set_lots("x", ("L1", APRIL_15, 62))
    world.now += timedelta(minutes=15)
    assert world.replan() == 1
    assert world.read(first).lines[0].held == 60 and world.read(second).lines[0].held == 2
    assert free(world) == (0, 0)
    world.check_stock()


def test_orders_that_count_on_nothing_any_more_are_forgotten() -> None:
    world, number = world_of()
    order = world.read(number)
    world.answer(answer_to(order, cut={"x": 100}, state="Отменен"))
    world.answer(answer_to(order, state="Закрыт"))
    world.set_lots("x", ("L1", APRIL_20, 70))
    assert world.replan() == 0 and world.supply.counting_on("x") == frozenset()


def test_the_sweep_sends_the_work_to_its_queue() -> None:
    world, _ = world_of()
    world.set_lots("x", ("L1", APRIL_20, 70))
    world.now += timedelta(minutes=1)
    dispatch_outbox(world.outbox, world.queues, world.clock)
    assert [message["item"] for queue, message in world.queues.sent if queue == "stock"] == ["x"]


@pytest.mark.parametrize("when", ["before", "after"])
def test_dying_anywhere_while_planning_anew(when: str) -> None:
    """The same end after a death at each call in turn: one event, one letter each, counters right."""
    for call in range(1, 20):
        world, number = world_of()
        world.set_lots("x", ("L1", APRIL_20, 70))
        world.die_at(call, when)
        try:
            world.replan()
            died = False
        except Died:
            died = True
            world.replan()
        world.live()
        assert free(world) == (0, 20) and kinds(world, number) == ["placed", "delayed"]
        assert len(world.outbox.pending("notifications")) == 1 and world.outbox.pending("plans") == ()
        world.check_stock()
        if not died:
            return
    raise AssertionError("planning anew never ended")


def test_an_order_whose_hold_ended_has_no_plan() -> None:
    """OP-07: the order itself says so."""
    world, number = world_of()
    world.now += timedelta(days=2)
    assert end_expired_holds(world.orders, world.clock) == 1
    assert world.read(number).lines[0].plan == () and kinds(world, number) == ["placed", "hold_ended"]
