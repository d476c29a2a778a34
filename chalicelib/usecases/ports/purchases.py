"""What a partner has bought, and who waits for goods to come."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Protocol

from chalicelib.domain.partners.partners import PartnerScope


@dataclass(frozen=True, slots=True)
class Purchases:
    """`times`: orders by item id; `seen`: numbers of the orders that are counted; `version` of what is kept."""

    times: Mapping[str, int] = field(default_factory=dict)
    seen: frozenset[str] = frozenset()
    version: int = 0


class PurchaseStore(Protocol):
    def read(self, scope: PartnerScope) -> Purchases: ...

    def save(self, scope: PartnerScope, purchases: Purchases) -> None:
        """Nothing happens where somebody else has counted meanwhile."""
        ...


@dataclass(frozen=True, slots=True)
class Arrival:
    """A person waits for an item at his warehouse, or at any ("")."""

    item_id: str
    user_id: str
    name: str
    email: str
    phone: str
    warehouse_id: str
    item_name: str
    asked_at: datetime
    partner_id: str


class ArrivalStore(Protocol):
    def ask(self, scope: PartnerScope, arrival: Arrival) -> None:
        """Once per person and item."""
        ...

    def drop(self, item_id: str, user_id: str) -> None: ...

    def asked(self, item_id: str, user_id: str) -> bool: ...

    def all(self) -> Sequence[Arrival]:
        """Everybody who waits, by item."""
        ...
