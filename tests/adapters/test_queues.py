"""Messages to our workers through SQS."""

import json
from types import SimpleNamespace
from typing import Any

from chalicelib.runtime import Runtime


def take(runtime: Runtime, queue: str) -> list[Any]:
    url = runtime.settings.queues[queue]
    found = runtime.sqs.receive_message(QueueUrl=url, MaxNumberOfMessages=10).get("Messages", [])
    return [json.loads(message["Body"]) for message in found]


def test_a_message_arrives_as_it_was(aws: SimpleNamespace) -> None:
    runtime = Runtime()
    runtime.queues.send("pictures", {"run": "1", "file": "картинка «А».jpg"})
    assert take(runtime, "pictures") == [{"run": "1", "file": "картинка «А».jpg"}]


def test_a_repeat_in_a_fifo_queue_is_dropped_whatever_letters_name_it(aws: SimpleNamespace) -> None:
    runtime = Runtime()
    for n in (1, 1, 2):
        runtime.queues.send("imports", {"n": n}, group="Узел 1С", unique=f"файл «импорт» {n}.xml" * 20)
    assert take(runtime, "imports") == [{"n": 1}, {"n": 2}]


def test_a_group_is_worked_on_in_its_order(aws: SimpleNamespace) -> None:
    runtime = Runtime()
    for n in range(5):
        runtime.queues.send("imports", {"n": n}, group="1c")
    assert [message["n"] for message in take(runtime, "imports")] == [0, 1, 2, 3, 4]
