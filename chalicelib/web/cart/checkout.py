"""Оформление: на одной странице плательщик, способ получения, дата; заказ размещается один раз."""

from contextlib import suppress
from dataclasses import replace
from typing import Any

from chalice import Blueprint

from chalicelib.domain.errors import InvalidInput, Refused
from chalicelib.domain.orders.orders import DeliveryMethod
from chalicelib.usecases.cart.place_order import FARTHEST, Checkout, CheckoutView, OfferChanged, Wish, checkout, place_order
from chalicelib.web import forms
from chalicelib.web.answer import Answer
from chalicelib.web.cart import promises
from chalicelib.web.http import get, post
from chalicelib.web.request import Values
from chalicelib.web.visit import Visit

routes = Blueprint(__name__)


@get(routes, "/checkout", needs="order.create")
def checkout_form(visit: Visit) -> Answer:
    view = _view(visit, visit.request.query)
    return _draw(visit, view, None) if view.cart.can_be_ordered else visit.go("/cart")


def _view(visit: Visit, form: Values) -> CheckoutView:
    """What can be had when; a day that can't be meant is left out."""
    stores, wish = visit.runtime, Wish()
    with suppress(InvalidInput):
        wish = _wish(form)
    if wish.by and not visit.today <= wish.by <= visit.today + FARTHEST:
        wish = replace(wish, by=None)
    return checkout(
        stores.index,
        stores.offers,
        stores.carts,
        stores.partners,
        stores.clock,
        visitor=visit.visitor,
        wish=wish,
        cart_id=form.get("cart"),
    )


def _wish(form: Values) -> Wish:
    return Wish(forms.day(form.get("desired_date"), "desired_date"), form.get("split") == "together")


def _draw(visit: Visit, view: CheckoutView, refused: Refused | None) -> Answer:
    changed = isinstance(refused, OfferChanged)
    shown: dict[str, Any] = {"view": view, "filled": visit.request.form, "changed": changed, "promises": promises}
    return visit.page("cart/checkout.html", piece="cart/goods.html", **shown, **forms.problems(refused))


def _draw_again(visit: Visit, refused: Refused) -> Answer:
    """With what changed in the meantime where that is what stopped it."""
    return _draw(visit, refused.view if isinstance(refused, OfferChanged) else _view(visit, visit.request.form), refused)


@post(routes, "/checkout", needs="order.create", redraw=_draw_again)
def place(visit: Visit) -> Answer:
    stores = visit.runtime
    number = place_order(
        stores.index,
        stores.offers,
        stores.carts,
        stores.partners,
        stores.orders,
        stores.credit_limits,
        stores.clock,
        visitor=visit.visitor,
        checkout_form=_read(visit),
        pushes=stores.pushes,
    )
    return visit.go(f"/orders/{number}", placed="1")


def _read(visit: Visit) -> Checkout:
    form = visit.request.form
    method = form.get("delivery_method")
    if method not in list(DeliveryMethod):
        raise InvalidInput("Выберите способ получения", {"delivery_method": "Выберите способ получения"})
    return Checkout(
        counterparty_id=form.get("counterparty_id"),
        delivery_method=DeliveryMethod(method),
        generation=forms.whole(form.get("generation")),
        seen=form.get("seen"),
        address_id=form.get("address_id") or None,
        wish=_wish(form),
        comment=form.get("comment"),
        client_reference=form.get("client_reference"),
        cart_id=form.get("cart"),
    )
