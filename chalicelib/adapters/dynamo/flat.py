"""A flat dataclass as attributes of an item: the names are the fields'."""

from dataclasses import fields
from typing import Any, TypeVar

from chalicelib.adapters.dynamo.table import Item

T = TypeVar("T")


def to_flat(entity: Any, without: tuple[str, ...] = ()) -> Item:
    """Fields by name, texts, numbers and truths as they are."""
    return {field.name: getattr(entity, field.name) for field in fields(entity) if field.name not in without}


def from_flat(kind: type[T], item: Item, **more: Any) -> T:
    """The inverse; a field the item does not have yet gets its default. `more`: fields that are kept otherwise."""
    known = {
        field.name: _value(field.type, item[field.name])
        for field in fields(kind)  # type: ignore[arg-type]  # T stands for dataclasses only
        if field.name in item
    }
    return kind(**known | more)


def _value(kind: Any, value: Any) -> Any:
    return int(value) if kind is int else value
