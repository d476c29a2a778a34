"""When a schedule of EventBridge comes due: `rate(5 minutes)` and `cron(0 6 ? * MON-FRI *)`, in UTC."""

import calendar
import re
from dataclasses import dataclass
from datetime import datetime, timedelta

UNITS = {"minute": "minutes", "hour": "hours", "day": "days"}
MONTHS = ("JAN", "FEB", "MAR", "APR", "MAY", "JUN", "JUL", "AUG", "SEP", "OCT", "NOV", "DEC")
WEEKDAYS = ("SUN", "MON", "TUE", "WED", "THU", "FRI", "SAT")
SPANS = ((0, 59), (0, 23), (1, 31), (1, 12), (1, 7), (1970, 2199))
"""Least and greatest value of minutes, hours, day of month, month, day of week (1 is Sunday) and year."""


def rate(expression: str) -> timedelta | None:
    """The period of a `rate(…)`; None for anything else."""
    found = re.fullmatch(r"rate\((\d+) (minute|hour|day)s?\)", expression)
    return timedelta(**{UNITS[found[2]]: int(found[1])}) if found else None


@dataclass(frozen=True)
class Cron:
    """The values each of the six fields allows; None where it allows all. `last_day`: the day of month is `L`."""

    fields: tuple[frozenset[int] | None, ...]
    last_day: bool = False

    @classmethod
    def parse(cls, expression: str) -> "Cron":
        """Raises ValueError for what is no `cron(…)`, and for `W` and `#`, which are not understood here."""
        found = re.fullmatch(r"cron\((\S+) (\S+) (\S+) (\S+) (\S+) (\S+)\)", expression)
        if not found:
            raise ValueError(f"neither rate() nor cron(): {expression}")
        parts = list(found.groups())
        last_day = parts[2] == "L"
        if last_day:
            parts[2] = "*"
        parts[3] = _numbered(parts[3], MONTHS)
        parts[4] = _numbered(parts[4], WEEKDAYS)
        return cls(tuple(_values(part, *span) for part, span in zip(parts, SPANS, strict=True)), last_day)

    def matches(self, moment: datetime) -> bool:
        """Whether it comes due in the minute of `moment` (UTC)."""
        weekday = moment.isoweekday() % 7 + 1
        parts = (moment.minute, moment.hour, moment.day, moment.month, weekday, moment.year)
        if self.last_day and moment.day != calendar.monthrange(moment.year, moment.month)[1]:
            return False
        return all(allowed is None or part in allowed for allowed, part in zip(self.fields, parts, strict=True))


def _numbered(part: str, names: tuple[str, ...]) -> str:
    for number, name in enumerate(names, 1):
        part = part.upper().replace(name, str(number))
    return part


def _values(part: str, least: int, greatest: int) -> frozenset[int] | None:
    if part in ("*", "?"):
        return None
    return frozenset(value for piece in part.split(",") for value in _piece(piece, least, greatest))


def _piece(piece: str, least: int, greatest: int) -> range:
    found = re.fullmatch(r"(?:\*|(\d+)(?:-(\d+))?)(?:/(\d+))?", piece)
    if not found:
        raise ValueError(f"not understood in cron(): {piece}")
    first = int(found[1] or least)
    last = int(found[2] or (greatest if found[3] or not found[1] else first))
    return range(first, last + 1, int(found[3] or 1))
