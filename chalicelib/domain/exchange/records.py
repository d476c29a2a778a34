"""Objects of 1C that come as records of their own: each has an id, a revision that only grows, and may hang on others."""

from dataclasses import dataclass
from datetime import datetime
from typing import Generic, TypeVar

T_co = TypeVar("T_co", covariant=True)


@dataclass(frozen=True, slots=True)
class Reference:
    """An object by its entity ("partners", "contracts" …) and its id."""

    entity: str
    id: str


@dataclass(frozen=True, slots=True)
class Record(Generic[T_co]):
    """An object as 1C sends it. What 1C marked as deleted is kept and not `active`.

    `id` is unique within the entity; of a part of a partner it is `part_id(partner, part)`.
    """

    id: str
    revision: int
    value: T_co
    active: bool = True


@dataclass(frozen=True, slots=True)
class Mark:
    """What the register knows of an object without its value."""

    id: str
    revision: int
    active: bool = True


@dataclass(frozen=True, slots=True)
class WaitingRecord:
    """A record that came before the object it hangs on. `raw` is the JSON text 1C sent."""

    entity: str
    id: str
    name: str
    revision: int
    parent: Reference
    raw: str
    node: str
    since: datetime


def part_id(partner_id: str, own_id: str) -> str:
    """Of contracts, payers and addresses: a typical agreement of 1C has one id with every partner. An id has no space."""
    return f"{partner_id} {own_id}"
