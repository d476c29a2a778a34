"""The whole `/exchange/v1` over a DynamoDB and files in memory: thousands of requests, threads and deaths in seconds."""

import json
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

from chalicelib import runtime
from chalicelib.runtime import Runtime
from chalicelib.settings import QUEUES, Settings
from tests.exchange.client import Sender
from tests.people import CountingHasher, TestClock
from tests.stand_ins.dynamodb import MemoryDynamo
from tests.stand_ins.files import MemoryFiles, MemoryQueues

SETTINGS = Settings(
    portal_table="kabinet-test-portal",
    catalogue_table="kabinet-test-catalogue",
    ephemeral_table="kabinet-test-ephemeral",
    bucket="kabinet-test",
    queues={queue.name: queue.name for queue in QUEUES},
    public_url="http://127.0.0.1:8000",
    mail="memory:",
    sms="memory:",
    erp="",
)


@dataclass
class MemoryPortal:
    clock: TestClock = field(default_factory=TestClock)

    def __post_init__(self) -> None:
        self.dynamo = MemoryDynamo()
        self.runtime = Runtime(SETTINGS, clock=self.clock)
        stand_ins = {
            "dynamodb": self.dynamo, "files": MemoryFiles(), "queues": MemoryQueues(), "hasher": CountingHasher(),
        }  # fmt: skip
        for name, stand_in in stand_ins.items():
            setattr(self.runtime, name, stand_in)

    def state(self, *without: str) -> dict[Any, Any]:
        """Everything in the portal table but partitions that begin so."""
        table = self.dynamo.tables.get(SETTINGS.portal_table, {})
        return {key: item for key, item in table.items() if not key[0].startswith(without)}


@contextmanager
def memory_sender() -> Iterator[Sender]:
    """A Sender whose `portal` is a MemoryPortal."""
    sender = Sender(MemoryPortal())  # type: ignore[arg-type]  # the portal's runtime is all it needs
    try:
        yield sender
    finally:
        runtime.use(None)


def batch(kind: str, *records: Any) -> bytes:
    return json.dumps({kind: records}, ensure_ascii=False, default=str).encode()


def outcomes(answer: Any) -> list[str]:
    assert answer.status == 200, answer
    return [result["outcome"] for result in answer.body["results"]]
