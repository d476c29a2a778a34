"""The check of holds: nothing to say where all agrees, a half-done settling finished, a wrong counter told on the monitor."""

from dataclasses import replace
from datetime import timedelta
from types import SimpleNamespace
from typing import Any

from chalicelib import runtime
from chalicelib.domain.orders.orders import OrderEvent
from chalicelib.runtime import Runtime
from chalicelib.schedules import holds
from chalicelib.usecases.orders.check_holds import check_holds, is_due
from tests.usecases.orders_world import START, World
from tests.workers.events import CONTEXT, tick_event


class Journal:
    """What would stand on the monitor."""

    def __init__(self) -> None:
        self.problems: list[Any] = []

    def open_run(self, *_: Any) -> SimpleNamespace:
        return SimpleNamespace(id="1")

    def next_chunk(self, *_: Any) -> None: ...
    def queue_file(self, *_: Any) -> None: ...
    def start_file(self, *_: Any) -> None: ...

    def finish_file(self, run: str, name: str, tallies: Any, problems: Any, *_: Any) -> None:
        self.problems += problems


def world_of() -> tuple[World, str]:
    world = World({"x": ("10", 50)})
    world.set_lots("x", ("L1", START.date() + timedelta(days=60), 70))
    world.put("x", 100)
    return world, world.place()


def check(world: World) -> list[tuple[str, str]]:
    journal: Any = Journal()
    check_holds(world.orders, journal, world.clock)
    return [(problem.kind, problem.id) for problem in journal.problems]


def test_nothing_is_said_where_all_agrees() -> None:
    world, _ = world_of()
    assert check(world) == []


def test_a_settling_that_was_cut_short_is_finished() -> None:
    """OP-07: 1C had answered, and the process died before the hold was let go."""
    world, number = world_of()
    order = world.read(number)
    answered = replace(order, hold_open=False, revision=order.revision + 1)
    world.orders.change(order, answered, OrderEvent(world.now, "1С", "updated", "Поставщик обновил заказ"))
    assert check(world) == [("order", number)] and world.held() == {} and check(world) == []
    assert world.balance("x") == (0, 0, 0)


def test_a_wrong_counter_is_told() -> None:
    world, _ = world_of()
    world.portal.update(("ITEM#x", "STOCK"), "SET #h = #h + :one", values={":one": 1}, names={"#h": "LH#L1"})
    assert check(world) == [("balance", "x")]


def test_once_an_hour() -> None:
    period = timedelta(minutes=5)
    assert sum(is_due(START + n * period, period) for n in range(24)) == 2


def test_the_clock_does_it_with_its_own_rights(aws: SimpleNamespace) -> None:
    rt = Runtime(clock=lambda: START)
    runtime.use(rt)
    world = World({"x": ("10", 5)}, rt.dynamodb)
    world.put("x", 3)
    world.place()
    rt.portal.update(("ITEM#x", "STOCK"), "SET #h = #h + :one", values={":one": 1}, names={"#h": "H#w-msk"})
    holds.schedule_holds(tick_event(), CONTEXT)
    [run] = rt.exchange.runs(limit=5)
    runtime.use(None)
    assert run.node == "Kabinet"
