"""Lists of orders by tab, period and filter, newest first; the views people keep of them.

portal  ORDER#<number>  HEAD          GSI1 PARTNER#<p>, GSI2 ORDERS#<p>#<group>, GSI3 LANE#<lane>; all by ORDER#<placed>#<number>
        VIEWS#<p>       ORDERS#<id>   a view
        CLIENTREF#<p>#<reference>   <number>   leads from the dealer's own number to his orders

A filter is applied by DynamoDB to what it passes over, so a page looks at a bounded number of orders and says how far it came.
"""

import json
import re
from collections.abc import Iterator
from datetime import datetime
from typing import Any

from chalicelib.adapters.dynamo.orders.order_items import group_key, head_from_item, lane_key, order_key
from chalicelib.adapters.dynamo.table import Item, Table, Where, batch_get
from chalicelib.adapters.dynamo.times import instant_text
from chalicelib.domain.errors import NotFound
from chalicelib.domain.orders.order_list import Columns, Lane, OrderFilter, OrderView
from chalicelib.domain.orders.orders import Fulfilment, Order
from chalicelib.domain.partners.partners import PartnerScope
from chalicelib.usecases.ports.orders import FoundOrders

LOOK_AT = 400
CALLS = 6
"""A page looks at no more than LOOK_AT × CALLS orders: about 2 MB, a tenth of a second."""
PREFIX = "ORDER#"
LAST = "~"


class DynamoOrderLists:
    def __init__(self, portal: Table) -> None:
        self.portal = portal

    def of_partner(self, scope: PartnerScope, wanted: OrderFilter, *, limit: int, after: str | None = None) -> FoundOrders:
        if wanted.group:
            return self._found("GSI2", group_key(scope.partner_id, wanted.group), wanted, limit, after)
        return self._found("GSI1", f"PARTNER#{scope.partner_id}", wanted, limit, after)

    def of_lane(self, lane: Lane, wanted: OrderFilter, *, limit: int, after: str | None = None) -> FoundOrders:
        return self._found("GSI3", lane_key(lane), wanted, limit, after)

    def _found(self, index: str, partition: str, wanted: OrderFilter, limit: int, after: str | None) -> FoundOrders:
        """One more than asked is looked for, so that a link to a next page never leads to an empty one."""
        where, seen = _where(wanted), PREFIX + after if after else ""
        least, most = _edge(wanted.since, ""), seen or _edge(wanted.until, LAST)
        heads: list[Item] = []
        last: str | None = most
        for _call in range(CALLS if where else 1):
            look_at = LOOK_AT if where else limit + 2
            some, last = self.portal.newest(partition, index=index, at_least=least, at_most=most, where=where, look_at=look_at)
            heads += [head for head in some if head[f"{index}SK"] != seen]  # a range has both its ends in it
            if last is None or len(heads) > limit:
                break
            most = seen = last
        full = len(heads) > limit
        rest = str(heads[limit - 1][f"{index}SK"]) if full else last
        found = tuple(map(head_from_item, heads[:limit]))
        return FoundOrders(found, rest.removeprefix(PREFIX) if rest else None, cut=not full and last is not None)

    def count(self, lane: Lane, most: int) -> int:
        return self.portal.count(lane_key(lane), index="GSI3", most=most)

    def numbered(self, scope: PartnerScope, text: str) -> tuple[Order, ...]:
        numbers = {*_ours(text), *self._called(f"ORDERNO#{text}"), *self._called(f"CLIENTREF#{scope.partner_id}#{text}")}
        table = self.portal.name
        heads = batch_get(self.portal.client, [(table, order_key(number)) for number in sorted(numbers)])
        own = (head_from_item(head) for head in heads.values() if head["partner_id"] == scope.partner_id)
        return tuple(sorted(own, key=lambda order: order.placed_at, reverse=True))

    def _called(self, partition: str) -> list[str]:
        rows = self.portal.query(partition, newest_first=True, limit=MOST_NUMBERED)
        return [str(row["number"] if row["SK"] == "REF" else row["SK"]) for row in rows]

    # --- views --------------------------------------------------------------------------------------------------------

    def views(self, scope: PartnerScope) -> tuple[OrderView, ...]:
        return tuple(map(_view, self.portal.query(f"VIEWS#{scope.partner_id}", prefix="ORDERS#", limit=MOST_VIEWS)))

    def save_view(self, scope: PartnerScope, view: OrderView) -> None:
        self.portal.put(
            {
                "PK": f"VIEWS#{scope.partner_id}",
                "SK": f"ORDERS#{view.id}",
                "name": view.name,
                "user_id": view.user_id,
                "user_name": view.user_name,
                "query": json.dumps(dict(view.query), ensure_ascii=False),
                "columns": list(view.columns.shown),
                "frozen": view.columns.frozen,
                "shared": view.shared,
            }
        )

    def view(self, scope: PartnerScope, view_id: str) -> OrderView:
        found = self.portal.get((f"VIEWS#{scope.partner_id}", f"ORDERS#{view_id}"))
        if found is None:
            raise NotFound("Представление не найдено")
        return _view(found)

    def remove_view(self, scope: PartnerScope, view_id: str) -> None:
        self.portal.delete((f"VIEWS#{scope.partner_id}", f"ORDERS#{view_id}"))


MOST_VIEWS = 200
MOST_NUMBERED = 50

_OWN_NUMBER = re.compile(r"(?:[KКkк]-?)?0*([0-9]{1,9})")


def _ours(text: str) -> list[str]:
    """The portal's number as people write it: «K-000012», «к12» with a Russian letter, «12»."""
    found = _OWN_NUMBER.fullmatch(text)
    return [f"K-{int(found[1]):06d}"] if found else []


def _view(item: Item) -> OrderView:
    columns = Columns.chosen(tuple(item["columns"]), int(item["frozen"]))
    query = json.loads(item["query"])
    view_id = str(item["SK"]).removeprefix("ORDERS#")
    return OrderView(view_id, item["name"], item["user_id"], item["user_name"], query, columns, item["shared"])


def _edge(instant: datetime | None, otherwise: str) -> str:
    """Of the sort keys: those of an instant itself come after it."""
    return PREFIX + (instant_text(instant) if instant else otherwise)


_LEFT = (Fulfilment.SHIPPED, Fulfilment.IN_TRANSIT, Fulfilment.DELIVERED)
_EQUAL = ("user_id", "counterparty_id", "contract_id", "origin", "approval", "fulfilment", "payment")


def _where(wanted: OrderFilter) -> Where | None:
    names: dict[str, str] = {}
    values: Item = {}
    conditions: list[str] = []
    for n, (path, sign, value) in enumerate(_conditions(wanted)):
        steps = path.split(".")
        names |= {f"#f{n}_{k}": step for k, step in enumerate(steps)}
        values[f":f{n}"] = value
        conditions.append(f"{'.'.join(f'#f{n}_{k}' for k in range(len(steps)))} {sign} :f{n}")
    return Where(" AND ".join(conditions), names, values) if conditions else None


def _conditions(wanted: OrderFilter) -> Iterator[tuple[str, str, Any]]:
    for name in _EQUAL:
        if getattr(wanted, name):
            yield name, "=", getattr(wanted, name)
    if wanted.least is not None:
        yield "sums.amount", ">=", wanted.least
    if wanted.most is not None:
        yield "sums.amount", "<=", wanted.most
    if wanted.owed:
        yield "left", ">", 0
    if wanted.short:
        yield "shipped", "<", 100
    if wanted.due_before:
        yield "desired_date", "<", wanted.due_before.isoformat()
        for status in _LEFT:
            yield "fulfilment", "<>", status
