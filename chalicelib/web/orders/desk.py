"""Стол менеджера: заказы всех дилеров по тому, что с ними делать; решение по заказу и переписка о нём."""

from chalice import Blueprint

from chalicelib.domain.errors import InvalidInput
from chalicelib.domain.orders.moderation import Decision
from chalicelib.usecases.orders import moderate_order
from chalicelib.usecases.orders.change_order import decide_request
from chalicelib.usecases.orders.converse import write_message
from chalicelib.web import forms
from chalicelib.web.answer import Answer
from chalicelib.web.http import get, post
from chalicelib.web.visit import Visit

routes = Blueprint(__name__)


@get(routes, "/desk", needs="order.moderate")
def desk(visit: Visit) -> Answer:
    asked = visit.request.query
    found = moderate_order.desk(
        visit.runtime.order_lists,
        visit.runtime.partners,
        visit.runtime.clock,
        visitor=visit.visitor,
        lane=asked.get("lane"),
        after=asked.get("after") or None,
    )
    return visit.page("orders/desk.html", piece="orders/desk_results.html", desk=found, lanes=moderate_order.LANES)


@post(routes, "/orders/{number}/moderate", needs="order.moderate")
def moderate(visit: Visit, number: str) -> Answer:
    stores, form = visit.runtime, visit.request.form
    if form.get("decision") not in list(Decision):
        raise InvalidInput("Выберите решение по заказу")
    moderate_order.moderate(
        stores.orders,
        stores.queues,
        stores.clock,
        visitor=visit.visitor,
        number=number,
        decision=Decision(form.get("decision")),
        revision=forms.whole(form.get("revision")),
        comment=form.get("comment"),
        pushes=stores.pushes,
    )
    return visit.go(f"/orders/{number}", "moderated")


@post(routes, "/orders/{number}/request", needs="order.moderate")
def decide(visit: Visit, number: str) -> Answer:
    stores, form = visit.runtime, visit.request.form
    if form.get("decision") not in ("grant", "refuse"):
        raise InvalidInput("Выберите решение по запросу")
    decide_request(
        stores.orders,
        stores.queues,
        stores.clock,
        visitor=visit.visitor,
        number=number,
        revision=forms.whole(form.get("revision")),
        grant=form.get("decision") == "grant",
        comment=form.get("comment"),
        pushes=stores.pushes,
    )
    return visit.go(f"/orders/{number}", "request-decided")


@post(routes, "/orders/{number}/messages", needs="message.write")
def message(visit: Visit, number: str) -> Answer:
    stores, form = visit.runtime, visit.request.form
    write_message(
        stores.orders,
        stores.conversations,
        stores.queues,
        stores.clock,
        visitor=visit.visitor,
        number=number,
        text=form.get("text"),
        internal=bool(form.get("internal")),
    )
    return visit.go(f"/orders/{number}", "message_sent")
