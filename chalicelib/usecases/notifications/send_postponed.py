"""What waited for the end of quiet hours or of a digest's period leaves: one message for each person and channel."""

from collections.abc import Iterator, Sequence
from itertools import groupby

from chalicelib.domain.notifications import Postponed, Preferences
from chalicelib.domain.partners.partners import PartnerScope
from chalicelib.usecases.access.sign_in import member_of
from chalicelib.usecases.notifications.spread import Words, address, message
from chalicelib.usecases.orders.dispatch_outbox import tell
from chalicelib.usecases.ports.clock import Clock
from chalicelib.usecases.ports.files import Queues
from chalicelib.usecases.ports.notifications import NotificationStore
from chalicelib.usecases.ports.orders import OutboxRow
from chalicelib.usecases.ports.partners import PartnerStore

MOST = 90
"""Events of one digest: they leave in one transaction."""


def send_postponed(
    partners: PartnerStore, notifications: NotificationStore, queues: Queues, clock: Clock, *, public_url: str
) -> int:
    """How many messages left. Safe to repeat and to be cut short: a message takes the place of what it tells in one step."""
    sent = 0
    for messages in _groups(notifications.due(clock())):
        row = _row(partners, notifications, clock, messages, public_url)
        if notifications.release(messages, row) and row:
            tell(queues, (row,))
            sent += 1
    return sent


def _groups(due: Sequence[Postponed]) -> Iterator[list[Postponed]]:
    def place(one: Postponed) -> tuple[str, str, str]:
        return one.partner_id, one.user_id, one.channel

    for _place, found in groupby(sorted(due, key=place), key=place):
        messages = sorted(found, key=lambda one: one.id)
        yield from (messages[start : start + MOST] for start in range(0, len(messages), MOST))


def _row(
    partners: PartnerStore, notifications: NotificationStore, clock: Clock, messages: Sequence[Postponed], public_url: str
) -> OutboxRow | None:
    """None for a person who has lost his access or his address meanwhile: he hears no more."""
    one = messages[0]
    account = partners.account(PartnerScope(one.partner_id))
    member = member_of(account, one.user_id) if account and account.partner.portal_access else None
    if member is None:
        return None
    to = address(one.channel, member, notifications.preferences(one.user_id) or Preferences())
    return message(one.channel, to, member.name, _words(messages, public_url), one.id, clock()) if to else None


def _words(messages: Sequence[Postponed], public_url: str) -> Words:
    if len(messages) == 1:
        return Words(messages[0].subject, messages[0].text, messages[0].link)
    listed = "\n\n".join(f"• {one.subject}\n  {one.text}\n  {one.link}" for one in messages)
    return Words(f"Новости кабинета: {len(messages)}", listed, f"{public_url}/notifications")
