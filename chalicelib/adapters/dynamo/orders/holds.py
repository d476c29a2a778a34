"""Provisional holds: quantities promised to an order until 1C answers, so that nobody is promised them twice.

`HOLD#<order>` has a `HEAD` (state, when due) and `PART#nn` items (what is held). A part and the counters of its balances
change in one transaction, and a part is let go by deleting it: that can succeed only once, whoever tries and however
often. `DUE#hold` lists the holds by the time they end; a settling that died half-way is found there and goes on.
"""

from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime, timedelta
from decimal import Decimal
from uuid import uuid4

from chalicelib.adapters.dynamo.table import (
    ACTIONS_PER_TRANSACTION,
    ConditionFailed,
    Item,
    Key,
    Table,
    check,
    delete,
    put,
    transact,
    update,
)
from chalicelib.adapters.dynamo.times import instant_text
from chalicelib.domain.catalogue.stock import Hold

ACTIONS = ACTIONS_PER_TRANSACTION
PART_SIZE = 90
TAKING_LIFETIME = timedelta(minutes=15)
DUE = "DUE#hold"

Kept = Mapping[tuple[str, str], Decimal]


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
        return [*self._head_actions(number, "open", "", due), *self._part_actions(number, 0, wanted)]

    def take_in_parts(self, number: str, wanted: Sequence[Hold], now: datetime) -> str:
        """Holds of a long order, taken before it stands; the attempt that took them. Raises ConditionFailed.

        What an attempt before this one left half-taken is let go first; parts of two attempts never mix.
        """
        self.settle(number, {}, now)
        attempt = uuid4().hex
        transact(self.portal.client, self._head_actions(number, "taking", attempt, now + TAKING_LIFETIME))
        mine = check(self.portal.name, _head(number), "attempt = :attempt", {":attempt": attempt})
        for part, start in enumerate(range(0, len(wanted), PART_SIZE)):
            transact(self.portal.client, [mine, *self._part_actions(number, part, wanted[start : start + PART_SIZE])])
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

    def _part_actions(self, number: str, part: int, wanted: Sequence[Hold]) -> list[Item]:
        lines = [[hold.item_id, hold.warehouse_id, hold.quantity] for hold in wanted]
        item: Item = {"PK": f"HOLD#{number}", "SK": f"PART#{part:02d}", "lines": lines}
        return [put(self.portal.name, item, "attribute_not_exists(PK)"), *(self._take(hold) for hold in wanted)]

    def _take(self, hold: Hold) -> Item:
        names = {"#a": f"A#{hold.warehouse_id}", "#h": f"H#{hold.warehouse_id}"}
        sets = "SET #a = #a - :q, #h = if_not_exists(#h, :zero) + :q"
        values = {":q": hold.quantity, ":zero": 0}
        return update(self.portal.name, stock_key(hold.item_id), sets, "#a >= :q", values, names)

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
        return {(item_id, warehouse_id): quantity for item_id, warehouse_id, quantity in head["kept"]}

    def _decision(self, number: str, head: Item, kept: Kept, now: datetime) -> list[Item]:
        rows = [[item_id, warehouse_id, quantity] for (item_id, warehouse_id), quantity in kept.items()]
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
        actions += [self._release(item_id, warehouse_id, held, kept) for item_id, warehouse_id, held in part["lines"]]
        try:
            transact(self.portal.client, actions)
        except ConditionFailed as failed:
            if failed.only_conflicts:
                raise
            # else somebody has let this part go before us

    def _release(self, item_id: str, warehouse_id: str, held: Decimal, kept: Kept) -> Item:
        """1C's reserve is out of its free stock: F falls with H, so that what is available stays as it is."""
        reserved = min(held, kept.get((item_id, warehouse_id), Decimal(0)))
        names = {"#f": f"F#{warehouse_id}", "#a": f"A#{warehouse_id}", "#h": f"H#{warehouse_id}"}
        sets = "SET #f = #f - :reserved, #h = #h - :held, #a = #a + :freed"
        values = {":reserved": reserved, ":held": held, ":freed": held - reserved}
        return update(self.portal.name, stock_key(item_id), sets, values=values, names=names)

    def due(self, now: datetime) -> Iterator[str]:
        """Orders whose holds have ended, or whose settling has not."""
        for item in self.portal.query(DUE, at_most=instant_text(now), strong=True):
            yield item["order"]


def _head(number: str) -> Key:
    return f"HOLD#{number}", "HEAD"


def _due(number: str, at: datetime) -> str:
    return f"{instant_text(at)}#{number}"
