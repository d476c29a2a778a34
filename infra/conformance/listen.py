"""The address a contractor points his 1C to: passes every request on and shows each to the rules."""

import threading
from collections.abc import Callable
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from itertools import count

from infra.conformance.checker import Checker
from infra.conformance.exchange import Exchange
from infra.conformance.upstream import Answer, StandIn, Upstream

Tell = Callable[[str], None]


class Listener(ThreadingHTTPServer):
    """`host` "127.0.0.1" is for this machine alone. `tell` gets a line for every request."""

    daemon_threads = True

    def __init__(self, host: str, port: int, upstream: Upstream, checker: Checker, tell: Tell) -> None:
        super().__init__((host, port), _Handler)
        self.upstream, self.checker, self.tell = upstream, checker, tell
        self.seen: list[Exchange] = []
        self.keep = False
        """Whether requests are kept in `seen`."""
        self._numbers = count(1)
        self._one_at_a_time = threading.Lock()

    def see(self, method: str, target: str, headers: dict[str, str], body: bytes) -> Answer:
        answer = self.upstream.answer(method, target, headers, body)
        with self._one_at_a_time:
            one = Exchange(next(self._numbers), method, target, headers, body, answer.status, answer.body)
            if self.keep:
                self.seen.append(one)
            size = f", {len(body)} байт" if body else ""
            self.tell(f"{one.place}{size} → {answer.status} {one.answer.partition(chr(10))[0][:80]}")
            self.checker.see(one)
            if isinstance(self.upstream, StandIn):
                self.upstream.goods = _some(self.checker)
        return answer


def _some(checker: Checker) -> list[tuple[str, str]]:
    """Two goods with prices, for the order of the stand-in."""
    known = checker.known
    return [(id, name) for id, name in known.goods.items() if id in known.priced][:2]


class _Handler(BaseHTTPRequestHandler):
    server: Listener
    protocol_version = "HTTP/1.1"
    timeout = 200

    def do_GET(self) -> None:
        self._pass_on()

    do_POST = do_PUT = do_HEAD = do_DELETE = do_GET

    def _pass_on(self) -> None:
        headers = {name.lower(): value for name, value in self.headers.items()}
        body = self._chunked() if "chunked" in headers.get("transfer-encoding", "").lower() else self._counted(headers)
        answer = self.server.see(self.command, self.path, headers, body)
        self.send_response(answer.status)
        for name, value in answer.headers.items():
            self.send_header(name, value)
        self.send_header("Content-Length", str(len(answer.body)))
        self.end_headers()
        if self.command != "HEAD":
            self.wfile.write(answer.body)

    def _counted(self, headers: dict[str, str]) -> bytes:
        length = headers.get("content-length", "0")
        return self.rfile.read(int(length)) if length.isdigit() else b""

    def _chunked(self) -> bytes:
        parts = []
        while size := int(self.rfile.readline().split(b";")[0] or b"0", 16):
            parts.append(self.rfile.read(size))
            self.rfile.readline()
        while self.rfile.readline().strip():
            """Trailers."""
        return b"".join(parts)

    def log_message(self, *_: object) -> None:
        """The listener tells what comes in its own words."""
