"""Предложения объединить карточки: в 1С сменился идентификатор, артикул прежний."""

from chalice import Blueprint

from chalicelib.usecases.exchange import answer_proposals
from chalicelib.web.answer import Answer
from chalicelib.web.exchange.exchange_actions import MAY, log_of
from chalicelib.web.http import get, post
from chalicelib.web.visit import Visit

routes = Blueprint(__name__)
PATH = "/exchange-proposals"


@get(routes, PATH, needs="exchange.view")
def proposals(visit: Visit) -> Answer:
    now = visit.runtime
    before = visit.request.query.get("before")[:300]
    pairs = answer_proposals.open_pairs(now.proposals, now.catalogue, visitor=visit.visitor, before=before)
    return visit.page("exchange_proposals/proposals.html", pairs=pairs, shown=answer_proposals.SHOWN)


@post(routes, "/exchange-proposals/accept", needs=MAY)
def accept(visit: Visit) -> Answer:
    now = visit.runtime
    stores = (now.proposals, now.exchange, now.queues, now.clock, log_of(visit))
    answer_proposals.accept(*stores, proposal_id=visit.request.form.get("proposal"))
    return visit.go(PATH, "proposal-accepted")


@post(routes, "/exchange-proposals/decline", needs=MAY)
def decline(visit: Visit) -> Answer:
    answer_proposals.decline(visit.runtime.proposals, log_of(visit), proposal_id=visit.request.form.get("proposal"))
    return visit.go(PATH, "proposal-declined")
