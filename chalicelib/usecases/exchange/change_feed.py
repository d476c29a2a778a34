"""What happened in the portal and 1C must know, by number: orders of the outbox that CommerceML reads too, and whatever else."""

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import groupby
from operator import attrgetter
from typing import Any

from chalicelib.domain.exchange.exchange import ExchangeRun, Problem, Tally
from chalicelib.domain.orders.orders import OrderEvent
from chalicelib.usecases.exchange.import_records import Desk, open_run
from chalicelib.usecases.orders.answer_order import ERP
from chalicelib.usecases.orders.export_orders import DATA_FAULTS
from chalicelib.usecases.ports.exchange import ChangeFeed
from chalicelib.usecases.ports.orders import CHANGES, OrderStore, OutboxRow

ORDER = "order"
MOST = 100
"""Changes of one reply: an order of 500 lines is 150 KB of JSON, a reply holds 4 MB."""
MOST_LINES = 10_000


@dataclass(frozen=True, slots=True)
class Change:
    """`value` as it stands now, which may be later than `at`."""

    number: int
    entity: str
    at: datetime
    value: Mapping[str, Any]


Read = Callable[[OutboxRow, int], Mapping[str, Any]]
"""What a row under its number tells of, as it stands now; a list in it is called "lines". Raises one of DATA_FAULTS."""


def changes_after(
    feed: ChangeFeed, readers: Mapping[str, Read], *, after: int, limit: int, entities: Collection[str] = ()
) -> tuple[tuple[Change, ...], bool]:
    """The first changes with a greater number that nobody has acknowledged, by whatever road; whether there are more.

    `readers` by entity; with `entities` only changes of these: 1C may take its orders by CommerceML and the rest here.
    """
    waiting = [(number, row) for number, row in feed.numbered() if number > after and _wanted(row, entities)]
    found: list[Change] = []
    lines = looked = 0
    for number, row in waiting[: min(limit, MOST)]:
        change = _change(feed, readers, number, row)
        lines += len(change.value.get("lines", ())) if change else 0
        if found and lines > MOST_LINES:
            break
        looked += 1
        found += [change] if change else []
    return tuple(found), looked < len(waiting)


def _wanted(row: OutboxRow, entities: Collection[str]) -> bool:
    return not entities or entity_of(row) in entities


def entity_of(row: OutboxRow) -> str:
    return row.body["entity"] if row.kind == CHANGES else ORDER


def _change(feed: ChangeFeed, readers: Mapping[str, Read], number: int, row: OutboxRow) -> Change | None:
    """None for what can't be given out: it is put aside, and never stops the others."""
    entity = entity_of(row)
    try:
        return Change(number, entity, row.created_at, readers[entity](row, number))
    except DATA_FAULTS as fault:
        feed.refused(number, row, f"{_called(entity)} не выгружается: {fault}")
        return None


@dataclass(frozen=True, slots=True)
class Acknowledged:
    """How many changes are done, how many were put aside because 1C refused them."""

    run: ExchangeRun | None
    taken: int
    refused: int


def acknowledge_changes(
    desk: Desk,
    feed: ChangeFeed,
    orders: OrderStore,
    *,
    node: str,
    number: int,
    refused: Mapping[int, str],
    entities: Collection[str] = (),
) -> Acknowledged:
    """1C has all changes up to the number but those it refused, with its reasons: they are put aside, for people to see.

    A repeat does nothing. What was not given out yet has no number and stays. With `entities` others stay too.
    """
    told = [(n, row) for n, row in feed.known() if n <= number and _wanted(row, entities)]
    if not told:
        return Acknowledged(None, 0, 0)
    run = open_run(desk, node, "changes", 0)
    problems = [_refused(feed, n, row, refused[n]) for n, row in told if n in refused]
    taken = [(n, row) for n, row in told if n not in refused]
    for n, row in taken:
        if row.kind == CHANGES:
            feed.done(n, row)
    _orders_taken(orders, [row for _, row in taken if row.kind != CHANGES], desk.clock())
    tally = Tally(len(told), len(taken), 0, len(problems))
    desk.exchange.finish_file(run.id, run.kind, {"changes": tally}, problems, "", desk.clock())
    return Acknowledged(run, len(taken), len(problems))


def _refused(feed: ChangeFeed, number: int, row: OutboxRow, reason: str) -> Problem:
    entity = entity_of(row)
    text = "1С не приняла заказ: %(reason)s" if entity == ORDER else "1С не приняла изменение: %(reason)s"
    feed.refused(number, row, text % {"reason": reason})
    return Problem(entity, row.subject, row.subject, text, (("reason", reason),))


def _called(entity: str) -> str:
    return "Заказ" if entity == ORDER else "Изменение"


def _orders_taken(orders: OrderStore, rows: Sequence[OutboxRow], now: datetime) -> None:
    for order_number, some in groupby(sorted(rows, key=attrgetter("subject")), key=attrgetter("subject")):
        orders.taken(order_number, [row.id for row in some], OrderEvent(now, ERP, "taken", "Заказ принят в 1С"))
