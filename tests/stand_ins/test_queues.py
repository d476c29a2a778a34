"""The SQS in memory gives what the embedded AWS gives, in the same order: random histories on both."""

import json
import random
from datetime import UTC, datetime
from types import SimpleNamespace
from typing import Any

from chalicelib.adapters.queues import SqsQueues
from tests.stand_ins.queues import MemorySqs

STEPS = 250


class RealSqs:
    """The embedded one, with the few calls Lambda's poller makes."""

    def __init__(self, sqs: Any, urls: dict[str, str]) -> None:
        self.sqs, self.urls = sqs, urls
        self.send = SqsQueues(sqs, urls).send
        self.handles: dict[str, str] = {}

    def receive(self, queue: str) -> dict[str, Any] | None:
        answer = self.sqs.receive_message(QueueUrl=self.urls[queue], MaxNumberOfMessages=1, VisibilityTimeout=600)
        for message in answer.get("Messages", []):
            self.handles[message["MessageId"]] = message["ReceiptHandle"]
            return {"messageId": message["MessageId"], "body": message["Body"]}
        return None

    def delete(self, queue: str, record: dict[str, Any]) -> None:
        self.sqs.delete_message(QueueUrl=self.urls[queue], ReceiptHandle=self.handles[record["messageId"]])

    def give_back(self, queue: str, record: dict[str, Any]) -> None:
        handle = self.handles[record["messageId"]]
        self.sqs.change_message_visibility(QueueUrl=self.urls[queue], ReceiptHandle=handle, VisibilityTimeout=0)


def test_random_histories_are_alike(aws: SimpleNamespace) -> None:
    dice = random.Random(20261121)
    urls = {"imports": aws.environment["QUEUE_IMPORTS"], "snapshot": aws.environment["QUEUE_SNAPSHOT"]}
    both = RealSqs(aws.sqs, urls), MemorySqs(lambda: datetime.now(UTC))
    held: list[tuple[str, tuple[Any, Any]]] = []
    tried = dict.fromkeys(("sent", "received", "nothing", "deleted", "given back"), 0)
    for step in range(STEPS):
        queue = dice.choice(("imports", "imports", "snapshot"))
        match dice.randrange(4):
            case 0:
                message = {"n": step, "text": "Файл"}
                group, unique = dice.choice(("a", "b")), f"{step if dice.random() < 0.7 else 'again'}"
                for sqs in both:
                    sqs.send(queue, message, group=group, unique=unique)
                tried["sent"] += 1
            case 1 | 2:
                real, ours = (sqs.receive(queue) for sqs in both)
                told = [json.loads(record["body"]) if record else None for record in (real, ours)]
                assert told[0] == told[1] if queue == "imports" else (real is None) == (ours is None), (step, told)
                if queue == "imports" and real and ours:
                    held.append((queue, (real, ours)))
                tried["received" if real else "nothing"] += 1
            case _ if held:
                queue, records = held.pop(dice.randrange(len(held)))
                drop = dice.random() < 0.6
                for sqs, record in zip(both, records, strict=True):
                    (sqs.delete if drop else sqs.give_back)(queue, record)
                tried["deleted" if drop else "given back"] += 1
    print(tried)
    assert min(tried.values()) > 5, tried
