"""Queue "rereads", by what the message has beside its system:

{"kind", "run", "seq", "after", "since", "page"}   a page of a round (the fields of `PageMessage`)
{"kind", "id"}                                     an object that an event told of
"""

from collections.abc import Collection, Sequence
from functools import partial

from chalice import Blueprint

from chalicelib.domain.errors import Unavailable
from chalicelib.domain.exchange.exchange import Problem, Tally
from chalicelib.domain.orders.orders import ErpOrder
from chalicelib.domain.partners.partners import PartnerScope
from chalicelib.log import logger
from chalicelib.runtime import Runtime
from chalicelib.usecases.catalogue.import_catalogue import import_catalogue, spread_news
from chalicelib.usecases.exchange.import_journal import Journal
from chalicelib.usecases.exchange.import_records import Taken
from chalicelib.usecases.exchange.reconcile import repair_prices, repaired, repaired_addresses
from chalicelib.usecases.exchange.reread import (
    PageMessage,
    gone_order,
    gone_partner,
    read_one,
    read_page,
    save_answers,
    save_links,
    save_partners,
    with_our_items,
)
from chalicelib.usecases.orders.answer_order import take_answer
from chalicelib.usecases.partners.import_partners import save_partner
from chalicelib.usecases.ports.documents import LinkedDocument
from chalicelib.usecases.ports.neighbours import Gone, PriceColumn, ToldPartner
from chalicelib.usecases.ports.partners import PartnerRecord
from chalicelib.workers.worker import Work, queue_worker

routes = Blueprint(__name__)


@queue_worker(routes, "rereads")
def rereads(rt: Runtime, work: Work) -> None:
    """A neighbour that stays away is no reason to try the message for ever: the next round asks again."""
    message = work.message
    neighbour = rt.neighbours.get(message["system"])
    if neighbour is None:
        logger.info("%s is not in the settings any more", message["system"])
        return
    stores = (neighbour, rt.exchange, rt.queues)
    apply = partial(save, rt)
    try:
        if "id" in message:
            _told(read_one(*stores, message=message, apply=apply))
        else:
            read_page(*stores, rt.clock, message=PageMessage(**message), apply=apply)
    except Unavailable as unavailable:
        logger.warning("%s: %s", neighbour.node, unavailable)


def _told(journal: Journal) -> None:
    """An event has no page in the journal of the exchange."""
    for problem in journal.problems:
        logger.warning("event: %s %s: %s", problem.kind, problem.id, problem.reason % dict(problem.params))


def save(rt: Runtime, records: Sequence[object], journal: Journal, seq: int) -> None:
    """Partners as from `/exchange/v1`; all else as from a file of the exchange."""
    columns = rt.catalogue.classifier().price_types if any(isinstance(record, ToldPartner) for record in records) else ()
    known = [_known(rt, record, journal, columns) for record in records if not isinstance(record, PriceColumn)]
    partners = [record for record in known if isinstance(record, PartnerRecord)]
    save_partners(partners, journal, partial(_save_partner, rt))
    for column in records:
        if isinstance(column, PriceColumn):
            repair_prices(rt.catalogue, rt.offers, column=column, seq=seq, journal=journal)
    links = [record for record in known if isinstance(record, LinkedDocument)]
    save_links(rt.documents, rt.orders, links, journal)
    others = [record for record in known if record is not None and not isinstance(record, PartnerRecord | LinkedDocument)]
    import_catalogue(
        rt.catalogue,
        rt.stock,
        records=others,
        seq=seq,
        journal=journal,
        take_orders=lambda answers: save_answers(answers, journal, partial(_take, rt)),
    )
    spread_news(rt.catalogue, rt.queues, rt.clock, journal=journal, seq=seq)


def _known(rt: Runtime, record: object, journal: Journal, columns: Collection[str]) -> object | None:
    """As a record that can be saved; None for what says nothing new."""
    match record:
        case Gone(kind="partners"):
            return gone_partner(rt.partners, rt.clock, record)
        case Gone():
            return gone_order(rt.orders, record)
        case ToldPartner():
            _put_addresses_right(rt, record, journal)
            repair = repaired(rt.partners, record, columns)
            journal.add("partners", Tally(int(repair is None), unchanged=int(repair is None)))
            return repair
    return record


def _put_addresses_right(rt: Runtime, told: ToldPartner, journal: Journal) -> None:
    if told.addresses:
        outcomes = rt.delivery_addresses.save(repaired_addresses(rt.partners.addresses(PartnerScope(told.id)), told))
        written = outcomes.count("written")
        journal.add("delivery_addresses", Tally(len(told.addresses), written, len(told.addresses) - written))


def _save_partner(rt: Runtime, record: PartnerRecord) -> Taken:
    stores = (rt.partners, rt.users, rt.outbox, rt.queues, rt.clock)
    return save_partner(*stores, record=record, public_url=rt.settings.public_url)


def _take(rt: Runtime, answer: ErpOrder) -> Sequence[Problem]:
    return take_answer(rt.orders, rt.queues, rt.clock, answer=with_our_items(rt.orders, answer))
