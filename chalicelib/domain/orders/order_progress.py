"""How far the lines of an order have come: quantities by status, as 1C tells them and as the dealer keeps his own."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import date
from decimal import Decimal
from enum import StrEnum

from chalicelib.domain.money import ZERO


class LineStatus(StrEnum):
    """From the first to the last a unit goes through; then those off that way."""

    SHORTAGE = "shortage"
    RESERVED_INCOMING = "reserved_incoming"
    RESERVED_STOCK = "reserved_stock"
    IN_PRODUCTION = "in_production"
    READY = "ready"
    SHIPMENT_REQUESTED = "shipment_requested"
    IN_DELIVERY = "in_delivery"
    AT_DEALER = "at_dealer"
    SOLD = "sold"
    RETURNED = "returned"
    CANCELLED = "cancelled"


DEALER_OWNED = frozenset({LineStatus.AT_DEALER, LineStatus.SOLD})
"""What the dealer alone knows: 1C never sets or overwrites these."""

WAY = tuple(LineStatus)


@dataclass(frozen=True, slots=True)
class Bucket:
    """Units of a line in one status. `stage` names the step of production; `due` is when they come to the next status."""

    status: LineStatus
    quantity: Decimal
    stage: str = ""
    due: date | None = None


@dataclass(frozen=True, slots=True)
class OrderProgress:
    """What 1C last told of an order under a revision, by item id; `own` is the dealer's part. Amounts in minor units.

    `asked`: ready units of an item the dealer asks to ship without the rest, until 1C reports them on their way.
    """

    revision: int = 0
    lines: Mapping[str, tuple[Bucket, ...]] = field(default_factory=dict)
    paid_amount: int | None = None
    credit_amount: int = 0
    own: Mapping[str, tuple[Bucket, ...]] = field(default_factory=dict)
    asked: Mapping[str, Decimal] = field(default_factory=dict)

    def of(self, item_id: str) -> tuple[Bucket, ...]:
        """The item's buckets, first things first: the dealer's own, and of 1C's what these leave."""
        own = self.own.get(item_id, ())
        left = _with_asked(self._left(item_id), self.asked.get(item_id, ZERO))
        return tuple(sorted((*left, *own), key=lambda bucket: (WAY.index(bucket.status), bucket.due or date.max, bucket.stage)))

    def _left(self, item_id: str) -> tuple[Bucket, ...]:
        return without(self.lines.get(item_id, ()), total(self.own.get(item_id, ())))

    def ready(self, item_id: str) -> Decimal:
        """What could be shipped now, asked for or not."""
        return total(bucket for bucket in self._left(item_id) if bucket.status is LineStatus.READY)

    def still_asked(self, lines: Mapping[str, tuple[Bucket, ...]]) -> dict[str, Decimal]:
        """What remains of the dealer's request after 1C's report of `lines`: what it moved on from ready is done."""
        after = replace(self, lines=lines)
        left = {
            item_id: min(wanted - max(ZERO, _moved_on(lines, item_id) - _moved_on(self.lines, item_id)), after.ready(item_id))
            for item_id, wanted in self.asked.items()
        }
        return {item_id: quantity for item_id, quantity in left.items() if quantity > 0}

    def left_to_pay(self, amount: int) -> int | None:
        """Of the order's amount; None where 1C never spoke of payments."""
        return None if self.paid_amount is None else max(0, amount - self.paid_amount)


def total(buckets: Iterable[Bucket]) -> Decimal:
    return sum((bucket.quantity for bucket in buckets), ZERO)


def without(buckets: tuple[Bucket, ...], taken: Decimal) -> tuple[Bucket, ...]:
    """1C's buckets less what the dealer has: he got the units that had come the farthest."""
    left = []
    for bucket in sorted(buckets, key=lambda one: WAY.index(one.status), reverse=True):
        off = ZERO if bucket.status is LineStatus.CANCELLED else min(taken, bucket.quantity)
        taken -= off
        if bucket.quantity > off:
            left.append(replace(bucket, quantity=bucket.quantity - off))
    return tuple(left)


_MOVED_ON = frozenset({LineStatus.SHIPMENT_REQUESTED, LineStatus.IN_DELIVERY})


def _moved_on(lines: Mapping[str, tuple[Bucket, ...]], item_id: str) -> Decimal:
    return total(bucket for bucket in lines.get(item_id, ()) if bucket.status in _MOVED_ON)


def _with_asked(buckets: tuple[Bucket, ...], asked: Decimal) -> tuple[Bucket, ...]:
    """Ready units that the dealer asks to ship stand as such."""
    found = []
    for bucket in buckets:
        taken = min(asked, bucket.quantity) if bucket.status is LineStatus.READY else ZERO
        asked -= taken
        parts = (replace(bucket, quantity=bucket.quantity - taken), Bucket(LineStatus.SHIPMENT_REQUESTED, taken))
        found += [part for part in parts if part.quantity]
    return tuple(found)
