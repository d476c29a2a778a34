"""Messages to our own workers through SQS."""

import hashlib
import json
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from mypy_boto3_sqs.client import SQSClient


class SqsQueues:
    """`urls`: queue -> its URL; one that ends in `.fifo` keeps the order within a group."""

    def __init__(self, client: "SQSClient", urls: Mapping[str, str]) -> None:
        self.client = client
        self.urls = urls

    def send(self, queue: str, message: Mapping[str, object], *, group: str = "", unique: str = "", delay: int = 0) -> None:
        """In a FIFO queue a message with the same `unique` (by default: with the same text) within five minutes is dropped."""
        url = self.urls[queue]
        body = json.dumps(message, ensure_ascii=False, sort_keys=True)
        request: dict[str, Any] = {"QueueUrl": url, "MessageBody": body}
        if url.endswith(".fifo"):
            request |= {"MessageGroupId": _plain(group or queue), "MessageDeduplicationId": _plain(unique or body)}
        elif delay:
            request["DelaySeconds"] = delay
        self.client.send_message(**request)


class NoQueues:
    """Where nothing is to be sent."""

    def send(self, queue: str, message: Mapping[str, object], *, group: str = "", unique: str = "", delay: int = 0) -> None:
        """Nothing."""


def _plain(text: str) -> str:
    """SQS takes up to 128 ASCII characters; file names have Russian letters."""
    return hashlib.sha256(text.encode()).hexdigest()
