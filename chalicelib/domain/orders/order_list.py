"""Lists of orders: their groups (tabs), what they are filtered by, what of an order a row can show, and views people keep."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from enum import StrEnum

from chalicelib.domain.errors import InvalidInput
from chalicelib.domain.orders.order_papers import GOODS, MONEY, PaperKind
from chalicelib.domain.orders.orders import Approval, Fulfilment, Order, Payment

ORIGINS = ("portal", "erp")
"""Who made an order: the dealer here, or 1C (by phone for instance)."""


class OrderGroup(StrEnum):
    """The tab an order stands under: exactly one at any time."""

    ATTENTION = "attention"
    WORKING = "working"
    DONE = "done"
    CANCELLED = "cancelled"


class Lane(StrEnum):
    """The queue of the supplier's manager an order stands in: exactly one at any time."""

    NEW = "new"
    MODERATION = "moderation"
    AWAITING = "awaiting"
    WORKING = "working"
    DONE = "done"
    CANCELLED = "cancelled"


def group_of(order: Order) -> OrderGroup:
    """Done is what is fulfilled to the end; goods that have come but are not paid for are still work."""
    if order.approval in (Approval.CANCELLED, Approval.REJECTED):
        return OrderGroup.CANCELLED
    if order.approval is Approval.AWAITING_CLIENT or (order.request is not None and order.request.stale):
        return OrderGroup.ATTENTION
    delivered = order.fulfilment is Fulfilment.DELIVERED and order.payment in (Payment.PAID, Payment.OVERPAID)
    return OrderGroup.DONE if order.fulfilment is Fulfilment.COMPLETED or delivered else OrderGroup.WORKING


_LANES = {Approval.SUBMITTED: Lane.NEW, Approval.ON_MODERATION: Lane.MODERATION, Approval.AWAITING_CLIENT: Lane.AWAITING}


def lane_of(order: Order) -> Lane:
    group = group_of(order)
    if group in (OrderGroup.DONE, OrderGroup.CANCELLED):
        return Lane(group.value)
    if order.request is not None and not order.request.stale:
        return Lane.MODERATION
    return _LANES.get(order.approval, Lane.WORKING)


@dataclass(frozen=True, slots=True)
class OrderFilter:
    """All of them together; an empty one asks nothing. Placed `since` then and before `until`; amounts in minor units.

    `owed`: not paid in full; `short`: shipped, but not all of it; `due_before`: wanted by an earlier day, not shipped yet.
    """

    group: OrderGroup | None = None
    since: datetime | None = None
    until: datetime | None = None
    user_id: str = ""
    counterparty_id: str = ""
    contract_id: str = ""
    origin: str = ""
    least: int | None = None
    most: int | None = None
    approval: str = ""
    fulfilment: str = ""
    payment: str = ""
    owed: bool = False
    short: bool = False
    due_before: date | None = None


def paid_amount(order: Order) -> int | None:
    """What 1C says is paid, in minor units; None where it never told amounts."""
    if not order.lines:
        return order.kept_paid
    if order.progress.paid_amount is not None:
        return order.progress.paid_amount
    payments = [paper for paper in order.papers if paper.kind in MONEY]
    if not payments or any(paper.amount is None for paper in payments):
        return None
    return sum((paper.amount or 0) * (1 if paper.kind is PaperKind.PAYMENT else -1) for paper in payments)


def left_to_pay(order: Order) -> int:
    """In minor units; what is paid but never told in amounts counts by its status, and nobody pays for what is cancelled."""
    if group_of(order) is OrderGroup.CANCELLED or order.payment in (Payment.PAID, Payment.OVERPAID):
        return 0
    return max(0, order.sums.amount - (paid_amount(order) or 0))


def shipped_percent(order: Order) -> int | None:
    """Of the quantities ordered, as 1C's shipments tell; None where they tell none. Never 100 while something is missing."""
    if not order.lines:
        return order.kept_shipped
    wanted = sum(line.quantity for line in order.lines)
    goods = [paper for paper in order.papers if paper.kind in GOODS and paper.quantities]
    if not goods or not wanted:
        return None
    gone = sum(
        (quantity if paper.kind is PaperKind.SHIPMENT else -quantity for paper in goods for _item, quantity in paper.quantities),
        wanted * 0,
    )
    return max(0, min(100, int(gone * 100 / wanted)))


COLUMNS = (
    "number",
    "erp_number",
    "client_reference",
    "placed_at",
    "origin",
    "payer",
    "contract",
    "user_name",
    "vat",
    "amount",
    "left",
    "approval",
    "fulfilment",
    "payment",
    "shipped",
    "delivery",
    "desired_date",
    "weight",
    "comment",
)
"""All a row can show, in the order they stand in at first."""

FIRST_COLUMNS = (
    "number",
    "erp_number",
    "placed_at",
    "user_name",
    "vat",
    "amount",
    "left",
    "approval",
    "fulfilment",
    "payment",
    "desired_date",
)
MOST_FROZEN = 3
NAME_LENGTH = 60


@dataclass(frozen=True, slots=True)
class Columns:
    """What a list shows, in that order; the first `frozen` stay in sight when the table is scrolled."""

    shown: tuple[str, ...] = FIRST_COLUMNS
    frozen: int = 1

    @classmethod
    def chosen(cls, names: tuple[str, ...], frozen: int) -> "Columns":
        """Out of what a form or a row says: unknown and repeated names are left out; the number always stands."""
        known = tuple(dict.fromkeys(name for name in names if name in COLUMNS))
        shown = known if "number" in known else ("number", *known)
        return cls(shown if known else FIRST_COLUMNS, max(0, min(frozen, MOST_FROZEN, len(shown))))


@dataclass(frozen=True, slots=True)
class OrderView:
    """A list somebody keeps under a name: its filter as an address has it, and its columns.

    `shared`: all his colleagues see it; only he, or the head of the account, takes it away.
    """

    id: str
    name: str
    user_id: str
    user_name: str
    query: Mapping[str, str] = field(default_factory=dict)
    columns: Columns = field(default_factory=Columns)
    shared: bool = False


def view_name(text: str) -> str:
    """Raises InvalidInput."""
    name = " ".join(text.split())
    if not name or len(name) > NAME_LENGTH:
        raise InvalidInput("Назовите представление: до %(most)s символов", {"name": "Укажите название"}, most=NAME_LENGTH)
    return name
