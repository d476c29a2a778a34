"""Каталог: таблица с ценами договора и живыми остатками; карточка товара."""

from chalice import Blueprint

from chalicelib.usecases.ports.catalogue import Search
from chalicelib.web.answer import Answer
from chalicelib.web.forms import whole
from chalicelib.web.http import get
from chalicelib.web.request import Values
from chalicelib.web.visit import Visit

routes = Blueprint(__name__)
SORTS = ("", "name", "sku")


@get(routes, "/catalogue", needs="catalog.view")
def catalogue(visit: Visit) -> Answer:
    from chalicelib.usecases.catalogue.browse import browse
    from chalicelib.usecases.orders.cart import in_cart

    stores = visit.runtime
    page = browse(
        stores.index,
        stores.offers,
        visitor=visit.visitor,
        search=read_search(visit.request.query),
        in_cart=in_cart(stores.carts, visitor=visit.visitor),
    )
    return visit.page("catalogue/catalogue.html", piece="catalogue/results.html", page=page)


def read_search(query: Values) -> Search:
    """Whatever stands in the address is made sane: people edit addresses, and old links live long."""
    sort = query.get("sort")
    return Search(
        text=query.get("text")[:200],
        group_id=query.get("group") or None,
        sort=sort.removeprefix("-") if sort.removeprefix("-") in SORTS else "",
        descending=sort.startswith("-"),
        offset=whole(query.get("offset"), most=1_000_000),
    )


@get(routes, "/items/{item_id}", needs="catalog.view")
def item(visit: Visit, item_id: str) -> Answer:
    from chalicelib.usecases.catalogue.browse import item
    from chalicelib.usecases.orders.cart import in_cart

    stores = visit.runtime
    chosen = in_cart(stores.carts, visitor=visit.visitor)
    page = item(stores.index, stores.offers, stores.catalogue, visitor=visit.visitor, item_id=item_id, in_cart=chosen)
    return visit.page("catalogue/item.html", page=page)
