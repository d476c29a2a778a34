"""A lot slips, shrinks or is gone: what becomes of the line of an order that counts on it (OP-09)."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date, timedelta
from decimal import Decimal

from chalicelib.domain.catalogue.promise import PlanPart, promise, total
from chalicelib.domain.catalogue.stock import IncomingLot, StockBalance
from chalicelib.domain.money import ZERO
from chalicelib.domain.orders.orders import OrderLine


@dataclass(frozen=True, slots=True)
class Replanned:
    """The line with its new plan. `moved`: how much more is held of each source ("" on hand), less where negative.

    `lost`: goods that neither a lot nor the shelf has any more.
    """

    line: OrderLine
    moved: Mapping[str, Decimal]
    lost: Decimal = ZERO

    @property
    def on_hand(self) -> Decimal:
        """What the shelf gave in the place of a lot."""
        return self.moved.get("", ZERO)


def replanned(line: OrderLine, stock: StockBalance, buffer_days: int, *, ours: bool) -> Replanned | None:
    """What slips past its day is taken from the shelf as far as that goes, the rest waits for the new day. None: all stays.

    `ours`: the portal still holds the goods. Once 1C has reserved them, a lot that is gone has come for the order, and one
    that has shrunk is for 1C to share out.
    """
    lots = {lot.id: lot for lot in stock.lots}
    free, parts, moved, lost = stock.available(line.warehouse_id), list[PlanPart](), dict[str, Decimal](), ZERO
    for part in line.plan:
        kept = _kept(part, lots.get(part.lot_id), buffer_days, ours=ours)
        lacking = part.quantity - kept.quantity
        slipped = kept.quantity if kept.late and kept.due != part.due else ZERO
        taken = min(free, lacking + slipped)
        waiting = kept.quantity - max(ZERO, taken - lacking)
        free, lost = free - taken, lost + max(ZERO, lacking - taken)
        parts += [replace(kept, quantity=waiting), PlanPart(taken)]
        if ours and part.lot_id:
            moved[part.lot_id] = waiting - part.quantity
        moved[""] = moved.get("", ZERO) + taken
    moved = {source: more for source, more in moved.items() if more}
    plan = _merged(parts)
    return None if plan == line.plan else Replanned(replace(line, plan=plan), moved, lost)


def _kept(part: PlanPart, lot: IncomingLot | None, buffer_days: int, *, ours: bool) -> PlanPart:
    """The part as its lot stands now, before the shelf is asked."""
    if not part.lot_id:
        return part
    if lot is None:
        return replace(part, quantity=ZERO) if ours else PlanPart(part.quantity)
    overdrawn = max(ZERO, lot.held + lot.reserved - lot.quantity) if ours else ZERO
    due = lot.eta + timedelta(days=buffer_days)
    return replace(part, quantity=max(ZERO, part.quantity - overdrawn), due=due)


def _merged(parts: list[PlanPart]) -> tuple[PlanPart, ...]:
    """What is on hand is one part, and first."""
    on_hand = total(part for part in parts if not part.lot_id)
    lots = sorted(
        (part for part in parts if part.lot_id and part.quantity), key=lambda part: (part.due is None, part.due, part.lot_id)
    )
    return (PlanPart(on_hand), *lots) if on_hand else tuple(lots)


def resized(
    line: OrderLine, quantity: Decimal, stock: StockBalance, today: date, *, by: date | None = None, buffer_days: int = 0
) -> tuple[tuple[PlanPart, ...], dict[str, Decimal]]:
    """The plan of a line of another quantity, and how much more is held of each source ("" on hand), less where negative.

    Less gives up its latest parts; more is promised out of what is free now.
    """
    kept, left = list[PlanPart](), quantity
    for part in line.plan:
        kept += [replace(part, quantity=min(left, part.quantity))]
        left -= kept[-1].quantity
    more = promise(stock, line.warehouse_id, left, today, by=by, buffer_days=buffer_days).parts if left > 0 else ()
    plan = _merged([*kept, *more])
    moved: dict[str, Decimal] = {}
    for part, sign in [*((part, 1) for part in plan), *((part, -1) for part in line.plan)]:
        moved[part.lot_id] = moved.get(part.lot_id, ZERO) + sign * part.quantity
    return plan, {source: change for source, change in moved.items() if change}
