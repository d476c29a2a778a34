"""DynamoDB spoken to directly: JSON over connections that stay open, signed and tried again, without botocore.

botocore loads and walks through a model of the whole protocol: 130 ms of a new instance's start, 0.7 ms a call, and 5-10 µs
an attribute each way, 20 ms for a page of fifty items. What our stores ask and hear is JSON of the very same shape, so it is
written and read as it is; only bytes are base64 text (see `table.from_wire`). Errors are botocore's, by its names.
"""

import json
import os
import random
import time
from base64 import b64encode
from collections import deque
from collections.abc import Callable
from datetime import UTC, datetime
from http.client import HTTPConnection, HTTPException
from typing import Any
from urllib.parse import urlsplit
from uuid import uuid4

from botocore.exceptions import ClientError

from chalicelib.adapters.connect import connect
from chalicelib.adapters.signature import credentials, region, signed

Wire = dict[str, Any]
TRIES = 10
"""As botocore does with DynamoDB: the waits double from 50 ms."""

AGAIN = {
    "InternalServerError", "ProvisionedThroughputExceededException", "RequestLimitExceeded", "ServiceUnavailable",
    "ThrottlingException", "TransactionInProgressException",
}  # fmt: skip


def _operation(name: str) -> Callable[..., Wire]:
    def call(self: "QuickDynamo", **request: Any) -> Wire:
        return self.ask(name, request)

    return call


class QuickDynamo:
    """The calls our stores make, named as botocore's client names them. Threads may ask at once.

    `ask` takes the operation and its request; who wants to see every call puts his own in its place.
    """

    get_item = _operation("GetItem")
    batch_get_item = _operation("BatchGetItem")
    query = _operation("Query")
    scan = _operation("Scan")
    put_item = _operation("PutItem")
    update_item = _operation("UpdateItem")
    delete_item = _operation("DeleteItem")

    def __init__(self, endpoint: str = "") -> None:
        self.region = region()
        self._credentials = credentials()
        self._connections = Connections(endpoint or _endpoint(self.region))
        self.ask: Callable[[str, Wire], Wire] = self._ask

    def transact_write_items(self, **request: Any) -> Wire:
        """A transaction without a token gets one, so that sending it again is harmless."""
        return self.ask("TransactWriteItems", {"ClientRequestToken": str(uuid4())} | request)

    def _ask(self, operation: str, request: Wire) -> Wire:
        body = json.dumps(request, ensure_ascii=False, separators=(",", ":"), default=_base64).encode()
        for attempt in range(TRIES):
            if attempt > 1:  # the first time at once: most often a connection that was closed while the function slept
                time.sleep(random.uniform(0, 0.025 * 2**attempt))  # noqa: S311  # jitter, not a secret
            try:
                return self._try(operation, body)
            except (ClientError, OSError, HTTPException) as error:
                if attempt + 1 == TRIES or not _may_pass(error):
                    raise
        raise AssertionError("unreachable")

    def _try(self, operation: str, body: bytes) -> Wire:
        status, answer = self._send(operation, body)
        if status != 200:
            raise _error(operation, status, answer)
        found: Wire = json.loads(answer)
        return found

    def _send(self, operation: str, body: bytes) -> tuple[int, bytes]:
        headers = {
            "content-type": "application/x-amz-json-1.0",
            "host": self._connections.host,
            "x-amz-target": f"DynamoDB_20120810.{operation}",
        }
        now = datetime.now(UTC)
        return self._connections.post(signed(headers, body, by=self._credentials, scope=(self.region, "dynamodb"), at=now), body)


class Connections:
    """Kept open from call to call; each call has one for itself."""

    def __init__(self, endpoint: str) -> None:
        self._address = urlsplit(endpoint)
        self.host = self._address.netloc
        self._idle: deque[HTTPConnection] = deque()

    def post(self, headers: dict[str, str], body: bytes) -> tuple[int, bytes]:
        """Status and body of the answer."""
        try:
            connection = self._idle.pop()
        except IndexError:
            connection = connect(self._address)
        try:
            connection.request("POST", "/", body, headers)
            answer = connection.getresponse()
            found = answer.status, answer.read()
        except BaseException:
            connection.close()
            raise
        if not answer.will_close:
            self._idle.append(connection)
        return found


def _endpoint(region: str) -> str:
    named = os.environ.get("AWS_ENDPOINT_URL_DYNAMODB") or os.environ.get("AWS_ENDPOINT_URL")
    return named or f"https://dynamodb.{region}.amazonaws.com"


def _may_pass(error: Exception) -> bool:
    """No answer, or one that says nothing of the request itself."""
    if not isinstance(error, ClientError):
        return True
    answer = error.response
    return answer["ResponseMetadata"]["HTTPStatusCode"] >= 500 or answer["Error"]["Code"] in AGAIN


def _error(operation: str, status: int, answer: bytes) -> ClientError:
    try:
        told = json.loads(answer)
    except ValueError:
        told = {}
    code = str(told.get("__type", status)).rpartition("#")[2]
    error = {"Code": code, "Message": told.get("message") or told.get("Message") or ""}
    more = {"CancellationReasons": told["CancellationReasons"]} if "CancellationReasons" in told else {}
    return ClientError({"Error": error, "ResponseMetadata": {"HTTPStatusCode": status}, **more}, operation)  # type: ignore[typeddict-item]


def _base64(value: bytes) -> str:
    return b64encode(value).decode()
