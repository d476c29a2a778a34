"""1C's payments, shipments and other documents of an order: one item beside its head, that comes with it in one query."""

import json
from collections.abc import Iterable, Sequence
from datetime import date
from decimal import Decimal
from typing import Any

from chalicelib.adapters.dynamo.table import Item
from chalicelib.domain.orders.order_papers import OrderPaper, PaperKind

PAPERS = "PAPERS"
"""Sorts after HEAD and LINES#."""
LONGEST = 300_000
"""Bytes of JSON: an item of DynamoDB holds 400 KB."""


def papers_item(number: str, papers: Sequence[OrderPaper]) -> Item:
    """Without the quantities of shipments where all of them would not fit: what stands with them is said already."""
    text = _text(papers, quantities=True)
    if len(text.encode()) > LONGEST:
        text = _text(papers, quantities=False)
    return {"PK": f"ORDER#{number}", "SK": PAPERS, "papers": text}


def _text(papers: Sequence[OrderPaper], *, quantities: bool) -> str:
    return json.dumps([_values(paper, quantities) for paper in papers], ensure_ascii=False, separators=(",", ":"))


def _values(paper: OrderPaper, quantities: bool) -> dict[str, Any]:
    values: dict[str, Any] = {name: getattr(paper, name) for name in ("id", "kind", "operation", "number", "amount", "whole")}
    values["made_on"] = paper.made_on.isoformat() if paper.made_on else None
    values["quantities"] = [[item_id, str(quantity)] for item_id, quantity in paper.quantities] if quantities else []
    return values


def papers_from_items(items: Iterable[Item]) -> tuple[OrderPaper, ...]:
    """Out of all items of an order."""
    kept = next((item["papers"] for item in items if item["SK"] == PAPERS), "[]")
    return tuple(map(_paper, json.loads(kept)))


def _paper(values: dict[str, Any]) -> OrderPaper:
    values["kind"] = PaperKind(values["kind"])
    values["made_on"] = date.fromisoformat(values["made_on"]) if values["made_on"] else None
    values["quantities"] = tuple((item_id, Decimal(quantity)) for item_id, quantity in values["quantities"])
    return OrderPaper(**values)
