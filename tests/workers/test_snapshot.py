"""Queues `pictures` and `snapshot`, driven by SQS messages as Lambda gives them."""

import io
import json
from collections.abc import Iterator
from datetime import UTC, datetime
from types import SimpleNamespace
from typing import Any

import pytest
from PIL import Image

from chalicelib import runtime
from chalicelib.domain.catalogue.catalogue import Item
from chalicelib.runtime import Runtime
from chalicelib.settings import QUEUES
from chalicelib.usecases.ports.catalogue import Search
from chalicelib.workers import pictures, snapshot
from chalicelib.workers.worker import consume_batch

CONTEXT = SimpleNamespace(get_remaining_time_in_millis=lambda: 60_000)


@pytest.fixture
def stores(aws: SimpleNamespace) -> Iterator[Runtime]:
    made = Runtime()
    runtime.use(made)
    yield made
    runtime.use(None)


def record(body: dict[str, Any], sent_at: datetime | None = None, message_id: str = "m1") -> dict[str, Any]:
    attributes = {"ApproximateReceiveCount": "1"}
    if sent_at:
        attributes["SentTimestamp"] = str(int(sent_at.timestamp() * 1000))
    return {"messageId": message_id, "body": json.dumps(body), "attributes": attributes}


def in_force(stores: Runtime) -> str | None:
    return stores.sessions.read("nobody")[1].snapshot


def consume(handler: Any, *records: dict[str, Any]) -> list[str]:
    """Ids of the messages to give again."""
    return [one["itemIdentifier"] for one in consume_batch(handler, list(records), CONTEXT, in_order=False)["batchItemFailures"]]


def test_a_message_brings_the_change_to_the_pages(stores: Runtime) -> None:
    """CT-13: what 1C loaded is found by the dealers."""
    stores.catalogue.save_cards([Item("1", "Болт", sku="Б-1")], 1)
    assert in_force(stores) is None
    assert consume(snapshot.snapshot, record({"seq": 1})) == []
    assert [card.name for card in stores.index.search(in_force(stores), Search("болты")).cards] == ["Болт"]
    stores.catalogue.save_cards([Item("2", "Болтик")], 2)
    assert consume(snapshot.snapshot, record({"seq": 2}, datetime.now(UTC))) == []
    assert stores.index.search(in_force(stores), Search("болтик")).total == 1


def test_older_messages_make_no_new_snapshot(stores: Runtime) -> None:
    long_ago = datetime(2026, 1, 1, tzinfo=UTC)
    consume(snapshot.snapshot, record({"seq": 1}))
    first = in_force(stores)
    consume(snapshot.snapshot, *(record({"seq": 1}, long_ago, f"m{n}") for n in range(5)))
    assert in_force(stores) == first and list(stores.files.keys("snapshots/")) == [first]


def test_a_picture_is_stored_and_asked_into_a_snapshot(stores: Runtime, aws: SimpleNamespace) -> None:
    """CT-15."""
    run = stores.exchange.open_run("1c", "catalog", stores.clock()).id
    file = io.BytesIO()
    Image.new("RGB", (40, 40), "red").save(file, "PNG")
    stores.files.put(f"exchange/{run}/import_files/a.png/000000", file.getvalue())
    stores.files.put(f"exchange/{run}/import_files/b.png/000000", b"no picture")
    messages = [record({"run": run, "file": f"import_files/{name}.png"}, message_id=name) for name in "abc"]
    assert consume(pictures.picture, *messages) == []  # what can't be taken is not tried again
    assert list(stores.catalogue.pictures()) == ["import_files/a.png"]
    url = aws.environment["QUEUE_SNAPSHOT"]
    counted = aws.sqs.get_queue_attributes(QueueUrl=url, AttributeNames=["ApproximateNumberOfMessagesDelayed"])
    assert counted["Attributes"]["ApproximateNumberOfMessagesDelayed"] == "1"


def test_a_neighbour_that_fails_is_asked_again(stores: Runtime, aws: SimpleNamespace) -> None:
    aws.s3.delete_bucket(Bucket=aws.environment["BUCKET"])
    assert consume(snapshot.snapshot, record({"seq": 1})) == ["m1"]


def test_both_functions_are_registered() -> None:
    for module, name in ((pictures, "pictures"), (snapshot, "snapshot")):
        assert any(queue.name == name for queue in QUEUES) and callable(getattr(module, f"worker_{name}"))
