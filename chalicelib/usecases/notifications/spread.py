"""A row that says what has happened becomes, for each person, a row of his list and messages by the channels he chose."""

import json
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime

from chalicelib.domain.access.users import PERMISSIONS, Membership, Role
from chalicelib.domain.notifications import Channel, Event, Notification, Postponed, Preferences
from chalicelib.domain.partners.partners import PartnerScope
from chalicelib.usecases.notifications.announce import BOTH, DEALER, SUPPLIER
from chalicelib.usecases.orders.dispatch_outbox import NOTIFICATIONS, tell
from chalicelib.usecases.ports.clock import Clock
from chalicelib.usecases.ports.files import Queues
from chalicelib.usecases.ports.notifications import NotificationStore
from chalicelib.usecases.ports.orders import Outbox, OutboxRow
from chalicelib.usecases.ports.partners import Account, PartnerStore

LETTER = """Здравствуйте, %(name)s!

%(text)s

Открыть в кабинете: %(link)s
"""
NEEDED = {Event.DOCUMENT: "document.view", Event.ARRIVAL: "catalog.view"}
"""Who may be told; of all the rest, who may see orders."""


@dataclass(frozen=True, slots=True)
class Words:
    """A message in Russian, before it is known by what it goes. `link` is a whole address."""

    subject: str
    text: str
    link: str


def spread_notification(
    outbox: Outbox,
    partners: PartnerStore,
    notifications: NotificationStore,
    queues: Queues,
    clock: Clock,
    *,
    row_id: str,
    public_url: str,
) -> int:
    """How many people hear of it. Safe to repeat: who was told already is not told again."""
    row = outbox.read(NOTIFICATIONS, row_id)
    if row is None:
        return 0
    scope = PartnerScope(row.body["partner"])
    account = partners.account(scope)
    told, words, now = _notification(row), _words(row, public_url), clock()
    count = 0
    for member in _audience(account, row):
        wanted = notifications.preferences(member.user_id) or Preferences()
        rows, later = _messages(told, words, member, wanted, now)
        shown = Channel.CABINET in wanted.channels(told.event, member.role)
        if notifications.tell(scope, member.user_id, told, rows, later, shown=shown):
            tell(queues, tuple(rows))
            count += 1
    count += _tell_manager(notifications, queues, scope, account, row, words, now)
    outbox.remove(NOTIFICATIONS, row_id)
    return count


def _notification(row: OutboxRow) -> Notification:
    body = row.body
    params = json.loads(body["params"])
    return Notification(row.id, row.created_at, Event(body["event"]), body["subject"], body["text"], params, body["link"])


def _words(row: OutboxRow, public_url: str) -> Words:
    params = json.loads(row.body["params"])
    return Words(row.body["subject"] % params, row.body["text"] % params, public_url + row.body["link"])


def _audience(account: Account | None, row: OutboxRow) -> Iterator[Membership]:
    """Who placed the order and the head, or all who may see it; of goods that came, who asked for them."""
    if account is None or not account.partner.portal_access or row.body["to"] not in (DEALER, BOTH):
        return
    event, user_id = Event(row.body["event"]), row.body["user"]
    needed = NEEDED.get(event, "order.view")
    allowed = [one for one in account.members if one.portal_access and needed in PERMISSIONS[one.role]]
    his = [one for one in allowed if one.user_id == user_id]
    if event is Event.ARRIVAL or (event is Event.MESSAGE and his):
        yield from his
        return
    for member in allowed:
        if not his or member in his or member.role is Role.ACCOUNT_HEAD:
            yield member


def _messages(
    told: Notification, words: Words, member: Membership, wanted: Preferences, now: datetime
) -> tuple[list[OutboxRow], list[Postponed]]:
    """What leaves at once, and what waits for its hour."""
    rows, later = list[OutboxRow](), list[Postponed]()
    for channel in sorted(wanted.channels(told.event, member.role) - {Channel.CABINET}):
        to = address(channel, member, wanted)
        due = wanted.due(told.event, channel, now)
        if not to:
            continue
        if due <= now:
            rows.append(message(channel, to, member.name, words, told.params.get("order", told.id), now))
        else:
            texts = (words.subject, words.text, words.link)
            later.append(Postponed(told.id, due, member.partner_id, member.user_id, channel, *texts))
    return rows, later


def address(channel: Channel, member: Membership, wanted: Preferences) -> str:
    """Where a channel reaches a person; "" where it does not."""
    return {Channel.MAIL: member.email, Channel.SMS: member.phone, Channel.TELEGRAM: wanted.telegram}.get(channel, "")


def message(channel: Channel, to: str, name: str, words: Words, about: str, now: datetime) -> OutboxRow:
    match channel:
        case Channel.MAIL:
            text = LETTER % {"name": name, "text": words.text, "link": words.link}
        case Channel.SMS:
            text = f"{words.subject}. {words.link}"
        case _:
            text = f"{words.subject}\n\n{words.text}\n{words.link}"
    subject = words.subject if channel is Channel.MAIL else ""
    return OutboxRow.new("messages", about, now, {"channel": channel.value, "to": to, "subject": subject, "text": text})


def _tell_manager(
    notifications: NotificationStore,
    queues: Queues,
    scope: PartnerScope,
    account: Account | None,
    row: OutboxRow,
    words: Words,
    now: datetime,
) -> bool:
    """By mail: he is known by his card in 1C alone. What he was told of is marked as with everybody, so that it comes once."""
    manager = account.manager if account else None
    if manager is None or not manager.email or row.body["to"] not in (SUPPLIER, BOTH):
        return False
    letter = message(Channel.MAIL, manager.email, manager.name, words, row.subject, now)
    first = notifications.tell(scope, f"manager-{manager.id}", _notification(row), [letter], [], shown=False)
    tell(queues, (letter,))
    return first
