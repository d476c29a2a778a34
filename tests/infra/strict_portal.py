"""A portal that is strict: it notes every request of the site exchange and refuses what no 1C would send."""

import json
import threading
from base64 import b64encode
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import parse_qsl, urlsplit

COOKIE, TOKEN = "kabinet-1c", "token-0123456789"
AUTHORIZATION = "Basic " + b64encode(b"1c:1c").decode()
NO_ORDERS = '<?xml version="1.0" encoding="UTF-8"?><КоммерческаяИнформация ВерсияСхемы="2.07"/>'


class StrictPortal:
    """`said` is the conversation in short; `files` what was received, in order of the pieces; `wrong` what was out of order.

    `orders` is the answer to `query`; `progress` how often each import says so first; `lost` modes carry out their request
    and cut the line before answering, once each; `refused` names files whose import fails.
    """

    def __init__(self) -> None:
        self.said: list[str] = []
        self.files: dict[str, bytes] = {}
        self.pieces: dict[str, int] = {}
        self.messages: list[tuple[str, dict[str, object]]] = []
        self.wrong: list[str] = []
        self.orders = NO_ORDERS
        self.acknowledged = 0
        self.file_limit, self.zip = 100_000, False
        self.progress = 0
        self.lost: set[str] = set()
        self.refused: set[str] = set()
        self.init_reply = ""
        self._waiting: dict[str, int] = {}
        portal = self

        class Handler(_Handler):
            pass

        Handler.portal = portal
        self._server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self._server.daemon_threads = True
        threading.Thread(target=self._server.serve_forever, args=(0.02,), daemon=True).start()

    @property
    def address(self) -> str:
        return f"http://127.0.0.1:{self._server.server_address[1]}"

    def close(self) -> None:
        self._server.shutdown()
        self._server.server_close()

    def reply(self, kind: str, mode: str, name: str, body: bytes) -> str:
        match mode:
            case "checkauth":
                self._waiting = {}
                return f"success\n{COOKIE}\n{TOKEN}\nsessid={TOKEN}"
            case "init":
                return self.init_reply or f"zip={'yes' if self.zip else 'no'}\nfile_limit={self.file_limit}"
            case "file":
                return self._file(name, body)
            case "import":
                return self._import(name)
            case "query":
                return self.orders
            case "success":
                self.acknowledged += 1
                return "success"
        return f"failure\nunknown {kind} {mode}"

    def _file(self, name: str, body: bytes) -> str:
        if len(body) > self.file_limit:
            self.wrong.append(f"{name}: {len(body)} bytes in one piece")
        self.files[name] = self.files.get(name, b"") + body
        self.pieces[name] = self.pieces.get(name, 0) + 1
        return "success"

    def _import(self, name: str) -> str:
        if name in self.refused:
            return "failure\nфайл не читается"
        if name not in self.files and not self.zip:
            self.wrong.append(f"import of {name}, which was not sent")
        self._waiting.setdefault(name, self.progress)
        if self._waiting[name]:
            self._waiting[name] -= 1
            return "progress\nзагружено 10 из 20"
        return "success"


class _Handler(BaseHTTPRequestHandler):
    portal: StrictPortal
    protocol_version = "HTTP/1.1"

    def do_GET(self) -> None:
        self._exchange("GET")

    def do_POST(self) -> None:
        if urlsplit(self.path).path.startswith("/exchange/v1/"):
            self._message()
        else:
            self._exchange("POST")

    def _message(self) -> None:
        body = self.rfile.read(int(self.headers["Content-Length"]))
        if self.headers.get("Authorization") != AUTHORIZATION or self.headers.get("Content-Type") != "application/json":
            self.portal.wrong.append(f"{self.path}: headers")
        self.portal.messages.append((self.path, json.loads(body)))
        self._send('{"run": "1", "results": []}', "application/json")

    def _exchange(self, method: str) -> None:
        body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
        query = parse_qsl(urlsplit(self.path).query, keep_blank_values=True)
        given = dict(query)
        self._check(method, [name for name, _ in query], given)
        kind, mode, name = given.get("type", ""), given.get("mode", ""), given.get("filename", "")
        self.portal.said.append(" ".join(filter(None, (kind, mode, name))))
        text = self.portal.reply(kind, mode, name, body)
        if mode in self.portal.lost:
            self.portal.lost.discard(mode)
            self.close_connection = True
            self.connection.close()
            return
        self._send(text, "text/plain; charset=utf-8")

    def _check(self, method: str, order: list[str], given: dict[str, str]) -> None:
        signed_in = given.get("mode") != "checkauth"
        expected = ["type", "mode", *(["filename"] if "filename" in given else []), *(["sessid"] if signed_in else [])]
        facts = {
            "method": method == ("POST" if given.get("mode") == "file" else "GET"),
            "order of the query": order == expected,
            "basic on every request": self.headers.get("Authorization") == AUTHORIZATION,
            "cookie of the body": self.headers.get("Cookie") == (f"{COOKIE}={TOKEN}" if signed_in else None),
            "sessid": given.get("sessid", TOKEN) == TOKEN,
            "no content type": "Content-Type" not in self.headers,
            "path": urlsplit(self.path).path == "/exchange/1c",
        }
        self.portal.wrong += [f"{self.path}: {fact}" for fact, holds in facts.items() if not holds]

    def _send(self, text: str, content_type: str) -> None:
        body = text.encode()
        self.send_response(200)
        self.send_header("Content-Type", content_type)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_: object) -> None:
        pass
