"""The stock refresh from the clock's tick through the real queue to the balances."""

from collections.abc import Iterator
from datetime import date
from decimal import Decimal
from types import SimpleNamespace

import pytest

from chalicelib import runtime
from chalicelib.domain.catalogue.catalogue import Item
from chalicelib.domain.catalogue.stock import Hold, IncomingLot, IncomingSupply
from chalicelib.domain.exchange.exchange import FileState
from chalicelib.runtime import Runtime
from chalicelib.schedules import stock as clock
from chalicelib.usecases.orders.dispatch_outbox import queue as queue_row
from chalicelib.workers import stock as queue
from tests.one_c import OneC, guid, serving
from tests.workers.events import CONTEXT, queued, sqs_event, tick_event

W1, W2 = guid(901), guid(902)


@pytest.fixture
def one_c(aws: SimpleNamespace, monkeypatch: pytest.MonkeyPatch) -> Iterator[OneC]:
    with serving(OneC()) as server:
        monkeypatch.setenv("ERP_URL", server.url)
        runtime.use(None)
        yield server
        runtime.use(None)


def work_off(aws: SimpleNamespace) -> int:
    done = 0
    for message in queued(aws, "stock"):
        assert queue.worker_stock(sqs_event(message), CONTEXT) == {"batchItemFailures": []}
        done += 1
    return done


def test_a_tick_brings_what_1c_has(aws: SimpleNamespace, one_c: OneC) -> None:
    """ST-01, ST-08: nobody asks for it; two warehouses, two questions, two parts."""
    one_c.set(W1, i1=50)
    one_c.set(W2, i1=3)
    rt = runtime.current()
    rt.catalogue.save_cards([Item(guid(1), "Дверь")], 1)
    clock.schedule_stock(tick_event(), CONTEXT)
    assert work_off(aws) == 4
    balance = rt.offers.read([guid(1)])[guid(1)][1]
    assert (balance.available(W1), balance.available(W2)) == (50, Decimal(3))
    assert rt.sessions.read("nobody")[1].stock_at is not None


def test_one_warehouse_can_be_asked_by_itself(aws: SimpleNamespace, one_c: OneC) -> None:
    one_c.set(W1, i1=50)
    rt = runtime.current()
    rt.catalogue.save_cards([Item(guid(1), "Дверь")], 1)
    rt.queues.send("stock", {"warehouse": W1})
    assert work_off(aws) == 2
    assert rt.offers.read([guid(1)])[guid(1)][1].available(W1) == 50


def test_a_1c_that_is_down_is_not_asked_again_before_the_next_tick(aws: SimpleNamespace, one_c: OneC) -> None:
    one_c.set(W1, i1=50)
    clock.schedule_stock(tick_event(), CONTEXT)
    one_c.fault = "hangs up"
    assert work_off(aws) == 1
    clock.schedule_stock(tick_event(), CONTEXT)
    assert work_off(aws) == 0
    rt = runtime.current()
    [head] = rt.exchange.runs(flow="stock")
    run = rt.exchange.run(head.id)
    assert run and [file.state for file in run.files] == [FileState.FAILED]


def test_without_an_address_of_1c_nothing_happens(aws: SimpleNamespace, caplog: pytest.LogCaptureFixture) -> None:
    runtime.use(Runtime())
    clock.schedule_stock(tick_event(), CONTEXT)
    runtime.use(None)
    assert [record.message for record in caplog.records if "ERP_URL" in record.message] == [
        "stock: ERP_URL is empty, 1C is not asked"
    ]
    assert list(queued(aws, "stock")) == []


def test_a_lot_told_anew_is_planned_by_the_worker(aws: SimpleNamespace, one_c: OneC) -> None:
    """OP-09: the row of the outbox goes with the lots, the queue carries it, the worker may do what it needs."""
    rt = Runtime()
    rt.supply.save_incoming(IncomingSupply("i1", 1, (IncomingLot("L1", W1, date(2027, 4, 15), Decimal(7)),)))
    rt.orders.holds.take_in_parts("K-1", [Hold("i1", W1, Decimal(3), "L1", 1)], rt.clock())  # type: ignore[attr-defined]
    rt.supply.save_incoming(IncomingSupply("i1", 2, (IncomingLot("L1", W1, date(2027, 4, 20), Decimal(7)),)))
    [row] = rt.outbox.pending("plans")
    queue_row(rt.queues, row)
    assert work_off(aws) == 1
    assert rt.outbox.pending("plans") == () and rt.supply.counting_on("i1") == frozenset()
