"""People of both sides write to each other about an order; who is not there is told."""

from uuid import uuid4

from chalicelib.domain.notifications import Event
from chalicelib.domain.orders.conversation import Message, Side, message_text
from chalicelib.domain.orders.orders import Order
from chalicelib.usecases.access.visitors import Visitor
from chalicelib.usecases.notifications.announce import DEALER, SUPPLIER, about_order
from chalicelib.usecases.orders.dispatch_outbox import tell
from chalicelib.usecases.ports.clock import Clock
from chalicelib.usecases.ports.files import Queues
from chalicelib.usecases.ports.orders import Conversations, OrderStore


def messages_of(conversations: Conversations, *, visitor: Visitor, order: Order) -> tuple[Message, ...]:
    """Oldest first; a dealer sees none of the supplier's notes."""
    return tuple(one for one in conversations.of(order) if visitor.account is None or not one.internal)


def write_message(
    orders: OrderStore,
    conversations: Conversations,
    queues: Queues,
    clock: Clock,
    *,
    visitor: Visitor,
    number: str,
    text: str,
    internal: bool = False,
) -> None:
    """Raises NotFound, for another partner's order too, InvalidInput, Forbidden."""
    visitor.must("message.write")
    order = orders.read(visitor.scope, number)
    side = Side.DEALER if visitor.account else Side.SUPPLIER
    inside = internal and side is Side.SUPPLIER
    now, user = clock(), visitor.session.user_id
    message = Message(uuid4().hex[:12], now, side, user, visitor.name, message_text(text), inside)
    to = SUPPLIER if side is Side.DEALER else DEALER
    params = {"author": message.author, "text": message.text}
    rows = () if inside else (about_order(order, Event.MESSAGE, "%(author)s: %(text)s", params, now, to=to),)
    conversations.add(order, message, rows)
    tell(queues, rows)
