"""An item as the classifier makes it readable: property ids become names, value ids become texts."""

from collections.abc import Mapping
from dataclasses import replace
from decimal import Decimal, InvalidOperation
from typing import Any

from chalicelib.domain.catalogue.catalogue import Item, Property

TEXT_LIMIT = 150_000
"""Characters of all texts of one item: more than any catalogue has, less than a row of the database holds."""

_MEASURES = {
    "вес": "weight_kg",
    "вес, кг": "weight_kg",
    "вес (кг)": "weight_kg",
    "масса": "weight_kg",
    "масса, кг": "weight_kg",
    "объем": "volume_m3",
    "объем, м3": "volume_m3",
    "объем (м3)": "volume_m3",
    "количество в упаковке": "package_quantity",
    "кол-во в упаковке": "package_quantity",
}
"""Properties that some 1C keep what others keep as requisites: name in lower case with е for ё -> field of Item."""


def with_properties(item: Item, properties: Mapping[str, Property]) -> Item:
    """Properties by name; one the classifier does not know stays under its id. Empty values go."""
    named = tuple(_named(properties.get(key), key, value) for key, value in item.properties if value)
    measures = _measures(item, named)
    return replace(item, properties=named, **measures) if named != item.properties or measures else item


def _named(known: Property | None, key: str, value: str) -> tuple[str, str]:
    return (known.name, known.values.get(value, value)) if known else (key, value)


def _measures(item: Item, named: tuple[tuple[str, str], ...]) -> dict[str, Any]:
    found: dict[str, Any] = {}
    for name, text in named:
        field = _MEASURES.get(name.lower().replace("ё", "е").replace("³", "3"))
        if field and getattr(item, field) is None and (figure := _figure(text)) is not None:
            found.setdefault(field, figure)
    return found


def _figure(text: str) -> Decimal | None:
    try:
        figure = Decimal(text.replace(",", ".").replace("\u00a0", "").replace(" ", ""))
    except InvalidOperation:
        return None
    return figure if figure.is_finite() and figure > 0 else None


def text_size(item: Item) -> int:
    """Characters of all its texts."""
    lists = sum(map(len, (*item.group_ids, *item.barcodes, *item.pictures)))
    pairs = sum(len(name) + len(text) for name, text in (*item.properties, *item.attributes))
    return len(item.name) + len(item.description) + len(item.full_name) + lists + pairs
