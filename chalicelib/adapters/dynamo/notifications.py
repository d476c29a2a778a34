"""What people were told and chose to be told.

portal  NOTIFIED#<partner>#<user>   <outbox row>                  what a person was told while he works for the partner
        PARTNER#<partner>           UNREAD#<user>                 how many of them he has not read: comes with the account
        USER#<user>                 NOTIFY                        his matrix, quiet hours and digest
        TELEGRAM#<code>             CODE                          whose chat it will be that sends this code to the bot
        LATER                       <due>#<user>#<channel>#<id>   a message that waits for its hour
"""

from collections.abc import Iterable, Sequence
from datetime import datetime, time

from chalicelib.adapters.dynamo.orders.outbox import to_item as outbox_item
from chalicelib.adapters.dynamo.table import ConditionFailed, Item, Key, Table, delete, put, transact, update
from chalicelib.adapters.dynamo.times import instant, instant_text
from chalicelib.domain.errors import NotFound
from chalicelib.domain.notifications import Channel, Digest, Event, Notification, Postponed, Preferences
from chalicelib.domain.partners.partners import PartnerScope
from chalicelib.usecases.ports.orders import OutboxRow

LATER = "LATER"
UNREAD = "UNREAD#"
MARKED_AT_ONCE = 90
"""A transaction has a hundred actions."""
READ = {"#read": "read"}
TRIES = 3


def unread_key(scope: PartnerScope, user_id: str) -> Key:
    return f"PARTNER#{scope.partner_id}", f"{UNREAD}{user_id}"


def unread_counts(items: Iterable[Item]) -> dict[str, int]:
    """By user, out of the items of a partner."""
    return {item["SK"].removeprefix(UNREAD): int(item["n"]) for item in items if item["SK"].startswith(UNREAD)}


def preferences_key(user_id: str) -> Key:
    return f"USER#{user_id}", "NOTIFY"


def code_key(code: str) -> Key:
    return f"TELEGRAM#{code}", "CODE"


def notified_key(scope: PartnerScope, user_id: str, id: str) -> Key:
    return f"NOTIFIED#{scope.partner_id}#{user_id}", id


def _keyed(key: Key, item: Item) -> Item:
    return {"PK": key[0], "SK": key[1]} | item


def _preferences_fields(chosen: Preferences) -> Item:
    return {
        "matrix": {event.value: [channel.value for channel in channels] for event, channels in chosen.matrix.items()},
        "digest": chosen.digest.value,
        "zone": chosen.zone,
        "quiet_from": f"{chosen.quiet_from:%H:%M}",
        "quiet_to": f"{chosen.quiet_to:%H:%M}",
    }


def _preferences(item: Item) -> Preferences:
    return Preferences(
        matrix={Event(event): frozenset(map(Channel, channels)) for event, channels in item["matrix"].items()},
        digest=Digest(item["digest"]),
        zone=int(item["zone"]),
        quiet_from=time.fromisoformat(item["quiet_from"]),
        quiet_to=time.fromisoformat(item["quiet_to"]),
        telegram=item["telegram"],
    )


def _notification(item: Item) -> Notification:
    texts = {name: item[name] for name in ("subject", "text", "params", "link", "read")}
    return Notification(id=item["SK"], at=instant(item["at"]), event=Event(item["event"]), **texts)


def _later_key(one: Postponed) -> Key:
    return LATER, f"{instant_text(one.due)}#{one.user_id}#{one.channel}#{one.id}"


def _later_item(one: Postponed) -> Item:
    texts = {name: getattr(one, name) for name in ("id", "partner_id", "user_id", "subject", "text", "link")}
    return _keyed(_later_key(one), texts | {"channel": one.channel.value, "due": instant_text(one.due)})


def _postponed(item: Item) -> Postponed:
    texts = {name: item[name] for name in ("id", "partner_id", "user_id", "subject", "text", "link")}
    return Postponed(due=instant(item["due"]), channel=Channel(item["channel"]), **texts)


class DynamoNotifications:
    def __init__(self, portal: Table) -> None:
        self.portal = portal

    def preferences(self, user_id: str) -> Preferences | None:
        item = self.portal.get(preferences_key(user_id), strong=True)
        return _preferences(item) if item else None

    def save_preferences(self, user_id: str, chosen: Preferences) -> None:
        self._set(user_id, _preferences_fields(chosen), {"telegram": ""})

    def save_telegram(self, user_id: str, chat: str) -> None:
        self._set(user_id, {"telegram": chat}, _preferences_fields(Preferences()))

    def _set(self, user_id: str, fields: Item, first: Item) -> None:
        """`first` are those of an item that is not there yet."""
        told = [f"#{name} = :{name}" for name in fields]
        told += [f"#{name} = if_not_exists(#{name}, :{name})" for name in first]
        values = {f":{name}": value for name, value in (fields | first).items()}
        names = {f"#{name}": name for name in fields | first}
        self.portal.update(preferences_key(user_id), "SET " + ", ".join(told), values=values, names=names)

    def offer_code(self, code: str, user_id: str, until: datetime) -> None:
        item = {"user_id": user_id, "expires_at": instant_text(until), "expires": int(until.timestamp())}
        self.portal.put(_keyed(code_key(code), item))

    def take_code(self, code: str, now: datetime) -> str | None:
        try:
            return str(self.portal.remove(code_key(code), "expires_at > :now", {":now": instant_text(now)})["user_id"])
        except ConditionFailed:
            return None

    def tell(
        self,
        scope: PartnerScope,
        user_id: str,
        told: Notification,
        rows: Sequence[OutboxRow],
        postponed: Sequence[Postponed],
        *,
        shown: bool,
    ) -> bool:
        item = {name: getattr(told, name) for name in ("subject", "text", "link", "read")}
        item |= {"at": instant_text(told.at), "event": told.event.value, "params": dict(told.params), "shown": shown}
        first = put(self.portal.name, _keyed(notified_key(scope, user_id, told.id), item), "attribute_not_exists(PK)")
        counted = [self._count(scope, user_id, 1)] if shown else []
        leaving = [outbox_item(row) for row in rows] + [_later_item(one) for one in postponed]
        try:
            transact(self.portal.client, [first, *counted, *(put(self.portal.name, item) for item in leaving)])
        except ConditionFailed:
            return False
        return True

    def _count(self, scope: PartnerScope, user_id: str, more: int) -> Item:
        return update(self.portal.name, unread_key(scope, user_id), "ADD n :more", values={":more": more})

    def recent(self, scope: PartnerScope, user_id: str, limit: int = 100) -> tuple[Notification, ...]:
        partition = notified_key(scope, user_id, "")[0]
        found = self.portal.query(partition, newest_first=True, strong=True, limit=limit)
        return tuple(_notification(item) for item in found if item["shown"])

    def read(self, scope: PartnerScope, user_id: str, notification_id: str) -> Notification:
        item = self.portal.get(notified_key(scope, user_id, notification_id), strong=True) if notification_id else None
        if item is None or not item["shown"]:
            raise NotFound("Такого уведомления нет")
        found = _notification(item)
        if not found.read:
            self._mark(scope, user_id, [found])
        return found

    def read_all(self, scope: PartnerScope, user_id: str) -> int:
        """All there are, however old: the counter ends at what came meanwhile."""
        marked = 0
        for _ in range(TRIES):
            new = self._unread(scope, user_id)
            if not new:
                break
            for start in range(0, len(new), MARKED_AT_ONCE):
                marked += self._mark(scope, user_id, new[start : start + MARKED_AT_ONCE])
        return marked

    def _unread(self, scope: PartnerScope, user_id: str) -> list[Notification]:
        found = self.portal.query(notified_key(scope, user_id, "")[0], strong=True)
        return [_notification(item) for item in found if item["shown"] and not item["read"]]

    def _mark(self, scope: PartnerScope, user_id: str, new: Sequence[Notification]) -> int:
        """0 where another page of the same person has just marked one of them: the counter goes down once."""
        table, values = self.portal.name, {":yes": True, ":no": False}
        keys = [notified_key(scope, user_id, one.id) for one in new]
        marks = [update(table, key, "SET #read = :yes", "#read = :no", values, dict(READ)) for key in keys]
        try:
            transact(self.portal.client, [*marks, self._count(scope, user_id, -len(new))])
        except ConditionFailed:
            return 0
        return len(new)

    def due(self, now: datetime, limit: int = 1000) -> tuple[Postponed, ...]:
        until = instant_text(now) + "~"
        return tuple(map(_postponed, self.portal.query(LATER, at_most=until, strong=True, limit=limit)))

    def release(self, messages: Sequence[Postponed], row: OutboxRow | None) -> bool:
        gone = [delete(self.portal.name, _later_key(one), "attribute_exists(PK)") for one in messages]
        try:
            transact(self.portal.client, gone + ([put(self.portal.name, outbox_item(row))] if row else []))
        except ConditionFailed:
            return False
        return True
