"""Carts, orders and the outbox they leave by."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Protocol
from uuid import uuid4

from chalicelib.domain.cart.carts import CartHead
from chalicelib.domain.catalogue.stock import Hold, Source
from chalicelib.domain.orders.conversation import Message
from chalicelib.domain.orders.order_list import Lane, OrderFilter, OrderView
from chalicelib.domain.orders.orders import ErpOrder, Order, OrderEvent
from chalicelib.domain.partners.partners import Contract, Counterparty, PartnerScope, Scope


@dataclass(frozen=True, slots=True)
class OrderPage:
    orders: tuple[Order, ...]
    next: str | None = None


ASIDE = "aside"
"""The outbox kind of what a neighbour refused for good: people look at it, and put it back or drop it."""
CHANGES = "changes"
"""The outbox kind of what 1C takes by number and CommerceML has no word for."""


@dataclass(frozen=True, slots=True)
class OutboxRow:
    """Something that must leave: `subject` is the order number or the message, `body` what the sender needs.

    `failures` counts the times a neighbour failed at it, `error` is what it said last.
    """

    id: str
    kind: str
    subject: str
    created_at: datetime
    body: Mapping[str, str] = field(default_factory=dict)
    failures: int = 0
    error: str = ""

    @classmethod
    def new(cls, kind: str, subject: str, now: datetime, body: Mapping[str, str] | None = None) -> "OutboxRow":
        """A row whose id sorts by time and is nobody else's."""
        stamp = now.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%S.%fZ")
        return cls(f"{stamp}#{uuid4().hex[:12]}", kind, subject, now, dict(body or {}))

    @classmethod
    def of_placed(cls, order: Order) -> "OutboxRow":
        """The row of an order that has just been placed: who placed it knows its id without asking."""
        row = cls.new("orders", order.number, order.placed_at)
        return replace(row, id=f"{row.id.partition('#')[0]}#{order.number}")

    @classmethod
    def of_change(cls, entity: str, subject: str, now: datetime, body: Mapping[str, str] | None = None) -> "OutboxRow":
        """Something beside orders that 1C must learn of, see `exchange.changes`. There is one row of a subject: a later
        change takes the place of one that was not acknowledged, for 1C is told how things stand."""
        return cls(f"{entity}#{subject}", CHANGES, subject, now, {**(body or {}), "entity": entity})

    def aside(self, reason: str) -> "OutboxRow":
        return replace(self, kind=ASIDE, body={**self.body, "kind": self.kind}, error=reason)


@dataclass(frozen=True, slots=True)
class FoundOrders:
    """Heads without lines, newest first. `next` goes on after them, None at the end; `cut`: the page is not full, as many
    orders as may be at once were looked at, and older ones were not."""

    orders: tuple[Order, ...]
    next: str | None = None
    cut: bool = False


class OrderLists(Protocol):
    """Orders by tab, period and filter, and the views people keep of them."""

    def of_partner(self, scope: PartnerScope, wanted: OrderFilter, *, limit: int, after: str | None = None) -> FoundOrders: ...

    def of_lane(self, lane: Lane, wanted: OrderFilter, *, limit: int, after: str | None = None) -> FoundOrders:
        """Of all partners: for the supplier's staff."""
        ...

    def count(self, lane: Lane, most: int) -> int:
        """Orders of all partners in a lane, counted up to `most`."""
        ...

    def numbered(self, scope: PartnerScope, text: str) -> tuple[Order, ...]:
        """The partner's orders that the portal, 1C or the dealer calls so, newest first."""
        ...

    def views(self, scope: PartnerScope) -> tuple[OrderView, ...]:
        """Everybody's at the partner, in no order."""
        ...

    def view(self, scope: PartnerScope, view_id: str) -> OrderView:
        """Raises NotFound."""
        ...

    def save_view(self, scope: PartnerScope, view: OrderView) -> None: ...

    def remove_view(self, scope: PartnerScope, view_id: str) -> None: ...


class Conversations(Protocol):
    """Messages about an order that has been read in the reader's own scope."""

    def of(self, order: Order) -> tuple[Message, ...]:
        """The last two hundred, oldest first."""
        ...

    def add(self, order: Order, message: Message, outbox: Sequence[OutboxRow] = ()) -> None: ...


class OrderStore(Protocol):
    def next_number(self, key: str) -> str:
        """A number nobody else has, the same for the same idempotency key: at most 11 characters, as 1C keeps them."""
        ...

    def place(self, order: Order, event: OrderEvent, holds: Sequence[Hold], cart: CartHead, key: str) -> str:
        """The order with its holds, outbox row and emptied cart, all or nothing; the number of the order that stands.

        A repeat with the same idempotency `key` answers the number of the first. Raises Conflict where a balance or the
        cart changed meanwhile.
        """
        ...

    def abandon(self, key: str, now: datetime) -> bool:
        """Let go what a placing under `key` that died on its way has held; False where it held nothing or the order stands."""
        ...

    def placed(self, key: str) -> str | None:
        """The number of the order that was placed under an idempotency key."""
        ...

    def read(self, scope: Scope, number: str) -> Order:
        """Consistent. Raises NotFound, for another partner's order too."""
        ...

    def with_events(self, scope: Scope, number: str) -> tuple[Order, tuple[OrderEvent, ...]]:
        """The order and its timeline, oldest first, in one read. Raises NotFound."""
        ...

    def page(self, scope: PartnerScope, *, limit: int = 50, after: str | None = None) -> OrderPage:
        """Heads without lines, newest first."""
        ...

    def change(self, before: Order, after: Order, event: OrderEvent, outbox: Sequence[OutboxRow] = ()) -> None:
        """Replace head and lines under `revision = before.revision`, with the rows for the outbox. Raises Conflict."""
        ...

    def change_untaken(
        self,
        before: Order,
        after: Order,
        event: OrderEvent,
        outbox: Sequence[OutboxRow],
        moved: Sequence[Hold] = (),
        now: datetime | None = None,
    ) -> None:
        """As `change`, of an order 1C has not acknowledged: Conflict where it has meanwhile. `moved` as in `replan`, of
        several items."""
        ...

    def adopt(self, order: Order, event: OrderEvent, outbox: Sequence[OutboxRow] = ()) -> str:
        """Keep an order that 1C made itself; the number of the one that stands under its 1C id, whoever kept it first."""
        ...

    def of_erp(self, erp_id: str) -> str | None:
        """The portal's number of the order that 1C knows by this id; consistent."""
        ...

    def find(self, reference: str) -> str | None:
        """The portal's number of the order that 1C or a client calls so; None where there is none or several."""
        ...

    def save_progress(
        self, told: str, before: Order, after: Order, event: OrderEvent | None = None, outbox: Sequence[OutboxRow] = ()
    ) -> bool:
        """Keep `after.progress` as 1C told it of the order it calls `told`, and the head where it differs.

        False where the same or a newer report is kept; the dealer's own marks stay. Raises Conflict where the head changed
        meanwhile.
        """
        ...

    def save_shipment(self, before: Order, after: Order, event: OrderEvent, outbox: Sequence[OutboxRow] = ()) -> None:
        """Keep what the dealer asks to ship of what 1C has reported ready. Raises Conflict where 1C has reported since."""
        ...

    def save_own(self, before: Order, after: Order, item_id: str, event: OrderEvent, outbox: Sequence[OutboxRow] = ()) -> None:
        """Keep the dealer's own marks of one item, and the head where it differs. Raises Conflict."""
        ...

    def taken(self, number: str, outbox_ids: Sequence[str], event: OrderEvent) -> None:
        """1C has it: the outbox rows go, the order says when; a repeat does nothing."""
        ...

    def wrong_counters(self) -> Iterator[tuple[str, Decimal, Decimal]]:
        """Items of which the stock counts another quantity as held than the open holds say: item, counted, held."""
        ...

    def replan(
        self, before: Order, after: Order, moved: Sequence[Hold], event: OrderEvent, outbox: Sequence[OutboxRow], now: datetime
    ) -> None:
        """As `change`, and in the same transaction the holds of one item move: `moved` quantities are more, or less where
        negative. Of an order whose hold has ended only what is more is held, until 1C answers again. Raises Conflict."""
        ...

    def settle_hold(self, number: str, kept: Mapping[Source, Decimal], now: datetime) -> None:
        """End the provisional hold: `kept` of each source becomes 1C's own reserve, the rest is free again. Once only."""
        ...

    def expired_holds(self, now: datetime) -> Iterator[str]:
        """Numbers of holds 1C did not answer in time."""
        ...


class Outbox(Protocol):
    """Kinds: "orders" (1C takes them, or they are sent to it), "copies" (orders for further systems; `body["target"]` names
    one), `CHANGES` (what else 1C must learn of), "documents" (invoices to print), "messages" (letters and SMS),
    "notifications" (what people are to be told of),
    "plans" (items whose orders are to be planned anew), `ASIDE` (`body["kind"]` is what it was)."""

    def add(self, kind: str, subject: str, body: Mapping[str, str], now: datetime) -> OutboxRow: ...

    def put(self, row: OutboxRow) -> None: ...

    def pending(self, kind: str, limit: int = 100) -> tuple[OutboxRow, ...]:
        """Oldest first, consistent."""
        ...

    def waiting(self, kind: str, older_than: timedelta, now: datetime, limit: int = 100) -> tuple[OutboxRow, ...]:
        """Those that have lain longer than `older_than`, oldest first."""
        ...

    def read(self, kind: str, row_id: str) -> OutboxRow | None: ...

    def remove(self, kind: str, row_id: str) -> None: ...

    def claim(self, kind: str, row_id: str, now: datetime, lease: timedelta) -> OutboxRow | None:
        """The row, for the caller alone until the lease is over; None where it is gone or another has it."""
        ...

    def release(self, row: OutboxRow, error: str, *, counted: bool) -> int:
        """Give a claimed row back with what went wrong; how many counted failures it has now (0 for one that is gone)."""
        ...

    def set_aside(self, row: OutboxRow, reason: str) -> None:
        """Move the row to `ASIDE` with the reason, at once; nothing where it is gone."""
        ...

    def put_back(self, row_id: str) -> OutboxRow | None:
        """The row set aside, back in its own kind without its failures; None where it is gone."""
        ...


class OrderWithParties(Protocol):
    """An order with those the other side needs to know it by."""

    @property
    def order(self) -> Order: ...

    @property
    def partner_name(self) -> str: ...

    @property
    def counterparty(self) -> Counterparty | None: ...

    @property
    def contract(self) -> Contract | None: ...


@dataclass(frozen=True, slots=True)
class Receipt:
    """The other side has the order. `answer` is its own document of it, where it came with the reply."""

    answer: ErpOrder | None = None


class OrderReceiver(Protocol):
    """The system orders go to and answers come from, whichever it is. `name` is for people."""

    @property
    def name(self) -> str: ...

    def receive(self, order: OrderWithParties, key: str, /) -> Receipt | None:
        """Give it the order; under the same `key` it takes it once, however often it is given.

        None where nothing is to be done: it comes for its orders itself. Raises Refused for what it will never take,
        Failing where it fails at this order, Unavailable where it does not answer.
        """
        ...


@dataclass(frozen=True, slots=True)
class WaitingOrder:
    """An order of 1C's whose payer no partner has yet, as it came last."""

    node: str
    answer: ErpOrder
    since: datetime


class WaitingOrderStore(Protocol):
    def put(self, waiting: WaitingOrder) -> None:
        """One for each 1C id: the last that came."""
        ...

    def all(self) -> tuple[WaitingOrder, ...]:
        """Consistent, those that wait longest first."""
        ...

    def remove(self, erp_id: str) -> None:
        """Nothing happens where there is none."""
        ...
