"""What is on its way and what 1C keeps for orders: two attributes of an item's `STOCK`, so that one read gives all.

`lots` and `reserves` are JSON texts, each under its own revision (`lots_revision`, `reserves_revision`). The flat figures of
`stock` beside them are never touched.
"""

import json
from collections.abc import Mapping
from datetime import date
from decimal import Decimal
from typing import Any

from chalicelib.adapters.dynamo.catalogue.stock import stock_key
from chalicelib.adapters.dynamo.table import ConditionFailed, Table
from chalicelib.domain.catalogue.stock import IncomingLot, IncomingSupply, StockReserves

Typed = Mapping[str, Any]


class DynamoSupply:
    def __init__(self, portal: Table) -> None:
        self.portal = portal

    def save_incoming(self, supply: IncomingSupply) -> bool:
        lots = [[lot.id, lot.warehouse_id, lot.eta.isoformat(), str(lot.quantity), str(lot.reserved)] for lot in supply.lots]
        return self._save(supply.item_id, "lots", lots, supply.revision)

    def save_reserves(self, reserves: StockReserves) -> bool:
        kept = {warehouse_id: str(quantity) for warehouse_id, quantity in reserves.by_warehouse.items()}
        return self._save(reserves.item_id, "reserves", kept, reserves.revision)

    def _save(self, item_id: str, name: str, told: Any, revision: int) -> bool:
        """An item that has no balance yet gets its row here: its figures come beside."""
        names = {"#data": name, "#revision": f"{name}_revision"}
        values = {":data": json.dumps(told, ensure_ascii=False), ":revision": revision}
        newer = "attribute_not_exists(#revision) OR #revision < :revision"
        try:
            self.portal.update(stock_key(item_id), "SET #data = :data, #revision = :revision", newer, values, names)
        except ConditionFailed:
            return False
        return True


def lots_of(row: Typed) -> tuple[IncomingLot, ...]:
    """The earliest first."""
    told = json.loads(row["lots"]["S"]) if "lots" in row else ()
    lots = (
        IncomingLot(lot_id, warehouse_id, date.fromisoformat(eta), Decimal(quantity), Decimal(reserved))
        for lot_id, warehouse_id, eta, quantity, reserved in told
    )
    return tuple(sorted(lots, key=lambda lot: (lot.eta, lot.id)))


def reserves_of(row: Typed) -> dict[str, Decimal]:
    told = json.loads(row["reserves"]["S"]) if "reserves" in row else {}
    return {warehouse_id: Decimal(quantity) for warehouse_id, quantity in told.items()}
