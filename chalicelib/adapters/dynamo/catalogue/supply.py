"""What is on its way and what 1C keeps for orders, in an item's `STOCK`, so that one read gives all.

`lots` and `reserves` are JSON texts, each under its own revision (`lots_revision`, `reserves_revision`). Beside them stand for
each lot l `LH#l` held by orders, `LA#l` what of it can be promised still, and `lots_orders`: the orders that count on a lot.
Where there are any, a change of the lots leaves a row "plans" in the outbox: they are to be planned anew.
The flat figures of `stock` are never touched.
"""

import json
from collections.abc import Collection, Mapping, Sequence
from datetime import date
from decimal import Decimal
from typing import Any

from chalicelib.adapters.dynamo.catalogue.stock import stock_key
from chalicelib.adapters.dynamo.exchange.records import register_item
from chalicelib.adapters.dynamo.orders.outbox import to_item
from chalicelib.adapters.dynamo.table import ConditionFailed, Item, Table, put, transact, update
from chalicelib.domain.catalogue.stock import IncomingLot, IncomingSupply, StockReserves
from chalicelib.domain.exchange.records import Mark
from chalicelib.usecases.ports.clock import Clock
from chalicelib.usecases.ports.orders import OutboxRow

Typed = Mapping[str, Any]
PROMISED_LOTS = 60
"""The earliest lots of an item, which an expression of 4 KB has room for. Later ones are shown and not promised yet."""
MOST_GONE = 20
SET = "SET #data = :data, #revision = :revision"


class DynamoSupply:
    def __init__(self, portal: Table, clock: Clock) -> None:
        self.portal = portal
        self.clock = clock

    def save_incoming(self, supply: IncomingSupply) -> bool:
        """Holds stay deducted: what of a lot can be promised is 1C's figure less what is held of it at this moment."""
        while True:
            row = self.portal.get(stock_key(supply.item_id), strong=True) or {}
            if int(row.get("lots_revision", 0)) >= supply.revision:
                return False
            try:
                self._write(supply, row)
                return True
            except ConditionFailed:
                continue  # another record or a hold came between: look again

    def _write(self, supply: IncomingSupply, row: Item) -> None:
        lots = [[lot.id, lot.warehouse_id, lot.eta.isoformat(), str(lot.quantity), str(lot.reserved)] for lot in supply.lots]
        names = {"#data": "lots", "#revision": "lots_revision"}
        values: Item = {":data": json.dumps(lots, ensure_ascii=False), ":revision": supply.revision}
        sets, conditions = ["#data = :data", "#revision = :revision"], ["attribute_not_exists(#revision)"]
        if "lots_revision" in row:
            conditions, values[":was"] = ["#revision = :was"], row["lots_revision"]
        for n, lot in enumerate(sorted(supply.lots, key=lambda lot: (lot.eta, lot.id))[:PROMISED_LOTS]):
            names |= {f"#a{n}": f"LA#{lot.id}", f"#h{n}": f"LH#{lot.id}"}
            values |= {f":f{n}": lot.quantity - lot.reserved, ":zero": 0}
            sets.append(f"#a{n}=:f{n}-if_not_exists(#h{n},:zero)")
        gone = _gone(supply, row)
        for n, (name, held) in enumerate(gone):
            names[f"#g{n}"] = name
            if held is not None:
                conditions.append(f"#g{n} = :zero")
                values[":zero"] = 0
        removed = f" REMOVE {', '.join(f'#g{n}' for n in range(len(gone)))}" if gone else ""
        set_all = f"SET {', '.join(sets)}{removed}"
        mark = Mark(supply.item_id, supply.revision, bool(lots))
        plans = (
            [put(self.portal.name, to_item(OutboxRow.new("plans", supply.item_id, self.clock())))] if "lots_orders" in row else []
        )
        self._transact("incoming_supply", mark, (set_all, " AND ".join(conditions), values, names), plans)

    def counting_on(self, item_id: str) -> frozenset[str]:
        row = self.portal.get(stock_key(item_id), strong=True) or {}
        return frozenset(row.get("lots_orders", ()))

    def no_longer_counting(self, item_id: str, numbers: Collection[str]) -> None:
        self.portal.update(stock_key(item_id), "DELETE #o :gone", values={":gone": set(numbers)}, names={"#o": "lots_orders"})

    def save_reserves(self, reserves: StockReserves) -> bool:
        kept = {warehouse_id: str(quantity) for warehouse_id, quantity in reserves.by_warehouse.items()}
        return self._save(reserves.item_id, "reserves", kept, reserves.revision)

    def _save(self, item_id: str, name: str, told: Any, revision: int) -> bool:
        """An item that has no balance yet gets its row here: its figures come beside."""
        names = {"#data": name, "#revision": f"{name}_revision"}
        values = {":data": json.dumps(told, ensure_ascii=False), ":revision": revision}
        newer = "attribute_not_exists(#revision) OR #revision < :revision"
        try:
            self._transact(name, Mark(item_id, revision, bool(told)), (SET, newer, values, names))
        except ConditionFailed:
            return False
        return True

    def _transact(
        self, entity: str, mark: Mark, change: tuple[str, str, Item, dict[str, str]], more: Sequence[Item] = ()
    ) -> None:
        """With the mark in the register: what 1C has lost sight of is found there. Raises ConditionFailed."""
        table, place = self.portal.name, stock_key(mark.id)
        transact(self.portal.client, [update(table, place, *change), put(table, register_item(entity, mark, place)), *more])


def _gone(supply: IncomingSupply, row: Item) -> list[tuple[str, Decimal | None]]:
    """Attributes of lots that are no more: what can be promised of them (None), and what is held where that is nothing."""
    stay = {lot.id for lot in supply.lots}
    gone = [name for name in sorted(row) if name[:3] in ("LA#", "LH#") and name[3:] not in stay]
    found = [(name, row[name] if name.startswith("LH#") else None) for name in gone]
    return [(name, held) for name, held in found if not held][:MOST_GONE]


def lots_of(row: Typed) -> tuple[IncomingLot, ...]:
    """The earliest first."""
    told = json.loads(row["lots"]["S"]) if "lots" in row else ()
    lots = (_lot(row, lot_id, warehouse_id, eta, Decimal(quantity), Decimal(reserved))
            for lot_id, warehouse_id, eta, quantity, reserved in told)  # fmt: skip
    return tuple(sorted(lots, key=lambda lot: (lot.eta, lot.id)))


def _lot(row: Typed, lot_id: str, warehouse_id: str, eta: str, quantity: Decimal, reserved: Decimal) -> IncomingLot:
    left = row.get(f"LA#{lot_id}")
    held = quantity - reserved - (Decimal(left["N"]) if left else 0)
    return IncomingLot(lot_id, warehouse_id, date.fromisoformat(eta), quantity, reserved, held)


def revision_of(row: Typed) -> int:
    return int(row["lots_revision"]["N"]) if "lots_revision" in row else 0


def reserves_of(row: Typed) -> dict[str, Decimal]:
    told = json.loads(row["reserves"]["S"]) if "reserves" in row else {}
    return {warehouse_id: Decimal(quantity) for warehouse_id, quantity in told.items()}
