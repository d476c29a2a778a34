"""Подсказки поиска в шапке: артикул, цена, остаток; номер заказа ведёт в заказ."""

from chalice import Blueprint

from chalicelib.web.answer import Answer
from chalicelib.web.http import get
from chalicelib.web.visit import Visit

routes = Blueprint(__name__)
SUGGESTIONS = 8


@get(routes, "/search", needs="catalog.view")
def suggestions(visit: Visit) -> Answer:
    """The list under the search box; without a script, and by Enter, the page that has what was typed."""
    from chalicelib.usecases.catalogue.find import find_order, suggest

    stores, text = visit.runtime, visit.request.query.get("text")[:200]
    number = find_order(stores.orders, visitor=visit.visitor, text=text)
    if not visit.request.wants_piece:
        return visit.go(f"/orders/{number}") if number else visit.go("/catalogue", text=text)
    page = suggest(stores.index, stores.offers, visitor=visit.visitor, text=text, limit=SUGGESTIONS)
    return visit.page("catalogue/suggestions.html", page=page, number=number, text=text)
