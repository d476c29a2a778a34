"""The function of deliveries, from the dealer's click to the answer of 1C, under its own policy."""

import logging
from collections.abc import Iterator
from datetime import timedelta
from types import SimpleNamespace

import pytest

from chalicelib import runtime
from chalicelib.domain.orders.orders import Approval
from chalicelib.domain.partners.partners import SupplierScope
from chalicelib.runtime import Runtime
from chalicelib.schedules import outbox
from chalicelib.usecases.ports.orders import ASIDE
from chalicelib.workers import deliveries
from tests.stand_ins.order_service import PASSWORD, OrderService, document, serving
from tests.usecases.orders_world import World
from tests.workers.allowed import only_allowed
from tests.workers.events import CONTEXT, queued, sqs_event, tick_event


@pytest.fixture
def service() -> Iterator[OrderService]:
    with serving(OrderService(answer=document)) as made:
        yield made


@pytest.fixture
def rt(aws: SimpleNamespace, service: OrderService, monkeypatch: pytest.MonkeyPatch) -> Iterator[Runtime]:
    monkeypatch.setenv("PUSH_URL", service.url())
    monkeypatch.setenv("PRIVATE_ADDRESSES", "allow")
    made = Runtime()
    runtime.use(made)
    yield made
    runtime.use(None)


def place(aws: SimpleNamespace, rt: Runtime) -> str:
    world = World({"a": ("10.00", 9)}, client=aws.dynamodb)
    world.now = rt.clock()
    world.pushes = rt.pushes
    world.put("a", 2)
    return world.place()


def test_a_placed_order_is_at_1c_and_answered_before_any_clock_ticks(
    aws: SimpleNamespace, rt: Runtime, service: OrderService
) -> None:
    """IN-10, IN-11: the placing itself queues the delivery; the reply confirms the order and has its invoice made."""
    number = place(aws, rt)
    with only_allowed(rt, "worker_deliveries"):
        for message in queued(aws, "deliveries"):
            assert deliveries.worker_deliveries(sqs_event(message), CONTEXT) == {"batchItemFailures": []}
    order = rt.orders.read(SupplierScope("test"), number)
    assert (order.approval, order.erp_number) == (Approval.CONFIRMED, f"ЗК-{number}")
    assert [message["row"] for message in queued(aws, "documents")] == [row.id for row in rt.outbox.pending("documents")]
    assert rt.outbox.pending("orders") == ()


def test_failures_come_back_and_at_last_are_put_aside_under_the_policy(
    aws: SimpleNamespace, rt: Runtime, service: OrderService, caplog: pytest.LogCaptureFixture
) -> None:
    place(aws, rt)
    list(queued(aws, "deliveries"))
    row = rt.outbox.pending("orders")[0]
    message = {"kind": "orders", "row": row.id}
    with only_allowed(rt, "worker_deliveries"):
        service.faults = ["hangs up", "422"]
        for _ in range(2):
            assert deliveries.worker_deliveries(sqs_event(message), CONTEXT) == {"batchItemFailures": []}
    assert [row.subject for row in rt.outbox.pending(ASIDE)]
    aside = [record for record in caplog.records if record.levelno >= logging.ERROR]
    assert [record.getMessage() for record in aside] == ["delivery: aside"]
    assert PASSWORD not in caplog.text


def test_the_clock_sweeps_orders_only_where_they_are_sent(
    aws: SimpleNamespace, rt: Runtime, monkeypatch: pytest.MonkeyPatch
) -> None:
    place(aws, rt)
    list(queued(aws, "deliveries"))
    later = rt.clock() + timedelta(seconds=60)
    rt.clock = lambda: later
    with only_allowed(rt, "schedule_outbox"):
        outbox.schedule_outbox(tick_event(), CONTEXT)
    swept = list(queued(aws, "deliveries"))
    monkeypatch.setenv("PUSH_URL", "")
    runtime.use(Runtime(clock=rt.clock))
    outbox.schedule_outbox(tick_event(), CONTEXT)
    assert swept == [{"kind": "orders", "row": row.id} for row in rt.outbox.pending("orders")]
    assert list(queued(aws, "deliveries")) == []
