"""API Gateway on the laptop: `python -m infra.local.gateway --port 8000`.

Takes HTTP on the loopback interface, makes the events of a REST API's proxy integration out of it and calls the real
application, in a thread of its own for every connection. It keeps the limits and refusals of AWS, so that what works here works
there; it does not keep AWS's 29 seconds, because a Python thread can't be ended from outside.
"""

import argparse
import contextlib
import importlib
import os
import socket
import sys
import threading
import time
import traceback
from http import HTTPStatus
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

from chalice import Chalice
from chalice.local import LocalChalice

from infra.local.events import Context
from infra.local.process import on_stop
from infra.local.proxy import LAMBDA_LIMIT, REQUEST_LIMIT, Answer, Headers, Request, answer, event, refusal, too_long
from infra.local.routing import Resources

TIMEOUT = 29
"""Seconds API Gateway waits for the function."""

HEADER_LIMIT = 10_240
"""Bytes of the request line with all headers."""


class BadBody(ValueError):
    """A chunked body that is not chunked."""


class PerThread(LocalChalice):
    """Chalice keeps the request and the context on the application; here each thread has its own."""

    _contexts = threading.local()

    @property
    def lambda_context(self) -> Any:
        return self._contexts.value

    @lambda_context.setter
    def lambda_context(self, value: Any) -> None:
        self._contexts.value = value


class Gateway:
    """The REST API: finds the resource of a request and calls the application with its event."""

    def __init__(self, app: Chalice, stage_path: str = "") -> None:
        app.__class__ = type("LaptopChalice", (PerThread, app.__class__), {})
        self.app = app
        self.stage_path = stage_path.rstrip("/")
        self.resources = Resources(app.routes)

    def answer(self, request: Request) -> Answer:
        if self.stage_path:
            inside = request.path.removeprefix(self.stage_path)
            if inside == request.path or not inside.startswith("/"):
                return refusal(403, "Forbidden")
            request = Request(**{**vars(request), "path": inside})
        found = self.resources.match(request.path)
        if not found or request.method not in self.app.routes[found[0]]:
            return refusal(403, "Missing Authentication Token")
        return self._invoke(request, *found)

    def _invoke(self, request: Request, resource: str, parameters: dict[str, str]) -> Answer:
        made = event(request, resource, parameters, self.stage_path)
        if len(made["body"] or "") > LAMBDA_LIMIT:
            return refusal(413, "Request Entity Too Large")
        try:
            given = self.app(made, Context(self.app.app_name, TIMEOUT))
        except Exception:  # as Lambda: whatever the function raises is a 502 to the client
            traceback.print_exc()
            return refusal(502, "Internal server error")
        return answer(given, _last(request.headers, "accept"), self.app.api.binary_types)


def _last(headers: Headers, name: str) -> str:
    return next((value for key, value in reversed(headers) if key.lower() == name), "")


class Connection(BaseHTTPRequestHandler):
    """One keep-alive connection. Head and body of an answer leave in one write, without Nagle's delay."""

    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True
    wbufsize = 64 * 1024
    timeout = 75
    server: "Server"

    def __getattr__(self, name: str) -> Any:
        if name.startswith("do_"):
            return self.serve
        raise AttributeError(name)

    def serve(self) -> None:
        started = time.perf_counter()
        given = self._refused() or self._answered()
        with contextlib.suppress(BrokenPipeError, ConnectionResetError):
            self._send(given)
        spent = (time.perf_counter() - started) * 1000
        print(f"{self.address_string()} {self.command} {self.path} {given.status} {len(given.body)} B {spent:.0f} ms", flush=True)

    def _refused(self) -> Answer | None:
        """A request that the gateway does not even read. The connection can't be used after it."""
        head = len(self.requestline) + sum(len(name) + len(value) + 4 for name, value in self.headers.items())
        length = self.headers.get("Content-Length", "0")
        found = None
        if head > HEADER_LIMIT:
            found = refusal(431, "Request header fields too large")
        elif not length.isascii() or not length.isdigit():
            found = refusal(400, "Bad Request")
        elif int(length) > REQUEST_LIMIT:
            found = too_long()
        self.close_connection = self.close_connection or found is not None
        return found

    def handle_expect_100(self) -> bool:
        """Ask for the body only where it would be taken."""
        if self._refused() is None:
            super().handle_expect_100()
            self.wfile.flush()
        return True

    def _answered(self) -> Answer:
        try:
            body = self._body()
        except BadBody:
            self.close_connection = True
            return refusal(400, "Bad Request")
        if len(body) > REQUEST_LIMIT:
            self.close_connection = True
            return too_long()
        path, _, query = self.path.partition("?")
        request = Request(
            self.command, path, query, list(self.headers.items()), body, self.client_address[0], self.server.server_port
        )
        return self.server.gateway.answer(request)

    def _body(self) -> bytes:
        if "chunked" in self.headers.get("Transfer-Encoding", "").lower():
            return self._chunked_body()
        return self.rfile.read(int(self.headers.get("Content-Length", 0)))

    def _chunked_body(self) -> bytes:
        """All chunks; reading stops soon after the limit. Raises BadBody."""
        chunks: list[bytes] = []
        while sum(map(len, chunks)) <= REQUEST_LIMIT:
            try:
                size = int(self.rfile.readline(1024).split(b";")[0], 16)
            except ValueError as error:
                raise BadBody from error
            if size == 0:
                while self.rfile.readline(HEADER_LIMIT).strip():
                    """trailers"""
                break
            chunks.append(self.rfile.read(min(size, REQUEST_LIMIT + 1)))
            self.rfile.readline(1024)
        return b"".join(chunks)

    def _send(self, given: Answer) -> None:
        self.send_response_only(given.status, HTTPStatus(given.status).phrase)
        self.send_header("Date", self.date_time_string())
        for name, value in given.headers:
            self.send_header(name, value)
        bodiless = given.status in (204, 304) or given.status < 200
        if not bodiless:
            self.send_header("Content-Length", str(len(given.body)))
        if self.close_connection:
            self.send_header("Connection", "close")
        self.end_headers()
        if not bodiless and self.command != "HEAD":
            self.wfile.write(given.body)
        self.wfile.flush()
        if self.close_connection:
            self._drain()

    def _drain(self) -> None:
        """Read what the client still sends for a moment: a reset would take our answer away from it."""
        with contextlib.suppress(OSError):
            self.connection.shutdown(socket.SHUT_WR)
            self.connection.settimeout(2)
            for _ in range(1024):
                if not self.connection.recv(64 * 1024):
                    return

    def log_message(self, format: str, *args: Any) -> None:
        """Requests have their own line; what the parent complains of goes to the same log."""
        print(self.address_string(), format % args, flush=True)


class Server(ThreadingHTTPServer):
    request_queue_size = 128
    daemon_threads = True

    def __init__(self, port: int, gateway: Gateway) -> None:
        self.gateway = gateway
        super().__init__(("127.0.0.1", port), Connection)

    def server_bind(self) -> None:
        """As the parent does, but without looking up our name, which may wait for a DNS server."""
        self.socket.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        self.socket.bind(self.server_address)
        self.server_address = self.socket.getsockname()
        self.server_name, self.server_port = "127.0.0.1", self.socket.getsockname()[1]

    def handle_error(self, request: Any, client_address: Any) -> None:
        error = sys.exc_info()[1]
        if not isinstance(error, (ConnectionError, TimeoutError)):
            super().handle_error(request, client_address)


def main() -> None:
    arguments = argparse.ArgumentParser(description=__doc__)
    arguments.add_argument("--port", type=int, default=8000)
    arguments.add_argument("--app", default="app", help="module whose `app` is served")
    chosen = arguments.parse_args()
    app = importlib.import_module(chosen.app).app
    server = Server(chosen.port, Gateway(app, os.environ.get("STAGE_PATH", "")))
    on_stop(lambda: threading.Thread(target=server.shutdown).start())
    server.serve_forever(poll_interval=0.1)


if __name__ == "__main__":
    main()
