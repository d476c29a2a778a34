"""Сравнить по договорам: во что обойдётся корзина по каждому договору дилера."""

from chalice import Blueprint

from chalicelib.web.answer import Answer
from chalicelib.web.http import get
from chalicelib.web.visit import Visit

routes = Blueprint(__name__)


@get(routes, "/cart/contracts", needs="cart.edit")
def contracts(visit: Visit) -> Answer:
    from chalicelib.usecases.cart.compare_contracts import compare_contracts

    stores = visit.runtime
    found = compare_contracts(stores.index, stores.offers, stores.carts, visitor=visit.visitor)
    return visit.page("cart/contracts.html", comparison=found)
