"""A cart: its head beside the partner, so that every page reads it with the account; its lines in a partition of their own."""

from contextlib import suppress
from datetime import datetime, timedelta
from typing import Any

from chalicelib.adapters.dynamo.table import ConditionFailed, Item, Key, Table
from chalicelib.adapters.dynamo.times import instant, instant_text
from chalicelib.domain.carts import CartHead, CartLine, CartTotals
from chalicelib.domain.errors import Conflict
from chalicelib.domain.partners import PartnerScope

LIFETIME = timedelta(days=60)


def head_key(scope: PartnerScope, cart_id: str) -> Key:
    return f"PARTNER#{scope.partner_id}", f"CART#{cart_id}"


def lines_partition(scope: PartnerScope, cart: CartHead) -> str:
    return f"CART#{scope.partner_id}#{cart.id}#{cart.generation}"


def head_from_item(item: Item) -> CartHead:
    """The head as `DynamoPartners.account` finds it in the partner's partition."""
    totals = CartTotals(
        int(item.get("line_count", 0)), int(item.get("amount", 0)), item.get("weight_kg", 0), item.get("volume_m3", 0)
    )
    return CartHead(
        id=item["SK"].removeprefix("CART#"),
        partner_id=item["PK"].removeprefix("PARTNER#"),
        generation=int(item.get("generation", 0)),
        version=int(item.get("version", 0)),
        totals=totals,
        last_order=item.get("last_order"),
    )


def _line_item(scope: PartnerScope, cart: CartHead, line: CartLine, now: datetime) -> Item:
    item: dict[str, Any] = {
        "PK": lines_partition(scope, cart),
        "SK": f"LINE#{line.item_id}",
        "quantity": line.quantity,
        "seen_contract_id": line.seen_contract_id,
        "added_at": instant_text(line.added_at or now),
        "expires": int((now + LIFETIME).timestamp()),
    }
    return item | ({"seen_price": line.seen_price} if line.seen_price is not None else {})


def _line_from_item(item: Item) -> CartLine:
    return CartLine(
        item_id=item["SK"].removeprefix("LINE#"),
        quantity=item["quantity"],
        seen_price=item.get("seen_price"),
        seen_contract_id=item["seen_contract_id"],
        added_at=instant(item["added_at"]),
    )


class DynamoCarts:
    def __init__(self, portal: Table) -> None:
        self.portal = portal

    def head(self, scope: PartnerScope, cart_id: str) -> CartHead:
        item = self.portal.get(head_key(scope, cart_id), strong=True)
        return head_from_item(item) if item else CartHead(cart_id, scope.partner_id)

    def lines(self, scope: PartnerScope, cart: CartHead) -> tuple[CartLine, ...]:
        found = map(_line_from_item, self.portal.query(lines_partition(scope, cart), strong=True))
        return tuple(sorted(found, key=lambda line: (str(line.added_at), line.item_id)))

    def put_line(self, scope: PartnerScope, cart: CartHead, line: CartLine, now: datetime) -> CartLine | None:
        item = _line_item(scope, cart, line, now)
        key = (item.pop("PK"), item.pop("SK"))
        before = self.portal.remove(key) if line.quantity <= 0 else self._set(key, item)
        return _line_from_item(before | {"PK": key[0], "SK": key[1]}) if before else None

    def _set(self, key: Key, item: Item) -> Item:
        """Overwrite everything but the time it was first added: the order of lines does not jump."""
        added_at = item.pop("added_at")
        names = {f"#{n}": name for n, name in enumerate(item)} | {"#added": "added_at"}
        values = {f":{n}": value for n, value in enumerate(item.values())} | {":added": added_at}
        sets = [f"#{n} = :{n}" for n in range(len(item))] + ["#added = if_not_exists(#added, :added)"]
        return self.portal.update(key, "SET " + ", ".join(sets), values=values, names=names, returning="ALL_OLD")

    def add_totals(self, scope: PartnerScope, cart: CartHead, delta: CartTotals) -> None:
        expression = "ADD line_count :n, amount :a, weight_kg :w, volume_m3 :v, version :one SET generation = :g"
        self._update_head(scope, cart, expression, _totals(delta) | {":one": 1})

    def set_totals(self, scope: PartnerScope, cart: CartHead, totals: CartTotals) -> None:
        expression = "SET line_count = :n, amount = :a, weight_kg = :w, volume_m3 = :v, generation = :g"
        with suppress(Conflict):  # totals of a cart that has become an order are of no use to anybody
            self._update_head(scope, cart, expression, _totals(totals))

    def _update_head(self, scope: PartnerScope, cart: CartHead, expression: str, values: Item) -> None:
        condition = "attribute_not_exists(generation) OR generation = :g"
        try:
            self.portal.update(head_key(scope, cart.id), expression, condition, values | {":g": cart.generation})
        except ConditionFailed as error:
            raise Conflict("Корзина уже оформлена в заказ: откройте её заново") from error


def _totals(totals: CartTotals) -> Item:
    return {":n": totals.line_count, ":a": totals.amount, ":w": totals.weight_kg, ":v": totals.volume_m3}
