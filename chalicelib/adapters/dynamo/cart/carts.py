"""A cart: its head beside the partner, so that every page reads it with the account; its lines in a partition of their own."""

from collections.abc import Iterable, Sequence
from contextlib import suppress
from dataclasses import replace
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any

from chalicelib.adapters.dynamo import table as actions
from chalicelib.adapters.dynamo.table import ACTIONS_PER_TRANSACTION, ConditionFailed, Item, Key, Table, transact
from chalicelib.adapters.dynamo.times import instant, instant_text
from chalicelib.domain.cart.carts import LINES_IN_HEAD, CartHead, CartKind, CartLine, CartTotals, Change
from chalicelib.domain.errors import Conflict
from chalicelib.domain.partners.partners import PartnerScope

LIFETIMES = {CartKind.OWN: timedelta(days=60), CartKind.DRAFT: timedelta(days=730)}
"""Of lines nobody touches; those of templates stay for good."""

CLAIM_LIFETIME = timedelta(days=2)
"""A form that adds lines is remembered that long, for a second click."""

PLACED_LIFETIME = timedelta(days=30)
"""A draft that became an order is remembered that long, for late clicks."""

TEMPLATE = "BLANK#"
"""Templates stand before the carts in the partner's partition: no page but their own reads them."""

GONE = "Корзина уже оформлена в заказ: откройте её заново"
CHANGED = "Строки тем временем изменил другой сотрудник: проверьте их и повторите"


def head_key(scope: PartnerScope, cart: CartHead) -> Key:
    prefix = TEMPLATE if cart.kind is CartKind.TEMPLATE else "CART#"
    return f"PARTNER#{scope.partner_id}", f"{prefix}{cart.id}"


def lines_partition(scope: PartnerScope, cart: CartHead) -> str:
    return f"CART#{scope.partner_id}#{cart.id}#{cart.generation}"


def head_from_item(item: Item) -> CartHead:
    """The head as `DynamoPartners.account` finds it in the partner's partition."""
    totals = CartTotals(
        int(item.get("line_count", 0)),
        int(item.get("amount", 0)),
        item.get("weight_kg", 0),
        item.get("volume_m3", 0),
        int(item.get("vat_amount", 0)),
        int(item.get("places", 0)),
    )
    return CartHead(
        id=item["SK"].partition("#")[2],
        partner_id=item["PK"].removeprefix("PARTNER#"),
        generation=int(item.get("generation", 0)),
        version=int(item.get("version", 0)),
        totals=totals,
        last_order=item.get("last_order"),
        quantities=None if item.get("many") else {name[2:]: item[name] for name in item if name.startswith("Q#")},
        kind=CartKind(item.get("kind", CartKind.OWN)),
        name=item.get("name", ""),
        shared=item.get("shared", False),
        created=_change(item.get("created")),
        changed=_change(item.get("changed")),
    )


def _change(kept: Item | None) -> Change | None:
    return Change(kept["user"], kept["name"], instant(kept["at"])) if kept else None


def _change_item(change: Change) -> Item:
    return {"user": change.user_id, "name": change.name, "at": instant_text(change.at)}


def head_item(scope: PartnerScope, cart: CartHead) -> Item:
    partition, sort = head_key(scope, cart)
    many = cart.quantities is None
    item: Item = {"PK": partition, "SK": sort, "generation": cart.generation, "version": cart.version, "many": many}
    item |= {name.removeprefix(":"): value for name, value in totals_values(cart.totals).items()}
    item |= {f"Q#{item_id}": quantity for item_id, quantity in (cart.quantities or {}).items()}
    item |= {"last_order": cart.last_order} if cart.last_order else {}
    item |= {"changed": _change_item(cart.changed)} if cart.changed else {}
    return item | (_named(cart) if cart.kind is not CartKind.OWN else {})


def _named(cart: CartHead) -> Item:
    named: Item = {"kind": cart.kind.value, "name": cart.name, "shared": cart.shared}
    return named | ({"created": _change_item(cart.created)} if cart.created else {})


def emptied(order_number: str, cart: CartHead, now: datetime) -> Item:
    """What takes the head's place when the cart becomes an order: its next generation is empty, and a draft is over."""
    scope = PartnerScope(cart.partner_id)
    quantities: dict[str, Decimal] | None = None if cart.kind is CartKind.DRAFT else {}
    after = replace(
        cart,
        generation=cart.generation + 1,
        version=cart.version + 1,
        totals=CartTotals(),
        last_order=order_number,
        quantities=quantities,
    )
    ends = {"expires": int((now + PLACED_LIFETIME).timestamp())} if cart.kind is CartKind.DRAFT else {}
    return head_item(scope, after) | ends


def _line_item(scope: PartnerScope, cart: CartHead, line: CartLine, now: datetime) -> Item:
    item: dict[str, Any] = {
        "PK": lines_partition(scope, cart),
        "SK": f"LINE#{line.item_id}",
        "quantity": line.quantity,
        "added_at": instant_text(line.added_at or now),
    }
    if lifetime := LIFETIMES.get(cart.kind):
        item["expires"] = int((now + lifetime).timestamp())
    item |= {"changed_by": line.changed_by} if line.changed_by else {}
    item |= {"comment": line.comment} if line.comment else {}
    if line.seen_price is None:
        return item
    return item | {
        "seen_price": line.seen_price,
        "seen_contract_id": line.seen_contract_id,
        "seen_at": instant_text(line.seen_at or now),
    }


def _line_from_item(item: Item) -> CartLine:
    return CartLine(
        item_id=item["SK"].removeprefix("LINE#"),
        quantity=item["quantity"],
        seen_price=item.get("seen_price"),
        seen_contract_id=item.get("seen_contract_id", ""),
        added_at=instant(item["added_at"]),
        seen_at=instant(item["seen_at"]) if "seen_at" in item else None,
        comment=item.get("comment", ""),
        changed_by=item.get("changed_by", ""),
    )


def plus(table: str, scope: PartnerScope, cart: CartHead, line: CartLine, now: datetime) -> Item:
    """The write that adds a line to what lies there; what was seen first and put in first stays."""
    item = _line_item(scope, cart, line, now)
    key, quantity = (item.pop("PK"), item.pop("SK")), item.pop("quantity")
    names = {f"#{n}": name for n, name in enumerate(item)} | {"#q": "quantity"}
    values = {f":{n}": value for n, value in enumerate(item.values())} | {":q": quantity}
    sets = ", ".join(f"#{n} = if_not_exists(#{n}, :{n})" for n in range(len(item)))
    return actions.update(table, key, f"ADD #q :q SET {sets}", "", values, names)


class DynamoCarts:
    def __init__(self, portal: Table) -> None:
        self.portal = portal

    # --- reading ------------------------------------------------------------------------------------------------------

    def head(self, scope: PartnerScope, cart_id: str, kind: CartKind = CartKind.OWN) -> CartHead:
        empty = CartHead(cart_id, scope.partner_id, kind=kind)
        item = self.portal.get(head_key(scope, empty), strong=True)
        return head_from_item(item) if item else empty

    def templates(self, scope: PartnerScope) -> tuple[CartHead, ...]:
        found = self.portal.query(f"PARTNER#{scope.partner_id}", prefix=TEMPLATE, strong=True)
        return tuple(sorted(map(head_from_item, found), key=lambda cart: (cart.name.casefold(), cart.id)))

    def lines(self, scope: PartnerScope, cart: CartHead) -> tuple[CartLine, ...]:
        found = map(_line_from_item, self.portal.query(lines_partition(scope, cart), strong=True))
        return tuple(sorted(found, key=lambda line: (str(line.added_at), line.item_id)))

    # --- one line -----------------------------------------------------------------------------------------------------

    def put_line(
        self, scope: PartnerScope, cart: CartHead, line: CartLine, now: datetime, expected: Decimal | None = None
    ) -> CartLine | None:
        item = _line_item(scope, cart, line, now)
        key = (item.pop("PK"), item.pop("SK"))
        condition, values = _expecting(line, expected)
        try:
            before = self.portal.remove(key, condition, values) if line.quantity <= 0 else self._set(key, item, condition, values)
        except ConditionFailed as error:
            raise Conflict(CHANGED) from error
        return _line_from_item(before | {"PK": key[0], "SK": key[1]}) if before else None

    def _set(self, key: Key, item: Item, condition: str, more: Item) -> Item:
        """Overwrite everything but the time it was first added: the order of lines does not jump."""
        added_at = item.pop("added_at")
        names = {f"#{n}": name for n, name in enumerate(item)} | {"#added": "added_at"}
        values = {f":{n}": value for n, value in enumerate(item.values())} | {":added": added_at}
        sets = [f"#{n} = :{n}" for n in range(len(item))] + ["#added = if_not_exists(#added, :added)"]
        return self.portal.update(key, "SET " + ", ".join(sets), condition, values | more, names, returning="ALL_OLD")

    def add_totals(
        self, scope: PartnerScope, cart: CartHead, delta: CartTotals, line: CartLine, by: Change | None = None
    ) -> None:
        added = totals_values(delta) | {":version": 1}
        sums = "ADD " + ", ".join(f"{name.removeprefix(':')} {name}" for name in added)
        names, kept, values = _line_in_head(cart, line)
        mark, marked = (", changed = :changed", {":changed": _change_item(by)}) if by else ("", {})
        expression = f"{sums} SET generation = :g{mark}{kept}"
        try:
            self.portal.update(
                head_key(scope, cart),
                expression,
                same_generation(cart),
                added | values | marked | {":g": cart.generation},
                names,
            )
        except ConditionFailed as error:
            raise Conflict(GONE) from error

    def put_head(self, scope: PartnerScope, cart: CartHead) -> None:
        condition = "generation = :g AND version = :v"
        with suppress(ConditionFailed):  # a head that has moved on is right by itself, or will be at the next look
            self.portal.put(head_item(scope, cart), condition, {":g": cart.generation, ":v": cart.version})

    def annotate(self, scope: PartnerScope, cart: CartHead, item_id: str, comment: str, by: Change) -> None:
        line = (lines_partition(scope, cart), f"LINE#{item_id}")
        values = {":comment": comment}
        change = actions.update(self.portal.name, line, "SET #c = :comment", "attribute_exists(PK)", values, {"#c": "comment"})
        self._together([[change]], scope, [cart], by)

    def see_prices(self, scope: PartnerScope, cart: CartHead, lines: Sequence[CartLine], by: Change) -> None:
        groups = [[self._seen(scope, cart, line, by.at)] for line in lines]
        self._together(groups, scope, [cart], by)

    def _seen(self, scope: PartnerScope, cart: CartHead, line: CartLine, now: datetime) -> Item:
        key = (lines_partition(scope, cart), f"LINE#{line.item_id}")
        values = {":p": line.seen_price, ":c": line.seen_contract_id, ":at": instant_text(now)}
        sets = "SET seen_price = :p, seen_contract_id = :c, seen_at = :at"
        return actions.update(self.portal.name, key, sets, "attribute_exists(PK)", values)

    # --- many lines ---------------------------------------------------------------------------------------------------

    def add_lines(self, scope: PartnerScope, cart: CartHead, lines: Sequence[CartLine], by: Change, *, once: str) -> None:
        writes = [self._plus(scope, cart, line, by) for line in lines]
        for number, batch in enumerate(_batches(writes, ACTIONS_PER_TRANSACTION - 2)):
            claim = {"PK": f"ADDED#{scope.partner_id}#{cart.id}", "SK": f"{once}#{number}"}
            kept = claim | {"expires": int((by.at + CLAIM_LIFETIME).timestamp())}
            first = actions.put(self.portal.name, kept, "attribute_not_exists(PK)")
            try:
                transact(self.portal.client, [first, *batch, self._touched(scope, cart, by)])
            except ConditionFailed as error:
                if error.reasons[0] != "ConditionalCheckFailed":
                    raise Conflict(GONE) from error

    def remove_lines(self, scope: PartnerScope, cart: CartHead, lines: Sequence[CartLine], by: Change) -> None:
        self._together([[self._minus(scope, cart, line)] for line in lines], scope, [cart], by)

    def move_lines(self, scope: PartnerScope, source: CartHead, target: CartHead, lines: Sequence[CartLine], by: Change) -> None:
        pairs = [[self._minus(scope, source, line), self._plus(scope, target, line, by)] for line in lines]
        self._together(pairs, scope, [source, target], by)

    def _together(self, groups: Sequence[list[Item]], scope: PartnerScope, carts: Sequence[CartHead], by: Change) -> None:
        """Groups of writes in transactions, each with a mark on every head it concerns: a group is done whole or not at all."""
        room = (ACTIONS_PER_TRANSACTION - len(carts)) // max(map(len, groups), default=1)
        for start in range(0, len(groups), room):
            writes = [write for group in groups[start : start + room] for write in group]
            try:
                transact(self.portal.client, [*writes, *(self._touched(scope, cart, by) for cart in carts)])
            except ConditionFailed as error:
                raise Conflict(CHANGED) from error

    def _plus(self, scope: PartnerScope, cart: CartHead, line: CartLine, by: Change) -> Item:
        return plus(self.portal.name, scope, cart, replace(line, changed_by=by.user_id), by.at)

    def _minus(self, scope: PartnerScope, cart: CartHead, line: CartLine) -> Item:
        key = (lines_partition(scope, cart), f"LINE#{line.item_id}")
        return actions.delete(self.portal.name, key, "quantity = :seen", {":seen": line.quantity})

    def _touched(self, scope: PartnerScope, cart: CartHead, by: Change) -> Item:
        """Its quantities and totals are put right at the next look."""
        values: Item = {":one": 1, ":g": cart.generation, ":many": True, ":changed": _change_item(by)}
        expression = "ADD version :one SET generation = :g, many = :many, changed = :changed"
        return actions.update(self.portal.name, head_key(scope, cart), expression, same_generation(cart), values)

    # --- whole carts --------------------------------------------------------------------------------------------------

    def create(self, scope: PartnerScope, cart: CartHead, lines: Sequence[CartLine], by: Change) -> CartHead:
        """Its lines first, so that nobody sees it half made."""
        made = replace(cart, quantities=None, created=by, changed=by, version=1)
        writes = [actions.put(self.portal.name, _line_item(scope, made, line, by.at)) for line in lines]
        for batch in _batches(writes, ACTIONS_PER_TRANSACTION):
            transact(self.portal.client, batch)
        self.portal.put(head_item(scope, made), "attribute_not_exists(PK)")
        return made

    def rename(self, scope: PartnerScope, cart: CartHead, by: Change) -> None:
        values = {":n": cart.name, ":s": cart.shared, ":one": 1, ":changed": _change_item(by)}
        expression = "ADD version :one SET #name = :n, #shared = :s, changed = :changed"
        try:
            self.portal.update(
                head_key(scope, cart), expression, "attribute_exists(PK)", values, {"#name": "name", "#shared": "shared"}
            )
        except ConditionFailed as error:
            raise Conflict(GONE) from error

    def clear(self, scope: PartnerScope, cart: CartHead, by: Change) -> None:
        """The next generation is empty; forms made for this one are refused."""
        empty = replace(
            cart, generation=cart.generation + 1, version=cart.version + 1, totals=CartTotals(), quantities={}, changed=by
        )
        try:
            self.portal.put(head_item(scope, empty), "generation = :g AND version = :v", _seen_version(cart))
        except ConditionFailed as error:
            raise Conflict(CHANGED) from error

    def delete(self, scope: PartnerScope, cart: CartHead) -> None:
        """Its head; the lines of a head that is gone can't be reached any more."""
        try:
            self.portal.delete(head_key(scope, cart), "generation = :g AND version = :v", _seen_version(cart))
        except ConditionFailed as error:
            raise Conflict(CHANGED) from error
        found = self.portal.query(lines_partition(scope, cart))
        gone = [actions.delete(self.portal.name, (line["PK"], line["SK"])) for line in found]
        for batch in _batches(gone, ACTIONS_PER_TRANSACTION):
            transact(self.portal.client, batch)

    def next_quotation(self, scope: PartnerScope) -> int:
        key = f"PARTNER#{scope.partner_id}", "BLANK_NUMBERS"
        count = self.portal.update(key, "ADD #n :one", values={":one": 1}, names={"#n": "n"}, returning="UPDATED_NEW")
        return int(count["n"])


def _seen_version(cart: CartHead) -> Item:
    return {":g": cart.generation, ":v": cart.version}


def _batches(writes: Sequence[Item], size: int) -> Iterable[Sequence[Item]]:
    return (writes[start : start + size] for start in range(0, len(writes), size))


def same_generation(cart: CartHead) -> str:
    """One's own cart begins with its first line; a draft that is gone must not come back by a late line."""
    return "attribute_not_exists(generation) OR generation = :g" if cart.kind is CartKind.OWN else "generation = :g"


def _expecting(line: CartLine, expected: Decimal | None) -> tuple[str, Item]:
    """The line must be as the caller saw it, unless he changed it himself."""
    if expected is None:
        return "", {}
    same = "quantity = :expected" if expected > 0 else "attribute_not_exists(PK)"
    gone = " OR attribute_not_exists(PK)" if line.quantity <= 0 and expected > 0 else ""
    values: Item = {":expected": expected} if expected > 0 else {}
    return f"{same}{gone} OR changed_by = :me", values | {":me": line.changed_by}


def _line_in_head(cart: CartHead, line: CartLine) -> tuple[dict[str, str] | None, str, Item]:
    """What the head's update adds for the quantity of a line: names, text behind SET, values."""
    if cart.quantities is None or len(cart.quantities) >= LINES_IN_HEAD:
        return None, ", many = :many", {":many": True}
    names = {"#line": f"Q#{line.item_id}"}
    if line.quantity > 0:
        return names, ", #line = :quantity", {":quantity": line.quantity}
    return names, " REMOVE #line", {}


def totals_values(totals: CartTotals) -> Item:
    return {
        ":line_count": totals.line_count,
        ":amount": totals.amount,
        ":weight_kg": totals.weight_kg,
        ":volume_m3": totals.volume_m3,
        ":vat_amount": totals.vat_amount,
        ":places": totals.places,
    }
