"""A person's own list of notifications, and what he chooses to be told of."""

from collections.abc import Collection, Mapping
from dataclasses import replace
from datetime import time

from chalicelib.domain.access.users import Membership
from chalicelib.domain.errors import Forbidden, InvalidInput
from chalicelib.domain.notifications import Channel, Digest, Event, Notification, Preferences
from chalicelib.usecases.access.visitors import Visitor
from chalicelib.usecases.ports.notifications import NotificationStore

ZONES = range(2, 13)
"""Hours before UTC: Kaliningrad … Kamchatka."""


def own_notifications(store: NotificationStore, *, visitor: Visitor) -> tuple[Notification, ...]:
    """The last hundred. Raises Forbidden for staff."""
    return store.recent(visitor.partner_scope, visitor.session.user_id)


def open_notification(store: NotificationStore, *, visitor: Visitor, notification_id: str) -> str:
    """Where it leads; it is read from now on. Raises NotFound."""
    return store.read(visitor.partner_scope, visitor.session.user_id, notification_id).link


def read_all(store: NotificationStore, *, visitor: Visitor) -> int:
    return store.read_all(visitor.partner_scope, visitor.session.user_id)


def own_preferences(store: NotificationStore, *, visitor: Visitor) -> Preferences:
    """With the whole matrix, as his role has it where he did not choose."""
    member = _member(visitor)
    found = store.preferences(member.user_id) or Preferences()
    return replace(found, matrix={event: found.channels(event, member.role) for event in Event})


def choose_preferences(store: NotificationStore, *, visitor: Visitor, ticked: Collection[str], values: Mapping[str, str]) -> None:
    """`ticked`: "<event>:<channel>" for each box; `values`: digest, zone, quiet_from, quiet_to. Raises InvalidInput."""
    member = _member(visitor)
    before = store.preferences(member.user_id) or Preferences()
    matrix = {event: frozenset(one for one in Channel if f"{event}:{one}" in ticked) for event in Event}
    try:
        chosen = Preferences(
            matrix,
            Digest(values["digest"]),
            int(values["zone"]),
            time.fromisoformat(values["quiet_from"]),
            time.fromisoformat(values["quiet_to"]),
            before.telegram,
        )
    except ValueError as error:
        raise InvalidInput("Проверьте часы и сводку") from error
    if chosen.zone not in ZONES or chosen.quiet_from.tzinfo or chosen.quiet_to.tzinfo:
        raise InvalidInput("Проверьте часы и сводку")
    store.save_preferences(member.user_id, chosen)


def _member(visitor: Visitor) -> Membership:
    if visitor.membership is None:
        raise Forbidden("Этот раздел открыт только дилерам")
    return visitor.membership
