"""Proposals to merge two cards, one row for each pair for good: what was declined is never proposed again.

PROPOSAL#<old>|<new>   PAIR     GSI1: PROPOSALS / <instant>|<new>, while nobody has answered
ITEMALIAS#<old>        ITEM     into = <new>, by, at
"""

from datetime import datetime
from itertools import islice

from chalicelib.adapters.dynamo.table import ConditionFailed, Item, Key, Table, put, transact, update
from chalicelib.adapters.dynamo.times import instant, instant_text
from chalicelib.domain.errors import Conflict, NotFound
from chalicelib.domain.exchange.proposals import MergeProposal, ProposalState

OPEN = "PROPOSALS"
_TEXTS = ("old_id", "new_id", "sku", "old_name", "new_name", "run", "answered_by")


def proposal_key(proposal_id: str) -> Key:
    return f"PROPOSAL#{proposal_id}", "PAIR"


def alias_key(old_id: str) -> Key:
    return f"ITEMALIAS#{old_id}", "ITEM"


class DynamoProposals:
    def __init__(self, portal: Table) -> None:
        self.portal = portal

    def add(self, proposal: MergeProposal) -> bool:
        try:
            self.portal.put(_to_item(proposal), "attribute_not_exists(PK)")
        except ConditionFailed:
            return False
        return True

    def open(self, limit: int = 50, *, before: str = "") -> tuple[MergeProposal, ...]:
        rows = self.portal.query(OPEN, index="GSI1", at_most=before, newest_first=True, limit=limit + bool(before))
        return tuple(map(_from_item, islice((row for row in rows if row["GSI1SK"] != before), limit)))

    def open_count(self, most: int) -> int:
        return sum(1 for _ in self.portal.query(OPEN, index="GSI1", limit=most))

    def read(self, proposal_id: str) -> MergeProposal:
        item = self.portal.get(proposal_key(proposal_id), strong=True)
        if item is None:
            raise NotFound("Такого предложения нет")
        return _from_item(item)

    def accept(self, proposal: MergeProposal, by: str, now: datetime) -> None:
        partition, sort = alias_key(proposal.old_id)
        alias: Item = {"PK": partition, "SK": sort, "into": proposal.new_id, "by": by, "at": instant_text(now)}
        self._answer(proposal, ProposalState.ACCEPTED, by, [put(self.portal.name, alias)])

    def decline(self, proposal: MergeProposal, by: str) -> None:
        self._answer(proposal, ProposalState.DECLINED, by, [])

    def _answer(self, proposal: MergeProposal, state: ProposalState, by: str, more: list[Item]) -> None:
        sets = "SET #s = :state, answered_by = :by REMOVE GSI1PK, GSI1SK"
        values = {":state": state.value, ":by": by, ":open": ProposalState.OPEN.value}
        answered = update(self.portal.name, proposal_key(proposal.id), sets, "#s = :open", values, {"#s": "state"})
        try:
            transact(self.portal.client, [answered, *more])
        except ConditionFailed as failed:
            raise Conflict("На это предложение уже ответили") from failed

    def alias(self, old_id: str) -> str | None:
        item = self.portal.get(alias_key(old_id))
        return item["into"] if item else None


def _to_item(proposal: MergeProposal) -> Item:
    partition, sort = proposal_key(proposal.id)
    item: Item = {"PK": partition, "SK": sort, "GSI1PK": OPEN, "GSI1SK": proposal.place}
    item |= {name: getattr(proposal, name) for name in _TEXTS}
    return item | {"made_at": instant_text(proposal.made_at), "state": proposal.state.value}


def _from_item(item: Item) -> MergeProposal:
    texts = {name: item[name] for name in _TEXTS}
    return MergeProposal(**texts, made_at=instant(item["made_at"]), state=ProposalState(item["state"]))
