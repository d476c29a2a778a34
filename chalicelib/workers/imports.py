"""Queue `imports`: a file of the exchange waits to be loaded."""

from chalice import Blueprint

from chalicelib.domain.errors import Refused
from chalicelib.domain.exchange import ExchangeFile
from chalicelib.runtime import Runtime
from chalicelib.usecases.import_catalogue import import_catalogue, spread_news
from chalicelib.usecases.import_file import FileMessage, import_file, take_answers, try_again, unpack_file
from chalicelib.usecases.import_journal import Journal
from chalicelib.usecases.receive_files import is_zip, open_file
from chalicelib.workers.worker import Work, logger, queue_worker

routes = Blueprint(__name__)

RESERVE_MS = 60_000
"""What a batch may take at the worst, with the file's state to be written after it."""


@queue_worker(routes, "imports")
def imports(runtime: Runtime, work: Work) -> None:
    """Message: the fields of `FileMessage`."""
    message = FileMessage(**work.message)

    def load(file: ExchangeFile, journal: Journal) -> bool:
        return _load(runtime, work, message, file, journal)

    stores = (runtime.exchange, runtime.queues, runtime.clock)
    try:
        state = import_file(*stores, message=message, load=load)
    except Exception:  # whatever it is, the node's next files must not wait behind this one
        logger.exception("file failed", run=message.run, file=message.file, attempt=message.attempt)
        try_again(*stores, message=message)
        return
    logger.info("file", run=message.run, file=message.file, state=state)


def _load(runtime: Runtime, work: Work, message: FileMessage, file: ExchangeFile, journal: Journal) -> bool:
    if is_zip(file.name):
        return _unpack(runtime, message, file)
    return _read(runtime, work, message, file, journal)


def _unpack(runtime: Runtime, message: FileMessage, file: ExchangeFile) -> bool:
    from chalicelib.formats.archive import unpack

    stores = (runtime.exchange, runtime.files, runtime.queues, runtime.clock)
    unpack_file(*stores, message=message, file=file, unpack=unpack)
    return True


def _read(runtime: Runtime, work: Work, message: FileMessage, file: ExchangeFile, journal: Journal) -> bool:
    from chalicelib.formats.commerceml import read

    try:
        with open_file(runtime.files, message.run, file) as stream:
            finished = import_catalogue(
                runtime.catalogue,
                runtime.stock,
                records=read(stream, file.name),
                seq=message.seq,
                journal=journal,
                take_orders=lambda answers: take_answers(
                    runtime.orders, runtime.queues, runtime.clock, answers=answers, journal=journal
                ),
                go_on=lambda: work.remaining_ms() > RESERVE_MS,
            )
    except Refused:
        _spread(runtime, message, journal)
        raise
    if finished:
        _spread(runtime, message, journal)
    return finished


def _spread(runtime: Runtime, message: FileMessage, journal: Journal) -> None:
    spread_news(runtime.catalogue, runtime.queues, runtime.clock, journal=journal, seq=message.seq)
