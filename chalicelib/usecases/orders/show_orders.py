"""Orders as their people look at them."""

import hashlib
from dataclasses import dataclass
from decimal import Decimal

from chalicelib.domain.access.users import Role
from chalicelib.domain.documents import Document
from chalicelib.domain.errors import Forbidden
from chalicelib.domain.money import ZERO
from chalicelib.domain.orders.change_requests import changeable, taken
from chalicelib.domain.orders.conversation import Message
from chalicelib.domain.orders.line_buckets import line_buckets
from chalicelib.domain.orders.moderation import Decision, possible
from chalicelib.domain.orders.order_progress import Bucket, LineStatus, total
from chalicelib.domain.orders.order_requests import RequestKind, Wanted
from chalicelib.domain.orders.orders import Approval, LineChange, Order, OrderEvent, OrderLine, diff
from chalicelib.usecases.access.visitors import Visitor
from chalicelib.usecases.orders.converse import messages_of
from chalicelib.usecases.ports.documents import DocumentStore
from chalicelib.usecases.ports.orders import Conversations, OrderPage, OrderStore


@dataclass(frozen=True, slots=True)
class OwnMark:
    """The dealer's own figures of an item, at the first line that has it."""

    line: OrderLine
    at_dealer: Decimal
    sold: Decimal


@dataclass(frozen=True, slots=True)
class OrderView:
    """`changes`: every line against what the dealer agreed to; `may_answer`: this visitor can confirm or decline them now;
    `may_mark`: he can tell what of it lies with him and what is sold; `decisions`: what the manager can decide of it."""

    order: Order
    changes: tuple[LineChange, ...]
    events: tuple[OrderEvent, ...]
    documents: tuple[Document, ...]
    may_answer: bool
    may_mark: bool
    messages: tuple[Message, ...] = ()
    decisions: tuple[Decision, ...] = ()
    may_ship: bool = False
    may_cancel: bool = False
    may_edit: bool = False
    may_withdraw: bool = False
    may_decide_request: bool = False

    @property
    def state(self) -> str:
        """Changes whenever anything of the page does, the clock alone left out."""
        counts = (self.order.revision, self.order.progress.revision, len(self.events), len(self.messages))
        papers = [(document.id, document.status) for document in self.documents]
        own = (self.order.progress.own, self.order.progress.asked)
        return hashlib.sha256(repr((counts, self.order.taken_at, own, papers)).encode()).hexdigest()[:16]

    @property
    def ready(self) -> tuple[tuple[OrderLine, Decimal, Decimal], ...]:
        """Lines with units that could be shipped now: how many, and how many of them are asked for."""
        progress = self.order.progress
        marks = ((mark.line, progress.ready(mark.line.item_id)) for mark in self.own_marks)
        return tuple((line, ready, progress.asked.get(line.item_id, ZERO)) for line, ready in marks if ready)

    @property
    def taken(self) -> bool:
        return taken(self.order)

    @property
    def wishes(self) -> tuple[tuple[OrderLine, Wanted], ...]:
        """Lines the dealer asks to be others, with what he asks."""
        lines = {line.number: line for line in self.order.lines}
        request = self.order.request
        return tuple((lines[one.line], one) for one in request.lines if one.line in lines) if request else ()

    @property
    def own_marks(self) -> tuple[OwnMark, ...]:
        return own_marks(self.order)

    def buckets(self, line: OrderLine) -> tuple[Bucket, ...]:
        return line_buckets(self.order, line)

    @property
    def awaits_invoice(self) -> bool:
        """Confirmed, and the invoice of this revision is still being made."""
        issued = any(document.kind == "payment_invoice" and document.status == "issued" for document in self.documents)
        return self.order.approval is Approval.CONFIRMED and not issued


def own_marks(order: Order) -> tuple[OwnMark, ...]:
    """Of every item, in the order's own order."""
    first = {line.item_id: line for line in reversed(order.lines) if line.quantity}
    return tuple(
        OwnMark(line, _own(order, line, LineStatus.AT_DEALER), _own(order, line, LineStatus.SOLD))
        for line in sorted(first.values(), key=lambda line: line.number)
    )


def _own(order: Order, line: OrderLine, status: LineStatus) -> Decimal:
    return total(bucket for bucket in order.progress.own.get(line.item_id, ()) if bucket.status is status)


def order_page(
    orders: OrderStore, documents: DocumentStore, conversations: Conversations, *, visitor: Visitor, number: str
) -> OrderView:
    """Raises NotFound, for another partner's order too."""
    order, events = orders.with_events(visitor.scope, number)
    return OrderView(
        order=order,
        changes=diff(order),
        events=events,
        documents=documents.of_order(visitor.scope, number),
        may_answer=order.approval is Approval.AWAITING_CLIENT and may_change(visitor, order),
        may_mark=order.approval is Approval.CONFIRMED and may_change(visitor, order),
        messages=messages_of(conversations, visitor=visitor, order=order),
        decisions=possible(order) if "order.moderate" in visitor.permissions else (),
        may_ship=order.approval is Approval.CONFIRMED and may_change(visitor, order) and "order.edit" in visitor.permissions,
        may_decide_request=order.request is not None and "order.moderate" in visitor.permissions,
        **_own_changes(visitor, order),
    )


def _own_changes(visitor: Visitor, order: Order) -> dict[str, bool]:
    """What this visitor can do to an order of his own."""
    his, open_still = may_change(visitor, order), changeable(order)
    asked = order.request is not None and order.request.kind is RequestKind.CANCEL and not order.request.stale
    return {
        "may_cancel": his and open_still and not asked and "order.cancel" in visitor.permissions,
        "may_edit": his and open_still and not asked and "order.edit" in visitor.permissions,
        "may_withdraw": his and order.request is not None and "order.edit" in visitor.permissions,
    }


def may_change(visitor: Visitor, order: Order) -> bool:
    """An employee changes the orders he placed, the head of the account all of his company's (AC-17, OP-10)."""
    member = visitor.membership
    return member is not None and (member.role is Role.ACCOUNT_HEAD or order.user_id == member.user_id)


def own_order(orders: OrderStore, visitor: Visitor, number: str) -> Order:
    """Of the visitor's partner, that he may change. Raises NotFound, Forbidden."""
    order = orders.read(visitor.partner_scope, number)
    if not may_change(visitor, order):
        raise Forbidden("Изменить этот заказ может его автор или руководитель кабинета")
    return order


def latest_orders(orders: OrderStore, *, visitor: Visitor, after: str | None = None, limit: int = 50) -> OrderPage:
    """The newest orders of the visitor's partner."""
    visitor.must("order.view")
    return orders.page(visitor.partner_scope, after=after, limit=limit)
