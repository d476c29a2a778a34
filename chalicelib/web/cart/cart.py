"""Корзина: положить из каталога, изменить, посмотреть с ценами этой минуты."""

from chalice import Blueprint

from chalicelib.domain.errors import Refused
from chalicelib.usecases.orders.cart import CartView, Put, put_in_cart, view_cart
from chalicelib.web import forms
from chalicelib.web.answer import Answer
from chalicelib.web.http import get, post
from chalicelib.web.visit import Visit

routes = Blueprint(__name__)
FIELD = "quantity:"
"""Name of a quantity field: this with the item's id after it."""


@get(routes, "/cart", needs="cart.edit")
def cart(visit: Visit) -> Answer:
    return _draw(visit, None)


def _view(visit: Visit) -> CartView:
    return view_cart(visit.runtime.index, visit.runtime.offers, visit.runtime.carts, visitor=visit.visitor)


def _draw(visit: Visit, refused: Refused | None) -> Answer:
    view = _view(visit)
    return visit.page("cart/cart.html", piece="cart/piece.html", view=view, totals=view.totals, **forms.problems(refused))


@post(routes, "/cart", needs="cart.edit", redraw=_draw)
def change_cart(visit: Visit) -> Answer:
    """All quantities of the cart's own page; `remove` holds the item of the pressed «Убрать»."""
    remove = visit.request.form.get("remove")
    if remove:
        _put(visit, remove, "0")
    else:
        _put_all(visit)
    return _draw(visit, None) if visit.request.wants_piece else visit.go("/cart", "put")


def _put_all(visit: Visit) -> None:
    """Only what differs from what the page showed (`was:`): another window may have changed the rest."""
    form = visit.request.form
    for name in form.names():
        item_id = name.removeprefix(FIELD)
        if name.startswith(FIELD) and form.get(name) != form.get(f"was:{item_id}"):
            _put(visit, item_id, form.get(name))


def _put(visit: Visit, item_id: str, text: str) -> Put:
    stores = visit.runtime
    quantity = forms.quantity(text)
    return put_in_cart(
        stores.index, stores.offers, stores.carts, stores.clock, visitor=visit.visitor, item_id=item_id, quantity=quantity
    )


def _refuse_row(visit: Visit, refused: Refused) -> Answer:
    """In a row of the catalogue; without htmx as a page."""
    item_id = visit.request.form.get("only")
    problem = forms.problems(refused)["problem"]
    return visit.page("cart/refused.html", piece="cart/sum.html", item_id=item_id, problem=problem, put=None)


@post(routes, "/cart/put", needs="cart.edit", redraw=_refuse_row)
def put(visit: Visit) -> Answer:
    """From the catalogue: one row (`only`), or every row that was filled in."""
    item_id = visit.request.form.get("only")
    if not item_id:
        _put_all(visit)
        return visit.go_back("put")
    done = _put(visit, item_id, visit.request.form.get(FIELD + item_id) or visit.request.form.get("one:" + item_id))
    if not visit.request.wants_piece:
        return visit.go_back("put")
    return visit.page("cart/refused.html", piece="cart/sum.html", item_id=item_id, problem="", put=done, totals=done.totals)
