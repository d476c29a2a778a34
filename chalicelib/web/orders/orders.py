"""Заказ: статусы, ответ поставщика по строкам, документы, история."""

from datetime import datetime, timedelta
from decimal import Decimal

from chalice import Blueprint

from chalicelib.domain.errors import Conflict, InvalidInput, Refused
from chalicelib.domain.orders.order_list import OrderGroup, group_of
from chalicelib.domain.orders.orders import Approval
from chalicelib.usecases.orders import show_orders as orders
from chalicelib.usecases.orders.answer_order import confirm_changes, decline_changes
from chalicelib.usecases.orders.change_order import answer_lines, cancel_order, withdraw_request
from chalicelib.usecases.orders.edit_order import Edit, PricesRose, edit_order, edit_view
from chalicelib.usecases.orders.order_progress import ask_shipment, mark_all
from chalicelib.web import forms
from chalicelib.web.answer import Answer
from chalicelib.web.http import get, post
from chalicelib.web.visit import Visit

routes = Blueprint(__name__)
PATIENCE = timedelta(minutes=10)
ABOUT_TO_BE_ANSWERED = (Approval.SUBMITTED, Approval.ON_MODERATION)


@get(routes, "/orders/{number}")
def order(visit: Visit, number: str) -> Answer:
    """`placed`: shown right after placing. `state`: what the page shows already; while it is the same it stays as it is."""
    return _page(visit, number)


def _page(visit: Visit, number: str, wrong: InvalidInput | None = None) -> Answer:
    """`wrong`: what is amiss with the dealer's marks he has just sent."""
    stores = visit.runtime
    view = orders.order_page(stores.orders, stores.documents, stores.conversations, visitor=visit.visitor, number=number)
    if visit.request.wants_piece and visit.request.query.get("state") == view.state:
        return Answer(status=204)
    values = {
        "view": view,
        "placed": visit.request.query.get("placed") == "1",
        "pause": pause(view, visit.runtime.clock()),
        "filled": visit.request.form if wrong else None,
    }
    found = forms.problems(wrong)
    return visit.page("orders/order.html", piece="orders/body.html", status=422 if wrong else 200, **values, **found)


def pause(view: orders.OrderView, now: datetime) -> int:
    """Seconds until the page asks for what is new, 0 for never again.

    Few while 1C is about to answer or an invoice is made, but nobody waits for ever; more while the order is alive at all.
    """
    last = max((event.at for event in view.events), default=view.order.placed_at)
    if now - last < PATIENCE and (view.awaits_invoice or view.order.approval in ABOUT_TO_BE_ANSWERED):
        return 3
    return 30 if group_of(view.order) in (OrderGroup.ATTENTION, OrderGroup.WORKING) else 0


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


@post(routes, "/orders/{number}/answer", needs="order.confirm")
def answer_by_line(visit: Visit, number: str) -> Answer:
    form, stores = visit.request.form, visit.runtime
    refused = {line: wish for line, wish in _figures(visit, "wish_").items() if form.get(f"agree_{line}") == "no"}
    answer_lines(
        stores.orders,
        stores.clock,
        visitor=visit.visitor,
        number=number,
        revision=forms.whole(form.get("revision")),
        against=refused,
        words=form.get("words"),
        pushes=stores.pushes,
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


@get(routes, "/orders/{number}/edit", needs="order.edit")
def editing(visit: Visit, number: str) -> Answer:
    return _edit_page(visit, number)


def _edit_page(visit: Visit, number: str, wrong: Refused | None = None) -> Answer:
    """`wrong`: why what was sent has changed nothing; the fields keep it, beside the order as it is now."""
    view = edit_view(visit.runtime.orders, visit.runtime.partners, visitor=visit.visitor, number=number)
    status = 200 if wrong is None else 409 if isinstance(wrong, Conflict) else 422
    filled = visit.request.form if wrong else None
    rose = wrong.prices if isinstance(wrong, PricesRose) else {}
    return visit.page("orders/edit.html", status=status, view=view, filled=filled, rose=rose, **forms.problems(wrong))


@post(routes, "/orders/{number}/edit", needs="order.edit")
def edit(visit: Visit, number: str) -> Answer:
    stores = visit.runtime
    try:
        done = edit_order(
            stores.index,
            stores.offers,
            stores.partners,
            stores.orders,
            stores.credit_limits,
            stores.clock,
            visitor=visit.visitor,
            number=number,
            edit=_edit(visit),
            pushes=stores.pushes,
        )
    except (InvalidInput, Conflict) as wrong:
        return _edit_page(visit, number, wrong)
    return visit.go(f"/orders/{number}", "order-changed" if done else "change-asked")


def _edit(visit: Visit) -> Edit:
    """Raises InvalidInput."""
    form = visit.request.form
    return Edit(
        revision=forms.whole(form.get("revision")),
        quantities=_figures(visit, "quantity_"),
        desired_date=forms.day(form.get("desired_date"), "desired_date"),
        address_id=form.get("address_id"),
        comment=form.get("comment"),
        words=form.get("words"),
        prices=_figures(visit, "price_"),
    )


def _figures(visit: Visit, prefix: str) -> dict[int, Decimal]:
    """By the number of the line that the names of the fields end with."""
    form = visit.request.form
    found = (name for name in form.names() if name.startswith(prefix))
    return {forms.whole(name.removeprefix(prefix)): forms.quantity(form.get(name)) for name in found}


@post(routes, "/orders/{number}/request/withdraw", needs="order.edit")
def withdraw(visit: Visit, number: str) -> Answer:
    revision = forms.whole(visit.request.form.get("revision"))
    withdraw_request(visit.runtime.orders, visit.runtime.clock, visitor=visit.visitor, number=number, revision=revision)
    return visit.go(f"/orders/{number}", "request-withdrawn")


@post(routes, "/orders/{number}/ship", needs="order.edit")
def ship(visit: Visit, number: str) -> Answer:
    stores, sent = visit.runtime, _figures(visit, "ship_")
    lines = stores.orders.read(visit.visitor.partner_scope, number).lines
    wanted = {line.item_id: sent[line.number] for line in lines if line.number in sent}
    ask_shipment(stores.orders, stores.clock, visitor=visit.visitor, number=number, wanted=wanted)
    return visit.go(f"/orders/{number}", "shipment-asked")


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
