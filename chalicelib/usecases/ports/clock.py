"""What every store and use case may ask for: the time, and objects kept under a revision."""

from collections.abc import Sequence
from datetime import date, datetime, timedelta, timezone
from typing import Protocol, TypeVar

from chalicelib.domain.exchange.records import Mark, Record

T_contra = TypeVar("T_contra", contravariant=True)
BUSINESS_ZONE = timezone(timedelta(hours=3), "MSK")


def business_day(now: datetime) -> date:
    """The day it is for the supplier: terms begin and end with it."""
    return now.astimezone(BUSINESS_ZONE).date()


class Clock(Protocol):
    """The instant now, in UTC."""

    def __call__(self) -> datetime: ...


class RecordStore(Protocol[T_contra]):
    """Objects of one entity, each under a revision of its own."""

    def save(self, records: Sequence[Record[T_contra]]) -> Sequence[str]:
        """ "written" or "unchanged" (an equal or older revision) for each, in order. Raises Conflict."""
        ...

    def deactivate(self, marks: Sequence[Mark], revision: int) -> int:
        """Hide those of the marks that nobody has changed since, as of the revision; how many that were."""
        ...
