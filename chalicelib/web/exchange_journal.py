"""Журнал обмена: что прислала 1С, что стало с каждой строкой и что не принято."""

from chalice import Blueprint

from chalicelib.usecases import exchange_journal
from chalicelib.web.answer import Answer
from chalicelib.web.http import get
from chalicelib.web.visit import Visit

routes = Blueprint(__name__)


@get(routes, "/exchange-journal", needs="exchange.view")
def runs(visit: Visit) -> Answer:
    return visit.page(
        "exchange_journal/runs.html", runs=exchange_journal.last_runs(visit.runtime.exchange, visitor=visit.visitor)
    )


@get(routes, "/exchange-journal/{run_id}", needs="exchange.view")
def run(visit: Visit, run_id: str) -> Answer:
    found = exchange_journal.one_run(visit.runtime.exchange, visitor=visit.visitor, run_id=run_id)
    return visit.page("exchange_journal/run.html", piece="exchange_journal/files.html", run=found)
