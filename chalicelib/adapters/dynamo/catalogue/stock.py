"""Balances: one item per position with flat figures for each warehouse w.

`F#w` free as 1C said last, `H#w` held by orders it has not answered, `A#w` = F - H what can be promised, `S#w` the run
that F comes from. A new F moves A by as much, so that holds stay deducted whoever writes first.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from decimal import Decimal
from itertools import islice
from typing import Any

from chalicelib.adapters.dynamo.rows import in_parallel, read_some, without_failed
from chalicelib.adapters.dynamo.table import ACTIONS_PER_TRANSACTION, ConditionFailed, Item, Key, Table, put, transact, update
from chalicelib.domain.exchange.exchange import Tally

WAREHOUSES_PER_UPDATE = 50
"""An expression is at most 4 KB long."""

Balances = Mapping[str, Decimal]
Row = tuple[str, Balances]


def stock_key(item_id: str) -> Key:
    return f"ITEM#{item_id}", "STOCK"


class DynamoStock:
    def __init__(self, portal: Table) -> None:
        self.portal = portal

    def apply(self, balances: Mapping[str, Balances], seq: int, *, contested: int = 0) -> Tally:
        kept = read_some(self.portal, [stock_key(item_id) for item_id in balances])
        known = {item_id for item_id in balances if stock_key(item_id) in kept}
        rows = [(item_id, told, kept.get(stock_key(item_id), {})) for item_id, told in balances.items()]
        changed = [(item_id, news) for item_id, told, row in rows if (news := _news(told, row, seq))]
        written = self._write_all(changed, seq, known)
        if contested:
            self._confirm([(item_id, equal) for item_id, told, row in rows if (equal := _equal(told, row, seq, contested))], seq)
        return Tally(len(rows), written, len(rows) - written)

    def _confirm(self, rows: Sequence[Row], seq: int) -> None:
        """Equal figures under a number whose rows may still come get the new number; what has changed meanwhile is written."""
        pieces = [(item_id, dict(piece)) for item_id, told in rows for piece in batched(told.items(), WAREHOUSES_PER_UPDATE)]
        size = ACTIONS_PER_TRANSACTION if len(pieces) == len(rows) else 1
        chunks = [pieces[start : start + size] for start in range(0, len(pieces), size)]
        in_parallel(lambda chunk: self._confirm_some(chunk, seq), chunks)

    def _confirm_some(self, rows: Sequence[Row], seq: int) -> None:
        left = list(rows)
        while left:
            try:
                return transact(self.portal.client, [self._mark(*row, seq) for row in left])
            except ConditionFailed as failed:
                held = without_failed(left, failed)
            for row in left:
                if row not in held:
                    self._write_one(*row, seq)
            left = held

    def _mark(self, item_id: str, told: Balances, seq: int) -> Item:
        names: dict[str, str] = {}
        values: dict[str, Any] = {":seq": seq}
        for n, (warehouse_id, free) in enumerate(told.items()):
            names |= {f"#{letter}{n}": f"{letter}#{warehouse_id}" for letter in "FS"}
            values[f":f{n}"] = free
        sets = ",".join(f"#S{n}=:seq" for n in range(len(told)))
        condition = " AND ".join(f"#S{n}<=:seq AND #F{n}=:f{n}" for n in range(len(told)))
        return update(self.portal.name, stock_key(item_id), f"SET {sets}", condition, values, names)

    def _write_all(self, rows: Sequence[Row], seq: int, known: set[str]) -> int:
        """How many items were written."""
        long = [row for row in rows if len(row[1]) > WAREHOUSES_PER_UPDATE and row[0] in known]
        rows = [row for row in rows if row not in long] if long else rows
        size = ACTIONS_PER_TRANSACTION
        chunks = [rows[start : start + size] for start in range(0, len(rows), size)]
        written = in_parallel(lambda chunk: self._write(chunk, seq, known), chunks)
        return sum(written) + sum(self._write_one(item_id, told, seq) for item_id, told in long)

    def _write(self, rows: Sequence[Row], seq: int, known: set[str]) -> int:
        """In one transaction; an item whose condition failed is looked at again, by itself."""
        left, again = list(rows), 0
        while left:
            try:
                transact(self.portal.client, [self._action(*row, seq, row[0] in known) for row in left])
                break
            except ConditionFailed as failed:
                held = without_failed(left, failed)
            again += sum(self._write_one(*row, seq) for row in left if row not in held)
            left = held
        return len(left) + again

    def _write_one(self, item_id: str, told: Balances, seq: int) -> int:
        """1 if anything was written. What another writer left to say is decided on his figures."""
        written = 0
        while True:
            kept = read_some(self.portal, [stock_key(item_id)]).get(stock_key(item_id), {})
            news = dict(islice(_news(told, kept, seq).items(), WAREHOUSES_PER_UPDATE))
            if not news:
                return written
            try:
                transact(self.portal.client, [self._action(item_id, news, seq, bool(kept))])
                written = 1
            except ConditionFailed as failed:
                if failed.only_conflicts:
                    raise

    def _action(self, item_id: str, told: Balances, seq: int, known: bool) -> Item:
        if known:
            return self._update(item_id, told, seq)
        item: Item = dict(zip(("PK", "SK"), stock_key(item_id), strict=True))
        for warehouse_id, free in told.items():
            item |= {f"F#{warehouse_id}": free, f"A#{warehouse_id}": free, f"S#{warehouse_id}": seq}
        return put(self.portal.name, item, "attribute_not_exists(PK)")

    def _update(self, item_id: str, told: Balances, seq: int) -> Item:
        names: dict[str, str] = {}
        values: dict[str, Any] = {":zero": 0, ":seq": seq}
        sets, conditions = [], []
        for n, (warehouse_id, free) in enumerate(told.items()):
            names |= {f"#{letter}{n}": f"{letter}#{warehouse_id}" for letter in "FAHS"}
            values[f":f{n}"] = free
            sets.append(f"#F{n}=:f{n},#A{n}=:f{n}-if_not_exists(#H{n},:zero),#S{n}=:seq")
            conditions.append(f"(attribute_not_exists(#S{n}) OR #S{n}<=:seq)")
        condition = " AND ".join(conditions)
        return update(self.portal.name, stock_key(item_id), "SET " + ",".join(sets), condition, values, names)


def _news(told: Balances, kept: Mapping[str, Any], seq: int) -> dict[str, Decimal]:
    """The figures that differ from what is kept and are not older."""
    return {warehouse_id: free for warehouse_id, free in told.items() if _is_new(warehouse_id, free, kept, seq)}


def _equal(told: Balances, kept: Mapping[str, Any], seq: int, contested: int) -> dict[str, Decimal]:
    """The figures that are kept already, under the number `contested` or an earlier one."""

    def holds(warehouse_id: str, free: Decimal) -> bool:
        mark, was = kept.get(f"S#{warehouse_id}"), kept.get(f"F#{warehouse_id}")
        return mark is not None and was is not None and int(mark["N"]) <= min(contested, seq - 1) and Decimal(was["N"]) == free

    return {warehouse_id: free for warehouse_id, free in told.items() if holds(warehouse_id, free)}


def batched(pairs: Iterable[tuple[str, Decimal]], size: int) -> Iterator[tuple[tuple[str, Decimal], ...]]:
    rest = iter(pairs)
    while piece := tuple(islice(rest, size)):
        yield piece


def _is_new(warehouse_id: str, free: Decimal, kept: Mapping[str, Any], seq: int) -> bool:
    was = kept.get(f"F#{warehouse_id}")
    return was is None or (int(kept[f"S#{warehouse_id}"]["N"]) <= seq and Decimal(was["N"]) != free)
