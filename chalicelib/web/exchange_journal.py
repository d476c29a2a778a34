"""Журнал обмена: что прислала 1С, что стало с каждой строкой и что не принято."""

from chalice import Blueprint

from chalicelib.domain.errors import NotFound
from chalicelib.web.answer import Answer
from chalicelib.web.http import get
from chalicelib.web.visit import Visit

routes = Blueprint(__name__)


@get(routes, "/exchange-journal", needs="exchange.view")
def runs(visit: Visit) -> Answer:
    return visit.page("exchange_journal/runs.html", runs=visit.runtime.exchange.runs())


@get(routes, "/exchange-journal/{run_id}", needs="exchange.view")
def run(visit: Visit, run_id: str) -> Answer:
    found = visit.runtime.exchange.run(run_id)
    if found is None:
        raise NotFound("Такого сеанса обмена нет")
    return visit.page("exchange_journal/run.html", piece="exchange_journal/files.html", run=found)
