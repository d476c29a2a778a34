"""What a dealer may see and not buy: every path to a cart or an order asks here.

What is hidden from him is not found at all: see `visibility.shown_cards`, the one way to the cards of goods.
"""

from chalicelib.domain.errors import InvalidInput
from chalicelib.usecases.access.visitors import Visitor
from chalicelib.usecases.ports.catalogue import Card

BLOCKED = "Этот товар вам не продаётся"


def obstacle(visitor: Visitor, card: Card) -> tuple[str, str]:
    """Why he can't order it: a msgid and the words of 1C or of the supplier's people; two "" where he can."""
    found = visitor.terms.restriction(card, visitor.today)
    return (BLOCKED, found.reason) if found else ("", "")


def check(visitor: Visitor, card: Card) -> None:
    """Raises InvalidInput for what he can't order."""
    reason, words = obstacle(visitor, card)
    if reason:
        raise InvalidInput("Товар «%(name)s» вам не продаётся. %(words)s", name=card.name, words=words)
