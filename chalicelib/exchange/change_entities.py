"""The table of what `GET /exchange/v1/changes` tells 1C. The reply and the OpenAPI document are made from it.

How to add an entity
--------------------
1. Where it happens, put `OutboxRow.of_change("<entity>", subject, now, body)` into the same transaction as the change itself.
   There is one row of an entity and subject: give in `body` only what can't be read again.
2. `formats/change_messages.py`: the model of the value, a change of it with `entity: Literal["<entity>"]`, one more member of
   `ChangeReply` and one more example.
3. Here: a reading of the value as it stands, and a line in CHANGES. A LookupError, Refused and the like put the row aside.
"""

from collections.abc import Callable, Mapping
from datetime import datetime
from decimal import Decimal
from functools import partial
from typing import Any

from chalicelib.domain.errors import NotFound
from chalicelib.domain.orders.order_progress import Bucket, LineStatus, total
from chalicelib.domain.orders.order_requests import Heading
from chalicelib.domain.orders.orders import Order
from chalicelib.domain.partners.partners import PartnerScope, SupplierScope
from chalicelib.runtime import Runtime
from chalicelib.usecases.exchange.change_feed import ORDER, Read
from chalicelib.usecases.orders.answer_order import ERP, FEED
from chalicelib.usecases.orders.export_orders import outgoing_order
from chalicelib.usecases.orders.order_progress import SHIPMENTS
from chalicelib.usecases.ports.orders import OutboxRow

Told = dict[str, Any]


def _order(now: Runtime, row: OutboxRow, number: int) -> Told:
    from chalicelib.formats.order_messages import order_message

    return order_message(outgoing_order(now.orders, now.partners, row.subject), str(number))


def _marks(now: Runtime, row: OutboxRow, _: int) -> Told:
    order = now.orders.read(SupplierScope(ERP), row.subject)
    return _of_order(order) | {"lines": [_mark(item_id, own) for item_id, own in sorted(order.progress.own.items())]}


def _mark(item_id: str, own: tuple[Bucket, ...]) -> Told:
    counted = {status: _figure(total(bucket for bucket in own if bucket.status is status)) for status in LineStatus}
    return {"item_id": item_id, "at_dealer": counted[LineStatus.AT_DEALER], "sold": counted[LineStatus.SOLD]}


def _answer(now: Runtime, row: OutboxRow, _: int) -> Told:
    order = now.orders.read(SupplierScope(ERP), row.subject)
    return _of_order(order) | {name: row.body[name] for name in ("answer", "user", "comment")}


def _change_request(now: Runtime, row: OutboxRow, _: int) -> Told:
    """What the dealer asks for as things stand; "closed" once it is decided or taken back."""
    order = now.orders.read(SupplierScope(ERP), row.subject)
    request = order.request
    if request is None:
        return _of_order(order) | {"status": "closed", "revision": order.revision}
    told = {
        "status": "stale" if request.stale else "open",
        "revision": order.revision,
        "base_revision": request.base_revision,
        "kind": request.kind.value,
        "at": instant(request.at),
        "user": request.user_name,
        "words": request.words,
        "lines": [{"line": one.line, "item_id": one.item_id, "quantity": _figure(one.quantity)} for one in request.lines],
    }
    return _of_order(order) | told | (_heading(request.heading) if request.heading else {})


def _heading(wish: Heading) -> Told:
    return {
        "heading": {
            "desired_date": wish.desired_date.isoformat() if wish.desired_date else None,
            "address_id": wish.address_id,
            "address": wish.address,
            "comment": wish.comment,
        }
    }


def _shipment(now: Runtime, row: OutboxRow, _: int) -> Told:
    order = now.orders.read(SupplierScope(ERP), row.subject)
    asked = sorted(order.progress.asked.items())
    return _of_order(order) | {"lines": [{"item_id": item_id, "quantity": _figure(wanted)} for item_id, wanted in asked]}


def _of_order(order: Order) -> Told:
    return {"order": order.number, "erp_id": order.erp_id, "erp_number": order.erp_number, "partner_id": order.partner_id}


def _contact(now: Runtime, row: OutboxRow, _: int) -> Told:
    partner_id, _space, user_id = row.subject.partition(" ")
    account, user = now.partners.account(PartnerScope(partner_id)), now.users.read(user_id)
    member = next((one for one in account.members if one.user_id == user_id), None) if account else None
    if member is None or user is None:
        raise NotFound("Пользователя больше нет у партнёра")
    return {
        "user_id": user_id,
        "contact_id": member.contact_id,
        "partner_id": partner_id,
        "name": member.name,
        "phone": member.phone,
        "email": member.email,
        "role": member.role.value,
        "portal_access": member.portal_access and not user.disabled,
        "registered": bool(user.password_hash),
    }


def _receipt(_: Runtime, row: OutboxRow, _number: int) -> Told:
    named = {"news_id": "news", "partner_id": "partner", "contact_id": "contact", "name": "name"}
    return {field: row.body[name] for field, name in named.items()} | {"read_at": instant(row.created_at)}


def instant(at: datetime) -> str:
    return f"{at:%Y-%m-%dT%H:%M:%SZ}"


def _figure(value: Decimal) -> str:
    return f"{value:f}"


CHANGES: Mapping[str, Callable[[Runtime, OutboxRow, int], Told]] = {
    ORDER: _order,
    "order_marks": _marks,
    "order_answer": _answer,
    "contact": _contact,
    "news_receipt": _receipt,
    FEED: _change_request,
    SHIPMENTS: _shipment,
}


def readers(now: Runtime) -> Mapping[str, Read]:
    return {entity: partial(read, now) for entity, read in CHANGES.items()}
