"""The search in the header: goods while he types, and orders by any of their numbers."""

import re

from chalicelib.domain.errors import NotFound
from chalicelib.usecases.access.visitors import Visitor
from chalicelib.usecases.catalogue.browse import CataloguePage, browse
from chalicelib.usecases.ports.catalogue import CatalogueIndex, OfferStore, Search
from chalicelib.usecases.ports.orders import OrderStore

_HAS_DIGIT = re.compile(r"\d")
LONGEST_NUMBER = 50


def suggest(index: CatalogueIndex, offers: OfferStore, *, visitor: Visitor, text: str, limit: int) -> CataloguePage:
    """The best finds with the price and the stock of this moment."""
    return browse(index, offers, visitor=visitor, search=Search(text, limit=limit))


def find_order(orders: OrderStore, *, visitor: Visitor, text: str) -> str | None:
    """The portal's number of his order that the text is a number of: the portal's own, 1C's or his own; None for any other
    text, and for another partner's order."""
    asked = text.strip()
    if "order.view" not in visitor.permissions or not _HAS_DIGIT.search(asked) or len(asked) > LONGEST_NUMBER:
        return None
    for number in dict.fromkeys((asked.upper(), orders.find(asked) or "")):
        if number and _is_his(orders, visitor, number):
            return number
    return None


def _is_his(orders: OrderStore, visitor: Visitor, number: str) -> bool:
    try:
        orders.read(visitor.scope, number)
    except NotFound:
        return False
    return True
