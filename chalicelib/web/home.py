"""Главная, «Начало работы», выбор договора, склада и компании, страница для неизвестных адресов."""

from chalice import Blueprint

from chalicelib.domain.errors import NotFound
from chalicelib.domain.orders.orders import Approval
from chalicelib.web.answer import Answer
from chalicelib.web.http import get, post
from chalicelib.web.visit import Visit

routes = Blueprint(__name__)
LAST_ORDERS = 8


@get(routes, "/")
def home(visit: Visit) -> Answer:
    from chalicelib.usecases.news import unread_important
    from chalicelib.usecases.orders.show_orders import latest_orders

    if visit.visitor.account is None:
        return visit.page("home/staff.html")
    orders = latest_orders(visit.runtime.orders, visitor=visit.visitor).orders
    waiting = [order for order in orders if order.approval is Approval.AWAITING_CLIENT]
    unread = unread_important(visit.runtime.news, visit.runtime.clock, visitor=visit.visitor)
    return visit.page("home/home.html", orders=orders[:LAST_ORDERS], waiting=waiting, unread=unread)


@get(routes, "/start")
def start(visit: Visit) -> Answer:
    return visit.page("home/start.html")


@post(routes, "/choose")
def choose(visit: Visit) -> Answer:
    """The contract, the warehouse or the company the person works with from now on."""
    from chalicelib.usecases.access.sign_in import choose

    form = visit.request.form
    choose(
        visit.runtime.sessions,
        visitor=visit.visitor,
        contract_id=form.get("contract") or None,
        warehouse_id=form.get("warehouse") or None,
        partner_id=form.get("partner") or None,
        partners=visit.runtime.partners,
    )
    return visit.go_back("chosen")


@get(routes, "/{proxy+}", guest=True)
def unknown_page(_visit: Visit, **_path: str) -> Answer:
    raise NotFound("Такой страницы нет. Возможно, ссылка устарела")
