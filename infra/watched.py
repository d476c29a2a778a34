"""Seeing what is asked of AWS: for tests and benchmarks."""

from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from typing import Any

from chalicelib.adapters.dynamo.quick import QuickDynamo

See = Callable[[str, str, dict[str, Any]], None]


@contextmanager
def watched(*clients: Any, see: See) -> Iterator[None]:
    """Meanwhile `see` is shown every call before it is made: service, operation, request. What it raises, the caller gets."""
    with ExitStack() as stack:
        for client in clients:
            stack.enter_context(_quick(client, see) if isinstance(client, QuickDynamo) else _botocore(client, see))
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
def _botocore(client: Any, see: See) -> Iterator[None]:
    def note(params: dict[str, Any], model: Any, **_: Any) -> None:
        see(model.service_model.service_name, model.name, params)

    client.meta.events.register("provide-client-params", note)
    try:
        yield
    finally:
        client.meta.events.unregister("provide-client-params", note)
