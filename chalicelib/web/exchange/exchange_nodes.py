"""Узлы обмена: чем одна 1С отличается от другой — кодировка ответов, виды цен, состояния, склады, реквизиты."""

from chalice import Blueprint

from chalicelib.domain.errors import Refused
from chalicelib.domain.exchange.node_settings import ENCODINGS, SKIPPED
from chalicelib.domain.orders.orders import Approval, Fulfilment
from chalicelib.usecases.exchange import exchange_nodes
from chalicelib.usecases.exchange.exchange_nodes import NodeForm
from chalicelib.web import forms
from chalicelib.web.answer import Answer
from chalicelib.web.exchange.exchange_actions import MAY, log_of
from chalicelib.web.http import get, post
from chalicelib.web.visit import Visit

routes = Blueprint(__name__)
EMPTY_ROWS = 3
"""Rows of a table of settings that wait to be filled."""


@get(routes, "/exchange-nodes", needs="exchange.view")
def nodes(visit: Visit) -> Answer:
    """`state`: an order state of 1C's that is to be mapped; where there is one node, its settings open at once."""
    found = exchange_nodes.all_nodes(visit.runtime.exchange, visitor=visit.visitor)
    state = visit.request.query.get("state")[:100]
    if state and len(found) == 1 and MAY in visit.visitor.permissions:
        return visit.go(f"/exchange-nodes/{found[0].login}", state=state)
    return visit.page("exchange_nodes/nodes.html", nodes=found, state=state)


@get(routes, "/exchange-nodes/{login}", needs=MAY)
def node(visit: Visit, login: str) -> Answer:
    return _draw(visit, login, None)


def _draw(visit: Visit, login: str, refused: Refused | None) -> Answer:
    now = visit.runtime
    found, classifier = exchange_nodes.one_node(now.exchange, now.catalogue, visitor=visit.visitor, login=login)
    settings = found.settings
    names = {id: one.name for id, one in classifier.warehouses.items()}
    return visit.page(
        "exchange_nodes/node.html",
        node=found,
        settings=settings,
        encodings=ENCODINGS,
        skipped=SKIPPED,
        price_types=sorted(classifier.price_types.values(), key=lambda one: one.name),
        warehouses=sorted((names | {id: names.get(id, id) for id in settings.warehouses}).items(), key=lambda pair: pair[1]),
        states=[(name, *axes.split("/")) for name, axes in settings.states.items()] + _asked(visit) + [("", "", "")] * EMPTY_ROWS,
        requisites=[*settings.requisites.items()] + [("", "")] * EMPTY_ROWS,
        own_price_types=[*settings.price_types.items()] + [("", "")] * EMPTY_ROWS,
        approvals=tuple(Approval),
        fulfilments=tuple(Fulfilment),
        fields=exchange_nodes.FIELDS,
        **forms.problems(refused),
    )


def _asked(visit: Visit) -> list[tuple[str, str, str]]:
    """A row for the state that the monitor has complained of, to be filled."""
    state = visit.request.query.get("state")[:100]
    return [(state, "", "")] if state else []


def _draw_again(visit: Visit, refused: Refused) -> Answer:
    return _draw(visit, visit.request.params["login"], refused)


@post(routes, "/exchange-nodes/{login}", needs=MAY, redraw=_draw_again)
def save(visit: Visit, login: str) -> Answer:
    exchange_nodes.save_node(visit.runtime.exchange, log_of(visit), login=login, form=_read(visit))
    return visit.go(f"/exchange-nodes/{login}", "node-saved")


def _read(visit: Visit) -> NodeForm:
    form = visit.request.form
    loaded = set(form.all("warehouse_loaded"))
    return NodeForm(
        name=form.get("name"),
        reply_encoding=form.get("reply_encoding"),
        zip_allowed=bool(form.get("zip_allowed")),
        sessid=bool(form.get("sessid")),
        query_acknowledges=bool(form.get("query_acknowledges")),
        shipped_completes=bool(form.get("shipped_completes")),
        file_limit=forms.whole(form.get("file_limit")) * 1000,
        rrp_price_type=form.get("rrp_price_type"),
        price_types=tuple(zip(form.all("price_type"), form.all("price_type_ours"), strict=False)),
        states=tuple(zip(form.all("state"), form.all("state_approval"), form.all("state_fulfilment"), strict=False)),
        warehouses=tuple(
            (id, name.strip(), id in loaded) for id, name in zip(form.all("warehouse"), form.all("warehouse_name"), strict=False)
        ),
        requisites=tuple(
            (name, other or field)
            for name, field, other in zip(
                form.all("requisite"), form.all("requisite_field"), form.all("requisite_name"), strict=False
            )
        ),
    )
