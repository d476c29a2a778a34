"""A cart: its head beside the partner, so that every page reads it with the account; its lines in a partition of their own."""

from contextlib import suppress
from datetime import datetime, timedelta
from typing import Any

from chalicelib.adapters.dynamo.table import ConditionFailed, Item, Key, Table
from chalicelib.adapters.dynamo.times import instant, instant_text
from chalicelib.domain.errors import Conflict
from chalicelib.domain.orders.carts import LINES_IN_HEAD, CartHead, CartLine, CartTotals
from chalicelib.domain.partners.partners import PartnerScope

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
        quantities=None if item.get("many") else {name[2:]: item[name] for name in item if name.startswith("Q#")},
    )


def head_item(scope: PartnerScope, cart: CartHead) -> Item:
    partition, sort = head_key(scope, cart.id)
    many = cart.quantities is None
    item: Item = {"PK": partition, "SK": sort, "generation": cart.generation, "version": cart.version, "many": many}
    item |= {name.removeprefix(":"): value for name, value in _totals(cart.totals).items()}
    item |= {f"Q#{item_id}": quantity for item_id, quantity in (cart.quantities or {}).items()}
    return item | ({"last_order": cart.last_order} if cart.last_order else {})


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

    def add_totals(self, scope: PartnerScope, cart: CartHead, delta: CartTotals, line: CartLine) -> None:
        added = _totals(delta) | {":version": 1}
        sums = "ADD " + ", ".join(f"{name.removeprefix(':')} {name}" for name in added)
        names, kept, values = _line_in_head(cart, line)
        expression = f"{sums} SET generation = :g{kept}"
        condition = "attribute_not_exists(generation) OR generation = :g"
        try:
            self.portal.update(head_key(scope, cart.id), expression, condition, added | values | {":g": cart.generation}, names)
        except ConditionFailed as error:
            raise Conflict("Корзина уже оформлена в заказ: откройте её заново") from error

    def put_head(self, scope: PartnerScope, cart: CartHead) -> None:
        condition = "generation = :g AND version = :v"
        with suppress(ConditionFailed):  # a head that has moved on is right by itself, or will be at the next look
            self.portal.put(head_item(scope, cart), condition, {":g": cart.generation, ":v": cart.version})


def _line_in_head(cart: CartHead, line: CartLine) -> tuple[dict[str, str] | None, str, Item]:
    """What the head's update adds for the quantity of a line: names, text behind SET, values."""
    if cart.quantities is None or len(cart.quantities) >= LINES_IN_HEAD:
        return None, ", many = :many", {":many": True}
    names = {"#line": f"Q#{line.item_id}"}
    if line.quantity > 0:
        return names, ", #line = :quantity", {":quantity": line.quantity}
    return names, " REMOVE #line", {}


def _totals(totals: CartTotals) -> Item:
    return {
        ":line_count": totals.line_count,
        ":amount": totals.amount,
        ":weight_kg": totals.weight_kg,
        ":volume_m3": totals.volume_m3,
    }
