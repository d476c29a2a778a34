"""«Сообщить о поступлении»: a person asks, and hears once when the goods can be ordered."""

from urllib.parse import quote

from chalicelib.domain.errors import InvalidInput, NotFound
from chalicelib.usecases.access.visitors import Visitor
from chalicelib.usecases.catalogue.visibility import shown_cards
from chalicelib.usecases.ports.catalogue import CatalogueIndex, OfferStore
from chalicelib.usecases.ports.clock import Clock
from chalicelib.usecases.ports.files import Queues
from chalicelib.usecases.ports.orders import Outbox
from chalicelib.usecases.ports.purchases import Arrival, ArrivalStore

LETTER = """Здравствуйте, %(name)s!

Поступил товар, о котором вы просили сообщить: %(item)s.
В наличии %(quantity)s.

Открыть товар: %(link)s
"""
SUBJECT = "Поступил товар: %(item)s"
SMS = "Поступил товар: %(item)s. %(link)s"


def ask_for_arrival(
    index: CatalogueIndex, arrivals: ArrivalStore, clock: Clock, *, visitor: Visitor, item_id: str, wanted: bool
) -> None:
    """Raises NotFound for what he may not see, InvalidInput for a person without an address."""
    visitor.must("catalog.view")
    card = shown_cards(index, visitor, [item_id]).get(item_id)
    member = visitor.membership
    if card is None or member is None:
        raise NotFound("Такого товара нет в каталоге")
    if not wanted:
        return arrivals.drop(item_id, member.user_id)
    if not member.email and not member.phone:
        raise InvalidInput("Укажите в профиле почту или телефон, чтобы мы могли сообщить")
    place, at = visitor.warehouse_id or "", clock()
    arrivals.ask(
        visitor.partner_scope, Arrival(item_id, member.user_id, member.name, member.email, member.phone, place, card.name, at)
    )


def tell_arrivals(
    arrivals: ArrivalStore, offers: OfferStore, outbox: Outbox, queues: Queues, clock: Clock, *, public_url: str
) -> int:
    """Write to everybody whose goods have come; how many that were. Safe to repeat: who was written to waits no longer."""
    waiting = arrivals.all()
    live = offers.read(list(dict.fromkeys(one.item_id for one in waiting))) if waiting else {}
    told = 0
    for one in waiting:
        available = live[one.item_id][1].available(one.warehouse_id or None)
        if available > 0:
            row = outbox.add("messages", one.item_id, _message(one, f"{available.normalize():f}", public_url), clock())
            arrivals.drop(one.item_id, one.user_id)
            queues.send("messages", {"row": row.id})
            told += 1
    return told


def _message(one: Arrival, quantity: str, public_url: str) -> dict[str, str]:
    link = f"{public_url}/items/{quote(one.item_id, safe='')}"
    filling = {"name": one.name, "item": one.item_name, "quantity": quantity, "link": link}
    if one.email:
        return {"channel": "mail", "to": one.email, "subject": SUBJECT % filling, "text": LETTER % filling}
    return {"channel": "sms", "to": one.phone, "subject": "", "text": SMS % filling}
