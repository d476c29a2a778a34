"""What people are told of, by which channels, and when: the matrix of a person, his quiet hours, his digests."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, time, timedelta, timezone
from enum import StrEnum

from chalicelib.domain.access.users import Role
from chalicelib.domain.orders.orders import Approval, Order


class Event(StrEnum):
    """What has happened, as a person chooses it."""

    AWAITING = "awaiting"
    CONFIRMED = "confirmed"
    CANCELLED = "cancelled"
    MODERATION = "moderation"
    PROGRESS = "progress"
    DELAY = "delay"
    PAYMENT = "payment"
    DOCUMENT = "document"
    MESSAGE = "message"
    ARRIVAL = "arrival"


class Channel(StrEnum):
    CABINET = "cabinet"
    MAIL = "mail"
    SMS = "sms"
    TELEGRAM = "telegram"


class Digest(StrEnum):
    NONE = "none"
    HOURLY = "hourly"
    DAILY = "daily"


Matrix = Mapping[Event, frozenset[Channel]]
URGENT = frozenset({Event.AWAITING})
"""Somebody waits for the person: no digest holds it back, and a letter goes at night too."""

LOUD = frozenset({Channel.SMS, Channel.TELEGRAM})
"""They wake people up: quiet hours hold even what is urgent."""

DIGEST_AT = time(9)
_MAILED = frozenset({Event.AWAITING, Event.CANCELLED, Event.DELAY, Event.DOCUMENT, Event.MESSAGE, Event.ARRIVAL})


def default_matrix(role: Role) -> dict[Event, frozenset[Channel]]:
    """All of it in the portal; by mail what asks for an answer or for papers, and to the head also that an order stands."""
    mailed = _MAILED | ({Event.CONFIRMED} if role is Role.ACCOUNT_HEAD else frozenset())
    return {event: frozenset({Channel.CABINET} | ({Channel.MAIL} if event in mailed else set())) for event in Event}


@dataclass(frozen=True, slots=True)
class Preferences:
    """`matrix` holds what the person chose; an event he never saw in his form is as his role has it. `zone`: hours before UTC.

    Quiet hours last from `quiet_from` till `quiet_to`, mostly over midnight; equal ones mean none. `telegram` is the id of
    his chat, "" where there is none.
    """

    matrix: Matrix = field(default_factory=dict)
    digest: Digest = Digest.NONE
    zone: int = 3
    quiet_from: time = time(22)
    quiet_to: time = time(8)
    telegram: str = ""

    def channels(self, event: Event, role: Role) -> frozenset[Channel]:
        return self.matrix.get(event, default_matrix(role)[event])

    def is_quiet(self, at: datetime) -> bool:
        now = self._local(at).time()
        if self.quiet_from <= self.quiet_to:
            return self.quiet_from <= now < self.quiet_to
        return now >= self.quiet_from or now < self.quiet_to

    def due(self, event: Event, channel: Channel, now: datetime) -> datetime:
        """When it goes out by the channel: `now` for at once, otherwise the end of the digest's period or of quiet hours."""
        if channel is Channel.CABINET:
            return now
        if event in URGENT:
            return self._after_quiet(now) if channel in LOUD else now
        return self._after_quiet(self._digested(now))

    def _digested(self, now: datetime) -> datetime:
        local = self._local(now)
        match self.digest:
            case Digest.HOURLY:
                return (local + timedelta(hours=1)).replace(minute=0, second=0, microsecond=0).astimezone(now.tzinfo)
            case Digest.DAILY:
                return _next(local, DIGEST_AT).astimezone(now.tzinfo)
        return now

    def _after_quiet(self, at: datetime) -> datetime:
        return _next(self._local(at), self.quiet_to).astimezone(at.tzinfo) if self.is_quiet(at) else at

    def _local(self, at: datetime) -> datetime:
        return at.astimezone(timezone(timedelta(hours=self.zone)))


def _next(local: datetime, clock: time) -> datetime:
    """The first instant after `local` when clocks show `clock`."""
    today = local.replace(hour=clock.hour, minute=clock.minute, second=0, microsecond=0)
    return today if today > local else today + timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Notification:
    """A row of the list in the portal. `subject` and `text` are msgids filled with `params`; `link` is a path of ours."""

    id: str
    at: datetime
    event: Event
    subject: str
    text: str
    params: Mapping[str, str]
    link: str
    read: bool = False


@dataclass(frozen=True, slots=True)
class Postponed:
    """A message that waits until `due`; what it says is ready, where it goes is looked up when it leaves."""

    id: str
    due: datetime
    partner_id: str
    user_id: str
    channel: Channel
    subject: str
    text: str
    link: str


def order_event(before: Order, after: Order) -> Event | None:
    """What a change of an order tells its dealer first; None where nothing moved that he chooses to hear of."""
    if after.approval is Approval.AWAITING_CLIENT and after.revision != before.revision:
        return Event.AWAITING
    if after.approval is not before.approval:
        return _BECAME.get(after.approval)
    if after.fulfilment is not before.fulfilment:
        return Event.PROGRESS
    return Event.PAYMENT if after.payment is not before.payment else None


_BECAME = {
    Approval.CONFIRMED: Event.CONFIRMED,
    Approval.CANCELLED: Event.CANCELLED,
    Approval.REJECTED: Event.CANCELLED,
    Approval.ON_MODERATION: Event.MODERATION,
}


def order_subject(event: Event) -> str:
    match event:
        case Event.AWAITING:
            return "Заказ № %(order)s ждёт вашего подтверждения"
        case Event.CONFIRMED:
            return "Заказ № %(order)s подтверждён"
        case Event.CANCELLED:
            return "Заказ № %(order)s отменён"
        case Event.MODERATION:
            return "Заказ № %(order)s проверяет менеджер"
        case Event.DELAY:
            return "Задержка поставки по заказу № %(order)s"
        case Event.PAYMENT:
            return "Оплата заказа № %(order)s"
        case Event.MESSAGE:
            return "Сообщение по заказу № %(order)s"
    return "Заказ № %(order)s: новости"
