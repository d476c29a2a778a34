"""DynamoDB spoken to in plain JSON, without botocore's walk through its model of the protocol.

That walk costs 5-10 µs an attribute, on the way out and on the way back: 20 ms for a page of fifty items, a third of an import.
What we send and what comes is JSON of the very same shape, so it is written and read as it is; only bytes are base64 text
(see `table.from_wire`). Signing, endpoints, retries and errors are botocore's as ever.
"""

import json
from base64 import b64encode
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from mypy_boto3_dynamodb.client import DynamoDBClient

READS = ("GetItem", "BatchGetItem", "Query", "Scan")
SENT = ("BatchGetItem", "TransactWriteItems")
"""Operations whose requests are long."""


def speak_quickly(client: "DynamoDBClient") -> "DynamoDBClient":
    """The same client, whose requests and answers skip botocore's model."""
    for operation in READS:
        client.meta.events.register(f"before-parse.dynamodb.{operation}", _take_json)
    for operation in SENT:
        # the stubs say that no handler answers, but this event is there for what it answers
        client.meta.events.register_last(f"provide-client-params.dynamodb.{operation}", _keep_back)  # type: ignore[arg-type]
        client.meta.events.register_first(f"before-call.dynamodb.{operation}", _put_json)
    return client


def _take_json(response_dict: dict[str, Any], customized_response_dict: dict[str, Any], **_: object) -> None:
    if response_dict["status_code"] == 200:
        customized_response_dict.update(json.loads(response_dict["body"]))
        response_dict["body"] = b"{}"


def _keep_back(params: dict[str, Any], context: dict[str, Any], **_: object) -> dict[str, Any]:
    """botocore is given the empty shell, in which there is nothing to walk through."""
    context["kept_back"] = params
    return {name: type(value)() for name, value in params.items() if isinstance(value, dict | list)}


def _put_json(params: dict[str, Any], context: dict[str, Any], **_: object) -> None:
    """The request as it was asked for, with what botocore has added of itself: the token that makes a retry harmless."""
    request = json.loads(params["body"]) | context.pop("kept_back")
    params["body"] = json.dumps(request, ensure_ascii=False, separators=(",", ":"), default=_base64).encode()


def _base64(value: bytes) -> str:
    return b64encode(value).decode()
