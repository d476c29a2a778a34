"""What a visitor may see of the assortment, and the one way to the cards of goods: everything that shows or sells asks here."""

from collections.abc import Mapping, Sequence

from chalicelib.domain.catalogue.categories import CategoryTree
from chalicelib.domain.catalogue.visibility import Assortment, Visibility
from chalicelib.usecases.access.visitors import Visitor
from chalicelib.usecases.ports.catalogue import Card, CatalogueIndex
from chalicelib.usecases.ports.partners import Account


def visibility_of(account: Account, tree: CategoryTree, hidden: Assortment) -> Visibility:
    """Of the partner whose account was read: what its profile does not open in the tree is closed to it, and restrictions
    hide the rest."""
    return Visibility(tree, tree.closed_to(account.partner), hidden)


def shown_cards(index: CatalogueIndex, visitor: Visitor, item_ids: Sequence[str]) -> Mapping[str, Card]:
    """The cards of those items that the visitor may see; the others do not exist for him."""
    cards = index.cards(visitor.beacons.snapshot, item_ids)
    return {id: card for id, card in cards.items() if visitor.visibility.shows(card)}


def coded_cards(index: CatalogueIndex, visitor: Visitor, code: str) -> tuple[Card, ...]:
    """What of `CatalogueIndex.coded` the visitor may see."""
    return tuple(filter(visitor.visibility.shows, index.coded(visitor.beacons.snapshot, code)))


def named_cards(index: CatalogueIndex, visitor: Visitor, name: str) -> tuple[Card, ...]:
    """What of `CatalogueIndex.named` the visitor may see."""
    return tuple(filter(visitor.visibility.shows, index.named(visitor.beacons.snapshot, name)))
