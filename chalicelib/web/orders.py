"""Заказы и заказ: статусы, ответ поставщика по строкам, документы, история."""

from chalice import Blueprint

from chalicelib.usecases import orders
from chalicelib.usecases.answer_order import confirm_changes, decline_changes
from chalicelib.web import forms
from chalicelib.web.answer import Answer
from chalicelib.web.http import get, post
from chalicelib.web.visit import Visit

routes = Blueprint(__name__)


@get(routes, "/orders", needs="order.view")
def order_list(visit: Visit) -> Answer:
    after = visit.request.query.get("after") or None
    return visit.page("orders/orders.html", page=orders.order_list(visit.runtime.orders, visitor=visit.visitor, after=after))


@get(routes, "/orders/{number}")
def order(visit: Visit, number: str) -> Answer:
    """`placed`: shown right after placing. The piece is what waits for the invoice."""
    view = orders.order_page(visit.runtime.orders, visit.runtime.documents, visitor=visit.visitor, number=number)
    placed = visit.request.query.get("placed") == "1"
    return visit.page("orders/order.html", piece="orders/documents.html", view=view, placed=placed)


@post(routes, "/orders/{number}/confirm", needs="order.confirm")
def confirm(visit: Visit, number: str) -> Answer:
    stores = visit.runtime
    revision = forms.whole(visit.request.form.get("revision"))
    confirm_changes(stores.orders, stores.queues, stores.clock, visitor=visit.visitor, number=number, revision=revision)
    return visit.go(f"/orders/{number}", "confirmed")


@post(routes, "/orders/{number}/decline", needs="order.confirm")
def decline(visit: Visit, number: str) -> Answer:
    form = visit.request.form
    decline_changes(
        visit.runtime.orders,
        visit.runtime.clock,
        visitor=visit.visitor,
        number=number,
        revision=forms.whole(form.get("revision")),
        comment=form.get("comment"),
    )
    return visit.go(f"/orders/{number}", "declined")
