"""«GUID changed, same article»: two cards that are probably one item, and what the administrator said of it."""

import re
from dataclasses import dataclass
from datetime import datetime
from difflib import SequenceMatcher
from enum import StrEnum

from chalicelib.domain.catalogue.catalogue import Item

ALIKE = 0.85
"""Share of two names that must be the same letters in the same order."""


class ProposalState(StrEnum):
    OPEN = "open"
    ACCEPTED = "accepted"
    DECLINED = "declined"


@dataclass(frozen=True, slots=True)
class MergeProposal:
    """The card `new_id` came with the article of the standing card `old_id`. The names are as they were then."""

    old_id: str
    new_id: str
    sku: str
    old_name: str
    new_name: str
    run: str
    made_at: datetime
    state: ProposalState = ProposalState.OPEN
    answered_by: str = ""

    @property
    def id(self) -> str:
        return f"{self.old_id}|{self.new_id}"

    @property
    def place(self) -> str:
        """Where it stands in the list of open ones."""
        return f"{self.made_at.isoformat()}|{self.new_id}"


def article(text: str) -> str:
    """«АБ-12/3» and «аб 12.3» are one article."""
    return re.sub(r"[\W_]+", "", text.casefold())


def same_goods(old: Item, new: Item) -> bool:
    """Another id, the same article, nearly the same name; not two variants of one item, nor an item and its variant."""
    if old.deleted or old.id.partition("#")[0] == new.id.partition("#")[0] or ("#" in old.id) != ("#" in new.id):
        return False
    return bool(article(new.sku)) and article(old.sku) == article(new.sku) and alike(old.name, new.name)


def alike(one: str, other: str) -> bool:
    left, right = _plain(one), _plain(other)
    return left == right or SequenceMatcher(None, left, right, autojunk=False).ratio() >= ALIKE


def _plain(name: str) -> str:
    return " ".join(sorted(re.findall(r"\w+", name.casefold().replace("ё", "е"))))[:300]
