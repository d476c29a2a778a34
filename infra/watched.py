"""Seeing what is asked of AWS: for tests and benchmarks."""

from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from typing import Any

from chalicelib.adapters.dynamo.quick import QuickDynamo
from chalicelib.adapters.quick_s3 import QuickS3
from infra.units import READS, read_units

See = Callable[[str, str, dict[str, Any]], None]


@contextmanager
def watched(*clients: Any, see: See) -> Iterator[None]:
    """Meanwhile `see` is shown every call before it is made: service, operation, request. What it raises, the caller gets."""
    with ExitStack() as stack:
        for client in clients:
            stack.enter_context(_quick(client, see) if isinstance(client, QuickDynamo) else _botocore(client, see))
            if isinstance(client, QuickS3):
                stack.enter_context(_downloads(client, see))
        yield


@contextmanager
def _quick(client: QuickDynamo, see: See) -> Iterator[None]:
    ask = client.ask

    def seen(operation: str, request: dict[str, Any]) -> dict[str, Any]:
        see("dynamodb", operation, request)
        return ask(operation, request)

    client.ask = seen
    try:
        yield
    finally:
        client.ask = ask


@contextmanager
def _downloads(client: QuickS3, see: See) -> Iterator[None]:
    get = client.get_object

    def seen(*, Bucket: str, Key: str) -> dict[str, Any]:
        see("s3", "GetObject", {"Bucket": Bucket, "Key": Key})
        return get(Bucket=Bucket, Key=Key)

    client.get_object = seen  # type: ignore[method-assign]
    try:
        yield
    finally:
        client.get_object = get  # type: ignore[method-assign]


@contextmanager
def _botocore(client: Any, see: See) -> Iterator[None]:
    def note(params: dict[str, Any], model: Any, **_: Any) -> None:
        see(model.service_model.service_name, model.name, params)

    client.meta.events.register("provide-client-params", note)
    try:
        yield
    finally:
        client.meta.events.unregister("provide-client-params", note)


@dataclass
class Bill:
    """What DynamoDB was asked and what it counts for it: read units of 4 KB (half where eventually consistent), write units of
    1 KB (twice in a transaction), the indexes' included."""

    calls: list[str] = field(default_factory=list)
    read: float = 0
    write: float = 0

    def add(self, operation: str, request: dict[str, Any], answer: dict[str, Any]) -> None:
        self.calls.append(operation)
        if operation in READS:
            self.read += read_units(operation, request, answer)
        else:
            told = answer.get("ConsumedCapacity", [])
            self.write += sum(one["CapacityUnits"] for one in (told if isinstance(told, list) else [told]))

    def clear(self) -> None:
        self.calls, self.read, self.write = [], 0, 0


@contextmanager
def billed(client: Any) -> Iterator[Bill]:
    """Meanwhile every call of the client (a QuickDynamo) is added to the bill."""
    ask, bill = client.ask, Bill()

    def billing(operation: str, request: dict[str, Any]) -> dict[str, Any]:
        answer: dict[str, Any] = ask(operation, {**request, "ReturnConsumedCapacity": "TOTAL"})
        bill.add(operation, request, answer)
        return answer

    client.ask = billing
    try:
        yield bill
    finally:
        client.ask = ask
