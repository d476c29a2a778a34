"""The client's side of the CommerceML site exchange as «Управление торговлей» 11.5 speaks it, and the JSON side."""

import json
import secrets
import zipfile
from base64 import b64encode
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from http.client import HTTPConnection, HTTPException, HTTPSConnection
from io import BytesIO
from types import TracebackType
from typing import Self
from urllib.parse import urlsplit

TIMEOUT = 180
"""Seconds 1C waits for an answer."""


class ExchangeError(Exception):
    """The exchange did not come about."""


class PortalUnavailable(ExchangeError):
    """Nobody answers, or only something in between does: the same call may succeed later."""


class ExchangeRefused(ExchangeError):
    """The site said `failure`, or what no 1C understands."""


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
class Site:
    """The portal as the form «Обмен с сайтом» of 1C knows it: address, user, password."""

    address: str
    user: str
    password: str

    def open(self, kind: str) -> "Session":
        """A session of "catalog" or "sale". Raises ExchangeError."""
        return Session(self, kind)

    def post_json(self, path: str, message: Mapping[str, object]) -> dict[str, object]:
        """POST to `/exchange/v1/…`; the answer. Raises ExchangeError."""
        line = _Line(self)
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

    def __init__(self, site: Site) -> None:
        url = urlsplit(site.address)
        self.prefix = url.path.rstrip("/")
        make = HTTPSConnection if url.scheme == "https" else HTTPConnection
        self._connection = make(url.hostname or "", url.port, timeout=TIMEOUT)
        credentials = b64encode(f"{site.user}:{site.password}".encode()).decode()
        self._headers = {"User-Agent": "1C+Enterprise/8.3", "Accept": "*/*", "Authorization": f"Basic {credentials}"}

    def say(self, method: str, target: str, body: bytes | None, headers: Mapping[str, str]) -> Reply:
        """Raises PortalUnavailable."""
        try:
            self._connection.putrequest(method, target, skip_accept_encoding=True)
            for name, value in {**self._headers, **headers}.items():
                self._connection.putheader(name, value)
            if body is not None:
                self._connection.putheader("Content-Length", str(len(body)))
            self._connection.endheaders(body)
            answer = self._connection.getresponse()
            text = answer.read().decode("utf-8", "replace")
        except (OSError, HTTPException) as error:
            self._connection.close()
            raise PortalUnavailable(f"{method} {target.partition('?')[0]}: {error}") from error
        if answer.status >= 500:
            raise PortalUnavailable(f"{method} {target.partition('?')[0]}: {answer.status} {text[:200]}")
        return Reply(answer.status, text)

    def close(self) -> None:
        self._connection.close()


class Session:
    """From `checkauth` on; UT opens a new one for every portion."""

    def __init__(self, site: Site, kind: str) -> None:
        self.kind = kind
        self.zip = False
        self.file_limit = -1
        self._line = _Line(site)
        self._cookie = ""
        self._sessid: str | None = None
        self._sign_in()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        self._line.close()

    def _sign_in(self) -> None:
        reply = self._get("checkauth")
        lines = reply.text.split("\n")
        if reply.verdict != "success" or len(lines) < 3:
            raise ExchangeRefused(f"checkauth: {reply.status} {reply.text[:200]}")
        self._cookie = f"{lines[1]}={lines[2]}"  # not trimmed, as in 1C
        self._sessid = lines[3].replace("sessid=", "") if len(lines) > 3 else ""

    def init(self) -> None:
        """Ask how files are to be sent. 1C gives up unless the answer has exactly two lines."""
        reply = self._get("init")
        lines = reply.text.split("\n")
        if len(lines) != 2:
            raise ExchangeRefused(f"Параметры обмена не получены: {reply.text[:200]}")
        self.zip = lines[0].strip().lower() == "zip=yes"
        limit = lines[1].partition("=")[2].strip()
        self.file_limit = int(limit) if limit.isdigit() else -1

    def send(self, files: Sequence[tuple[str, bytes]]) -> None:
        """Files by name, in pieces of `file_limit`; with `zip=yes` all of them in one archive. Raises ExchangeError."""
        for name, body in [_packed(files)] if self.zip else files:
            for chunk in _chunks(body, self.file_limit):
                self._must_succeed(self._call("POST", "file", name, chunk), name)

    def load(self, name: str) -> Iterator[str]:
        """`mode=import` again and again, without a pause, while the site says `progress`: what it says. Raises ExchangeError."""
        while (reply := self._call("GET", "import", name)).verdict == "progress":
            yield reply.rest
        self._must_succeed(reply, name)

    def query(self) -> str:
        """The orders of the site. Raises ExchangeRefused for anything that is no XML."""
        reply = self._get("query")
        if not reply.text.startswith("<?xml"):
            raise ExchangeRefused(f"query: {reply.text[:200]}")
        return reply.text

    def success(self) -> None:
        """All of the last `query` is taken. Raises ExchangeError."""
        reply = self._get("success")
        if not reply.text or reply.verdict.startswith("failure"):
            raise ExchangeRefused(f"success: {reply.text[:200]}")

    def _get(self, mode: str) -> Reply:
        return self._call("GET", mode)

    def _call(self, method: str, mode: str, name: str = "", body: bytes | None = None) -> Reply:
        target = f"{self._line.prefix}/exchange/1c?type={self.kind}&mode={mode}"
        target += f"&filename={name}" if name else ""
        target += f"&sessid={self._sessid}" if self._sessid is not None else ""
        return self._line.say(method, target, body, {"Cookie": self._cookie} if self._cookie else {})

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
