"""Figures as wholesale buyers read them: `1 234,50 ₽`, `12,4 кг`, `0,036 м³`, `21.11.2026`, Moscow time."""

from datetime import UTC, date, datetime, timedelta, timezone
from decimal import ROUND_HALF_UP, Decimal
from functools import lru_cache

from chalicelib.texts import _

NBSP = "\u00a0"
MOSCOW = timezone(timedelta(hours=3), "MSK")  # no summer time since 2014, so no zone files are needed
_SIGNS = {"RUB": "₽", "USD": "$", "EUR": "€", "KZT": "₸", "BYN": "Br", "CNY": "¥", "UAH": "₴"}


@lru_cache(maxsize=8192)
def number(value: Decimal | int | None, digits: int | None = None, least: int = 0) -> str:
    """With a decimal comma and thin groups. `digits` is the most shown, `least` of them also when they are zeros."""
    if value is None:
        return "—"
    exact = Decimal(value)
    if digits is not None:
        exact = exact.quantize(Decimal(1).scaleb(-digits), ROUND_HALF_UP)
    whole, _point, fraction = f"{abs(exact):,f}".partition(".")
    fraction = fraction.rstrip("0").ljust(least, "0")
    sign = "−" if exact < 0 else ""
    return sign + whole.replace(",", NBSP) + (f",{fraction}" if fraction else "")


def money(amount: int | None, currency: str = "RUB") -> str:
    """Minor units."""
    return "—" if amount is None else f"{number(Decimal(amount).scaleb(-2), 2, 2)}{NBSP}{_SIGNS.get(currency, currency)}"


def price(value: Decimal | None, currency: str = "RUB") -> str:
    """A price of one unit: two digits, up to four where 1C has them."""
    return "—" if value is None else f"{number(value, 4, 2)}{NBSP}{_SIGNS.get(currency, currency)}"


def weight(kg: Decimal | None) -> str:
    return "—" if kg is None else _("%(number)s кг", number=number(kg, 1 if kg >= 10 else 3)).replace(" ", NBSP)


def volume(m3: Decimal | None) -> str:
    return "—" if m3 is None else _("%(number)s м³", number=number(m3, 3)).replace(" ", NBSP)


def quantity(value: Decimal | None, unit: str = "") -> str:
    return number(value, 3) + (f"{NBSP}{unit}" if unit and value is not None else "")


def editable(value: Decimal | None) -> str:
    """For an input: no groups, decimal comma."""
    return number(value, 3).replace(NBSP, "") if value is not None else ""


def percent(rate: Decimal | None) -> str:
    return "—" if rate is None else f"{number(rate, 2)}{NBSP}%"


def day(value: date | datetime | None) -> str:
    if isinstance(value, datetime):
        value = value.astimezone(MOSCOW).date()
    return f"{value:%d.%m.%Y}" if value else "—"


def short_day(value: date) -> str:
    return f"{value:%d.%m}"


def moment(value: datetime | None) -> str:
    return f"{value.astimezone(MOSCOW):%d.%m.%Y %H:%M}" if value else "—"


def clock_time(value: datetime | None) -> str:
    return f"{value.astimezone(MOSCOW):%H:%M}" if value else "—"


def freshness(value: datetime | None, now: datetime) -> str:
    """ "fresh", "late" after 15 minutes, "old" after 2 hours or where nothing ever came."""
    if value is None or now - value > timedelta(hours=2):
        return "old"
    return "late" if now - value > timedelta(minutes=15) else "fresh"


def seen_at(value: datetime | None, now: datetime) -> str:
    """The time for today, with the day for another one."""
    if value is None:
        return "—"
    today = now.astimezone(MOSCOW).date() == value.astimezone(MOSCOW).date()
    return clock_time(value) if today else moment(value)


def phone(value: str) -> str:
    """+7 921 123-45-67; other countries as they are."""
    if len(value) == 12 and value.startswith("+7"):
        return f"+7 {value[2:5]} {value[5:8]}-{value[8:10]}-{value[10:]}".replace(" ", NBSP)
    return value


def machine_time(value: datetime) -> str:
    return value.astimezone(UTC).isoformat(timespec="seconds")


def file_size(size: int) -> str:
    if size < 1024:
        return _("%(number)s Б", number=size).replace(" ", NBSP)
    if size < 1024 * 1024:
        return _("%(number)s КБ", number=number(Decimal(size) / 1024, 0)).replace(" ", NBSP)
    return _("%(number)s МБ", number=number(Decimal(size) / 1024 / 1024, 1)).replace(" ", NBSP)
