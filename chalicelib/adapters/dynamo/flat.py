"""A flat dataclass as attributes of an item: the names are the fields'."""

from dataclasses import fields
from datetime import date
from enum import Enum
from typing import Any, TypeVar, get_args

from chalicelib.adapters.dynamo.table import Item

T = TypeVar("T")


def to_flat(entity: Any, without: tuple[str, ...] = ()) -> Item:
    """Fields by name, texts, numbers, truths and lists of texts as they are, days as `2026-11-21`."""
    return {field.name: _kept(getattr(entity, field.name)) for field in fields(entity) if field.name not in without}


def _kept(value: Any) -> Any:
    return value.isoformat() if isinstance(value, date) else value


def from_flat(kind: type[T], item: Item, **more: Any) -> T:
    """The inverse; a field the item does not have yet gets its default. `more`: fields that are kept otherwise."""
    known = {
        field.name: _value(field.type, item[field.name])
        for field in fields(kind)  # type: ignore[arg-type]  # T stands for dataclasses only
        if field.name in item
    }
    return kind(**known | more)


def _value(kind: Any, value: Any) -> Any:
    if isinstance(value, list):
        return tuple(value)
    if isinstance(value, str) and date in (kind, *get_args(kind)):
        return date.fromisoformat(value)
    if kind is int or (isinstance(kind, type) and issubclass(kind, Enum)):
        return kind(value)
    return value
