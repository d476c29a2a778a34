"""How far an order has come, beside its head and lines: what 1C told last, and the dealer's own marks, one item per position."""

import json
from collections.abc import Iterable, Mapping
from datetime import date
from decimal import Decimal
from typing import Any

from chalicelib.adapters.dynamo.table import Item
from chalicelib.domain.orders.order_progress import Bucket, LineStatus, OrderProgress

PROGRESS, OWN, SHIPMENT = "PROGRESS", "OWN#", "SHIPMENT"
"""All sort after HEAD and LINES#, and come with them in one query."""

NEWER = "attribute_not_exists(PK) OR revision < :revision"

Buckets = tuple[Bucket, ...]


def progress_item(number: str, progress: OrderProgress) -> Item:
    return {
        "PK": f"ORDER#{number}",
        "SK": PROGRESS,
        "revision": progress.revision,
        "lines": _text({item_id: _values(buckets) for item_id, buckets in progress.lines.items()}),
        "paid_amount": progress.paid_amount,
        "credit_amount": progress.credit_amount,
    }


def own_item(number: str, item_id: str, buckets: Buckets) -> Item:
    return {"PK": f"ORDER#{number}", "SK": f"{OWN}{item_id}", "buckets": _text(_values(buckets))}


def progress_from_items(items: Iterable[Item]) -> OrderProgress:
    """Out of all items of an order."""
    found = list(items)
    own = {item["SK"].removeprefix(OWN): _buckets(json.loads(item["buckets"])) for item in found if item["SK"].startswith(OWN)}
    told = next((item for item in found if item["SK"] == PROGRESS), None)
    asked = _asked(next((item["asked"] for item in found if item["SK"] == SHIPMENT), "{}"))
    if told is None:
        return OrderProgress(own=own, asked=asked)
    return OrderProgress(
        revision=int(told["revision"]),
        lines={item_id: _buckets(values) for item_id, values in json.loads(told["lines"]).items()},
        paid_amount=None if told["paid_amount"] is None else int(told["paid_amount"]),
        credit_amount=int(told["credit_amount"]),
        own=own,
        asked=asked,
    )


def shipment_item(number: str, asked: Mapping[str, Decimal]) -> Item:
    return {"PK": f"ORDER#{number}", "SK": SHIPMENT, "asked": asked_text(asked)}


def asked_text(asked: Mapping[str, Decimal]) -> str:
    return _text({item_id: str(quantity) for item_id, quantity in sorted(asked.items())})


def _asked(text: str) -> dict[str, Decimal]:
    return {item_id: Decimal(quantity) for item_id, quantity in json.loads(text).items()}


def _text(values: Mapping[str, Any] | list[Any]) -> str:
    return json.dumps(values, ensure_ascii=False, separators=(",", ":"))


def _values(buckets: Buckets) -> list[list[str]]:
    return [[one.status, str(one.quantity), one.stage, one.due.isoformat() if one.due else ""] for one in buckets]


def _buckets(values: list[list[str]]) -> Buckets:
    return tuple(
        Bucket(LineStatus(status), Decimal(quantity), stage, date.fromisoformat(due) if due else None)
        for status, quantity, stage, due in values
    )
