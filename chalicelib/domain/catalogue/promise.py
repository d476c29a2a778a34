"""The promise: how much of an item there is when, out of the shelf and of what is on its way (OP-08)."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from decimal import Decimal

from chalicelib.domain.catalogue.stock import StockBalance
from chalicelib.domain.money import ZERO


@dataclass(frozen=True, slots=True)
class PlanPart:
    """`quantity` from one source: on hand, or the incoming lot `lot_id`, which can leave the warehouse on the day `due`.

    `promised` is the day the dealer counts on; a part whose lot slips past it is `late`.
    """

    quantity: Decimal
    lot_id: str = ""
    due: date | None = None
    promised: date | None = None

    @property
    def late(self) -> bool:
        return self.due is not None and self.promised is not None and self.due > self.promised


@dataclass(frozen=True, slots=True)
class Promise:
    """The answer for one line: `parts` are what is reserved for it, the earliest first.

    `offer` is how soon the whole can be had, whatever day was wished. Where it is not all of `wanted`, the supplier has no
    more on its way and `full_on` is None.
    """

    wanted: Decimal
    parts: tuple[PlanPart, ...]
    offer: tuple[PlanPart, ...]
    today: date

    @property
    def held(self) -> Decimal:
        return total(self.parts)

    @property
    def shortage(self) -> Decimal:
        """What can't be had by the day that was wished; without one, what can't be had at all."""
        return self.wanted - self.held

    @property
    def now(self) -> Decimal:
        """What of the line could leave today."""
        return total(part for part in self.offer if part.due is None)

    @property
    def full_on(self) -> date | None:
        """The first day the whole line is there."""
        return _last_day(self.offer, self.today) if total(self.offer) >= self.wanted else None


def total(parts: Iterable[PlanPart]) -> Decimal:
    return sum((part.quantity for part in parts), ZERO)


def promise(
    stock: StockBalance,
    warehouse_id: str | None,
    wanted: Decimal,
    today: date,
    *,
    by: date | None = None,
    buffer_days: int = 0,
) -> Promise:
    """What a warehouse can promise of `wanted`.

    By a day: the latest lot that still comes in time first, then earlier ones, then the shelf, so that early goods stay free
    for others. Without a day: the shelf, then the earliest lots. A lot can leave `buffer_days` after it has come.
    """
    if warehouse_id is None:
        return Promise(wanted, (), (), today)
    shelf = PlanPart(stock.available(warehouse_id))
    coming = _coming(stock, warehouse_id, today, buffer_days)
    offer = _fill(wanted, (shelf, *coming))
    if by is None:
        return Promise(wanted, offer, offer, today)
    in_time = [replace(part, promised=by) for part in coming if part.due is not None and part.due <= by]
    parts = _fill(wanted, (*reversed(in_time), shelf))
    return Promise(wanted, tuple(sorted(parts, key=_by_day)), offer, today)


def _coming(stock: StockBalance, warehouse_id: str, today: date, buffer_days: int) -> list[PlanPart]:
    """Free lots, the earliest first. One that should have come by now and has not is no ground for a promise."""
    lots = [lot for lot in stock.lots if lot.warehouse_id == warehouse_id and lot.eta >= today and lot.free]
    days = [lot.eta + timedelta(days=buffer_days) for lot in lots]
    found = [PlanPart(lot.free, lot.id, day, day) for lot, day in zip(lots, days, strict=True)]
    return sorted(found, key=_by_day)


def _by_day(part: PlanPart) -> tuple[date, str]:
    return part.due or date.min, part.lot_id


def _fill(wanted: Decimal, sources: Sequence[PlanPart]) -> tuple[PlanPart, ...]:
    """Source after source until there is enough."""
    taken = []
    for source in sources:
        quantity = min(wanted, source.quantity)
        if quantity > 0:
            taken.append(replace(source, quantity=quantity))
            wanted -= quantity
    return tuple(taken)


def _last_day(parts: Iterable[PlanPart], today: date) -> date:
    return max((part.due or today for part in parts), default=today)


def together_on(promises: Iterable[Promise]) -> date | None:
    """The first day on which everything is there at once; None where something is not to be had."""
    days = [one.full_on for one in promises]
    return None if None in days else max((day for day in days if day), default=None)
