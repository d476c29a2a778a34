"""Archives that nobody asks to import: УТ «без ожидания подтверждения» sends one and goes away."""

from datetime import datetime, timedelta

from chalicelib.domain.exchange.exchange import ExchangeFile, ExchangeRun, FileState
from chalicelib.usecases.exchange.receive_files import chunk_key, is_zip, start_import
from chalicelib.usecases.ports.clock import Clock
from chalicelib.usecases.ports.exchange import ExchangeStore, PendingFile
from chalicelib.usecases.ports.files import FileStore, Queues

SILENCE = timedelta(minutes=2)
_END_OF_ZIP = b"PK\x05\x06"
_LONGEST_TAIL = 1 << 16
_LATER = ("offers", "prices", "rests", "documents", "orders")
"""What stands in such files speaks of items: their files go first."""


def start_idle(exchange: ExchangeStore, files: FileStore, queues: Queues, clock: Clock) -> int:
    """Load archives, and what came out of them, once nothing more has come for a while; how many were started."""
    now = clock()
    idle = [pending for pending in exchange.pending() if _is_idle(exchange, pending, now)]
    idle.sort(key=lambda pending: (pending.run, pending.name.lower().startswith(_LATER), pending.seq))
    return sum(_start(exchange, files, queues, pending) for pending in idle)


def _is_idle(exchange: ExchangeStore, pending: PendingFile, now: datetime) -> bool:
    """Has it had the same chunks for that long? What is looked at first is remembered."""
    file = exchange.file(pending.run, pending.name)
    if file is None or file.state is not FileState.RECEIVING:
        return False
    if pending.seen_at is None or pending.chunks != file.chunks:
        exchange.note_pending(pending.seq, file.chunks, now)
        return False
    return now - pending.seen_at >= SILENCE


def _start(exchange: ExchangeStore, files: FileStore, queues: Queues, pending: PendingFile) -> bool:
    run = exchange.run(pending.run)
    file = next((one for one in run.files if one.name == pending.name), None) if run else None
    if run is None or file is None or not _is_whole(files, run, file):
        return False
    start_import(exchange, queues, run=run, name=file.name, kind=run.kind)
    return True


def _is_whole(files: FileStore, run: ExchangeRun, file: ExchangeFile) -> bool:
    """An archive whose directory has come, or a file that an archive of the run held. What 1C sends piece by piece is neither."""
    if not is_zip(file.name):
        return any(is_zip(other.name) and other.state is FileState.DONE for other in run.files)
    tail = b""
    for place in range(max(file.first_chunk, file.chunks - 2), file.chunks):
        with files.open(chunk_key(run.id, file.name, place)) as chunk:
            tail = (tail + chunk.read())[-_LONGEST_TAIL:]
    return _END_OF_ZIP in tail
