"""Numbers of the outbox for who reads it by number.

portal      COUNTER          CHANGES      n: the last number given
            OUTBOX#<kind>    <row id>     number, once it was seen
"""

from collections.abc import Iterable, Sequence
from operator import itemgetter

from chalicelib.adapters.dynamo.orders.outbox import from_item, outbox_key
from chalicelib.adapters.dynamo.orders.outbox import to_item as outbox_item
from chalicelib.adapters.dynamo.table import (
    ACTIONS_PER_TRANSACTION,
    ConditionFailed,
    Item,
    Key,
    Table,
    delete,
    put,
    transact,
    update,
)
from chalicelib.usecases.ports.orders import CHANGES, OutboxRow

COUNTER: Key = ("COUNTER", "CHANGES")
KINDS = ("orders", CHANGES)
"""What 1C takes by number, of all these together."""
TRIES = 10
NUMBER = {"#n": "number"}


class DynamoFeed:
    def __init__(self, portal: Table) -> None:
        self.portal = portal

    def known(self) -> tuple[tuple[int, OutboxRow], ...]:
        return _in_order(item for item in self._waiting() if "number" in item)

    def numbered(self) -> tuple[tuple[int, OutboxRow], ...]:
        for _ in range(TRIES):
            items = self._waiting()
            new = [item for item in items if "number" not in item]
            if not new:
                return _in_order(items)
            self._number(sorted(new, key=itemgetter("created_at", "SK"))[: ACTIONS_PER_TRANSACTION - 1])
        return self.known()

    def _waiting(self) -> list[Item]:
        return [item for kind in KINDS for item in self.portal.query(f"OUTBOX#{kind}", strong=True)]

    def _number(self, items: Sequence[Item]) -> None:
        """All of them or none: another reader may be at it, and a row may be acknowledged meanwhile."""
        counter = self.portal.get(COUNTER, strong=True)
        last = int(counter["n"]) if counter else 0
        free = "#n = :last" if counter else "attribute_not_exists(#n)"
        seen = {":last": last} if counter else {}
        table = self.portal.name
        actions = [update(table, COUNTER, "SET #n = :next", free, seen | {":next": last + len(items)}, {"#n": "n"})]
        for number, item in enumerate(items, last + 1):
            fresh = "attribute_exists(PK) AND attribute_not_exists(#n)"
            actions.append(update(table, (item["PK"], item["SK"]), "SET #n = :number", fresh, {":number": number}, NUMBER))
        try:
            transact(self.portal.client, actions)
        except ConditionFailed:
            return

    def done(self, number: int, row: OutboxRow) -> None:
        self._end(number, row)

    def refused(self, number: int, row: OutboxRow, reason: str) -> None:
        self._end(number, row, [put(self.portal.name, outbox_item(row.aside(reason)))])

    def _end(self, number: int, row: OutboxRow, instead: Sequence[Item] = ()) -> None:
        """Only under the number it was given out with: what has changed since stands in the same place."""
        gone = delete(self.portal.name, outbox_key(row.kind, row.id), "#n = :number", {":number": number}, NUMBER)
        try:
            transact(self.portal.client, [gone, *instead])
        except ConditionFailed:
            return


def _in_order(items: Iterable[Item]) -> tuple[tuple[int, OutboxRow], ...]:
    return tuple(sorted(((int(item["number"]), from_item(item)) for item in items), key=itemgetter(0)))
