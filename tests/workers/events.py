"""Events as Lambda gets them, and what the queues hold."""

import json
from collections.abc import Iterator, Mapping
from types import SimpleNamespace
from typing import Any

from chalicelib.runtime import Runtime
from chalicelib.settings import queue_variable
from chalicelib.workers import messages

CONTEXT = SimpleNamespace(get_remaining_time_in_millis=lambda: 60_000, function_name="test", aws_request_id="r")


def sqs_event(*messages: Mapping[str, Any]) -> dict[str, Any]:
    """One batch; every record has an id of its own."""
    return {
        "Records": [
            {
                "messageId": f"m-{number}",
                "body": json.dumps(message),
                "attributes": {"ApproximateReceiveCount": "1"},
                "eventSource": "aws:sqs",
            }
            for number, message in enumerate(messages)
        ]
    }


def spread_all(rt: Runtime) -> None:
    """The worker does every row that says what has happened."""
    for row in rt.outbox.pending("notifications"):
        assert messages.worker_messages(sqs_event({"notification": row.id}), CONTEXT) == {"batchItemFailures": []}


def tick_event() -> dict[str, Any]:
    return {
        "version": "0",
        "id": "1",
        "detail-type": "Scheduled Event",
        "source": "aws.events",
        "account": "1",
        "time": "2026-11-21T10:00:00Z",
        "region": "eu-central-1",
        "resources": [],
        "detail": {},
    }


def queued(aws: SimpleNamespace, queue: str) -> Iterator[dict[str, Any]]:
    """Take what a queue holds, message by message, those that come meanwhile too."""
    url = aws.environment[queue_variable(queue)]
    while found := aws.sqs.receive_message(QueueUrl=url, MaxNumberOfMessages=10, WaitTimeSeconds=0).get("Messages"):
        for message in found:
            aws.sqs.delete_message(QueueUrl=url, ReceiptHandle=message["ReceiptHandle"])
            yield json.loads(message["Body"])
