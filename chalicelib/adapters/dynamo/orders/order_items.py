"""The items an order is kept in, and back. Lines are JSON text: a page of 100 is one attribute, quick to read."""

import json
import re
from dataclasses import asdict, fields
from datetime import date
from decimal import Decimal
from typing import Any
from uuid import uuid4

from chalicelib.adapters.dynamo.table import Item, Key
from chalicelib.adapters.dynamo.times import instant, instant_text
from chalicelib.domain.catalogue.promise import PlanPart
from chalicelib.domain.orders.order_list import group_of, lane_of, left_to_pay, paid_amount, shipped_percent
from chalicelib.domain.orders.orders import (
    Agreed,
    Approval,
    DeliveryMethod,
    Fulfilment,
    Order,
    OrderEvent,
    OrderLine,
    OrderSums,
    Payment,
    Reason,
)
from chalicelib.domain.partners.partners import Confirmation

LINES_PER_CHUNK = 100
_GUID = re.compile(r"^[0-9a-fA-F]{8}(-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}$")
_PLAIN = (
    "number", "partner_id", "user_id", "user_name", "counterparty_id", "contract_id", "price_type_id", "company_id", "currency",
    "vat_included", "warehouse_id", "delivery_method", "address_id", "address", "comment", "client_reference", "approval",
    "fulfilment", "payment", "revision", "erp_id", "erp_number", "erp_print", "erp_comment", "hold_open", "origin",
    "together", "confirmation", "withdrawn",
)  # fmt: skip


def order_key(number: str) -> Key:
    return f"ORDER#{number}", "HEAD"


def erp_id_item(order: Order) -> Item:
    """Leads from 1C's id to the order."""
    return {"PK": f"ORDERNO#{order.erp_id}", "SK": "REF", "number": order.number}


def reference_key(reference: str) -> Key:
    """What is there once an order has come, by the portal's number or by 1C's GUID; it holds `number`."""
    return (f"ORDERNO#{reference}", "REF") if _GUID.match(reference) else order_key(reference)


def group_key(partner_id: str, group: str) -> str:
    return f"ORDERS#{partner_id}#{group}"


def lane_key(lane: str) -> str:
    return f"LANE#{lane}"


def head_item(order: Order) -> Item:
    """Without lines; `sums`, `paid`, `left` and `shipped` are what a list shows, and asks for, without reading them."""
    partition, sort = order_key(order.number)
    placed = instant_text(order.placed_at)
    item: Item = {"PK": partition, "SK": sort, "placed_at": placed}
    item |= {name: getattr(order, name) for name in _PLAIN}
    item |= {
        "desired_date": order.desired_date.isoformat() if order.desired_date else None,
        "taken_at": instant_text(order.taken_at) if order.taken_at else None,
        "sums": asdict(order.sums),
        "paid": paid_amount(order),
        "left": left_to_pay(order),
        "shipped": shipped_percent(order),
        "moderation": [[reason.text, dict(reason.params)] for reason in order.moderation],
        "GSI1PK": f"PARTNER#{order.partner_id}",
        "GSI1SK": f"ORDER#{placed}#{order.number}",
        "GSI2PK": group_key(order.partner_id, group_of(order)),
        "GSI2SK": f"ORDER#{placed}#{order.number}",
        "GSI3PK": lane_key(lane_of(order)),
        "GSI3SK": f"ORDER#{placed}#{order.number}",
    }
    if item["taken_at"] is None:  # absent, so that `if_not_exists` sets it
        del item["taken_at"]
    return item


def head_from_item(item: Item) -> Order:
    plain = {name: item[name] for name in _PLAIN if name in item}
    return Order(
        **plain
        | {
            "placed_at": instant(item["placed_at"]),
            "taken_at": instant(item["taken_at"]) if item.get("taken_at") else None,
            "desired_date": date.fromisoformat(item["desired_date"]) if item["desired_date"] else None,
            "delivery_method": DeliveryMethod(item["delivery_method"]),
            "approval": Approval(item["approval"]),
            "fulfilment": Fulfilment(item["fulfilment"]),
            "payment": Payment(item["payment"]),
            "revision": int(item["revision"]),
            "kept_sums": _sums(item["sums"]),
            "kept_paid": _whole(item.get("paid")),
            "kept_shipped": _whole(item.get("shipped")),
            "confirmation": Confirmation(item.get("confirmation", Confirmation.AUTO)),
            "moderation": tuple(Reason(text, tuple(params.items())) for text, params in item.get("moderation", ())),
        }
    )


def _whole(kept: Decimal | None) -> int | None:
    return None if kept is None else int(kept)


def _sums(kept: Item) -> OrderSums:
    whole = {name: int(kept[name]) for name in ("amount", "vat_amount", "line_count")}
    return OrderSums(**whole, weight_kg=kept["weight_kg"], volume_m3=kept["volume_m3"])


def line_chunks(order: Order) -> list[Item]:
    """Items of at most 100 lines each."""
    lines = [_line_values(line) for line in order.lines]
    chunks = [lines[start : start + LINES_PER_CHUNK] for start in range(0, len(lines), LINES_PER_CHUNK)]
    return [
        {
            "PK": f"ORDER#{order.number}",
            "SK": f"LINES#{n:02d}",
            "lines": json.dumps(chunk, ensure_ascii=False, separators=(",", ":")),
        }
        for n, chunk in enumerate(chunks)
    ]


_LINE_FIELDS = tuple(field.name for field in fields(OrderLine))
_LINE_DECIMALS = frozenset({"quantity", "price", "vat_rate", "weight_kg", "volume_m3"})


def _line_values(line: OrderLine) -> dict[str, Any]:
    values = {name: getattr(line, name) for name in _LINE_FIELDS}
    if line.agreed:
        values["agreed"] = [str(line.agreed.quantity), str(line.agreed.price), line.agreed.amount]
    values["plan"] = [[str(part.quantity), part.lot_id, _day(part.due), _day(part.promised)] for part in line.plan]
    return {name: str(value) if isinstance(value, Decimal) else value for name, value in values.items()}


def lines_from_items(items: list[Item]) -> tuple[OrderLine, ...]:
    chunks = sorted((item for item in items if item["SK"].startswith("LINES#")), key=lambda item: str(item["SK"]))
    return tuple(_line(values) for chunk in chunks for values in json.loads(chunk["lines"]))


def _line(values: dict[str, Any]) -> OrderLine:
    found: dict[str, Any] = {
        name: Decimal(value) if name in _LINE_DECIMALS and value is not None else value for name, value in values.items()
    }
    if found["agreed"]:
        quantity, price, amount = found["agreed"]
        found["agreed"] = Agreed(Decimal(quantity), Decimal(price), amount)
    found["plan"] = tuple(_part(*part) for part in found.get("plan", ()))
    found.pop("held", None)  # orders placed before lines had a plan
    return OrderLine(**found)


def _part(quantity: str, lot_id: str, due: str | None, promised: str | None) -> PlanPart:
    return PlanPart(Decimal(quantity), lot_id, *(date.fromisoformat(day) if day else None for day in (due, promised)))


def _day(day: date | None) -> str | None:
    return day.isoformat() if day else None


def event_item(number: str, event: OrderEvent) -> Item:
    return {
        "PK": f"ORDER#{number}",
        "SK": f"EVENT#{instant_text(event.at)}#{uuid4().hex[:8]}",
        "at": instant_text(event.at),
        "actor": event.actor,
        "kind": event.kind,
        "text": event.text,
        "params": dict(event.params),
    }


def event_from_item(item: Item) -> OrderEvent:
    params = tuple(sorted(item["params"].items()))
    return OrderEvent(instant(item["at"]), item["actor"], item["kind"], item["text"], params)
