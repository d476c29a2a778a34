"""Карточка товара."""

from chalice import Blueprint

from chalicelib.web.answer import Answer
from chalicelib.web.http import get, post
from chalicelib.web.visit import Visit

routes = Blueprint(__name__)


@get(routes, "/items/{item_id}", needs="catalog.view")
def item(visit: Visit, item_id: str) -> Answer:
    from chalicelib.usecases.cart.cart import in_cart
    from chalicelib.usecases.catalogue.browse import item
    from chalicelib.usecases.catalogue.purchases import purchases_of
    from chalicelib.usecases.catalogue.relations import matrix_of, papers_of, relations_of

    stores, visitor = visit.runtime, visit.visitor
    chosen = in_cart(stores.carts, visitor=visitor)
    page = item(stores.index, stores.offers, stores.catalogue, visitor=visitor, item_id=item_id, in_cart=chosen)
    return visit.page(
        "catalogue/item.html",
        page=page,
        around=relations_of(stores.index, stores.offers, visitor=visitor, item=page.item, in_cart=chosen),
        matrix=matrix_of(page.variants),
        papers=papers_of(page.item),
        bought=purchases_of(stores.orders, stores.purchases, visitor=visitor).times.get(item_id, 0),
        awaited=stores.arrivals.asked(item_id, visitor.session.user_id),
    )


@post(routes, "/arrivals", needs="catalog.view")
def arrival(visit: Visit) -> Answer:
    """«Сообщить о поступлении», and not to."""
    from chalicelib.usecases.catalogue.arrivals import ask_for_arrival

    now, form = visit.runtime, visit.request.form
    wanted = form.get("wanted") == "1"
    ask_for_arrival(now.index, now.arrivals, now.clock, visitor=visit.visitor, item_id=form.get("item"), wanted=wanted)
    return visit.go_back("awaited" if wanted else "not_awaited")
