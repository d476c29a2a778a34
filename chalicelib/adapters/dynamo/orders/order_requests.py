"""What the dealer asks to be changed: one item beside an order's head, that comes with it in one query."""

import json
from collections.abc import Iterable
from datetime import date
from decimal import Decimal
from typing import Any

from chalicelib.adapters.dynamo.table import Item
from chalicelib.adapters.dynamo.times import instant, instant_text
from chalicelib.domain.orders.order_requests import Heading, OrderRequest, RequestKind, Wanted

REQUEST = "REQUEST"
"""Sorts after HEAD and LINES#."""


def request_item(number: str, request: OrderRequest | None) -> Item:
    """One that was decided leaves an empty item."""
    text = json.dumps(_values(request), ensure_ascii=False, separators=(",", ":")) if request else ""
    return {"PK": f"ORDER#{number}", "SK": REQUEST, "request": text}


def _values(request: OrderRequest) -> dict[str, Any]:
    heading = request.heading
    return {
        "kind": request.kind,
        "base_revision": request.base_revision,
        "at": instant_text(request.at),
        "user_name": request.user_name,
        "lines": [[wanted.line, wanted.item_id, str(wanted.quantity)] for wanted in request.lines],
        "heading": heading and [_day(heading.desired_date), heading.address_id, heading.address, heading.comment],
        "words": request.words,
        "stale": request.stale,
    }


def _day(day: date | None) -> str | None:
    return day.isoformat() if day else None


def request_from_items(items: Iterable[Item]) -> OrderRequest | None:
    """Out of all items of an order."""
    kept = next((item["request"] for item in items if item["SK"] == REQUEST), "")
    if not kept:
        return None
    values = json.loads(kept)
    return OrderRequest(
        **values
        | {
            "kind": RequestKind(values["kind"]),
            "at": instant(values["at"]),
            "lines": tuple(Wanted(line, item_id, Decimal(quantity)) for line, item_id, quantity in values["lines"]),
            "heading": _heading(*values["heading"]) if values["heading"] else None,
        }
    )


def _heading(day: str | None, address_id: str | None, address: str, comment: str) -> Heading:
    return Heading(date.fromisoformat(day) if day else None, address_id, address, comment)
