"""Stock and provisional holds: what a dealer may be promised now."""

from collections.abc import Mapping
from dataclasses import dataclass, field
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
class StockBalance:
    """All balances of one item by warehouse id. `known` is False where 1C never sent any ("уточняйте", not "нет")."""

    item_id: str
    by_warehouse: Mapping[str, Balance] = field(default_factory=dict)

    @property
    def known(self) -> bool:
        return bool(self.by_warehouse)

    def available(self, warehouse_id: str | None = None) -> Decimal:
        """Free to promise at one warehouse, or everywhere."""
        if warehouse_id is not None:
            balance = self.by_warehouse.get(warehouse_id)
            return balance.available if balance else ZERO
        return sum((balance.available for balance in self.by_warehouse.values()), ZERO)


@dataclass(frozen=True, slots=True)
class Hold:
    """`quantity` of an item promised to an order at a warehouse until 1C answers."""

    item_id: str
    warehouse_id: str
    quantity: Decimal


def plan_hold(balance: StockBalance, warehouse_id: str, wanted: Decimal) -> Decimal:
    """How much of `wanted` the warehouse can promise now; the rest is a shortage the dealer sees before he orders."""
    return min(wanted, balance.available(warehouse_id))
