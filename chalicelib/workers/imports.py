"""Queue `imports`, by what the message holds:

the fields of `FileMessage`            a file of the exchange waits to be loaded
the same with "check"                  … to be tried, without anything being written
{"merge", "into", "seq"}               one card has taken the place of another
{"batch"}                              a kept batch of JSON is taken once more
"""

from collections.abc import Iterator
from typing import Any, BinaryIO

from chalice import Blueprint

from chalicelib.domain.errors import Refused
from chalicelib.domain.exchange.exchange import ExchangeFile, FileState
from chalicelib.domain.exchange.node_settings import NodeSettings
from chalicelib.log import logger
from chalicelib.runtime import Runtime
from chalicelib.usecases.catalogue.import_catalogue import import_catalogue, spread_news
from chalicelib.usecases.exchange.answer_proposals import retire_card
from chalicelib.usecases.exchange.check_file import check_file
from chalicelib.usecases.exchange.import_file import FileMessage, import_file, seekable, take_answers, try_again, unpack_file
from chalicelib.usecases.exchange.import_journal import Journal
from chalicelib.usecases.exchange.map_records import mapped
from chalicelib.usecases.exchange.propose_merges import Proposer
from chalicelib.usecases.exchange.receive_files import is_xml, is_zip, open_file
from chalicelib.usecases.exchange.waiting_records import wake_waiting
from chalicelib.usecases.partners.import_parties import take_parties
from chalicelib.workers.worker import Work, queue_worker

routes = Blueprint(__name__)

RESERVE_MS = 60_000
"""What a batch may take at the worst, with the file's state to be written after it."""


@queue_worker(routes, "imports")
def imports(runtime: Runtime, work: Work) -> None:
    if "merge" in work.message:
        retire_card(runtime.catalogue, runtime.queues, **work.message)
    elif "batch" in work.message:
        _take_again(runtime, work.message["batch"])
    elif work.message.get("check"):
        _check(runtime, work, {name: value for name, value in work.message.items() if name != "check"})
    else:
        _import(runtime, work, FileMessage(**work.message))


def _take_again(runtime: Runtime, run_id: str) -> None:
    from chalicelib.exchange.take_batch import take_kept_batch

    try:
        take_kept_batch(runtime, run_id)
    except Refused as refused:  # the journal says it, and a repeat would say the same
        logger.info("batch: %s", refused, run=run_id)


def _check(runtime: Runtime, work: Work, fields: dict[str, Any]) -> None:
    message, dry = FileMessage(**fields), runtime.dry()

    def load(file: ExchangeFile, journal: Journal) -> bool:
        return (_try_archive if is_zip(file.name) else _read)(dry, work, message, file, journal)

    stores = (runtime.exchange, runtime.monitor, runtime.clock)
    check_file(*stores, run_id=message.run, name=message.file, load=load)


def _import(runtime: Runtime, work: Work, message: FileMessage) -> None:
    from chalicelib.exchange.entities import desk

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
    if state is FileState.DONE:
        wake_waiting(desk(runtime), "orders")


def _load(runtime: Runtime, work: Work, message: FileMessage, file: ExchangeFile, journal: Journal) -> bool:
    if is_zip(file.name):
        return _unpack(runtime, message, file)
    return _read(runtime, work, message, file, journal)


def _unpack(runtime: Runtime, message: FileMessage, file: ExchangeFile) -> bool:
    from chalicelib.formats.archive import unpack

    stores = (runtime.exchange, runtime.files, runtime.queues, runtime.clock)
    unpack_file(*stores, message=message, file=file, unpack=unpack)
    return True


def _try_archive(dry: Runtime, work: Work, message: FileMessage, file: ExchangeFile, journal: Journal) -> bool:
    """Its XML files one after another, each as if those before it were loaded; of the rest the directory alone."""
    from chalicelib.formats.archive import unpack

    with seekable(dry.files, message.run, file) as archive:
        for name, entry in unpack(archive):
            if is_xml(name):
                own = Journal()
                whole = _read_stream(dry, work, message, name, entry, own)
                journal.take(own)
                if not whole:
                    return False
    return True


def _read(runtime: Runtime, work: Work, message: FileMessage, file: ExchangeFile, journal: Journal) -> bool:
    with open_file(runtime.files, message.run, file) as stream:
        return _read_stream(runtime, work, message, file.name, stream, journal)


def _read_stream(runtime: Runtime, work: Work, message: FileMessage, name: str, stream: BinaryIO, journal: Journal) -> bool:
    from chalicelib.formats.commerceml import read

    node = runtime.exchange.node(message.node)
    settings = node.settings if node else NodeSettings()
    try:
        finished = import_catalogue(
            runtime.catalogue,
            runtime.stock,
            records=mapped(_of_the_domain(read(stream, name)), settings),
            seq=message.seq,
            journal=journal,
            take_orders=lambda answers: take_answers(
                runtime.orders,
                runtime.partners,
                runtime.waiting_orders,
                runtime.queues,
                runtime.clock,
                answers=answers,
                journal=journal,
                node=message.node,
            ),
            go_on=lambda: work.remaining_ms() > RESERVE_MS,
            take_parties=lambda parties: take_parties(runtime.partners, parties=parties, journal=journal),
            contested=runtime.exchange.contested(message.seq),
            rrp=settings.price_types.get(settings.rrp_price_type, settings.rrp_price_type),
            on_new=Proposer(runtime.index, runtime.catalogue, runtime.proposals, runtime.clock, message.run),
        )
    except Refused:
        _spread(runtime, message, journal)
        raise
    if finished:
        _spread(runtime, message, journal)
    return finished


def _of_the_domain(records: Iterator[object]) -> Iterator[object]:
    """Владелец is our company."""
    from chalicelib.formats.commerceml import Seller

    for record in records:
        yield record.company if isinstance(record, Seller) else record


def _spread(runtime: Runtime, message: FileMessage, journal: Journal) -> None:
    spread_news(runtime.catalogue, runtime.queues, runtime.clock, journal=journal, seq=message.seq)
