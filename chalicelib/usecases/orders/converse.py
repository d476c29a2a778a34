"""People of both sides write to each other about an order; who is not there gets a letter."""

from collections.abc import Iterator
from uuid import uuid4

from chalicelib.domain.orders.conversation import Message, Side, message_text
from chalicelib.domain.orders.orders import Order
from chalicelib.domain.partners.partners import PartnerScope
from chalicelib.usecases.access.visitors import Visitor
from chalicelib.usecases.ports.clock import Clock
from chalicelib.usecases.ports.orders import Conversations, OrderStore, Outbox
from chalicelib.usecases.ports.partners import Account, PartnerStore

LETTER = """%(author)s пишет о заказе № %(number)s:

%(text)s

Ответить: %(link)s
"""
SUBJECT = "Сообщение по заказу № %(number)s"


def messages_of(conversations: Conversations, *, visitor: Visitor, order: Order) -> tuple[Message, ...]:
    """Oldest first; a dealer sees none of the supplier's notes."""
    return tuple(one for one in conversations.of(order) if visitor.account is None or not one.internal)


def write_message(
    orders: OrderStore,
    conversations: Conversations,
    partners: PartnerStore,
    outbox: Outbox,
    clock: Clock,
    *,
    visitor: Visitor,
    number: str,
    text: str,
    internal: bool = False,
    public_url: str,
) -> None:
    """Raises NotFound, for another partner's order too, InvalidInput, Forbidden."""
    visitor.must("message.write")
    order = orders.read(visitor.scope, number)
    side = Side.DEALER if visitor.account else Side.SUPPLIER
    inside = internal and side is Side.SUPPLIER
    now, user = clock(), visitor.session.user_id
    message = Message(uuid4().hex[:12], now, side, user, visitor.name, message_text(text), inside)
    conversations.add(order, message)
    account = visitor.account or partners.account(PartnerScope(order.partner_id))
    filling = {"author": message.author, "number": number, "text": message.text, "link": f"{public_url}/orders/{number}"}
    for address in _readers(account, order, message):
        body = {"channel": "mail", "to": address, "subject": SUBJECT % filling, "text": LETTER % filling}
        outbox.add("messages", number, body, now)


def _readers(account: Account | None, order: Order, message: Message) -> Iterator[str]:
    """The manager of a dealer who writes; of a supplier who writes, whoever placed the order."""
    if account is None or message.internal:
        return
    if message.side is Side.DEALER:
        if account.manager and account.manager.email:
            yield account.manager.email
        return
    for member in account.members:
        if member.user_id == order.user_id and member.email and member.portal_access and account.partner.portal_access:
            yield member.email
