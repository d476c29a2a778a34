"""The events and the context with which AWS calls a Lambda function, as the laptop makes them."""

import time
import uuid
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

ACCOUNT = "000000000000"
REGION = "eu-central-1"


class Context:
    """The second argument of a Lambda function that may run for `timeout` seconds."""

    log_group_name = "/local"
    log_stream_name = "local"
    function_version = "$LATEST"

    def __init__(self, function_name: str, timeout: float, memory: int = 1024) -> None:
        self.function_name = function_name
        self.memory_limit_in_mb = memory
        self.aws_request_id = str(uuid.uuid4())
        self.invoked_function_arn = f"arn:aws:lambda:{REGION}:{ACCOUNT}:function:{function_name}"
        self._ends = time.monotonic() + timeout

    def get_remaining_time_in_millis(self) -> int:
        return max(0, int((self._ends - time.monotonic()) * 1000))


def queue_event(messages: list[Mapping[str, Any]], queue_arn: str) -> dict[str, Any]:
    """What a queue function gets for messages as ReceiveMessage answers them (with all their attributes)."""
    return {"Records": [_record(message, queue_arn) for message in messages]}


def _record(message: Mapping[str, Any], queue_arn: str) -> dict[str, Any]:
    return {
        "messageId": message["MessageId"],
        "receiptHandle": message["ReceiptHandle"],
        "body": message["Body"],
        "attributes": dict(message.get("Attributes", {})),
        "messageAttributes": {},
        "md5OfBody": message["MD5OfBody"],
        "eventSource": "aws:sqs",
        "eventSourceARN": queue_arn,
        "awsRegion": queue_arn.split(":")[3],
    }


def schedule_event(rule: str, at: datetime) -> dict[str, Any]:
    """What EventBridge sends when a schedule comes due."""
    return {
        "version": "0",
        "id": str(uuid.uuid4()),
        "detail-type": "Scheduled Event",
        "source": "aws.events",
        "account": ACCOUNT,
        "time": at.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ"),
        "region": REGION,
        "resources": [f"arn:aws:events:{REGION}:{ACCOUNT}:rule/{rule}"],
        "detail": {},
    }
