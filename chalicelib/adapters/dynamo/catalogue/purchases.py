"""What partners have bought, and who waits for goods.

portal  PURCHASES#<partner>  ITEMS             data = packed {item id: times}, seen = numbers of orders, version
        ARRIVALS             <item>#<user>     name, email, phone, warehouse_id, item_name, asked_at, partner_id
"""

import json
import zlib
from collections.abc import Sequence

from chalicelib.adapters.dynamo.table import ConditionFailed, Item, Key, Table
from chalicelib.adapters.dynamo.times import instant, instant_text
from chalicelib.domain.partners.partners import PartnerScope
from chalicelib.usecases.ports.purchases import Arrival, Purchases

ARRIVALS = "ARRIVALS"
MOST_ITEMS = 5_000
"""Items that are remembered: the packed list stays far below what a row may hold."""


def purchases_key(scope: PartnerScope) -> Key:
    return f"PURCHASES#{scope.partner_id}", "ITEMS"


class DynamoPurchases:
    def __init__(self, portal: Table) -> None:
        self.portal = portal

    def read(self, scope: PartnerScope) -> Purchases:
        kept = self.portal.get(purchases_key(scope))
        if kept is None:
            return Purchases()
        return Purchases(json.loads(zlib.decompress(kept["data"])), frozenset(kept["seen"]), int(kept["version"]))

    def save(self, scope: PartnerScope, purchases: Purchases) -> None:
        key = purchases_key(scope)
        most = dict(sorted(purchases.times.items(), key=lambda one: -one[1])[:MOST_ITEMS])
        item: Item = {"PK": key[0], "SK": key[1], "data": zlib.compress(json.dumps(most).encode()), "seen": list(purchases.seen)}
        try:
            condition = "attribute_not_exists(PK) OR version = :seen"
            self.portal.put(item | {"version": purchases.version + 1}, condition, {":seen": purchases.version})
        except ConditionFailed:
            return


class DynamoArrivals:
    def __init__(self, portal: Table) -> None:
        self.portal = portal

    def ask(self, scope: PartnerScope, arrival: Arrival) -> None:
        told = {name: getattr(arrival, name) for name in ("name", "email", "phone", "warehouse_id", "item_name")}
        sort = f"{arrival.item_id}#{arrival.user_id}"
        more = {"item_id": arrival.item_id, "user_id": arrival.user_id, "asked_at": instant_text(arrival.asked_at)}
        self.portal.put({"PK": ARRIVALS, "SK": sort, "partner_id": scope.partner_id} | told | more)

    def drop(self, item_id: str, user_id: str) -> None:
        self.portal.delete((ARRIVALS, f"{item_id}#{user_id}"))

    def asked(self, item_id: str, user_id: str) -> bool:
        return self.portal.get((ARRIVALS, f"{item_id}#{user_id}")) is not None

    def all(self) -> Sequence[Arrival]:
        return [_arrival(item) for item in self.portal.query(ARRIVALS)]


def _arrival(item: Item) -> Arrival:
    texts = {name: item[name] for name in ("item_id", "user_id", "name", "email", "phone", "warehouse_id", "item_name")}
    return Arrival(**texts, asked_at=instant(item["asked_at"]), partner_id=item["partner_id"])
