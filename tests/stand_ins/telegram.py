"""Telegram's side of a bot, on 127.0.0.1: what was sent to which chat; chats in `blocked` refuse, `status` is for all."""

import json
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

TOKEN, SECRET = "123:ABC", "hook-secret"


@dataclass
class Telegram:
    sent: list[tuple[str, str]] = field(default_factory=list)
    blocked: set[str] = field(default_factory=set)
    status: int = 200
    port: int = 0

    @property
    def url(self) -> str:
        return f"telegram+http://kabinet_bot:{SECRET}@127.0.0.1:{self.port}/bot{TOKEN}/"

    def take(self, path: str, body: bytes) -> int:
        if path != f"/bot{TOKEN}/sendMessage":
            return 404
        message = json.loads(body)
        if message["chat_id"] in self.blocked:
            return 403
        if self.status == 200:
            self.sent.append((message["chat_id"], message["text"]))
        return self.status


@contextmanager
def serving(telegram: Telegram) -> Iterator[Telegram]:
    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:  # the name is http.server's
            status = telegram.take(self.path, self.rfile.read(int(self.headers["Content-Length"])))
            self.send_response(status)
            self.send_header("Content-Length", "2")
            self.end_headers()
            self.wfile.write(b"{}")

        def log_message(self, *_: object) -> None:
            return

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    telegram.port = server.server_address[1]
    thread = threading.Thread(target=server.serve_forever, args=(0.01,), daemon=True)
    thread.start()
    try:
        yield telegram
    finally:
        server.shutdown()
        server.server_close()
