"""Quick orders: rows in a file of S3, what of them went into the cart beside the sessions; formats of dealers stay."""

import hashlib
import json
from collections.abc import Mapping
from dataclasses import asdict
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any

from chalicelib.adapters.dynamo import table as actions
from chalicelib.adapters.dynamo.cart.carts import head_key, plus, same_generation, totals_values
from chalicelib.adapters.dynamo.table import ConditionFailed, Item, Key, Table, transact
from chalicelib.adapters.dynamo.times import instant, instant_text
from chalicelib.domain.cart.carts import CartHead
from chalicelib.domain.cart.quick_order import QuickLine, QuickOrder, Verdict
from chalicelib.domain.errors import Conflict, NotFound
from chalicelib.domain.partners.partners import PartnerScope
from chalicelib.usecases.ports.files import FileStore
from chalicelib.usecases.ports.quick_orders import Added, Portion

LIFETIME = timedelta(days=30)
"""Longer than the bucket keeps the rows."""

GONE = "Быстрый заказ не найден: начните новый"


def file_key(order_id: str) -> str:
    return f"quick-orders/{order_id}.json"


def _partition(scope: PartnerScope, order_id: str) -> str:
    return f"QUICK#{scope.partner_id}#{order_id}"


def _format_key(scope: PartnerScope, signature: str) -> Key:
    return f"QUICKFORMATS#{scope.partner_id}", hashlib.sha256(signature.encode()).hexdigest()[:32]


class DynamoQuickOrders:
    def __init__(self, portal: Table, ephemeral: Table, files: FileStore) -> None:
        self.portal, self.ephemeral, self.files = portal, ephemeral, files

    def save(self, order: QuickOrder) -> None:
        kept = asdict(order) | {
            "made_at": instant_text(order.made_at),
            "lines": [[n.number, n.cells, n.code, n.quantity, n.item_id, n.verdict] for n in order.lines],
        }
        self.files.put(file_key(order.id), json.dumps(kept, ensure_ascii=False).encode(), "application/json")

    def read(self, scope: PartnerScope, order_id: str) -> QuickOrder:
        try:
            with self.files.open(file_key(order_id)) as file:
                kept: dict[str, Any] = json.load(file)
        except NotFound as error:
            raise NotFound(GONE) from error
        if kept["partner_id"] != scope.partner_id:
            raise NotFound(GONE)
        lines = tuple(
            QuickLine(number, tuple(cells), code, quantity, item_id, Verdict(verdict))
            for number, cells, code, quantity, item_id, verdict in kept["lines"]
        )
        return QuickOrder(**(kept | {"made_at": instant(kept["made_at"]), "head": tuple(kept["head"]), "lines": lines}))

    def exists(self, order_id: str) -> bool:
        return self.files.stored(file_key(order_id)) is not None

    def added(self, scope: PartnerScope, order_id: str) -> Added:
        rows: dict[int, Decimal] = {}
        revision = 0
        for item in self.ephemeral.query(_partition(scope, order_id), strong=True):
            revision = max(revision, int(item["SK"].split("#")[1]))
            rows |= {int(number): quantity for number, quantity in item["rows"].items()}
        return Added(rows, revision + 1)

    def add(self, scope: PartnerScope, order_id: str, cart: CartHead, portion: Portion, now: datetime) -> bool:
        claim: Item = {
            "PK": _partition(scope, order_id),
            "SK": f"ADDED#{portion.revision:06}#{portion.number:06}",
            "rows": {str(number): quantity for number, quantity in portion.rows.items()},
            "expires": int((now + LIFETIME).timestamp()),
        }
        try:
            transact(
                self.portal.client,
                [
                    actions.put(self.ephemeral.name, claim, "attribute_not_exists(PK)"),
                    self._grown(scope, cart, portion),
                    *(plus(self.portal.name, scope, cart, line, now) for line in portion.lines),
                ],
            )
        except ConditionFailed as error:
            if self.ephemeral.get((claim["PK"], claim["SK"]), strong=True):
                return False
            raise Conflict("Корзина уже оформлена в заказ: откройте её заново") from error
        return True

    def _grown(self, scope: PartnerScope, cart: CartHead, portion: Portion) -> Item:
        """Its quantities are put right at the next look."""
        added = totals_values(portion.totals) | {":version": 1}
        sums = ", ".join(f"{name.removeprefix(':')} {name}" for name in added)
        expression = f"ADD {sums} SET generation = :g, many = :many"
        values = added | {":g": cart.generation, ":many": True}
        return actions.update(self.portal.name, head_key(scope, cart), expression, same_generation(cart), values)

    def columns(self, scope: PartnerScope, signature: str) -> Mapping[str, int] | None:
        item = self.portal.get(_format_key(scope, signature))
        return {role: int(place) for role, place in item["columns"].items()} if item else None

    def remember_columns(self, scope: PartnerScope, signature: str, columns: Mapping[str, int], now: datetime) -> None:
        partition, sort = _format_key(scope, signature)
        self.portal.put({"PK": partition, "SK": sort, "columns": dict(columns), "changed_at": instant_text(now)})
