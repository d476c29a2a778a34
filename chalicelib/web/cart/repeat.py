"""Повторить заказ и шаблоны: просмотр с ценами и остатками этой минуты, затем «Добавить в корзину»."""

from decimal import Decimal
from secrets import token_hex
from typing import Any

from chalice import Blueprint

from chalicelib.domain.errors import InvalidInput, Refused
from chalicelib.usecases.cart import templates
from chalicelib.usecases.cart.drafts import may_manage
from chalicelib.usecases.cart.repeat import Review, add_reviewed, review_order, review_template
from chalicelib.web import forms
from chalicelib.web.answer import Answer
from chalicelib.web.http import get, post
from chalicelib.web.visit import Visit

routes = Blueprint(__name__)
FIELD = "quantity:"


@get(routes, "/orders/{number}/repeat", needs="cart.edit")
def repeat_order(visit: Visit, number: str) -> Answer:
    stores = visit.runtime
    review = review_order(stores.index, stores.offers, stores.orders, visitor=visit.visitor, number=number)
    return _draw(visit, review, number=number)


def _draw(visit: Visit, review: Review, **more: Any) -> Answer:
    values = {"number": "", "saved": None, "manages": False} | more
    return visit.page("cart/review.html", review=review, once=token_hex(8), **values)


@get(routes, "/templates", needs="cart.edit")
def template_list(visit: Visit) -> Answer:
    return visit.page("cart/templates.html", templates=templates.templates(visit.runtime.carts, visitor=visit.visitor))


@post(routes, "/templates", needs="cart.edit")
def save_template(visit: Visit) -> Answer:
    stores, form = visit.runtime, visit.request.form
    templates.save_template(stores.carts, stores.clock, visitor=visit.visitor, cart_id=form.get("cart"), name=form.get("name"))
    return visit.go("/templates", "template-saved")


@get(routes, "/templates/{template_id}", needs="cart.edit")
def show_template(visit: Visit, template_id: str) -> Answer:
    stores = visit.runtime
    found = templates.template(stores.carts, visitor=visit.visitor, template_id=template_id)
    review = review_template(stores.index, stores.offers, stores.carts, visitor=visit.visitor, template=found)
    return _draw(visit, review, saved=found, manages=may_manage(visit.visitor, found))


@post(routes, "/templates/{template_id}", needs="cart.edit")
def change_template(visit: Visit, template_id: str) -> Answer:
    stores, form, visitor = visit.runtime, visit.request.form, visit.visitor
    match form.get("action"):
        case "delete":
            templates.delete_template(stores.carts, visitor=visitor, template_id=template_id)
            return visit.go("/templates", "template-deleted")
        case "rename":
            name = form.get("name")
            templates.rename_template(stores.carts, stores.clock, visitor=visitor, template_id=template_id, name=name)
        case "save":
            told = _quantities(visit)
            templates.change_template(stores.carts, stores.clock, visitor=visitor, template_id=template_id, quantities=told)
        case _:
            raise InvalidInput("Действие не выбрано")
    return visit.go(f"/templates/{template_id}", "template-changed")


def _quantities(visit: Visit) -> dict[str, Decimal]:
    form = visit.request.form
    named = (name for name in form.names() if name.startswith(FIELD))
    return {name.removeprefix(FIELD): forms.quantity(form.get(name)) for name in named}


@post(routes, "/cart/add", needs="cart.edit", redraw=lambda visit, refused: _refused(visit, refused))
def add_to_cart(visit: Visit) -> Answer:
    """What was left in the boxes of the review."""
    stores = visit.runtime
    _added, refused = add_reviewed(
        stores.index,
        stores.offers,
        stores.carts,
        stores.clock,
        visitor=visit.visitor,
        quantities=_quantities(visit),
        once=visit.request.form.get("once")[:32],
    )
    return visit.go("/cart", "put" if not refused else "put-in-part")


def _refused(visit: Visit, refused: Refused) -> Answer:
    return visit.page("cart/refused.html", item_id="", put=None, problem=forms.problems(refused)["problem"])
