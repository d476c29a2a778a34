"""An item card as text: JSON that leaves out whatever is empty, packed where it is long."""

import base64
import json
import zlib
from collections.abc import Callable, Mapping
from decimal import Decimal
from typing import Any

from chalicelib.domain.catalogue.catalogue import Item, Package

PACK_FROM = 3000
"""Characters from which a card is packed: descriptions shrink three to ten times, and DynamoDB bills by the kilobyte."""

_TEXTS = (
    "sku",
    "parent_id",
    "variant",
    "unit_code",
    "unit",
    "description",
    "full_name",
    "kind",
    "brand",
    "manufacturer",
    "country",
    "availability",
)
_FIGURES = ("vat_rate", "weight_kg", "volume_m3", "package_quantity")
_LISTS = ("group_ids", "barcodes", "pictures")
_PAIRS = ("properties", "attributes")


def card_text(item: Item) -> str:
    card: dict[str, Any] = {"id": item.id, "name": item.name}
    card |= {name: value for name in _TEXTS + _LISTS + _PAIRS if (value := getattr(item, name))}
    card |= {name: str(value) for name in _FIGURES if (value := getattr(item, name)) is not None}
    if item.packages:
        card["packages"] = [[package.name, str(package.quantity)] for package in item.packages]
    card |= {name: True for name in ("deleted", "derived") if getattr(item, name)}
    return json.dumps(card, ensure_ascii=False, separators=(",", ":"))


def card(text: str) -> Item:
    """The inverse of `card_text`."""
    fields: dict[str, Any] = json.loads(text)
    for names, read in _READERS:
        for name in names:
            if name in fields:
                fields[name] = read(fields[name])
    return Item(**fields)


def _pairs(rows: list[list[str]]) -> tuple[tuple[str, str], ...]:
    return tuple((name, text) for name, text in rows)


def _packages(rows: list[list[str]]) -> tuple[Package, ...]:
    return tuple(Package(name, Decimal(quantity)) for name, quantity in rows)


_READERS: tuple[tuple[tuple[str, ...], Callable[[Any], Any]], ...] = (
    (_FIGURES, Decimal),
    (_LISTS, tuple),
    (_PAIRS, _pairs),
    (("packages",), _packages),
)


def packed(text: str) -> str | bytes:
    return zlib.compress(text.encode()) if len(text) >= PACK_FROM else text


def unpacked(typed: Mapping[str, Any]) -> str:
    """The text of a `data` attribute in DynamoDB's typed form."""
    if "S" in typed:
        return typed["S"]
    data = typed["B"]
    return zlib.decompress(base64.b64decode(data) if isinstance(data, str) else data).decode()
