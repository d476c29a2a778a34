"""The client's side of the exchange: as «Управление торговлей» 11.5 speaks it, and with other manners as the others do."""

import json
import secrets
import time
import zipfile
from base64 import b64encode
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from http.client import HTTPConnection, HTTPException, HTTPSConnection
from io import BytesIO
from types import TracebackType
from typing import Self
from urllib.parse import urlsplit

TIMEOUT = 180
"""Seconds 1C waits for an answer."""
BITRIX = "/bitrix/admin/1c_exchange.php"


class ExchangeError(Exception):
    """The exchange did not come about."""


class PortalUnavailable(ExchangeError):
    """Nobody answers, or only something in between does: the same call may succeed later."""


class ExchangeRefused(ExchangeError):
    """The site said `failure`, or what no 1C understands."""


@dataclass(frozen=True, slots=True)
class Manners:
    """What the configurations of 1C do each in their way. Without anything said: UT 11.5.

    `sessid`: "token" puts what follows `sessid=` on line 4 into the address, "verbatim" line 4 as it stands, "none" nothing.
    `init_lines`: how many lines the answer to `init` must have, None where anything goes. `extra` closes every address but
    that of `checkauth`. `pause`: seconds between two `import`. `retry_after`: seconds before a call that was cut short is
    said once more, None where 1C gives up at once. `asks_import`: False where 1C sends its files and goes away.
    `reads_ansi`: the bytes of an answer are windows-1251 unless they are UTF-8.
    """

    name: str = "УТ 11.5"
    script: str = "/exchange/1c"
    sessid: str = "token"
    init_lines: int | None = 2
    extra: tuple[tuple[str, str], ...] = ()
    pause: float = 0
    retry_after: float | None = None
    asks_import: bool = True
    reads_ansi: bool = False


UT = Manners()


@dataclass(frozen=True, slots=True)
class Reply:
    status: int
    text: str

    @property
    def verdict(self) -> str:
        """The first line, in which 1C looks for `success`, `progress` or `failure`."""
        return self.text.partition("\n")[0].strip().lower()

    @property
    def rest(self) -> str:
        return self.text.partition("\n")[2].strip()


@dataclass(frozen=True, slots=True)
class Said:
    """A call and its answer, for whoever listens. `size` is of the body in bytes, `address` without host."""

    method: str
    address: str
    size: int
    reply: Reply
    seconds: float


Listen = Callable[[Said], None]


def nobody(_: Said) -> None:
    """Listens to nothing."""


@dataclass(frozen=True, slots=True)
class Site:
    """The portal as the form «Обмен с сайтом» of 1C knows it: address, user, password. `listen` hears every call."""

    address: str
    user: str
    password: str
    listen: Listen = field(default=nobody, compare=False)

    def open(self, kind: str, manners: Manners = UT) -> "Session":
        """A session of "catalog" or "sale". Raises ExchangeError."""
        return Session(self, kind, manners)

    def post_json(self, path: str, message: Mapping[str, object]) -> dict[str, object]:
        """POST to `/exchange/v1/…`; the answer. Raises ExchangeError."""
        line = _Line(self, UT)
        try:
            reply = line.say("POST", f"{line.prefix}{path}", json.dumps(message).encode(), {"Content-Type": "application/json"})
        finally:
            line.close()
        if reply.status != 200:
            raise ExchangeRefused(f"{path}: {reply.status} {reply.text}")
        answer: dict[str, object] = json.loads(reply.text)
        return answer


class _Line:
    """One kept-alive connection; every request carries the Basic credentials and nothing that 1C would not send."""

    def __init__(self, site: Site, manners: Manners) -> None:
        url = urlsplit(site.address)
        self.prefix = url.path.rstrip("/")
        make = HTTPSConnection if url.scheme == "https" else HTTPConnection
        self._connection = make(url.hostname or "", url.port, timeout=TIMEOUT)
        self._listen, self._manners = site.listen, manners
        credentials = b64encode(f"{site.user}:{site.password}".encode()).decode()
        self._headers = {"User-Agent": "1C+Enterprise/8.3", "Accept": "*/*", "Authorization": f"Basic {credentials}"}

    def say(self, method: str, target: str, body: bytes | None, headers: Mapping[str, str]) -> Reply:
        """Raises PortalUnavailable."""
        started = time.monotonic()
        try:
            status, content = self._ask(method, target, body, headers)
        except (OSError, HTTPException) as error:
            self._connection.close()
            raise PortalUnavailable(f"{method} {target.partition('?')[0]}: {error}") from error
        reply = Reply(status, _text(content, self._manners.reads_ansi))
        self._listen(Said(method, target, len(body or b""), reply, time.monotonic() - started))
        if status >= 500:
            raise PortalUnavailable(f"{method} {target.partition('?')[0]}: {status} {reply.text[:200]}")
        return reply

    def _ask(self, method: str, target: str, body: bytes | None, headers: Mapping[str, str]) -> tuple[int, bytes]:
        self._connection.putrequest(method, target, skip_accept_encoding=True)
        for name, value in {**self._headers, **headers}.items():
            self._connection.putheader(name, value)
        if body is not None:
            self._connection.putheader("Content-Length", str(len(body)))
        self._connection.endheaders(body)
        answer = self._connection.getresponse()
        return answer.status, answer.read()

    def close(self) -> None:
        self._connection.close()


def _text(content: bytes, ansi: bool) -> str:
    """UTF-8; the old clients take what is not for windows-1251."""
    try:
        return content.decode()
    except UnicodeDecodeError:
        return content.decode("cp1251" if ansi else "utf-8", "replace")


class Session:
    """From `checkauth` on; UT opens a new one for every portion."""

    def __init__(self, site: Site, kind: str, manners: Manners = UT) -> None:
        self.kind = kind
        self.manners = manners
        self.zip = False
        self.file_limit = -1
        self.timestamp = ""
        self._line = _Line(site, manners)
        self._cookie = ""
        self._sessid = ""
        self._sign_in()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        self.close()

    def close(self) -> None:
        self._line.close()

    def _sign_in(self) -> None:
        reply = self._get("checkauth")
        lines = reply.text.split("\n")
        if reply.verdict != "success" or len(lines) < 3:
            raise ExchangeRefused(f"checkauth: {reply.status} {reply.text[:200]}")
        self._cookie = f"{lines[1]}={lines[2]}"  # not trimmed, as in 1C
        fourth = lines[3] if len(lines) > 3 else ""
        if self.manners.sessid == "token":
            self._sessid = f"&sessid={fourth.replace('sessid=', '')}"
        elif self.manners.sessid == "verbatim":
            self._sessid = f"&{fourth}" if fourth else ""
        self.timestamp = next((line.partition("=")[2] for line in lines[3:] if line.startswith("timestamp=")), "")

    def init(self) -> None:
        """Ask how files are to be sent. UT and UPP give up unless the answer has exactly two lines."""
        reply = self._get("init")
        lines = reply.text.split("\n")
        if self.manners.init_lines is not None and len(lines) != self.manners.init_lines:
            raise ExchangeRefused(f"Параметры обмена не получены: {reply.text[:200]}")
        given = dict(line.strip().lower().partition("=")[::2] for line in lines)
        self.zip = given.get("zip") == "yes"
        limit = given.get("file_limit", "")
        self.file_limit = int(limit) if limit.isdigit() else -1

    def send(self, files: Sequence[tuple[str, bytes]]) -> None:
        """Files by name, in pieces of `file_limit`; with `zip=yes` all of them in one archive. Raises ExchangeError."""
        for name, body in [_packed(files)] if self.zip else files:
            for chunk in _chunks(body, self.file_limit):
                self._must_succeed(self._call("POST", "file", name, chunk), name)

    def load(self, name: str) -> Iterator[str]:
        """`mode=import` again and again while the site says `progress`: what it says. Raises ExchangeError."""
        while (reply := self._call("GET", "import", name)).verdict == "progress":
            yield reply.rest
            time.sleep(self.manners.pause)
        self._must_succeed(reply, name)

    def import_all(self, names: Sequence[str]) -> None:
        """`load` of file after file; nothing where these manners know no `import`. Raises ExchangeError."""
        for name in names if self.manners.asks_import else ():
            for _ in self.load(name):
                pass

    def query(self) -> str:
        """The orders of the site. Raises ExchangeRefused for anything that is no XML."""
        reply = self._get("query")
        if not reply.text.startswith("<?xml"):
            raise ExchangeRefused(f"query: {reply.text[:200]}")
        return reply.text

    def info(self, script: str) -> str:
        """The states of the site, asked for at a script of its own."""
        return self._call("GET", "info", script=script).text

    def success(self) -> None:
        """All of the last `query` is taken. Raises ExchangeError."""
        reply = self._get("success")
        if not reply.text or reply.verdict.startswith("failure"):
            raise ExchangeRefused(f"success: {reply.text[:200]}")

    def end(self, mode: str, **more: str) -> None:
        """A closing mark: `deactivate`, `complete`. Raises ExchangeError."""
        while (reply := self._call("GET", mode, query=more)).verdict == "progress":
            time.sleep(self.manners.pause)
        self._must_succeed(reply, mode)

    def _get(self, mode: str) -> Reply:
        return self._call("GET", mode)

    def _call(
        self,
        method: str,
        mode: str,
        name: str = "",
        body: bytes | None = None,
        *,
        script: str = "",
        query: Mapping[str, str] | None = None,
    ) -> Reply:
        target = f"{self._line.prefix}{script or self.manners.script}?type={self.kind}&mode={mode}"
        target += f"&filename={name}" if name else ""
        target += "".join(f"&{key}={value}" for key, value in (query or {}).items()) + self._sessid
        target += "".join(f"&{key}={value}" for key, value in self.manners.extra) if mode != "checkauth" else ""
        cookie = {"Cookie": self._cookie} if self._cookie else {}
        try:
            return self._line.say(method, target, body, cookie)
        except PortalUnavailable:
            if self.manners.retry_after is None or method != "GET":
                raise
            time.sleep(self.manners.retry_after)
            return self._line.say(method, target, body, cookie)

    @staticmethod
    def _must_succeed(reply: Reply, name: str) -> None:
        if reply.verdict != "success":
            raise ExchangeRefused(f"{name}: {reply.text[:500] or reply.status}")


def _chunks(body: bytes, limit: int) -> Iterator[bytes]:
    size = limit if limit > 0 else max(1, len(body))
    for start in range(0, max(1, len(body)), size):
        yield body[start : start + size]


def _packed(files: Sequence[tuple[str, bytes]]) -> tuple[str, bytes]:
    """One archive of everything, named like a temporary file of 1C."""
    archive = BytesIO()
    with zipfile.ZipFile(archive, "w", zipfile.ZIP_DEFLATED) as packed:
        for name, body in files:
            packed.writestr(name, body)
    return f"v8_{secrets.token_hex(2).upper()}_1.zip", archive.getvalue()
