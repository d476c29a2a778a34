"""New cards that look like standing ones under another id: proposed to the administrator, never merged by themselves.

The standing card is looked for by its article in the search snapshot, and only for cards that are new: an exchange that
brings nothing new asks nothing, and the first one of all has no snapshot to ask. A find costs one read of the card and one
conditional write; after `PER_FILE` finds of a file, or `OPEN` unanswered proposals, no more are looked for.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property

from chalicelib.domain.catalogue.catalogue import Item
from chalicelib.domain.errors import Unavailable
from chalicelib.domain.exchange.proposals import MergeProposal, article, same_goods
from chalicelib.usecases.ports.catalogue import CatalogueIndex, CatalogueStore, Search
from chalicelib.usecases.ports.clock import Clock
from chalicelib.usecases.ports.exchange import ProposalStore

PER_FILE = 200
OPEN = 1000
CANDIDATES = 10


@dataclass
class Proposer:
    """Called with the cards of a file that did not stand before, before they are written."""

    index: CatalogueIndex
    catalogue: CatalogueStore
    proposals: ProposalStore
    clock: Clock
    run: str

    def __call__(self, cards: Sequence[Item]) -> None:
        if self.snapshot is None:
            return
        for card in cards:
            if self.left <= 0:
                return
            if article(card.sku) and not card.deleted:
                self._look(card)

    @cached_property
    def snapshot(self) -> str | None:
        return self.catalogue.snapshot()

    @cached_property
    def left(self) -> int:
        return min(PER_FILE, OPEN - self.proposals.open_count(OPEN))

    def _look(self, card: Item) -> None:
        for old in self._standing(card):
            made = MergeProposal(old.id, card.id, card.sku, old.name[:300], card.name[:300], self.run, self.clock())
            if self.proposals.add(made):
                self.left -= 1

    def _standing(self, card: Item) -> list[Item]:
        ids = self._found(card)
        return [old for old in self.catalogue.cards(ids).values() if same_goods(old, card)] if ids else []

    def _found(self, card: Item) -> list[str]:
        """By the article as the snapshot knows it; looked at again in the cards themselves."""
        try:
            found = self.index.search(self.snapshot, Search(text=card.sku, limit=CANDIDATES)).cards
        except Unavailable:  # the snapshot has just been replaced: this file's load goes on without it
            self.snapshot = None
            return []
        return [one.id for one in found if one.id != card.id and article(one.sku) == article(card.sku)]
