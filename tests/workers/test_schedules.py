"""The clock functions, called as Lambda calls them."""

from collections.abc import Iterator
from types import SimpleNamespace

import pytest
from chalice import Blueprint, Chalice

from chalicelib import runtime
from chalicelib.domain.errors import Unavailable
from chalicelib.runtime import Runtime
from chalicelib.schedules import exchange, holds, outbox
from chalicelib.schedules.schedule import run_tick, schedule
from chalicelib.schedules.stock import routes as stock_routes
from tests.people import TestClock
from tests.usecases.orders_world import World
from tests.workers.events import CONTEXT, queued, tick_event


@pytest.fixture
def clock(aws: SimpleNamespace) -> Iterator[TestClock]:
    """The clock of the process."""
    made = TestClock()
    runtime.use(Runtime(clock=made))
    yield made
    runtime.use(None)


def test_what_a_crash_left_behind_is_queued_a_minute_later(aws: SimpleNamespace, clock: TestClock) -> None:
    """The row is committed, its message never sent: the sweep sends it."""
    rt = runtime.current()
    row = rt.outbox.add("messages", "u-1", {"channel": "mail", "to": "a@b.example", "subject": "", "text": ""}, clock())
    outbox.schedule_outbox(tick_event(), CONTEXT)
    assert list(queued(aws, "messages")) == []
    clock.pass_by(seconds=60)
    outbox.schedule_outbox(tick_event(), CONTEXT)
    assert list(queued(aws, "messages")) == [{"row": row.id}]


def test_a_hold_nobody_answered_ends_after_a_day(aws: SimpleNamespace, clock: TestClock) -> None:
    """OP-07: the goods are free again, the order still stands for 1C to decide."""
    world = World({"a": ("10.00", 10)}, client=aws.dynamodb)
    world.put("a", 4)
    number = world.place()
    clock.now = world.now
    holds.schedule_holds(tick_event(), CONTEXT)
    assert world.balance("a") == (10, 4, 6)
    clock.pass_by(hours=25)
    for _ in range(2):
        holds.schedule_holds(tick_event(), CONTEXT)
        assert world.balance("a") == (10, 0, 10)
    assert world.read(number).number == number


def test_a_neighbour_that_is_down_is_logged_and_a_fault_of_ours_counts(
    aws: SimpleNamespace, clock: TestClock, caplog: pytest.LogCaptureFixture
) -> None:
    def down(_: Runtime) -> None:
        raise Unavailable("1С не отвечает: %(reason)s", reason="TimeoutError")

    def broken(_: Runtime) -> None:
        raise KeyError("x")

    run_tick(down, "test")
    assert "1С не отвечает: TimeoutError" in caplog.text
    with pytest.raises(KeyError):
        run_tick(broken, "test")


def test_schedules_have_their_names_and_times() -> None:
    """What `chalice deploy` makes of them, and where Lambda finds them."""
    app = Chalice("test")
    for routes in (exchange.routes, outbox.routes, holds.routes, stock_routes):
        app.register_blueprint(routes)
    made = {source.name: (source.handler_string, source.schedule_expression) for source in app.event_sources}
    assert made == {
        "schedule_exchange": ("chalicelib.schedules.exchange.schedule_exchange", "rate(1 minute)"),
        "schedule_outbox": ("chalicelib.schedules.outbox.schedule_outbox", "rate(1 minute)"),
        "schedule_holds": ("chalicelib.schedules.holds.schedule_holds", "rate(5 minutes)"),
        "schedule_stock": ("chalicelib.schedules.stock.schedule_stock", "rate(5 minutes)"),
    }


def test_a_tick_of_another_module_is_found_there_too() -> None:
    routes = Blueprint(__name__)

    @schedule(routes, "sample", "rate(1 hour)")
    def sample(rt: Runtime) -> None:
        raise AssertionError("never called")

    assert callable(globals()["schedule_sample"])
