"""When a flow of the exchange is well, late, or out of order."""

from datetime import UTC, datetime, timedelta

from chalicelib.domain.exchange.exchange import Problem
from chalicelib.domain.exchange.flows import (
    FLOWS,
    FlowMark,
    Level,
    flow_of_run,
    flows_of_file,
    level_of_age,
    level_of_mark,
    worst,
)
from chalicelib.settings import QUEUES

NOW = datetime(2026, 11, 21, tzinfo=UTC)
MINUTE = timedelta(minutes=1)


def test_every_queue_belongs_to_a_flow() -> None:
    """C-10: no queue is out of sight."""
    assert {queue.name for queue in QUEUES} <= {queue for flow in FLOWS for queue in flow.queues}


def test_a_file_belongs_to_what_it_holds() -> None:
    assert flows_of_file("catalog", ["items", "stock"]) == {"catalogue", "stock"}
    assert flows_of_file("catalog", []) == {"catalogue"} and flows_of_file("sale", []) == {"orders_in"}
    assert flows_of_file("sale", ["orders", "unheard-of"]) == {"orders_in"}
    assert flows_of_file("catalog", ["pictures"]) == {"pictures"}
    assert flows_of_file("stock", ["balance"]) == {"stock"} and flows_of_file("contracts", ["contracts"]) == {"partners"}
    assert flow_of_run("contracts") == "partners"


def test_an_age_is_late_and_then_old() -> None:
    assert [level_of_age(age * MINUTE, 5 * MINUTE, 30 * MINUTE) for age in (5, 6, 30, 31)] == [
        Level.GOOD,
        Level.ATTENTION,
        Level.ATTENTION,
        Level.BAD,
    ]
    assert level_of_age(None, MINUTE, MINUTE) is Level.NEUTRAL and level_of_age(9 * MINUTE, None, None) is Level.NEUTRAL


def test_what_happened_last_decides() -> None:
    problem = Problem("item", "i", "Дрель", "Нет")
    assert level_of_mark(FlowMark()) is Level.NEUTRAL
    assert level_of_mark(FlowMark(NOW)) is Level.GOOD
    assert level_of_mark(FlowMark(NOW, NOW, "1", problem)) is Level.ATTENTION
    assert level_of_mark(FlowMark(NOW, NOW + MINUTE, "1", problem)) is Level.BAD
    assert level_of_mark(FlowMark(NOW + MINUTE, NOW, "1", problem)) is Level.GOOD
    assert level_of_mark(FlowMark(None, NOW, "1", problem)) is Level.BAD
    assert worst([Level.GOOD, Level.BAD, Level.NEUTRAL]) is Level.BAD and worst([]) is Level.NEUTRAL
