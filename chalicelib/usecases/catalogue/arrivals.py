"""«Сообщить о поступлении»: a person asks, and hears once when the goods can be ordered."""

from datetime import datetime
from urllib.parse import quote

from chalicelib.domain.errors import InvalidInput, NotFound
from chalicelib.domain.notifications import Event
from chalicelib.usecases.access.visitors import Visitor
from chalicelib.usecases.catalogue.visibility import shown_cards
from chalicelib.usecases.notifications.announce import announcement
from chalicelib.usecases.orders.dispatch_outbox import tell
from chalicelib.usecases.ports.catalogue import CatalogueIndex, OfferStore
from chalicelib.usecases.ports.clock import Clock
from chalicelib.usecases.ports.files import Queues
from chalicelib.usecases.ports.orders import Outbox, OutboxRow
from chalicelib.usecases.ports.purchases import Arrival, ArrivalStore

SUBJECT = "Поступил товар: %(item)s"
TEXT = "Товар, о котором вы просили сообщить, есть на складе: %(quantity)s"


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
    whose = (member.user_id, member.name, member.email, member.phone)
    arrivals.ask(visitor.partner_scope, Arrival(item_id, *whose, place, card.name, at, visitor.partner_scope.partner_id))


def tell_arrivals(arrivals: ArrivalStore, offers: OfferStore, outbox: Outbox, queues: Queues, clock: Clock) -> int:
    """Tell everybody whose goods have come; how many that were. Safe to repeat: who was told waits no longer."""
    waiting = arrivals.all()
    live = offers.read(list(dict.fromkeys(one.item_id for one in waiting))) if waiting else {}
    told = 0
    for one in waiting:
        available = live[one.item_id][1].available(one.warehouse_id or None)
        if available > 0:
            row = _told(one, f"{available.normalize():f}", clock())
            outbox.put(row)
            arrivals.drop(one.item_id, one.user_id)
            tell(queues, (row,))
            told += 1
    return told


def _told(one: Arrival, quantity: str, now: datetime) -> OutboxRow:
    params, link = {"item": one.item_name, "quantity": quantity}, f"/items/{quote(one.item_id, safe='')}"
    return announcement(one.item_id, Event.ARRIVAL, now, one.partner_id, SUBJECT, TEXT, params, link, user_id=one.user_id)
