"""The dealer changes his mind about an order: at once before 1C has it, else as a request that 1C or a manager decides.

One request is open at a time. It never changes the order by itself: 1C's figures stand until somebody agrees to the wish.
"""

from dataclasses import replace

from chalicelib.domain import money
from chalicelib.domain.errors import Conflict, InvalidInput
from chalicelib.domain.orders.erp_orders import ORIGIN
from chalicelib.domain.orders.order_requests import Heading, OrderRequest, RequestKind, Wanted
from chalicelib.domain.orders.orders import Agreed, Approval, ErpOrder, Fulfilment, Order, OrderLine

MOST_LINES = 40
"""Lines changed at once: a transaction moves the holds of all of them."""
ENDED = frozenset({Approval.CANCELLED, Approval.REJECTED})
_OPEN_TO_CHANGE = frozenset(
    {Fulfilment.NOT_STARTED, Fulfilment.AWAITING_SUPPLY, Fulfilment.IN_PRODUCTION, Fulfilment.READY}
)  # fmt: skip


def taken(order: Order) -> bool:
    """1C has it, as far as the portal knows."""
    return bool(order.taken_at or order.erp_id or order.origin == ORIGIN)


def changeable(order: Order) -> bool:
    """Nothing of it has left yet, and nobody has ended it."""
    return order.approval not in ENDED and order.fulfilment in _OPEN_TO_CHANGE


def heading_of(order: Order) -> Heading:
    return Heading(order.desired_date, order.address_id, order.address, order.comment)


def must_be_seen(order: Order, seen_revision: int) -> None:
    """Raises Conflict: what the dealer decides on is the order he looked at."""
    if order.revision != seen_revision:
        raise Conflict("Заказ %(number)s изменился, пока страница была открыта: проверьте его ещё раз", number=order.number)


def cancelled(order: Order) -> Order:
    """For good: nothing that 1C says of it later brings it back."""
    return replace(order, approval=Approval.CANCELLED, withdrawn=True, request=None, revision=order.revision + 1)


def requested(order: Order, request: OrderRequest) -> Order:
    """With the request on it; a later one takes the place of an open one. Raises Conflict, InvalidInput."""
    must_be_seen(order, request.base_revision)
    if not changeable(order):
        raise Conflict("Заказ %(number)s уже нельзя изменить: напишите менеджеру", number=order.number)
    if request.kind is RequestKind.CHANGE and not request.lines and request.heading is None:
        raise InvalidInput("Вы ничего не изменили")
    return replace(order, request=request, revision=order.revision + 1)


def without_request(order: Order, seen_revision: int) -> Order:
    """Taken back by the dealer or declined by the manager: the order stays as it is."""
    must_be_seen(order, seen_revision)
    _must_have(order)
    return replace(order, request=None, revision=order.revision + 1)


def granted(order: Order, seen_revision: int) -> Order:
    """As the dealer wished, at the prices that stand. Raises Conflict, for a wish about an older state too."""
    must_be_seen(order, seen_revision)
    request = _must_have(order)
    if request.stale:
        raise Conflict("Заказ %(number)s изменился после запроса дилера: он решит заново", number=order.number)
    if request.kind is RequestKind.CANCEL:
        return cancelled(order)
    wishes = {wanted.line: wanted for wanted in request.lines}
    lines = tuple(with_quantity(line, wishes[line.number], order) if line.number in wishes else line for line in order.lines)
    settled = order.approval is Approval.ON_MODERATION and order.erp_print and not order.moderation
    approval = Approval.CONFIRMED if settled else order.approval
    after = replace(order, lines=lines, approval=approval, request=None, revision=order.revision + 1)
    return with_heading(after, request.heading)


def answered_by_line(order: Order, request: OrderRequest) -> Order:
    """The dealer agrees to what 1C made of the order but for the lines of the `request`: they go back with his wish."""
    must_be_seen(order, request.base_revision)
    if order.approval is not Approval.AWAITING_CLIENT:
        raise Conflict("Заказ %(number)s не ждёт вашего ответа", number=order.number)
    against = {wanted.line for wanted in request.lines}
    lines = tuple(
        line if line.number in against else replace(line, agreed=Agreed(line.quantity, line.price, line.amount))
        for line in order.lines
        if line.quantity or line.number in against
    )
    return replace(order, lines=lines, approval=Approval.ON_MODERATION, request=request, revision=order.revision + 1)


def with_heading(order: Order, heading: Heading | None) -> Order:
    if heading is None:
        return order
    return replace(
        order,
        desired_date=heading.desired_date,
        address_id=heading.address_id,
        address=heading.address,
        comment=heading.comment,
    )


def with_quantity(line: OrderLine, wanted: Wanted, order: Order) -> OrderLine:
    """The line with another quantity at the price the dealer agreed to; both sides have agreed to it then."""
    price = line.agreed.price if line.agreed else line.price
    amount = money.line_amount(price, wanted.quantity)
    after = replace(line, quantity=wanted.quantity, price=price, amount=amount, vat_amount=vat_of(amount, line, order))
    return replace(after, agreed=Agreed(after.quantity, after.price, after.amount) if wanted.quantity else None)


def vat_of(amount: int, line: OrderLine, order: Order) -> int:
    if not line.vat_rate:
        return 0
    return (money.vat_included if order.vat_included else money.vat_on_top)(amount, line.vat_rate)


def _must_have(order: Order) -> OrderRequest:
    if order.request is None:
        raise Conflict("По заказу %(number)s нет открытого запроса", number=order.number)
    return order.request


def wishes_met(order: Order, answer: ErpOrder) -> bool:
    """Does 1C's document say what the dealer asked for."""
    request = order.request
    if request is None:
        return False
    if request.kind is RequestKind.CANCEL:
        return answer.cancelled or answer.deleted
    said = {line.item_id: money.ZERO for line in answer.lines}
    for line in answer.lines:
        said[line.item_id] += line.quantity
    return bool(request.lines) and all(said.get(one.item_id, money.ZERO) == one.quantity for one in request.lines)


def as_wished(order: Order) -> Order:
    """The dealer's own wish is what he has agreed to: 1C's answer is compared with that."""
    assert order.request is not None  # noqa: S101  # see `wishes_met`
    wishes = {wanted.line: wanted for wanted in order.request.lines}
    lines = tuple(
        replace(line, agreed=with_quantity(line, wishes[line.number], order).agreed) if line.number in wishes else line
        for line in order.lines
    )
    return with_heading(replace(order, lines=lines, request=None), order.request.heading)


def after_answer(before: Order, after: Order) -> Order:
    """A wish that 1C's answer neither met nor left in place is of an older order: the dealer looks and decides anew."""
    request = after.request
    if request is None:
        return after
    if after.approval in ENDED:
        return replace(after, request=None)
    same = [(one.item_id, one.quantity, one.price) for one in before.lines] == [
        (one.item_id, one.quantity, one.price) for one in after.lines
    ]
    return after if same else replace(after, request=replace(request, stale=True))
