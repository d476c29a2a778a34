"""Stock and provisional holds: what a dealer may be promised now."""

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import date
from decimal import Decimal

from chalicelib.domain.money import ZERO


@dataclass(frozen=True, slots=True)
class Balance:
    """One item at one warehouse: `free` as 1C last said, `held` by orders 1C has not answered yet."""

    free: Decimal
    held: Decimal = ZERO

    @property
    def available(self) -> Decimal:
        """What can still be promised; never below zero on a page."""
        return max(ZERO, self.free - self.held)


@dataclass(frozen=True, slots=True)
class IncomingLot:
    """Goods on their way to a warehouse, there on the day `eta`; `reserved` of them 1C has promised to orders already.

    `held` is what orders hold of it that 1C's figures know nothing of yet.
    """

    id: str
    warehouse_id: str
    eta: date
    quantity: Decimal
    reserved: Decimal = ZERO
    held: Decimal = ZERO

    @property
    def free(self) -> Decimal:
        """What of the lot can still be promised."""
        return max(ZERO, self.quantity - self.reserved - self.held)


@dataclass(frozen=True, slots=True)
class IncomingSupply:
    """Every lot of an item that is on its way, as 1C has them under a revision: a lot that is not here has come or is off."""

    item_id: str
    revision: int
    lots: tuple[IncomingLot, ...] = ()


def told_apart(lots: Iterable[IncomingLot]) -> tuple[IncomingLot, ...]:
    """Two lines of one supplier order come under one id: the second gets its own, for it is held by itself."""
    seen: Counter[str] = Counter()
    found = []
    for lot in sorted(lots, key=lambda lot: (lot.id, lot.warehouse_id, lot.eta)):
        seen[lot.id] += 1
        found.append(lot if seen[lot.id] == 1 else replace(lot, id=f"{lot.id}/{seen[lot.id]}"))
    return tuple(found)


@dataclass(frozen=True, slots=True)
class StockReserves:
    """What 1C keeps of an item for orders, by warehouse, under a revision. 1C's free stock leaves these out already."""

    item_id: str
    revision: int
    by_warehouse: Mapping[str, Decimal] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class StockBalance:
    """All balances of one item by warehouse id. `known` is False where 1C never sent any ("уточняйте", not "нет").

    `lots` come later, the earliest first, as 1C told them under `supply_revision`; `reserved` is what 1C keeps for orders at
    each warehouse.
    """

    item_id: str
    by_warehouse: Mapping[str, Balance] = field(default_factory=dict)
    lots: tuple[IncomingLot, ...] = ()
    reserved: Mapping[str, Decimal] = field(default_factory=dict)
    supply_revision: int = 0

    @property
    def known(self) -> bool:
        return bool(self.by_warehouse)

    def available(self, warehouse_id: str | None = None) -> Decimal:
        """Free to promise at one warehouse, or everywhere."""
        if warehouse_id is not None:
            balance = self.by_warehouse.get(warehouse_id)
            return balance.available if balance else ZERO
        return sum((balance.available for balance in self.by_warehouse.values()), ZERO)

    def expected(self, today: date, warehouse_id: str | None = None) -> tuple[tuple[date, Decimal], ...]:
        """What comes from today on and is nobody's yet, by day: at one warehouse, or everywhere."""
        found: dict[date, Decimal] = {}
        for lot in self.lots:
            if lot.free and lot.eta >= today and warehouse_id in (None, lot.warehouse_id):
                found[lot.eta] = found.get(lot.eta, ZERO) + lot.free
        return tuple(sorted(found.items()))


Source = tuple[str, str, str]
"""Item, warehouse, and the lot ("" on hand)."""


@dataclass(frozen=True, slots=True)
class Hold:
    """`quantity` of an item promised to an order at a warehouse until 1C answers; of the incoming lot `lot_id`, or on hand.

    `supply_revision`: the lots are as 1C told them then; told anew, the promise has to be looked at again.
    """

    item_id: str
    warehouse_id: str
    quantity: Decimal
    lot_id: str = ""
    supply_revision: int = 0

    @property
    def source(self) -> Source:
        return self.item_id, self.warehouse_id, self.lot_id
