"""A system that takes orders over HTTP, on 127.0.0.1: it keeps each delivery once by its key, and can be told to misbehave.

`faults` are used up one by one, a request each: an HTTP status; "hangs up" before it does anything; "commits, hangs up" and
"commits, 500" after it has done the work; "garbage" instead of an answer; "redirect"; "other" for another order's document.
"""

import json
import threading
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

Document = dict[str, Any]
PASSWORD = "s3cr3t-pass"


@dataclass
class OrderService:
    """`applied` counts how often each delivery was done; `answer` makes the document of an order, None for a bare receipt."""

    answer: Callable[[Document], Document] | None = None
    faults: list[str] = field(default_factory=list)
    requests: list[tuple[str, dict[str, str], bytes]] = field(default_factory=list)
    applied: Counter[str] = field(default_factory=Counter)
    orders: dict[str, Document] = field(default_factory=dict)
    answers: dict[str, bytes] = field(default_factory=dict)
    port: int = 0

    def take(self, key: str, body: bytes) -> bytes:
        if key not in self.answers:
            order = json.loads(body)
            known = self.orders.get(order["number"])
            if known is None or order["revision"] > known["revision"]:
                self.orders[order["number"]] = order
            self.applied[key] += 1
            self.answers[key] = json.dumps(self.answer(order), ensure_ascii=False).encode() if self.answer else b""
        return self.answers[key]

    def url(self, scheme: str = "push", user: str = "obmen", secret: str = PASSWORD, path: str = "/base/hs/kabinet/") -> str:
        return f"{scheme}+http://{user}:{secret}@127.0.0.1:{self.port}{path}"


def document(order: Document, **more: Any) -> Document:
    """1C's document of an order as it was sent."""
    lines = [{name: line[name] for name in ("item_id", "name", "quantity", "price", "amount")} for line in order["lines"]]
    return {
        "number": order["number"],
        "erp_id": f"erp-{order['number']}",
        "erp_number": f"ЗК-{order['number']}",
        "posted": True,
        "lines": lines,
    } | more


@contextmanager
def serving(service: OrderService) -> Iterator[OrderService]:
    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["Content-Length"]))
            service.requests.append((self.path, dict(self.headers), body))
            _answer(service, self, self.headers["Idempotency-Key"], body)

        def log_message(self, *_: object) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.daemon_threads = True
    threading.Thread(target=server.serve_forever, args=(0.02,), daemon=True).start()
    service.port = server.server_port
    try:
        yield service
    finally:
        server.shutdown()
        server.server_close()


def _answer(service: OrderService, request: BaseHTTPRequestHandler, key: str, body: bytes) -> None:
    fault = service.faults.pop(0) if service.faults else ""
    if fault.startswith("commits"):
        service.take(key, body)
    if fault.endswith("hangs up"):
        request.close_connection = True
    elif fault.endswith("500") or fault.isdigit():
        _send(request, int(fault[-3:]), '{"detail": "Не найдена номенклатура"}'.encode())
    elif fault == "redirect":
        _send(request, 302, b"", {"Location": "http://127.0.0.1:9/"})
    elif fault == "garbage":
        _send(request, 200, b"<html>")
    elif fault == "other":
        _send(request, 200, json.dumps(document(json.loads(body), number="K-999999")).encode())
    else:
        _send(request, 200, service.take(key, body))


def _send(request: BaseHTTPRequestHandler, status: int, body: bytes, headers: dict[str, str] | None = None) -> None:
    request.send_response(status)
    for name, value in (headers or {}).items():
        request.send_header(name, value)
    request.send_header("Content-Length", str(len(body)))
    request.end_headers()
    request.wfile.write(body)
