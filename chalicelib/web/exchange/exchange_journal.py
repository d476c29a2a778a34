"""Монитор обмена: как идёт каждый поток, что прислала 1С и что стало с каждой строкой."""

from io import BytesIO
from typing import Any

from chalice import Blueprint

from chalicelib.domain.exchange.exchange import ExchangeRun
from chalicelib.texts import _
from chalicelib.usecases.exchange import exchange_actions, exchange_journal, exchange_overview
from chalicelib.usecases.exchange.exchange_actions import ActionLog
from chalicelib.usecases.exchange.exchange_journal import RunFilter
from chalicelib.web import forms
from chalicelib.web.answer import Answer
from chalicelib.web.exchange import exchange_names
from chalicelib.web.http import get
from chalicelib.web.labels import problem_text
from chalicelib.web.request import Values
from chalicelib.web.visit import Visit

routes = Blueprint(__name__)


@get(routes, "/exchange-journal", needs="exchange.view")
def monitor(visit: Visit) -> Answer:
    now, visitor = visit.runtime, visit.visitor
    stores = (now.monitor, now.outbox, now.queue_watch, now.proposals, now.clock)
    overview = exchange_overview.overview(*stores, visitor=visitor)
    values: dict[str, Any] = {"overview": overview, "names": exchange_names}
    if visit.request.wants_piece:
        return visit.page("exchange_journal/flows.html", **values)
    asked = read_filter(visit.request.query)
    page = exchange_journal.run_page(now.exchange, visitor=visitor, asked=asked, day_of=forms.today)
    actions = exchange_journal.recent_actions(now.audit, now.clock, visitor=visitor)
    return visit.page("exchange_journal/monitor.html", **values, asked=asked, page=page, actions=actions)


def read_filter(query: Values) -> RunFilter:
    """Whatever stands in the address is made sane."""
    flow, state, before = query.get("flow"), query.get("state"), query.get("before")
    return RunFilter(
        flow=flow if flow in exchange_names.FLOW else "",
        node=query.get("node")[:100],
        state=state if state in exchange_names.RUN_STATE else "",
        since=forms.day(query.get("since"), "since"),
        until=forms.day(query.get("until"), "until"),
        before=before if before.isascii() and before.isdigit() and len(before) < 12 else "",
    )


@get(routes, "/exchange-journal/{run_id}", needs="exchange.view")
def run(visit: Visit, run_id: str) -> Answer:
    now = visit.runtime
    found = exchange_journal.one_run(now.exchange, visitor=visit.visitor, run_id=run_id)
    view = exchange_journal.run_view(found, now.clock())
    may_act = exchange_actions.MAY in visit.visitor.permissions
    values: dict[str, Any] = {"run": found, "view": view, "names": exchange_names, "may_act": may_act}
    return visit.page("exchange_journal/run.html", piece="exchange_journal/files.html", **values)


@get(routes, "/exchange-journal/{run_id}/problems", needs="exchange.view")
def problems(visit: Visit, run_id: str) -> Answer:
    from chalicelib.formats.spreadsheets import CSV_TYPE, write_csv

    found = exchange_journal.one_run(visit.runtime.exchange, visitor=visit.visitor, run_id=run_id)
    head = (_("Файл"), _("Что"), _("Ид"), _("Наименование"), _("Причина"))
    headers = {"Content-Disposition": f'attachment; filename="exchange-{found.id}.csv"'}
    sheet = BytesIO()
    write_csv(sheet, head, _rows(found))
    return Answer(sheet.getvalue(), content_type=CSV_TYPE, headers=headers)


def _rows(run: ExchangeRun) -> list[tuple[str, ...]]:
    rows: list[tuple[str, ...]] = []
    for file in run.files:
        if file.error:
            rows.append((file.name, _("Файл"), "", file.name, _(file.error)))
        for one in file.problems:
            kind = exchange_names.name(exchange_names.OBJECT, one.kind)
            rows.append((file.name, kind, one.id, one.name, problem_text(one)))
    return rows


@get(routes, "/exchange-journal/{run_id}/payload", needs=exchange_actions.MAY)
def payload(visit: Visit, run_id: str) -> Answer:
    """What 1C sent: the bytes never pass through us. Whoever took it stands in the audit."""
    now, query = visit.runtime, visit.request.query
    link = exchange_actions.payload_link(
        now.exchange,
        now.files,
        ActionLog(now.audit, now.clock, visit.visitor),
        run_id=run_id,
        name=query.get("file"),
        part=forms.whole(query.get("part")),
    )
    return visit.leave(link)
