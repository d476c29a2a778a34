"""Карточка товара."""

from chalice import Blueprint

from chalicelib.web.answer import Answer
from chalicelib.web.http import get
from chalicelib.web.visit import Visit

routes = Blueprint(__name__)


@get(routes, "/items/{item_id}", needs="catalog.view")
def item(visit: Visit, item_id: str) -> Answer:
    from chalicelib.usecases.catalogue.browse import item
    from chalicelib.usecases.orders.cart import in_cart

    stores = visit.runtime
    chosen = in_cart(stores.carts, visitor=visit.visitor)
    page = item(stores.index, stores.offers, stores.catalogue, visitor=visit.visitor, item_id=item_id, in_cart=chosen)
    return visit.page("catalogue/item.html", page=page)
