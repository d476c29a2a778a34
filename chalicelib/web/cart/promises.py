"""The promise in words and as a calendar: «полностью 15 апреля; 30 шт сейчас»."""

from dataclasses import dataclass
from datetime import date, timedelta

from chalicelib.domain.catalogue.promise import PlanPart, Promise
from chalicelib.texts import N_, _
from chalicelib.usecases.cart.place_order import CheckoutView
from chalicelib.web.figures import quantity, short_day

WEEKS = 5
MONTHS = (
    N_("%(n)d января"), N_("%(n)d февраля"), N_("%(n)d марта"), N_("%(n)d апреля"), N_("%(n)d мая"), N_("%(n)d июня"),
    N_("%(n)d июля"), N_("%(n)d августа"), N_("%(n)d сентября"), N_("%(n)d октября"), N_("%(n)d ноября"), N_("%(n)d декабря"),
)  # fmt: skip


def day_text(day: date, today: date) -> str:
    text = _(MONTHS[day.month - 1], n=day.day)
    return text if day.year == today.year else f"{text} {day.year}"


def line_text(one: Promise, unit: str, *, known: bool) -> str:
    """When a line can be had, whatever day was wished. `known`: 1C has told of the item's stock."""
    if not one.offer:
        return _("нет ни на складе, ни в пути: срок назовёт менеджер") if known else _("наличие уточнит менеджер")
    if one.full_on is None:
        parts = ", ".join(_part_text(part, unit, one.today) for part in one.offer)
        short = one.wanted - sum(part.quantity for part in one.offer)
        return _("%(parts)s; на остальные %(short)s срок назовёт менеджер", parts=parts, short=quantity(short, unit))
    if one.full_on == one.today:
        return _("есть на складе")
    full = _("полностью %(day)s", day=day_text(one.full_on, one.today))
    return _("%(full)s; %(now)s сейчас", full=full, now=quantity(one.now, unit)) if one.now else full


def _part_text(part: PlanPart, unit: str, today: date) -> str:
    if part.due is None:
        return _("%(quantity)s сейчас", quantity=quantity(part.quantity, unit))
    return _("%(quantity)s %(day)s", quantity=quantity(part.quantity, unit), day=day_text(part.due, today))


def wish_text(one: Promise, unit: str, by: date) -> str:
    """What of a line is there by the day that was wished."""
    params = {"day": day_text(by, one.today), "held": quantity(one.held), "wanted": quantity(one.wanted, unit)}
    return _("к %(day)s будет %(held)s из %(wanted)s", **params)


def sources_text(one: Promise, unit: str) -> str:
    """Out of what a line is reserved; nothing where all of it is on hand."""
    if not any(part.lot_id for part in one.parts):
        return ""
    return _("резерв: %(parts)s", parts=", ".join(_source_text(part, unit) for part in one.parts))


def _source_text(part: PlanPart, unit: str) -> str:
    if part.due is None:
        return _("%(quantity)s со склада", quantity=quantity(part.quantity, unit))
    return _("%(quantity)s из поставки %(day)s", quantity=quantity(part.quantity, unit), day=short_day(part.due))


def order_text(view: CheckoutView) -> str:
    """The answer for the whole order."""
    if view.full_on == view.today:
        return _("Весь заказ есть на складе.")
    ready = sum(1 for one in view.promises if one.full_on == view.today)
    counts = {"ready": ready, "lines": len(view.promises)}
    if view.full_on is None:
        return _("Сейчас полностью есть %(ready)d из %(lines)d строк; остальное проверит менеджер и назовёт срок.", **counts)
    day = day_text(view.full_on, view.today)
    return _("Полностью — %(day)s. Сейчас целиком есть %(ready)d из %(lines)d строк.", day=day, **counts)


@dataclass(frozen=True, slots=True)
class CalendarDay:
    """`full`: the whole order is there by then; `open`: not gone by."""

    day: date
    open: bool
    full: bool
    chosen: bool


def calendar(view: CheckoutView) -> tuple[tuple[CalendarDay, ...], ...]:
    """Weeks from Monday on: from today's, or so that the first full day can be seen."""
    start = view.today
    if view.full_on and view.full_on > start + timedelta(weeks=WEEKS - 1):
        start = view.full_on - timedelta(weeks=1)
    monday = start - timedelta(days=start.weekday())
    return tuple(tuple(_day(view, monday + timedelta(days=week * 7 + n)) for n in range(7)) for week in range(WEEKS))


def _day(view: CheckoutView, day: date) -> CalendarDay:
    full = view.full_on is not None and day >= view.full_on
    return CalendarDay(day, day >= view.today, full, day == view.wish.by)
