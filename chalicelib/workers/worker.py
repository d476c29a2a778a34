"""How a queue function works: one message at a time, partial batch failures, one log context."""

import json
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from chalice import Blueprint
from chalice.app import SQSEvent

from chalicelib import runtime
from chalicelib.domain.errors import Refused
from chalicelib.log import logger
from chalicelib.settings import QUEUES, deploy_stage, queue_name


@dataclass(frozen=True, slots=True)
class Work:
    """A message to do. `remaining_ms()` is what is left of the function's time; `sent_at` is when it was put in the queue."""

    message: dict[str, Any]
    remaining_ms: Callable[[], int]
    attempt: int = 1
    sent_at: datetime | None = None


Handler = Callable[[runtime.Runtime, Work], None]


def queue_worker(routes: Blueprint, name: str) -> Callable[[Handler], Handler]:
    """Register the function of the queue `name`. What it refuses is done and logged; anything else is tried again."""
    queue = next(queue for queue in QUEUES if queue.name == name)

    def register(handler: Handler) -> Handler:
        def consume(event: SQSEvent) -> dict[str, list[dict[str, str]]]:
            return consume_batch(handler, event.to_dict()["Records"], event.context, in_order=queue.fifo)

        consume.__name__ = f"worker_{name}"
        function = routes.on_sqs_message(queue=queue_name(queue, deploy_stage()), batch_size=queue.batch, name=f"worker_{name}")
        # Lambda looks the function up in the handler's module, under the name that Chalice wrote down at its registration
        handler.__globals__[f"worker_{name}"] = function(consume)
        return handler

    return register


def consume_batch(
    handler: Handler, records: list[dict[str, Any]], context: Any, *, in_order: bool
) -> dict[str, list[dict[str, str]]]:
    """SQS's answer: which messages to give again. In a FIFO queue nothing overtakes a failed one."""
    failed: list[str] = []
    for record in records:
        if (failed and in_order) or not _consume(handler, record, context):
            failed.append(record["messageId"])
    return {"batchItemFailures": [{"itemIdentifier": message_id} for message_id in failed]}


def _sent_at(attributes: dict[str, str]) -> datetime | None:
    milliseconds = attributes.get("SentTimestamp")
    return datetime.fromtimestamp(int(milliseconds) / 1000, UTC) if milliseconds else None


def _consume(handler: Handler, record: dict[str, Any], context: Any) -> bool:
    attributes = record.get("attributes", {})
    attempt = int(attributes.get("ApproximateReceiveCount", "1"))
    work = Work(json.loads(record["body"]), context.get_remaining_time_in_millis, attempt, _sent_at(attributes))
    logger.append_keys(message_id=record["messageId"], attempt=attempt)
    try:
        handler(runtime.current(), work)
    except Refused as refused:
        logger.warning("refused: %s", refused)
    except Exception:  # whatever it is, SQS must give the message again
        logger.exception("failed")
        return False
    return True
