"""Корзина: положить из каталога, изменить, посмотреть с ценами этой минуты."""

from chalice import Blueprint

from chalicelib.domain.errors import Refused
from chalicelib.usecases.cart import drafts
from chalicelib.usecases.cart.cart import Put, accept_prices, cart_of, put_in_cart, view_cart
from chalicelib.usecases.cart.vehicles import fitting_vehicle
from chalicelib.usecases.catalogue.visibility import shown_cards
from chalicelib.web import forms
from chalicelib.web.answer import Answer
from chalicelib.web.http import get, post
from chalicelib.web.visit import Visit

routes = Blueprint(__name__)
FIELD = "quantity:"
"""Name of a quantity field: this with the item's id after it."""

NOTE = "note:"
"""Name of a line's comment field, likewise."""

LINES_OF_PAGE = 200


@get(routes, "/cart", needs="cart.edit")
def cart(visit: Visit) -> Answer:
    return _draw(visit, None)


def _draw(visit: Visit, refused: Refused | None) -> Answer:
    stores, visitor = visit.runtime, visit.visitor
    view = view_cart(stores.index, stores.offers, stores.carts, visitor=visitor, cart_id=visit.request.form.get("cart"))
    visit.show_cart(view.totals)
    offset = forms.whole(visit.request.query.get("offset") or visit.request.form.get("offset"))
    offset = min(offset, max(0, len(view.rows) - 1)) // LINES_OF_PAGE * LINES_OF_PAGE
    return visit.page(
        "cart/cart.html",
        piece="cart/piece.html",
        view=view,
        totals=view.totals,
        rows=view.rows[offset : offset + LINES_OF_PAGE],
        offset=offset,
        limit=LINES_OF_PAGE,
        fit=fitting_vehicle(stores.vehicles, view.totals),
        removed=_removed(visit),
        **forms.problems(refused),
    )


def _removed(visit: Visit) -> dict[str, str] | None:
    """The line that was just taken out, for «Вернуть»."""
    values = visit.request.form if visit.request.form.get("remove") else visit.request.query
    item_id = values.get("remove")
    if not item_id:
        return None
    quantity = values.get(f"was:{item_id}") or values.get("was")
    card = shown_cards(visit.runtime.index, visit.visitor, [item_id]).get(item_id)
    return {"id": item_id, "quantity": quantity, "name": card.name} if card and quantity else None


@post(routes, "/cart", needs="cart.edit", redraw=_draw)
def change_cart(visit: Visit) -> Answer:
    """All quantities and comments of the cart's own page; `remove` holds the item of the pressed «Убрать»."""
    form = visit.request.form
    remove = form.get("remove")
    if remove:
        _put(visit, remove, "0", form.get(f"was:{remove}"))
    elif form.get("accept"):
        stores = visit.runtime
        accept_prices(stores.index, stores.offers, stores.carts, stores.clock, visitor=visit.visitor, cart_id=form.get("cart"))
    else:
        _put_all(visit, own_page=True)
        _annotate_all(visit)
    if visit.request.wants_piece:
        return _draw(visit, None)
    offset = form.get("offset")
    return visit.go("/cart", "put", offset=offset, remove=remove, was=form.get(f"was:{remove}") if remove else "")


def _put_all(visit: Visit, *, own_page: bool = False) -> None:
    """Only what differs from what the page showed (`was:`): another window may have changed the rest."""
    form = visit.request.form
    for name in form.names():
        item_id = name.removeprefix(FIELD)
        was = form.get(f"was:{item_id}")
        if name.startswith(FIELD) and form.get(name) != was:
            _put(visit, item_id, form.get(name), was if own_page else "")


def _annotate_all(visit: Visit) -> None:
    form, stores = visit.request.form, visit.runtime
    for name in form.names():
        item_id = name.removeprefix(NOTE)
        if name.startswith(NOTE) and form.get(name) != form.get(f"noted:{item_id}"):
            drafts.annotate(
                stores.carts,
                stores.clock,
                visitor=visit.visitor,
                cart_id=form.get("cart"),
                item_id=item_id,
                comment=form.get(name),
            )


def _put(visit: Visit, item_id: str, text: str, was: str = "") -> Put:
    """`was`: the quantity the cart's own page showed."""
    stores = visit.runtime
    return put_in_cart(
        stores.index,
        stores.offers,
        stores.carts,
        stores.clock,
        visitor=visit.visitor,
        item_id=item_id,
        quantity=forms.quantity(text),
        cart=cart_of(visit.visitor, visit.request.form.get("cart")),
        was=forms.quantity(was) if was else None,
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
