"""Заказ: статусы, ответ поставщика по строкам, документы, история."""

from datetime import datetime, timedelta
from decimal import Decimal

from chalice import Blueprint

from chalicelib.domain.errors import InvalidInput
from chalicelib.domain.orders.orders import Approval
from chalicelib.usecases.orders import show_orders as orders
from chalicelib.usecases.orders.answer_order import confirm_changes, decline_changes
from chalicelib.usecases.orders.change_order import cancel_order, withdraw_request
from chalicelib.usecases.orders.order_progress import mark_all
from chalicelib.web import forms
from chalicelib.web.answer import Answer
from chalicelib.web.http import get, post
from chalicelib.web.visit import Visit

routes = Blueprint(__name__)
PATIENCE = timedelta(minutes=10)


@get(routes, "/orders/{number}")
def order(visit: Visit, number: str) -> Answer:
    """`placed`: shown right after placing."""
    return _page(visit, number)


def _page(visit: Visit, number: str, wrong: InvalidInput | None = None) -> Answer:
    """`wrong`: what is amiss with the dealer's marks he has just sent."""
    stores = visit.runtime
    view = orders.order_page(stores.orders, stores.documents, stores.conversations, visitor=visit.visitor, number=number)
    values = {
        "view": view,
        "placed": visit.request.query.get("placed") == "1",
        "live": on_its_way(view, visit.runtime.clock()),
        "filled": visit.request.form if wrong else None,
    }
    found = forms.problems(wrong)
    return visit.page("orders/order.html", piece="orders/body.html", status=422 if wrong else 200, **values, **found)


def on_its_way(view: orders.OrderView, now: datetime) -> bool:
    """Is something about to change: 1C takes a new order, the invoice is being made. After a while nobody waits any more."""
    last = max((event.at for event in view.events), default=view.order.placed_at)
    return now - last < PATIENCE and (view.awaits_invoice or view.order.approval is Approval.SUBMITTED)


@post(routes, "/orders/{number}/confirm", needs="order.confirm")
def confirm(visit: Visit, number: str) -> Answer:
    stores = visit.runtime
    revision = forms.whole(visit.request.form.get("revision"))
    confirm_changes(
        stores.orders,
        stores.queues,
        stores.clock,
        visitor=visit.visitor,
        number=number,
        revision=revision,
        pushes=stores.pushes,
    )
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
        pushes=visit.runtime.pushes,
    )
    return visit.go(f"/orders/{number}", "declined")


@post(routes, "/orders/{number}/cancel", needs="order.cancel")
def cancel(visit: Visit, number: str) -> Answer:
    form, stores = visit.request.form, visit.runtime
    done = cancel_order(
        stores.orders,
        stores.clock,
        visitor=visit.visitor,
        number=number,
        revision=forms.whole(form.get("revision")),
        words=form.get("words"),
        pushes=stores.pushes,
    )
    return visit.go(f"/orders/{number}", "cancelled" if done else "cancel-asked")


@post(routes, "/orders/{number}/request/withdraw", needs="order.edit")
def withdraw(visit: Visit, number: str) -> Answer:
    revision = forms.whole(visit.request.form.get("revision"))
    withdraw_request(visit.runtime.orders, visit.runtime.clock, visitor=visit.visitor, number=number, revision=revision)
    return visit.go(f"/orders/{number}", "request-withdrawn")


@post(routes, "/orders/{number}/own", needs="order.view")
def own(visit: Visit, number: str) -> Answer:
    try:
        _mark(visit, number)
    except InvalidInput as wrong:
        return _page(visit, number, wrong)
    return visit.go(f"/orders/{number}", "marked")


def _mark(visit: Visit, number: str) -> None:
    """Raises InvalidInput."""
    stores, form = visit.runtime, visit.request.form
    shown = orders.own_marks(stores.orders.read(visit.visitor.partner_scope, number))
    sent = set(form.names())

    def figure(name: str, mark: orders.OwnMark) -> Decimal:
        return forms.quantity(form.get(f"{name}_{mark.line.number}"))

    marks = {
        mark.line.item_id: (figure("at_dealer", mark), figure("sold", mark))
        for mark in shown
        if f"at_dealer_{mark.line.number}" in sent
    }
    mark_all(stores.orders, stores.clock, visitor=visit.visitor, number=number, marks=marks)
