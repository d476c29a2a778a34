"""The administrator's word on proposals to merge two cards, and what follows from it."""

from dataclasses import dataclass, replace

from chalicelib.domain.catalogue.catalogue import Item
from chalicelib.domain.exchange.proposals import MergeProposal
from chalicelib.usecases.access.visitors import Visitor
from chalicelib.usecases.exchange.exchange_actions import ActionLog
from chalicelib.usecases.ports.catalogue import CatalogueStore
from chalicelib.usecases.ports.clock import Clock
from chalicelib.usecases.ports.exchange import ExchangeStore, ProposalStore
from chalicelib.usecases.ports.files import Queues


@dataclass(frozen=True, slots=True)
class Pair:
    """A proposal with its two cards as they are now; None for one that is gone."""

    proposal: MergeProposal
    old: Item | None
    new: Item | None


SHOWN = 20


def open_pairs(proposals: ProposalStore, catalogue: CatalogueStore, *, visitor: Visitor, before: str = "") -> tuple[Pair, ...]:
    visitor.must("exchange.view")
    found = proposals.open(SHOWN, before=before)
    ids = dict.fromkeys(id for one in found for id in (one.old_id, one.new_id))
    cards = catalogue.cards(list(ids)) if ids else {}
    return tuple(Pair(one, cards.get(one.old_id), cards.get(one.new_id)) for one in found)


def accept(
    proposals: ProposalStore, exchange: ExchangeStore, queues: Queues, clock: Clock, log: ActionLog, *, proposal_id: str
) -> None:
    """The old card goes, its id lives on as an alias. Raises NotFound, Conflict.

    The worker is told first: whoever dies after that leaves a proposal that is still open and can be accepted again.
    """
    proposal = proposals.read(proposal_id)
    seq = exchange.next_seq()
    log.note("accept", f"{proposal.sku} {proposal.new_name}".strip(), proposal.run)
    message = {"merge": proposal.old_id, "into": proposal.new_id, "seq": seq}
    queues.send("imports", message, group="merge", unique=f"merge/{proposal.id}/{seq}")
    proposals.accept(proposal, log.visitor.name, clock())


def decline(proposals: ProposalStore, log: ActionLog, *, proposal_id: str) -> None:
    """Never proposed again. Raises NotFound, Conflict."""
    proposal = proposals.read(proposal_id)
    log.note("decline", f"{proposal.sku} {proposal.new_name}".strip(), proposal.run)
    proposals.decline(proposal, log.visitor.name)


def retire_card(catalogue: CatalogueStore, queues: Queues, *, merge: str, into: str, seq: int) -> bool:
    """Mark the card `merge` deleted where the one that takes its place stands; whether anything changed."""
    cards = catalogue.cards([merge, into])
    if merge not in cards or into not in cards or cards[into].deleted:
        return False
    tally = catalogue.save_cards([replace(cards[merge], deleted=True)], seq)
    if tally.written:
        queues.send("snapshot", {"seq": seq})
    return bool(tally.written)
