"""Numbers of the outbox for who reads it by number.

portal      COUNTER          CHANGES      n: the last number given
            OUTBOX#<kind>    <row id>     number, once it was seen
"""

from collections.abc import Iterable, Sequence
from operator import itemgetter

from chalicelib.adapters.dynamo.orders.outbox import from_item
from chalicelib.adapters.dynamo.table import ACTIONS_PER_TRANSACTION, ConditionFailed, Item, Key, Table, transact, update
from chalicelib.usecases.ports.orders import OutboxRow

COUNTER: Key = ("COUNTER", "CHANGES")
TRIES = 10
NUMBER = {"#n": "number"}


class DynamoFeed:
    def __init__(self, portal: Table) -> None:
        self.portal = portal

    def known(self, kind: str) -> tuple[tuple[int, OutboxRow], ...]:
        return _in_order(item for item in self.portal.query(f"OUTBOX#{kind}", strong=True) if "number" in item)

    def numbered(self, kind: str) -> tuple[tuple[int, OutboxRow], ...]:
        for _ in range(TRIES):
            items = list(self.portal.query(f"OUTBOX#{kind}", strong=True))
            new = [item for item in items if "number" not in item]
            if not new:
                return _in_order(items)
            self._number(new[: ACTIONS_PER_TRANSACTION - 1])
        return self.known(kind)

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


def _in_order(items: Iterable[Item]) -> tuple[tuple[int, OutboxRow], ...]:
    return tuple(sorted(((int(item["number"]), from_item(item)) for item in items), key=itemgetter(0)))
