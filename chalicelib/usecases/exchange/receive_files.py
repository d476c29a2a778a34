"""What 1C sends, taken in: a session, chunks of files in their order, and the loading of a file started once."""

import hashlib
import re
import secrets
from collections.abc import Callable, Iterator
from datetime import datetime, timedelta
from io import BufferedReader, RawIOBase
from typing import Any, BinaryIO, cast

from chalicelib.domain.errors import NotFound
from chalicelib.domain.exchange.exchange import ExchangeFile, ExchangeRun, FileState, Tally
from chalicelib.domain.exchange.node_settings import FILE_LIMIT
from chalicelib.usecases.ports.clock import Clock
from chalicelib.usecases.ports.exchange import ExchangeStore
from chalicelib.usecases.ports.files import FileStore, Queues

SESSION_LIFETIME = timedelta(hours=12)
POLL_SECONDS = 0.25
_END = re.compile(r"</(?:[\w.-]+:)?КоммерческаяИнформация\s*>[\s\0]*\Z")
_ENCODINGS = ("utf-8", "cp1251", "utf-16-le", "utf-16-be", "koi8-r", "iso8859-5")
_TAIL = 200
_ENDED = (FileState.DONE, FileState.FAILED)

Pause = Callable[[float], None]


# --- sessions ---------------------------------------------------------------------------------------------------------


def check_in(exchange: ExchangeStore, clock: Clock, *, node: str, kind: str) -> tuple[ExchangeRun, str]:
    """A new run and the token 1C will come back with. A client that keeps no cookies is known by its account alone."""
    token = secrets.token_urlsafe(32)
    run = exchange.open_run(node, kind, clock())
    for hashed in (_hash(token), _without_cookie(node)):
        exchange.bind(hashed, run, clock() + SESSION_LIFETIME)
    return run, token


def run_of_token(exchange: ExchangeStore, clock: Clock, *, token: str) -> ExchangeRun | None:
    return exchange.bound(_hash(token), clock()) if token else None


def run_of_node(exchange: ExchangeStore, clock: Clock, *, node: str, kind: str) -> ExchangeRun:
    """The account's last run; a new one where it never checked in."""
    return exchange.bound(_without_cookie(node), clock()) or check_in(exchange, clock, node=node, kind=kind)[0]


def begin(exchange: ExchangeStore, clock: Clock, *, run: ExchangeRun, token: str) -> ExchangeRun:
    """1C starts to send: what an interrupted attempt left in the session is not mixed with what comes now."""
    known = exchange.run(run.id)
    if known is None or not known.files:
        return run
    fresh = exchange.open_run(run.node, run.kind, clock())
    for hashed in filter(None, (_hash(token) if token else "", _without_cookie(run.node))):
        exchange.bind(hashed, fresh, clock() + SESSION_LIFETIME)
    return fresh


def _hash(token: str) -> str:
    return hashlib.sha256(token.encode()).hexdigest()


def _without_cookie(node: str) -> str:
    return _hash(f"account {node}")


# --- chunks -----------------------------------------------------------------------------------------------------------


def chunk_key(run_id: str, name: str, place: int) -> str:
    return f"exchange/{run_id}/{name}/{place:06d}"


def receive_chunk(
    exchange: ExchangeStore,
    files: FileStore,
    queues: Queues,
    clock: Clock,
    *,
    run: ExchangeRun,
    name: str,
    body: bytes,
    kind: str,
    limit: int = FILE_LIMIT,
) -> None:
    """Keep a chunk of a file, of at most `limit` bytes. An XML file that is whole by now begins to load, a picture is made ready.

    `name` must be safe (`formats.archive.safe_name`). Raises Conflict while the file is being loaded.
    """
    place = exchange.next_chunk(run.id, name, len(body))
    if place == 0 and (is_xml(name) or is_zip(name)):
        exchange.number_file(run.id, name)
    files.put(chunk_key(run.id, name, place), body)
    if is_xml(name):
        if _is_whole(files, run.id, name, place, body):
            start_import(exchange, queues, run=run, name=name, kind=kind)
    elif not is_zip(name) and _is_last(body, limit):
        send_picture(exchange, queues, clock, run_id=run.id, name=name)


def _is_whole(files: FileStore, run_id: str, name: str, place: int, body: bytes) -> bool:
    """Has the end of the document come? The closing tag may be cut in two by a chunk's border."""
    tail = body[-_TAIL:]
    if place and len(body) < _TAIL:
        with files.open(chunk_key(run_id, name, place - 1)) as before:
            tail = before.read()[-_TAIL:] + tail
    tail = tail[len(tail) % 2 :]  # whole letters of UTF-16, counted from the end
    return any(_END.search(tail.decode(encoding, "ignore")) for encoding in _ENCODINGS)


def is_xml(name: str) -> bool:
    return name.lower().endswith(".xml")


def is_zip(name: str) -> bool:
    return name.lower().endswith(".zip")


def _is_last(body: bytes, limit: int) -> bool:
    """Is this the end of a picture? Nothing says so: a JPEG or PNG shows it, a chunk that is not full does too.

    Some 1C round the limit down to whole kilobytes.
    """
    return len(body) < limit * 95 // 100 or body.endswith(b"\xff\xd9") or b"IEND" in body[-16:]


def send_picture(exchange: ExchangeStore, queues: Queues, clock: Clock, *, run_id: str, name: str) -> None:
    """Have a whole picture made ready; for the exchange it is done with that."""
    queues.send("pictures", {"run": run_id, "file": name})
    exchange.finish_file(run_id, name, {"pictures": Tally(read=1, written=1)}, (), "", clock())


def open_file(files: FileStore, run_id: str, file: ExchangeFile) -> BinaryIO:
    """The chunks of a file as one stream; one chunk is open at a time. Raises NotFound while it is read."""
    keys = (chunk_key(run_id, file.name, place) for place in range(file.first_chunk, file.chunks))
    return BufferedReader(cast(RawIOBase, _Joined(files, keys)), 1 << 16)


class _Joined(RawIOBase):
    def __init__(self, files: FileStore, keys: Iterator[str]) -> None:
        self.files, self.keys = files, keys
        self.chunk: BinaryIO | None = None

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: Any) -> int:
        while True:
            data = self.chunk.read(len(buffer)) if self.chunk else b""
            if data:
                buffer[: len(data)] = data
                return len(data)
            if not self._next_chunk():
                return 0

    def _next_chunk(self) -> bool:
        self._close_chunk()
        key = next(self.keys, None)
        if key is not None:
            self.chunk = self.files.open(key)
        return key is not None

    def _close_chunk(self) -> None:
        if self.chunk:
            self.chunk.close()
        self.chunk = None

    def close(self) -> None:
        self._close_chunk()
        super().close()


# --- loading ----------------------------------------------------------------------------------------------------------


def start_import(exchange: ExchangeStore, queues: Queues, *, run: ExchangeRun, name: str, kind: str) -> FileState:
    """Have a file loaded, once however often it is asked for. Raises NotFound for one that never came."""
    state = exchange.queue_file(run.id, name)
    file = _known(exchange, run.id, name)
    if state is FileState.QUEUED:
        send_import(queues, run_id=run.id, name=name, kind=kind, node=run.node, seq=file.seq, unique=f"{file.chunks}")
    return state


def send_import(
    queues: Queues, *, run_id: str, name: str, kind: str, node: str, seq: int, unique: str, turn: int = 0, attempt: int = 1
) -> None:
    """One node's files are loaded one after another, in the order they were sent here."""
    message = {"run": run_id, "file": name, "kind": kind, "node": node, "seq": seq, "turn": turn, "attempt": attempt}
    queues.send("imports", message, group=node, unique=f"{run_id}/{name}/{unique}/{turn}/{attempt}")


def verdict(
    exchange: ExchangeStore,
    queues: Queues,
    clock: Clock,
    pause: Pause,
    *,
    run: ExchangeRun,
    name: str,
    kind: str,
    deadline: datetime,
) -> ExchangeFile:
    """The file once it is loaded, or as it stands at the deadline. Starts the loading where nobody has.

    A name that did not come by itself is looked for in the archives of the run, which may be half unpacked. Raises NotFound.
    """
    file = exchange.file(run.id, name)
    if file is None or file.state is FileState.RECEIVING:
        archive = _wait_for_archives(exchange, queues, clock, pause, run, kind, deadline)
        if archive is not None and archive.state is not FileState.DONE:
            return archive
    if start_import(exchange, queues, run=run, name=name, kind=kind) in _ENDED:
        return _known(exchange, run.id, name)
    return _wait(exchange, clock, pause, run.id, name, deadline)


def _wait_for_archives(
    exchange: ExchangeStore, queues: Queues, clock: Clock, pause: Pause, run: ExchangeRun, kind: str, deadline: datetime
) -> ExchangeFile | None:
    """The first archive that is not unpacked yet, or the last one; None where there is none."""
    known = exchange.run(run.id)
    archive = None
    for file in known.files if known else ():
        if is_zip(file.name):
            start_import(exchange, queues, run=run, name=file.name, kind=kind)
            archive = _wait(exchange, clock, pause, run.id, file.name, deadline)
            if archive.state is not FileState.DONE:
                return archive
    return archive


def _wait(exchange: ExchangeStore, clock: Clock, pause: Pause, run_id: str, name: str, deadline: datetime) -> ExchangeFile:
    while True:
        file = _known(exchange, run_id, name)
        if file.state in _ENDED or clock() + timedelta(seconds=POLL_SECONDS) > deadline:
            return file
        pause(POLL_SECONDS)


def _known(exchange: ExchangeStore, run_id: str, name: str) -> ExchangeFile:
    file = exchange.file(run_id, name)
    if file is None:
        raise NotFound("Файл «%(name)s» не был передан", name=name)
    return file
