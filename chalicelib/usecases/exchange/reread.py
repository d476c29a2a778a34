"""Neighbours asked for what they have: page by page through the queue, or one object that has just changed.

A round is a run of the exchange journal, each page of it a file. What a round reads is given to the same use cases that take
it when it is sent, and carries the run's number: a late page never overwrites what came after it.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from datetime import datetime, timedelta
from typing import Any

from chalicelib.domain.documents import ERP as ERP_ORIGIN
from chalicelib.domain.documents import Document
from chalicelib.domain.errors import Refused, Unavailable
from chalicelib.domain.exchange.exchange import ExchangeRun, FileState, Problem, Tally
from chalicelib.domain.orders.orders import ErpLine, ErpOrder, OrderLine, full_name
from chalicelib.domain.partners.partners import PartnerScope, SupplierScope
from chalicelib.usecases.exchange.import_journal import Journal
from chalicelib.usecases.exchange.import_records import Taken
from chalicelib.usecases.orders.answer_order import ERP
from chalicelib.usecases.orders.deliver_orders import wait_before
from chalicelib.usecases.ports.clock import Clock
from chalicelib.usecases.ports.documents import DocumentStore, LinkedDocument
from chalicelib.usecases.ports.exchange import ExchangeStore
from chalicelib.usecases.ports.files import Queues
from chalicelib.usecases.ports.neighbours import Gone, Neighbour, RereadPage
from chalicelib.usecases.ports.orders import OrderStore
from chalicelib.usecases.ports.partners import PartnerRecord, PartnerStore

OVERLAP = timedelta(minutes=30)
"""How far back a round between two nights reads: three times its period, so that a border loses nothing (and a late clock)."""
ATTEMPTS = 6

Apply = Callable[[Sequence[object], Journal, int], None]
"""Saves records of a page under the number of its run, and counts them."""


@dataclass(frozen=True, slots=True)
class PageMessage:
    """What the queue says: read a page of a kind. `since` is an instant in ISO 8601, "" for all."""

    system: str
    kind: str
    run: str
    seq: int
    after: str = ""
    since: str = ""
    page: int = 1
    attempt: int = 1

    @property
    def file(self) -> str:
        return f"{self.kind}/{self.page:04d}"


def begin_round(
    neighbour: Neighbour, exchange: ExchangeStore, queues: Queues, clock: Clock, *, system: str, since: datetime | None
) -> ExchangeRun:
    """Queue the first page of every kind."""
    run, seq = exchange.open_run(neighbour.node, "reread", clock()), exchange.next_seq()
    for kind in neighbour.kinds:
        message = PageMessage(system, kind, run.id, seq, since=since.isoformat() if since else "")
        _expect(exchange, message)
        _send(queues, message)
    return run


def read_page(
    neighbour: Neighbour, exchange: ExchangeStore, queues: Queues, clock: Clock, *, message: PageMessage, apply: Apply
) -> None:
    """Read a page, have it saved and the next one queued. Safe to repeat. Raises Unavailable after the last attempt."""
    _expect(exchange, message)
    exchange.start_file(message.run, message.file, clock())
    since = datetime.fromisoformat(message.since) if message.since else None
    try:
        page = neighbour.page(message.kind, message.after, since)
    except Unavailable as unavailable:
        _later(exchange, queues, clock, message, unavailable)
        return
    except Refused as refused:
        exchange.finish_file(message.run, message.file, {}, (), str(refused), clock())
        return
    if not page.in_order:
        _next(exchange, queues, message, page)
    journal = Journal()
    apply(page.records, journal, message.seq)
    for problem in page.problems:
        journal.report(problem)
    kept = (journal.tallies, journal.problems, "", clock(), journal.problem_count)
    exchange.finish_file(message.run, message.file, *kept)
    if page.in_order:
        _next(exchange, queues, message, page)


def _expect(exchange: ExchangeStore, message: PageMessage) -> None:
    """The page stands in the journal before it is read; a repeat leaves it as it is."""
    if exchange.file(message.run, message.file) is None:
        exchange.next_chunk(message.run, message.file, 0)
    exchange.queue_file(message.run, message.file)


def _next(exchange: ExchangeStore, queues: Queues, message: PageMessage, page: RereadPage) -> None:
    if page.next:
        following = replace(message, after=page.next, page=message.page + 1, attempt=1)
        known = exchange.file(message.run, following.file)
        if known is None or known.state is not FileState.DONE:
            _expect(exchange, following)
            _send(queues, following)


def _send(queues: Queues, message: PageMessage, delay: int = 0) -> None:
    queues.send("rereads", asdict(message), delay=delay)


def _later(exchange: ExchangeStore, queues: Queues, clock: Clock, message: PageMessage, error: Unavailable) -> None:
    """Tried again for some minutes; the next round, at the latest that of the night, reads what this one could not."""
    if message.attempt >= ATTEMPTS:
        exchange.finish_file(message.run, message.file, {}, (), str(error), clock())
        raise error
    _send(queues, replace(message, attempt=message.attempt + 1), delay=wait_before(message.attempt + 1))


def read_one(
    neighbour: Neighbour, exchange: ExchangeStore, queues: Queues, *, message: Mapping[str, Any], apply: Apply
) -> Journal:
    """Read the object that an event told of, {"system", "kind", "id"}, and have it saved. Raises Unavailable after the last try.

    The run that numbers it is not in the journal: there may be thousands a day.
    """
    attempt = int(message.get("attempt", 1))
    try:
        page = neighbour.one(message["kind"], message["id"])
    except Unavailable:
        if attempt >= ATTEMPTS:
            raise
        queues.send("rereads", {**message, "attempt": attempt + 1}, delay=wait_before(attempt + 1))
        return Journal()
    journal = Journal()
    apply(page.records, journal, exchange.next_seq())
    for problem in page.problems:
        journal.report(problem)
    return journal


# --- saving -----------------------------------------------------------------------------------------------------------


def save_partners(records: Iterable[PartnerRecord], journal: Journal, save: Callable[[PartnerRecord], Taken]) -> None:
    """Each on its own: one that is refused does not stop the others."""
    for record in records:
        try:
            taken = save(record)
        except Refused as refused:
            params = tuple((name, str(value)) for name, value in refused.params.items())
            journal.refuse(Problem("partners", record.partner.id, record.partner.name, refused.message, params))
            continue
        written = taken.outcome == "written"
        journal.add("partners", Tally(1, int(written), int(not written)))
        for problem in taken.problems:
            journal.report(problem)


def save_answers(answers: Iterable[object], journal: Journal, take: Callable[[ErpOrder], Sequence[Problem]]) -> None:
    """Answers to orders, each on its own. Safe to repeat: an echo changes nothing."""
    for answer in answers:
        if not isinstance(answer, ErpOrder):
            continue
        try:
            problems = take(answer)
        except Refused as refused:
            params = tuple((name, str(value)) for name, value in refused.params.items())
            journal.refuse(Problem("order", answer.number, answer.erp_number, refused.message, params))
            continue
        journal.add("orders", Tally(read=1, written=1))
        for problem in problems:
            journal.report(problem)


def save_links(documents: DocumentStore, orders: OrderStore, links: Iterable[LinkedDocument], journal: Journal) -> None:
    """Documents that stay where they are: people get there by a link. A link of an order we do not have is refused."""
    for link in links:
        try:
            written = _save_link(documents, orders, link)
        except Refused as refused:
            params = tuple((name, str(value)) for name, value in refused.params.items())
            journal.refuse(Problem("documents", link.id, link.title, refused.message, params))
            continue
        journal.add("documents", Tally(1, int(written), int(not written)))


def _save_link(documents: DocumentStore, orders: OrderStore, link: LinkedDocument) -> bool:
    order, before = orders.read(SupplierScope(ERP), link.order_number), documents.current(link.id)
    if before is not None and (before.revision > link.revision or (before.revision, before.key) == (link.revision, link.url)):
        return False
    document = Document(
        id=link.id,
        partner_id=order.partner_id,
        kind=link.kind,
        number=link.number,
        issued_at=link.issued_at,
        amount=0,
        currency=order.currency,
        order_number=order.number,
        counterparty_name="",
        key=link.url,
        revision=link.revision,
        origin=ERP_ORIGIN,
        title=link.title,
    )
    return documents.publish(document, before)


def with_our_items(orders: OrderStore, answer: ErpOrder) -> ErpOrder:
    """Lines whose item the other side does not have come back as texts: they are known by the names we sent."""
    order = orders.read(SupplierScope(ERP), answer.number)
    ids = {line.item_id for line in order.lines}
    names = {name: line.item_id for line in order.lines for name in (line.name, full_name(line.name, line.sku))}
    lines = (line if line.item_id in ids else replace(line, item_id=names.get(line.name, line.item_id)) for line in answer.lines)
    return replace(answer, lines=tuple(lines))


def gone_partner(partners: PartnerStore, clock: Clock, gone: Gone) -> PartnerRecord | None:
    """The partner as it is kept, shut out; None where there is none. Nothing is deleted: orders speak of it."""
    account = partners.account(PartnerScope(gone.id))
    if account is None:
        return None
    revision = max(account.partner.revision + 1, int(clock().timestamp() * 1000))
    partner = replace(account.partner, portal_access=False, revision=revision)
    return PartnerRecord(partner, (), None, None, None, account.manager)


def gone_order(orders: OrderStore, gone: Gone) -> ErpOrder | None:
    """The order as it stands, with the mark that its document is deleted; None where the document was of no order of ours."""
    number = orders.of_erp(gone.id)
    if number is None:
        return None
    order = orders.read(SupplierScope(ERP), number)
    lines = tuple(_erp_line(line) for line in order.lines if line.quantity)
    return ErpOrder(number, gone.id, lines, order.erp_number, deleted=True, comment=order.erp_comment)


def _erp_line(line: OrderLine) -> ErpLine:
    return ErpLine(
        item_id=line.item_id,
        name=line.name,
        quantity=line.quantity,
        price=line.price,
        amount=line.amount,
        sku=line.sku,
        unit=line.unit,
        vat_rate=line.vat_rate,
        vat_amount=line.vat_amount,
    )
