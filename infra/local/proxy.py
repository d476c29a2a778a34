"""API Gateway's REST proxy integration: the event of a request, and what becomes of the function's answer."""

import base64
import json
import time
import uuid
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any
from urllib.parse import parse_qs

from infra.local.events import ACCOUNT

REQUEST_LIMIT = 10 * 1024 * 1024
"""Bytes of a body that API Gateway takes."""

LAMBDA_LIMIT = 6 * 1024 * 1024
"""Bytes of an event or an answer that Lambda takes."""

Headers = list[tuple[str, str]]

DROPPED = {"connection", "content-length", "date", "server", "transfer-encoding"}


@dataclass(frozen=True)
class Request:
    """A request as it came over the wire; `path` is raw, without the query and without the stage's prefix."""

    method: str
    path: str
    query: str
    headers: Headers
    body: bytes
    address: str
    port: int


@dataclass(frozen=True)
class Answer:
    status: int
    headers: Headers = field(default_factory=list)
    body: bytes = b""


def refusal(status: int, message: str) -> Answer:
    """An answer of the gateway itself."""
    return Answer(status, [("Content-Type", "application/json")], json.dumps({"message": message}).encode())


def too_long() -> Answer:
    return refusal(413, f"HTTP content length exceeded {REQUEST_LIMIT} bytes.")


def event(request: Request, resource: str, parameters: Mapping[str, str], stage_path: str) -> dict[str, Any]:
    """The event of the Lambda proxy integration (payload of REST APIs). With binary types `*/*` every body is base64."""
    headers = _forwarded(request)
    query = parse_qs(request.query, keep_blank_values=True) or None
    body = base64.b64encode(request.body).decode("ascii") if request.body else None
    return {
        "resource": resource,
        "path": request.path,
        "httpMethod": request.method,
        "headers": dict(headers),
        "multiValueHeaders": _grouped(headers),
        "queryStringParameters": {name: values[-1] for name, values in query.items()} if query else None,
        "multiValueQueryStringParameters": query,
        "pathParameters": dict(parameters) or None,
        "stageVariables": None,
        "requestContext": _context(request, resource, stage_path, dict(headers)),
        "body": body,
        "isBase64Encoded": body is not None,
    }


def _forwarded(request: Request) -> Headers:
    """The headers with the gateway's own: what a client claims about them does not pass, but for older hops."""
    kept = [(name, value) for name, value in request.headers if not name.lower().startswith("x-forwarded-")]
    hops = [value for name, value in request.headers if name.lower() == "x-forwarded-for"]
    return [
        *kept,
        ("X-Forwarded-For", ", ".join([*hops, request.address])),
        ("X-Forwarded-Port", str(request.port)),
        ("X-Forwarded-Proto", "http"),
    ]


def _grouped(pairs: Headers) -> dict[str, list[str]]:
    grouped: dict[str, list[str]] = {}
    for name, value in pairs:
        grouped.setdefault(name, []).append(value)
    return grouped


def _context(request: Request, resource: str, stage_path: str, headers: Mapping[str, str]) -> dict[str, Any]:
    now = datetime.now(UTC)
    return {
        "accountId": ACCOUNT,
        "apiId": "laptop",
        "domainName": headers.get("Host", "127.0.0.1"),
        "httpMethod": request.method,
        "identity": {"sourceIp": request.address, "userAgent": headers.get("User-Agent", "")},
        "path": stage_path + request.path,
        "protocol": "HTTP/1.1",
        "requestId": str(uuid.uuid4()),
        "requestTime": now.strftime("%d/%b/%Y:%H:%M:%S +0000"),
        "requestTimeEpoch": int(time.time() * 1000),
        "resourcePath": resource,
        "stage": stage_path.strip("/") or "laptop",
    }


def answer(given: Mapping[str, Any], accept: str, binary_types: Iterable[str]) -> Answer:
    """What the client gets: base64 is undone only where the binary types cover the first type the client accepts."""
    try:
        text = given.get("body") or ""
        if len(json.dumps(given)) > LAMBDA_LIMIT:
            return refusal(502, "Internal server error")
        binary = given.get("isBase64Encoded") and _is_binary(accept, binary_types)
        body = base64.b64decode(text, validate=True) if binary else text.encode()
        return Answer(int(given["statusCode"]), _answer_headers(given), body)
    except (KeyError, TypeError, ValueError, AttributeError):
        return refusal(502, "Internal server error")


def _is_binary(accept: str, binary_types: Iterable[str]) -> bool:
    first = accept.split(",")[0].split(";")[0].strip()
    return any(kind in ("*/*", first) for kind in binary_types)


def _answer_headers(given: Mapping[str, Any]) -> Headers:
    several: Mapping[str, list[str]] = given.get("multiValueHeaders") or {}
    single: Mapping[str, Any] = given.get("headers") or {}
    pairs = [(name, str(value)) for name, value in single.items() if name not in several]
    pairs += [(name, str(value)) for name, values in several.items() for value in values]
    if not any(name.lower() == "content-type" for name, _ in pairs):
        pairs.append(("Content-Type", "application/json"))
    return [(name, value) for name, value in pairs if name.lower() not in DROPPED]
