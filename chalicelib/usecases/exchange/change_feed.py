"""What happened in the portal and 1C must know, by number: the outbox that CommerceML reads too."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from itertools import groupby
from operator import attrgetter

from chalicelib.domain.exchange.exchange import ExchangeRun, Problem, Tally
from chalicelib.domain.orders.orders import OrderEvent
from chalicelib.usecases.exchange.import_records import Desk, open_run
from chalicelib.usecases.orders.answer_order import ERP
from chalicelib.usecases.orders.export_orders import DATA_FAULTS, OutgoingOrder, outgoing_order
from chalicelib.usecases.ports.exchange import ChangeFeed
from chalicelib.usecases.ports.orders import OrderStore, Outbox, OutboxRow
from chalicelib.usecases.ports.partners import PartnerStore

KIND = "orders"
MOST = 100
"""Changes of one reply: an order of 500 lines is 150 KB of JSON, a reply holds 4 MB."""
MOST_LINES = 10_000


@dataclass(frozen=True, slots=True)
class Change:
    """`order` as it stands now, which may be later than `at`."""

    number: int
    at: datetime
    order: OutgoingOrder


def changes_after(
    feed: ChangeFeed, orders: OrderStore, partners: PartnerStore, outbox: Outbox, *, after: int, limit: int
) -> tuple[tuple[Change, ...], bool]:
    """The first changes with a greater number that nobody has acknowledged, by whatever road; whether there are more."""
    waiting = [(number, row) for number, row in feed.numbered(KIND) if number > after]
    found: list[Change] = []
    lines = looked = 0
    for number, row in waiting[: min(limit, MOST)]:
        order = _order(orders, partners, outbox, row)
        lines += len(order.order.lines) if order else 0
        if found and lines > MOST_LINES:
            break
        looked += 1
        found += [Change(number, row.created_at, order)] if order else []
    return tuple(found), looked < len(waiting)


def _order(orders: OrderStore, partners: PartnerStore, outbox: Outbox, row: OutboxRow) -> OutgoingOrder | None:
    """None for an order that can't be given out: it is put aside, and never stops the others."""
    try:
        return outgoing_order(orders, partners, row.subject)
    except DATA_FAULTS as fault:
        outbox.set_aside(row, f"Заказ не выгружается: {fault}")
        return None


@dataclass(frozen=True, slots=True)
class Acknowledged:
    """How many changes are done, how many were put aside because 1C refused them."""

    run: ExchangeRun | None
    taken: int
    refused: int


def acknowledge_changes(
    desk: Desk, feed: ChangeFeed, orders: OrderStore, outbox: Outbox, *, node: str, number: int, refused: Mapping[int, str]
) -> Acknowledged:
    """1C has all changes up to the number but those it refused, with its reasons: they are put aside, for people to see.

    A repeat does nothing. What was not given out yet has no number and stays.
    """
    told = [(n, row) for n, row in feed.known(KIND) if n <= number]
    if not told:
        return Acknowledged(None, 0, 0)
    run = open_run(desk, node, "changes", 0)
    problems = []
    for n, row in told:
        if n in refused:
            outbox.set_aside(row, f"1С не приняла заказ: {refused[n]}")
            problems.append(
                Problem("order", row.subject, row.subject, "1С не приняла заказ: %(reason)s", (("reason", refused[n]),))
            )
    taken = sorted((row for n, row in told if n not in refused), key=attrgetter("subject"))
    for order_number, rows in groupby(taken, key=attrgetter("subject")):
        _taken(orders, order_number, list(rows), desk.clock())
    tally = Tally(len(told), len(taken), 0, len(problems))
    desk.exchange.finish_file(run.id, run.kind, {"changes": tally}, problems, "", desk.clock())
    return Acknowledged(run, len(taken), len(problems))


def _put_aside(outbox: Outbox, row: OutboxRow, reason: str) -> Problem:
    outbox.set_aside(row, f"1С не приняла заказ: {reason}")
    return Problem("order", row.subject, row.subject, "1С не приняла заказ: %(reason)s", (("reason", reason),))


def _taken(orders: OrderStore, number: str, rows: list[OutboxRow], now: datetime) -> None:
    orders.taken(number, [row.id for row in rows], OrderEvent(now, ERP, "taken", "Заказ принят в 1С"))
