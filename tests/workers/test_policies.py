"""The functions of documents, messages, stock and the clock need nothing their roles do not allow."""

from collections.abc import Iterator
from types import SimpleNamespace

import pytest

from chalicelib import runtime
from chalicelib.domain.catalogue.catalogue import Item
from chalicelib.domain.partners.partners import SupplierScope
from chalicelib.runtime import Runtime
from chalicelib.schedules import holds, outbox
from chalicelib.schedules import stock as stock_clock
from chalicelib.workers import documents, messages, stock
from tests.one_c import OneC, guid, serving
from tests.usecases.orders_world import World, answer_to
from tests.workers.allowed import allows, only_allowed, policy
from tests.workers.events import CONTEXT, queued, sqs_event, tick_event
from tests.workers.test_documents import confirmed_order, rt  # noqa: F401 - a fixture


@pytest.fixture
def erp(aws: SimpleNamespace, monkeypatch: pytest.MonkeyPatch) -> Iterator[Runtime]:
    with serving(OneC()) as one_c:
        one_c.set(guid(901), i1=50, i2=1)
        monkeypatch.setenv("ERP_URL", one_c.url)
        made = Runtime()
        runtime.use(made)
        made.catalogue.save_cards([Item(guid(1), "Дверь")], 1)
        yield made
        runtime.use(None)


def print_all(rt: Runtime) -> None:  # noqa: F811
    for row in rt.outbox.pending("documents"):
        assert documents.worker_documents(sqs_event({"row": row.id}), CONTEXT) == {"batchItemFailures": []}


def test_documents_and_messages(aws: SimpleNamespace, rt: Runtime) -> None:  # noqa: F811
    number = confirmed_order(aws)
    world = World({}, client=aws.dynamodb)
    with only_allowed(rt, "worker_documents") as needed:
        print_all(rt)
        world.answer(answer_to(world.read(number), cut={"a": 2}))
        world.confirm(number)
        print_all(rt)  # this one takes the place of the first
    assert len(rt.documents.of_order(SupplierScope("test"), number)) == 2
    assert ("sqs:SendMessage", "arn:aws:sqs:eu-central-1:1:kabinet-test-messages") in needed
    with only_allowed(rt, "worker_messages"):
        for message in queued(aws, "messages"):
            assert messages.worker_messages(sqs_event(message), CONTEXT) == {"batchItemFailures": []}


def test_stock(aws: SimpleNamespace, erp: Runtime) -> None:
    with only_allowed(erp, "schedule_stock"):
        stock_clock.schedule_stock(tick_event(), CONTEXT)
    with only_allowed(erp, "worker_stock") as needed:
        for message in queued(aws, "stock"):
            assert stock.worker_stock(sqs_event(message), CONTEXT) == {"batchItemFailures": []}
        erp.queues.send("stock", {"warehouse": guid(901)})
        for message in queued(aws, "stock"):
            assert stock.worker_stock(sqs_event(message), CONTEXT) == {"batchItemFailures": []}
    assert len(needed) > 8


def test_the_clocks(aws: SimpleNamespace, rt: Runtime) -> None:  # noqa: F811
    world = World({"a": ("1.00", 10)}, client=aws.dynamodb)
    world.put("a", 4)
    world.place()
    rt.outbox.add("messages", "u", {"channel": "mail"}, rt.clock())
    rt.clock.pass_by(hours=30)  # type: ignore[attr-defined]
    with only_allowed(rt, "schedule_outbox"):
        outbox.schedule_outbox(tick_event(), CONTEXT)
    with only_allowed(rt, "schedule_holds"):
        holds.schedule_holds(tick_event(), CONTEXT)
    assert world.balance("a") == (10, 0, 10)


def test_a_call_beyond_the_policy_is_found(aws: SimpleNamespace) -> None:
    made = Runtime()
    with pytest.raises(AssertionError, match="dynamodb:PutItem"), only_allowed(made, "schedule_outbox"):
        made.portal.put({"PK": "a", "SK": "b"})
    listing = ("s3:ListBucket", "arn:aws:s3:::kabinet-test-x?prefix=documents/")
    assert not any(allows(statement, listing) for statement in policy("worker_stock"))
