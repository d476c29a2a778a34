"""What the administrator does by hand on the exchange monitor. Everything needs `exchange.retry` and leaves an audit row."""

from collections.abc import Callable
from datetime import datetime, timedelta

from chalicelib.domain.access.audit import AuditEntry
from chalicelib.domain.errors import Conflict, NotFound
from chalicelib.domain.exchange.exchange import Check, ExchangeFile, ExchangeRun, FileState
from chalicelib.domain.exchange.flows import flow_of_run, is_batch
from chalicelib.usecases.access.visitors import Visitor
from chalicelib.usecases.exchange.receive_files import chunk_key, is_xml, is_zip, send_import
from chalicelib.usecases.ports.access import AuditStore
from chalicelib.usecases.ports.clock import Clock
from chalicelib.usecases.ports.exchange import ExchangeStore, MonitorStore, QueueWatch
from chalicelib.usecases.ports.files import FileStore, Queues
from chalicelib.usecases.ports.orders import Outbox

MAY = "exchange.retry"
STUCK = timedelta(minutes=20)
"""A file that waits or is loaded for longer may be queued again or skipped: a load lets its function end by then."""
REPLAY_TIME = timedelta(seconds=15)
LINK_LIFETIME = timedelta(minutes=10)
ENDED = (FileState.DONE, FileState.FAILED)


class ActionLog:
    """Notes who did it, for one visitor."""

    def __init__(self, audit: AuditStore, clock: Clock, visitor: Visitor) -> None:
        visitor.must(MAY)
        self.audit, self.clock, self.visitor = audit, clock, visitor

    def note(self, action: str, subject: str, run: str = "") -> None:
        user_id = self.visitor.session.user_id
        self.audit.note(AuditEntry(self.clock(), user_id, self.visitor.name, action, subject, run))


# --- files ------------------------------------------------------------------------------------------------------------


def retry_file(
    exchange: ExchangeStore, monitor: MonitorStore, queues: Queues, clock: Clock, log: ActionLog, *, run_id: str, name: str
) -> None:
    """Load a file again from what 1C sent. Its rows keep the file's number: they do not overwrite those of newer files.

    Raises Conflict for a file that is under way, and for what can't be loaded again.
    """
    run, file = _found(exchange, run_id, name)
    log.note("retry", name, run_id)
    match can_retry(run, file):
        case "stock":
            queues.send("stock", {"warehouse": name.partition("/")[0]})
        case "picture":
            _stand_still(file, run, clock())
            monitor.requeue(run_id, file)
            queues.send("pictures", {"run": run_id, "file": name})
        case "file":
            _stand_still(file, run, clock())
            monitor.requeue(run_id, file)
            _send(queues, run, file, f"retry/{clock().isoformat()}")
        case "batch":
            message = {"batch": run_id}
            queues.send("imports", message, group=f"batch {run.node}", unique=f"{run_id}/{clock().isoformat()}")
        case _:
            raise Conflict("Здесь загружать нечего: этот сеанс ничего не оставил")


def can_retry(run: ExchangeRun, file: ExchangeFile) -> str:
    """How a file is done again: "file", "picture", "stock" (the warehouse is asked anew), "batch" (of JSON, where not all of
    it was taken), or "" where it can't be."""
    if flow_of_run(run.kind) == "stock":
        return "stock"
    if is_kept(run, file):
        return "batch"
    if run.kind not in ("catalog", "sale"):
        return ""
    return "file" if is_xml(file.name) or is_zip(file.name) else "picture"


def is_kept(run: ExchangeRun, file: ExchangeFile) -> bool:
    """A batch of JSON, where not all of it was taken: see `keep_payload`."""
    return is_batch(run.kind) and file.size > 0 and bool(file.error or file.problem_count)


def skip_file(exchange: ExchangeStore, monitor: MonitorStore, clock: Clock, log: ActionLog, *, run_id: str, name: str) -> None:
    """The file is not loaded (any further), and does not count as a failure.

    Raises Conflict for one that is under way or done.
    """
    run, file = _found(exchange, run_id, name)
    if file.state is FileState.DONE:
        raise Conflict("Файл %(name)s уже загружен", name=name)
    _stand_still(file, run, clock())
    log.note("skip", name, run_id)
    monitor.skip(run_id, file, log.visitor.name, clock())


def is_stuck(file: ExchangeFile, run: ExchangeRun, now: datetime) -> bool:
    return file.state not in ENDED and now - (file.started_at or run.opened_at) > STUCK


def _stand_still(file: ExchangeFile, run: ExchangeRun, now: datetime) -> None:
    if file.state not in ENDED and not is_stuck(file, run, now):
        raise Conflict("Файл %(name)s сейчас загружается: подождите", name=file.name)


def ask_check(
    exchange: ExchangeStore, monitor: MonitorStore, queues: Queues, clock: Clock, log: ActionLog, *, run_id: str, name: str
) -> None:
    """Have a file tried: read, understood and compared, without anything being written. Raises Conflict for what is none."""
    run, file = _found(exchange, run_id, name)
    if not can_check(run, file):
        raise Conflict("Проверить без записи можно только файл XML или архив с ними")
    log.note("check", name, run_id)
    now = clock()
    monitor.keep_check(run_id, name, Check(now))
    _send(queues, run, file, f"check/{now.isoformat()}", check=True)


def can_check(run: ExchangeRun, file: ExchangeFile) -> bool:
    return can_retry(run, file) == "file"


def _send(queues: Queues, run: ExchangeRun, file: ExchangeFile, unique: str, *, check: bool = False) -> None:
    """A check waits for nothing and holds nothing up: it has a group of its own."""
    seq = file.seq or run.number
    if not check:
        send_import(queues, run_id=run.id, name=file.name, kind=run.kind, node=run.node, seq=seq, unique=unique)
        return
    message = {"run": run.id, "file": file.name, "kind": run.kind, "node": run.node, "seq": seq, "check": True}
    queues.send("imports", message, group=f"check {run.node}", unique=f"{run.id}/{file.name}/{unique}")


def _found(exchange: ExchangeStore, run_id: str, name: str) -> tuple[ExchangeRun, ExchangeFile]:
    """Raises NotFound."""
    run = exchange.run(run_id)
    file = next((file for file in run.files if file.name == name), None) if run else None
    if run is None or file is None:
        raise NotFound("Такого файла в обмене нет")
    return run, file


def payload_link(exchange: ExchangeStore, files: FileStore, log: ActionLog, *, run_id: str, name: str, part: int) -> str:
    """A link to what 1C sent, by parts as they came (from 0). Raises NotFound, also for what is no longer kept."""
    _, file = _found(exchange, run_id, name)
    key = chunk_key(run_id, name, file.first_chunk + part)
    if not 0 <= part < file.chunks - file.first_chunk or key not in files.keys(key):
        raise NotFound("Этот файл больше не хранится")
    log.note("download", name, run_id)
    plain = name.rpartition("/")[2]
    many = file.chunks - file.first_chunk > 1
    shown = f"{run_id}-{part + 1}-{plain}" if many else f"{run_id}-{plain}"
    return files.link(key, shown, LINK_LIFETIME, "application/octet-stream")


# --- queues -----------------------------------------------------------------------------------------------------------


def replay_dead(watch: QueueWatch, clock: Clock, log: ActionLog, *, queue: str) -> int:
    """Put a queue's dead letters back into it, as many as fit into one request; their number. Raises NotFound."""
    if queue not in watch.states(clock()):
        raise NotFound("Такой очереди нет")
    log.note("replay", queue)
    return watch.replay(queue, _while(clock, REPLAY_TIME))


def _while(clock: Clock, time: timedelta) -> Callable[[], bool]:
    until = clock() + time
    return lambda: clock() < until


def give_again(outbox: Outbox, log: ActionLog, *, row_id: str) -> None:
    """An order or another change that was put aside goes out again. Raises NotFound."""
    row = outbox.put_back(row_id)
    if row is None:
        raise NotFound("Этой строки больше нет среди отложенных")
    log.note("give_again", row.subject)
