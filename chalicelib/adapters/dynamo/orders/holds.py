"""Provisional holds: quantities promised to an order until 1C answers, so that nobody is promised them twice.

`HOLD#<order>` has a `HEAD` (state, when due) and `PART#nn` items (what is held). A part and the counters of its balances
change in one transaction, and a part is let go by deleting it: that can succeed only once, whoever tries and however
often. `DUE#hold` lists the holds by the time they end; a settling that died half-way is found there and goes on.

Goods on hand and incoming lots are held alike: `A#warehouse` and `LA#lot` of the item's `STOCK` are what can be promised,
`H#` and `LH#` what is held. All that an order holds of an item is one update of it.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from decimal import Decimal
from itertools import islice
from uuid import uuid4

from chalicelib.adapters.dynamo.table import (
    ACTIONS_PER_TRANSACTION,
    ConditionFailed,
    Item,
    Key,
    Table,
    batch_get,
    check,
    delete,
    put,
    transact,
    update,
)
from chalicelib.adapters.dynamo.times import instant_text
from chalicelib.domain.catalogue.stock import Hold, Source

ACTIONS = ACTIONS_PER_TRANSACTION
PART_SIZE = 90
TAKING_LIFETIME = timedelta(minutes=15)
DUE = "DUE#hold"

Kept = Mapping[Source, Decimal]


def stock_key(item_id: str) -> Key:
    return f"ITEM#{item_id}", "STOCK"


class DynamoHolds:
    def __init__(self, portal: Table) -> None:
        self.portal = portal

    # --- taking -------------------------------------------------------------------------------------------------------

    def actions(self, number: str, wanted: Sequence[Hold], due: datetime) -> list[Item]:
        """What an order's own transaction does to hold all it wants; nothing for an order that holds nothing."""
        if not wanted:
            return []
        return [*self._head_actions(number, "open", "", due), *self._part_actions(number, 0, _by_item(wanted))]

    def take_in_parts(self, number: str, wanted: Sequence[Hold], now: datetime) -> str:
        """Holds of a long order, taken before it stands; the attempt that took them. Raises ConditionFailed.

        What an attempt before this one left half-taken is let go first; parts of two attempts never mix.
        """
        self.abandon(number, now)
        attempt = uuid4().hex
        transact(self.portal.client, self._head_actions(number, "taking", attempt, now + TAKING_LIFETIME))
        mine = check(self.portal.name, _head(number), "attempt = :attempt", {":attempt": attempt})
        for part, some in enumerate(_pieces(_by_item(wanted), PART_SIZE)):
            transact(self.portal.client, [mine, *self._part_actions(number, part, some)])
        return attempt

    def keep_actions(self, number: str, attempt: str, due: datetime) -> list[Item]:
        """What the transaction of a long order does: its holds are kept until `due`, if none was let go meanwhile."""
        head = self.portal.get(_head(number), strong=True) or {}
        sets = "SET #s = :open, due = :due"
        values = {":open": "open", ":taking": "taking", ":attempt": attempt, ":due": _due(number, due)}
        condition = "#s = :taking AND attempt = :attempt"
        return [
            update(self.portal.name, _head(number), sets, condition, values, {"#s": "state"}),
            put(self.portal.name, {"PK": DUE, "SK": _due(number, due), "order": number}),
            *([delete(self.portal.name, (DUE, head["due"]))] if head else []),
        ]

    def _head_actions(self, number: str, state: str, attempt: str, due: datetime) -> list[Item]:
        partition, sort = _head(number)
        head = {"PK": partition, "SK": sort, "state": state, "attempt": attempt, "due": _due(number, due)}
        return [
            put(self.portal.name, head, "attribute_not_exists(PK)"),
            put(self.portal.name, {"PK": DUE, "SK": _due(number, due), "order": number}),
        ]

    def _part_actions(self, number: str, part: int, wanted: Mapping[str, Sequence[Hold]]) -> list[Item]:
        lines = [[*hold.source, hold.quantity] for holds in wanted.values() for hold in holds]
        item: Item = {"PK": f"HOLD#{number}", "SK": f"PART#{part:02d}", "lines": lines}
        taken = (self._take(number, item_id, holds) for item_id, holds in wanted.items())
        return [put(self.portal.name, item, "attribute_not_exists(PK)"), *taken]

    def _take(self, number: str, item_id: str, holds: Sequence[Hold]) -> Item:
        names: dict[str, str] = {}
        values: Item = {":zero": 0}
        sets, conditions, more = [], [], ""
        for n, hold in enumerate(holds):
            names |= _counters(n, hold.warehouse_id, hold.lot_id)
            values[f":q{n}"] = hold.quantity
            sets.append(f"#a{n} = #a{n} - :q{n}, #h{n} = if_not_exists(#h{n}, :zero) + :q{n}")
            conditions.append(f"#a{n} >= :q{n}")
        lot = next((hold for hold in holds if hold.lot_id), None)
        if lot is not None:  # lots that were told anew may come on other days
            names |= {"#r": "lots_revision", "#o": "lots_orders"}
            values |= {":r": lot.supply_revision, ":o": {number}}
            conditions.append("#r = :r")
            more = " ADD #o :o"
        expression = f"SET {', '.join(sets)}{more}"
        return update(self.portal.name, stock_key(item_id), expression, " AND ".join(conditions), values, names)

    # --- moving ---------------------------------------------------------------------------------------------------------

    def move_actions(self, number: str, moved: Sequence[Hold], due: datetime) -> list[Item]:
        """What it takes to hold more of one source of the items and less of another. Raises ConditionFailed.

        An order whose hold has ended, because 1C has answered, begins a new one with what is more.
        """
        head = self.portal.get(_head(number), strong=True)
        if head is None:
            return self.actions(number, [hold for hold in moved if hold.quantity > 0], due)
        if head["state"] != "open":
            raise ConditionFailed
        parts = list(self.portal.query(f"HOLD#{number}", prefix="PART#", strong=True))
        by_item, by_part = _by_item(moved), dict[str, tuple[Item, list[Hold]]]()
        for item_id, holds in by_item.items():
            part = self._part_of(parts, item_id)
            by_part.setdefault(part["SK"], (part, []))[1].extend(holds)
        open_still = check(self.portal.name, _head(number), "#s = :open", {":open": "open"}, {"#s": "state"})
        changed = [self._moved_part(part, holds) for part, holds in by_part.values()]
        return [open_still, *changed, *(self._move(number, holds) for holds in by_item.values())]

    @staticmethod
    def _part_of(parts: Sequence[Item], item_id: str) -> Item:
        own = (part for part in parts if any(line[0] == item_id for line in part["lines"]))
        part = next(own, None) or next(iter(parts), None)
        if part is None:  # it is being let go at this moment
            raise ConditionFailed
        return part

    def _moved_part(self, part: Item, moved: Sequence[Hold]) -> Item:
        """`version` tells a part that was moved meanwhile."""
        lines = {(item_id, warehouse_id, lot_id): quantity for item_id, warehouse_id, lot_id, quantity in part["lines"]}
        for hold in moved:
            lines[hold.source] = lines.get(hold.source, Decimal(0)) + hold.quantity
        after = part | {
            "lines": [[*source, quantity] for source, quantity in lines.items() if quantity],
            "version": int(part.get("version", 0)) + 1,
        }
        was = "version = :was" if "version" in part else "attribute_exists(PK) AND attribute_not_exists(version)"
        return put(self.portal.name, after, was, {":was": part["version"]} if "version" in part else None)

    def _move(self, number: str, moved: Sequence[Hold]) -> Item:
        names: dict[str, str] = {}
        values: Item = {":zero": 0}
        sets, conditions = [], []
        for n, hold in enumerate(moved):
            names |= _counters(n, hold.warehouse_id, hold.lot_id)
            values[f":q{n}"] = hold.quantity
            sets.append(f"#a{n} = if_not_exists(#a{n}, :zero) - :q{n}, #h{n} = if_not_exists(#h{n}, :zero) + :q{n}")
            conditions += [f"#a{n} >= :q{n}"] if hold.quantity > 0 else []
        expression = f"SET {', '.join(sets)}"
        lot = next((hold for hold in moved if hold.lot_id and hold.quantity > 0 and hold.supply_revision), None)
        if lot is not None:  # see `_take`
            names |= {"#r": "lots_revision", "#o": "lots_orders"}
            values |= {":r": lot.supply_revision, ":o": {number}}
            conditions.append("#r = :r")
            expression += " ADD #o :o"
        return update(self.portal.name, stock_key(moved[0].item_id), expression, " AND ".join(conditions), values, names)

    # --- letting go ---------------------------------------------------------------------------------------------------

    def settle(self, number: str, kept: Kept, now: datetime) -> None:
        """End a hold. `kept` leaves the free stock as 1C's own reserve, the rest is free again. The first settling decides."""
        decided = self._decide(number, kept, now)
        if decided is None:
            return
        for part in list(self.portal.query(f"HOLD#{number}", prefix="PART#", strong=True)):
            self._let_go(part, decided)
        head = self.portal.get(_head(number), strong=True)
        if head:
            gone = [delete(self.portal.name, _head(number)), delete(self.portal.name, (DUE, head["due"]))]
            transact(self.portal.client, gone)

    def abandon(self, number: str, now: datetime) -> bool:
        """Let go what a placing that did not come to its end has taken; False where there is nothing. Never an order's own."""
        head = self.portal.get(_head(number), strong=True)
        if head is None or head["state"] == "open":
            return False
        if head["state"] == "taking":
            try:
                transact(self.portal.client, self._decision(number, head, {}, now))
            except ConditionFailed:
                return self.abandon(number, now)
        self.settle(number, {}, now)
        return True

    def _decide(self, number: str, kept: Kept, now: datetime) -> Kept | None:
        """What to keep: as given, or as an earlier settling that did not come to its end had decided; None if it is over."""
        head = self.portal.get(_head(number), strong=True)
        if head is None:
            return None
        if head["state"] != "settling":
            try:
                transact(self.portal.client, self._decision(number, head, kept, now))
                return kept
            except ConditionFailed:
                return self._decide(number, kept, now)
        return {(item_id, warehouse_id, lot_id): quantity for item_id, warehouse_id, lot_id, quantity in head["kept"]}

    def _decision(self, number: str, head: Item, kept: Kept, now: datetime) -> list[Item]:
        rows = [[*source, quantity] for source, quantity in kept.items()]
        values = {":settling": "settling", ":was": head["state"], ":kept": rows, ":due": _due(number, now), ":none": ""}
        sets = "SET #s = :settling, kept = :kept, due = :due, attempt = :none"
        actions = [update(self.portal.name, _head(number), sets, "#s = :was", values, {"#s": "state"})]
        if head["due"] != _due(number, now):
            actions.append(put(self.portal.name, {"PK": DUE, "SK": _due(number, now), "order": number}))
            actions.append(delete(self.portal.name, (DUE, head["due"])))
        return actions

    def _let_go(self, part: Item, kept: Kept) -> None:
        key = (part["PK"], part["SK"])
        actions = [delete(self.portal.name, key, "attribute_exists(PK)")]
        held = (Hold(item_id, warehouse_id, quantity, lot_id) for item_id, warehouse_id, lot_id, quantity in part["lines"])
        actions += [self._release(item_id, holds, kept) for item_id, holds in _by_item(held).items()]
        try:
            transact(self.portal.client, actions)
        except ConditionFailed as failed:
            if failed.only_conflicts:
                raise
            # else somebody has let this part go before us

    def _release(self, item_id: str, holds: Sequence[Hold], kept: Kept) -> Item:
        """1C's reserve is out of its free stock: F falls with H, so that what is available stays as it is.

        A lot has no F: what can be promised of it stays lowered by the reserve until 1C tells its lots anew.
        """
        names: dict[str, str] = {}
        values: Item = {":zero": 0}
        sets = []
        for n, hold in enumerate(holds):
            reserved = min(hold.quantity, kept.get(hold.source, Decimal(0)))
            names |= _counters(n, hold.warehouse_id, hold.lot_id)
            values |= {f":h{n}": hold.quantity, f":freed{n}": hold.quantity - reserved}
            sets.append(f"#h{n} = #h{n} - :h{n}, #a{n} = if_not_exists(#a{n}, :zero) + :freed{n}")
            if not hold.lot_id:
                names[f"#f{n}"], values[f":r{n}"] = f"F#{hold.warehouse_id}", reserved
                sets.append(f"#f{n} = #f{n} - :r{n}")
        return update(self.portal.name, stock_key(item_id), f"SET {', '.join(sets)}", values=values, names=names)

    def due(self, now: datetime) -> Iterator[str]:
        """Orders whose holds have ended, or whose settling has not."""
        for item in self.portal.query(DUE, at_most=instant_text(now), strong=True):
            yield item["order"]

    # --- checking -----------------------------------------------------------------------------------------------------

    def wrong_counters(self) -> Iterator[tuple[str, Decimal, Decimal]]:
        """Of all items that are held of: shelf and lots together."""
        held: dict[str, Decimal] = {}
        for row in list(self.portal.query(DUE, strong=True)):
            for part in self.portal.query(f"HOLD#{row['order']}", prefix="PART#", strong=True):
                for item_id, _, _, quantity in part["lines"]:
                    held[item_id] = held.get(item_id, Decimal(0)) + quantity
        keys = [(self.portal.name, stock_key(item_id)) for item_id in held]
        for (_, key), row in batch_get(self.portal.client, keys, strong=[self.portal.name]).items():
            item_id = key[0].removeprefix("ITEM#")
            counted = sum((Decimal(row[name]) for name in row if name[:2] == "H#" or name[:3] == "LH#"), Decimal(0))
            if counted != held[item_id]:
                yield item_id, counted, held[item_id]


def _head(number: str) -> Key:
    return f"HOLD#{number}", "HEAD"


def _due(number: str, at: datetime) -> str:
    return f"{instant_text(at)}#{number}"


def _counters(n: int, warehouse_id: str, lot_id: str) -> dict[str, str]:
    """What can be promised and what is held, of a lot or on hand."""
    if lot_id:
        return {f"#a{n}": f"LA#{lot_id}", f"#h{n}": f"LH#{lot_id}"}
    return {f"#a{n}": f"A#{warehouse_id}", f"#h{n}": f"H#{warehouse_id}"}


def _by_item(wanted: Iterable[Hold]) -> dict[str, list[Hold]]:
    """One update an item, and one hold a source in it: a transaction touches an item once."""
    found: dict[str, dict[Source, Hold]] = {}
    for hold in wanted:
        sources = found.setdefault(hold.item_id, {})
        before = sources.get(hold.source)
        sources[hold.source] = replace(hold, quantity=hold.quantity + before.quantity) if before else hold
    return {item_id: list(sources.values()) for item_id, sources in found.items()}


def _pieces(wanted: Mapping[str, Sequence[Hold]], size: int) -> Iterator[dict[str, Sequence[Hold]]]:
    rest = iter(wanted.items())
    while piece := dict(islice(rest, size)):
        yield piece
