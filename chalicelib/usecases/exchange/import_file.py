"""A file that 1C has sent, loaded from its first record to its verdict, over as many calls of a worker as it takes."""

from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from io import SEEK_SET
from tempfile import TemporaryFile
from typing import BinaryIO

from chalicelib.domain.errors import Refused
from chalicelib.domain.exchange.exchange import ExchangeFile, FileState, Problem, Tally
from chalicelib.domain.exchange.node_settings import FILE_LIMIT
from chalicelib.domain.orders.order_papers import ErpPaper
from chalicelib.domain.orders.orders import ErpOrder
from chalicelib.usecases.exchange.import_journal import Journal
from chalicelib.usecases.exchange.receive_files import chunk_key, is_xml, is_zip, open_file, send_import, send_picture
from chalicelib.usecases.orders.adopt_order import PayerUnknown, take_document
from chalicelib.usecases.orders.answer_order import take_paper
from chalicelib.usecases.ports.clock import Clock
from chalicelib.usecases.ports.exchange import ExchangeStore
from chalicelib.usecases.ports.files import FileStore, Queues
from chalicelib.usecases.ports.orders import OrderStore, WaitingOrderStore
from chalicelib.usecases.ports.partners import PartnerStore

ATTEMPTS = 4
TURNS = 20
"""How often a file lets another of its run go first; one that died for good is not waited for for ever."""

Load = Callable[[ExchangeFile, Journal], bool]
Problems = tuple[Problem, ...]


@dataclass(frozen=True, slots=True)
class FileMessage:
    """What the queue says: load a file of a run. `turn` and `attempt` count how often it was put back."""

    run: str
    file: str
    kind: str
    node: str
    seq: int
    turn: int = 0
    attempt: int = 1


def import_file(exchange: ExchangeStore, queues: Queues, clock: Clock, *, message: FileMessage, load: Load) -> FileState | None:
    """Load a file unless that is done. `load` says whether it came to the end; what it refuses is the file's verdict.

    The state the file is in afterwards; None where there is no such file. Any other error of `load` is raised: see
    `try_again`.
    """
    file = exchange.file(message.run, message.file)
    if file is None or file.state in (FileState.DONE, FileState.FAILED):
        return file.state if file else None
    if _must_wait(exchange, message):
        _put_back(queues, message, file, turn=message.turn + 1)
        return file.state
    exchange.start_file(message.run, message.file, clock())
    return _loaded(exchange, queues, clock, message, file, load)


def _loaded(
    exchange: ExchangeStore, queues: Queues, clock: Clock, message: FileMessage, file: ExchangeFile, load: Load
) -> FileState:
    journal = Journal.of(file)
    error = ""
    try:
        finished = load(file, journal)
    except Refused as refused:
        finished, error = True, str(refused)
    if finished:
        return _finish(exchange, clock, message, journal, error)
    kept = (journal.tallies, journal.problems, journal.problem_count)
    exchange.pause_file(message.run, message.file, journal.done, *kept)
    _put_back(queues, message, file, done=journal.done)
    return FileState.RUNNING


def _finish(exchange: ExchangeStore, clock: Clock, message: FileMessage, journal: Journal, error: str) -> FileState:
    kept = (journal.tallies, journal.problems, error, clock(), journal.problem_count)
    exchange.finish_file(message.run, message.file, *kept)
    return FileState.FAILED if error else FileState.DONE


def try_again(exchange: ExchangeStore, queues: Queues, clock: Clock, *, message: FileMessage) -> None:
    """After an unforeseen error: put the file back, or give it up.

    At once: left to the queue it would be hidden for hours with all later files of its node behind it, and 1C asks for
    the verdict every few seconds.
    """
    file = exchange.file(message.run, message.file)
    if file is None:
        return
    if message.attempt < ATTEMPTS:
        exchange.start_file(message.run, message.file, clock())  # later files of the run wait for one that has begun
        _put_back(queues, message, file, attempt=message.attempt + 1)
    else:
        queues.send("snapshot", {"seq": message.seq})  # what was loaded of it is to be found all the same
        reason = "Внутренняя ошибка портала: повторите обмен, подробности у администратора"
        _finish(exchange, clock, message, Journal.of(file), reason)


def _put_back(
    queues: Queues,
    message: FileMessage,
    file: ExchangeFile,
    *,
    turn: int | None = None,
    attempt: int | None = None,
    done: int = 0,
) -> None:
    send_import(
        queues,
        run_id=message.run,
        name=message.file,
        kind=message.kind,
        node=message.node,
        seq=message.seq,
        unique=f"{file.chunks}/{done or file.done}",
        turn=message.turn if turn is None else turn,
        attempt=message.attempt if attempt is None else attempt,
    )


def _must_wait(exchange: ExchangeStore, message: FileMessage) -> bool:
    """Offers must not overtake their items: what has begun in the run comes to its end first."""
    if message.turn >= TURNS:
        return False
    run = exchange.run(message.run)
    return (
        any(file.state is FileState.RUNNING and file.name != message.file for file in run.files if file.started_at)
        if run
        else False
    )


# --- archives ---------------------------------------------------------------------------------------------------------

Unpack = Callable[[BinaryIO], Iterable[tuple[str, BinaryIO]]]


def unpack_file(
    exchange: ExchangeStore,
    files: FileStore,
    queues: Queues,
    clock: Clock,
    *,
    message: FileMessage,
    file: ExchangeFile,
    unpack: Unpack,
) -> None:
    """Every entry of the archive becomes a file of the run. Raises BrokenFile."""
    with seekable(files, message.run, file) as archive:
        for name, entry in unpack(archive):
            _take_entry(exchange, files, queues, clock, message, name, entry)


@contextmanager
def seekable(files: FileStore, run_id: str, file: ExchangeFile) -> Iterator[BinaryIO]:
    """A file of the exchange on the disk, where one can go back and forth in it."""
    with TemporaryFile() as copy, open_file(files, run_id, file) as stream:
        while part := stream.read(1 << 20):
            copy.write(part)
        copy.seek(0, SEEK_SET)
        yield copy


def _take_entry(
    exchange: ExchangeStore, files: FileStore, queues: Queues, clock: Clock, message: FileMessage, name: str, entry: BinaryIO
) -> None:
    """Like a file that came by itself. What an earlier, broken attempt has unpacked of it is set aside."""
    half = exchange.file(message.run, name)
    if half is not None and half.state is FileState.RECEIVING:
        exchange.finish_file(message.run, name, {}, (), "Архив распаковывается заново", clock())
    for part in _parts(entry):
        files.put(chunk_key(message.run, name, exchange.next_chunk(message.run, name, len(part))), part)
    if is_xml(name):
        exchange.number_file(message.run, name)
    elif not is_zip(name):
        send_picture(exchange, queues, clock, run_id=message.run, name=name)


def _parts(entry: BinaryIO) -> Iterator[bytes]:
    """At least one, also of an empty file."""
    part = entry.read(FILE_LIMIT)
    while True:
        yield part
        part = entry.read(FILE_LIMIT)
        if not part:
            return


# --- orders -----------------------------------------------------------------------------------------------------------


def take_answers(
    orders: OrderStore,
    partners: PartnerStore,
    waiting: WaitingOrderStore,
    queues: Queues,
    clock: Clock,
    *,
    answers: Iterable[ErpOrder | ErpPaper],
    journal: Journal,
    node: str,
) -> None:
    """1C's documents, each by itself: one that is refused does not stop the others."""
    for answer in answers:
        try:
            changed, problems = True, Problems()
            if isinstance(answer, ErpPaper):
                changed = take_paper(orders, queues, clock, told=answer)
            else:
                problems = take_document(orders, partners, waiting, queues, clock, answer=answer, node=node)
        except PayerUnknown as unknown:
            journal.add("orders", Tally(read=1, waiting=1))
            journal.report(Problem("order", *_named(answer), unknown.message, _texts(unknown)))
            continue
        except Refused as refused:
            journal.refuse(Problem("order", *_named(answer), refused.message, _texts(refused)), _KIND[type(answer)])
            continue
        journal.add(_KIND[type(answer)], Tally(read=1, written=int(changed), unchanged=int(not changed)))
        for problem in problems:
            journal.report(problem)


_KIND: dict[type, str] = {ErpOrder: "orders", ErpPaper: "papers"}


def _named(answer: ErpOrder | ErpPaper) -> tuple[str, str]:
    """What the journal calls it: id and name."""
    if isinstance(answer, ErpPaper):
        return answer.order, f"{answer.paper.operation} {answer.paper.number}".strip()
    return answer.number, answer.erp_number


def _texts(refused: Refused) -> tuple[tuple[str, str], ...]:
    return tuple((name, str(value)) for name, value in refused.params.items())
