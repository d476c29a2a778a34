"""What has happened, as a row of the outbox: whom it reaches and by which channels is found when the row is worked on."""

import json
from collections.abc import Mapping
from datetime import datetime

from chalicelib.domain.notifications import Event, order_event, order_subject
from chalicelib.domain.orders.orders import Order, OrderEvent
from chalicelib.usecases.orders.dispatch_outbox import NOTIFICATIONS
from chalicelib.usecases.ports.orders import OutboxRow

DEALER, SUPPLIER, BOTH = "dealer", "supplier", "both"


def order_changed(before: Order, after: Order, event: OrderEvent | None) -> tuple[OutboxRow, ...]:
    """For the transaction of the change: a row in the timeline that its people choose to hear of, none for another."""
    kind = order_event(before, after)
    return () if event is None or kind is None else (about_order(after, kind, event.text, dict(event.params), event.at),)


def about_order(
    order: Order,
    event: Event,
    text: str,
    params: Mapping[str, str],
    now: datetime,
    *,
    user_id: str | None = None,
    to: str = DEALER,
) -> OutboxRow:
    """`text` is a msgid. `user_id`: whose order it is, "" for everybody who may see orders; None is whoever placed it."""
    filling = {**params, "order": order.number}
    whose = order.user_id if user_id is None else user_id
    subject, link = order_subject(event), f"/orders/{order.number}"
    return announcement(order.number, event, now, order.partner_id, subject, text, filling, link, user_id=whose, to=to)


def announcement(
    about: str,
    event: Event,
    now: datetime,
    partner_id: str,
    subject: str,
    text: str,
    params: Mapping[str, str],
    link: str,
    *,
    user_id: str = "",
    to: str = DEALER,
) -> OutboxRow:
    body = {
        "event": event.value,
        "partner": partner_id,
        "user": user_id,
        "to": to,
        "subject": subject,
        "text": text,
        "link": link,
    }
    return OutboxRow.new(NOTIFICATIONS, about, now, body | {"params": json.dumps(params, ensure_ascii=False)})
