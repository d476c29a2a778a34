"""Каталог: таблица, список или плитка с ценами договора и живыми остатками; отборы и порядок стоят в адресе."""

from dataclasses import replace

from chalice import Blueprint

from chalicelib.usecases.ports.catalogue import Search
from chalicelib.web.answer import Answer
from chalicelib.web.catalogue.address import Listing, read_search
from chalicelib.web.http import get
from chalicelib.web.visit import Visit

routes = Blueprint(__name__)


def asked(visit: Visit) -> Search:
    """With what he bought before, where he asks for it alone."""
    from chalicelib.usecases.catalogue.purchases import purchases_of

    search = read_search(visit.request.query, visit.visitor)
    if not visit.request.query.get("bought"):
        return search
    bought = purchases_of(visit.runtime.orders, visit.runtime.purchases, visitor=visit.visitor)
    return replace(search, only=frozenset(bought.times))


@get(routes, "/catalogue", needs="catalog.view")
def catalogue(visit: Visit) -> Answer:
    from chalicelib.usecases.cart.cart import in_cart
    from chalicelib.usecases.catalogue.browse import browse

    stores = visit.runtime
    page = browse(
        stores.index,
        stores.offers,
        visitor=visit.visitor,
        search=asked(visit),
        in_cart=in_cart(stores.carts, visitor=visit.visitor),
    )
    return visit.page("catalogue/catalogue.html", piece="catalogue/results.html", page=page, here=Listing(visit, "/catalogue"))
