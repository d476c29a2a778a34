"""Список товарных остатков: что свободно сейчас, по складам и видам товаров."""

from dataclasses import replace

from chalice import Blueprint

from chalicelib.usecases.ports.catalogue import ANYWHERE, STOCK_FACET
from chalicelib.web.answer import Answer
from chalicelib.web.catalogue.address import Listing
from chalicelib.web.catalogue.catalogue import asked
from chalicelib.web.http import get
from chalicelib.web.visit import Visit

routes = Blueprint(__name__)


@get(routes, "/stock", needs="catalog.view")
def stock_list(visit: Visit) -> Answer:
    from chalicelib.usecases.cart.cart import in_cart
    from chalicelib.usecases.catalogue.browse import browse

    stores, search = visit.runtime, asked(visit)
    if not any(name == STOCK_FACET for name, _ in search.chosen):
        search = replace(search, chosen=(*search.chosen, (STOCK_FACET, (ANYWHERE,))))
    chosen = in_cart(stores.carts, visitor=visit.visitor)
    page = browse(stores.index, stores.offers, visitor=visit.visitor, search=search, in_cart=chosen)
    return visit.page("catalogue/stock_list.html", piece="catalogue/stock_results.html", page=page, here=Listing(visit, "/stock"))
