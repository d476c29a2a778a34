"""People: the user, his unique logins, his places at partners (memberships), his one-time links."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from hashlib import sha256
from typing import Any

from chalicelib.adapters.dynamo import table as actions
from chalicelib.adapters.dynamo.flat import from_flat, to_flat
from chalicelib.adapters.dynamo.orders.outbox import to_item as outbox_item
from chalicelib.adapters.dynamo.table import ConditionFailed, Item, Key, Table, transact
from chalicelib.adapters.dynamo.times import instant, instant_text
from chalicelib.domain.access.users import Membership, Role, User
from chalicelib.domain.errors import Conflict, NotFound
from chalicelib.usecases.ports.orders import OutboxRow

LONGEST_LOGIN = 254


def user_key(user_id: str) -> Key:
    return f"USER#{user_id}", "PROFILE"


def login_key(login: str) -> Key:
    return f"LOGIN#{login}", "LOGIN"


def member_key(partner_id: str, user_id: str) -> Key:
    return f"PARTNER#{partner_id}", f"USER#{user_id}"


def invite_key(token_hash: str) -> Key:
    return f"INVITE#{token_hash}", "INVITE"


def keyed(key: Key, item: Item) -> Item:
    return {"PK": key[0], "SK": key[1]} | item


def user_to_item(user: User, *, uninvited: bool = False) -> Item:
    """`uninvited`: he has been let in, and no link has been made for him yet."""
    item = to_flat(user, ("id", "partner_ids", "sessions_valid_from", "staff_role"))
    item |= {"staff_role": user.staff_role.value if user.staff_role else None, "uninvited": uninvited}
    item |= {"partner_ids": set(user.partner_ids)} if user.partner_ids else {}  # DynamoDB has no empty sets
    return keyed(user_key(user.id), item | _since(user.sessions_valid_from))


def user_from_item(item: Item) -> User:
    role = item["staff_role"]
    return from_flat(
        User,
        item,
        id=item["PK"].removeprefix("USER#"),
        staff_role=Role(role) if role else None,
        partner_ids=tuple(sorted(item.get("partner_ids", ()))),
        sessions_valid_from=_instant(item),
    )


def member_to_item(member: Membership) -> Item:
    item = to_flat(member, ("user_id", "partner_id", "sessions_valid_from", "role")) | {"role": member.role.value}
    return keyed(member_key(member.partner_id, member.user_id), item | _since(member.sessions_valid_from))


def member_from_item(item: Item) -> Membership:
    return from_flat(
        Membership,
        item,
        user_id=item["SK"].removeprefix("USER#"),
        partner_id=item["PK"].removeprefix("PARTNER#"),
        role=Role(item["role"]),
        sessions_valid_from=_instant(item),
    )


def _since(at: datetime | None) -> Item:
    return {"sessions_valid_from": instant_text(at)} if at else {}


def _instant(item: Item) -> datetime | None:
    return instant(item["sessions_valid_from"]) if "sessions_valid_from" in item else None


def login_rows(user: User) -> list[Item]:
    """A row per login; that it is new keeps two users from having one phone."""
    return [keyed(login_key(login), {"user_id": user.id}) for login in (user.phone, user.email) if login]


def _print(password_hash: str) -> str:
    """What a link remembers of the password in force when it was made: another one ends the link."""
    return sha256(password_hash.encode()).hexdigest()


class DynamoUsers:
    def __init__(self, portal: Table, ephemeral: Table) -> None:
        self.portal = portal
        self.ephemeral = ephemeral

    def by_login(self, login: str) -> User | None:
        """Two reads, also for a login that nobody has: time must not tell."""
        if not 0 < len(login) <= LONGEST_LOGIN:
            return None
        row = self.portal.get(login_key(login), strong=True)
        return self.read(row["user_id"] if row else "-")

    def read(self, user_id: str) -> User | None:
        item = self.portal.get(user_key(user_id), strong=True)
        return user_from_item(item) if item else None

    def add_staff(self, user: User) -> None:
        rows = [user_to_item(user), *login_rows(user)]
        self._transact(
            [actions.put(self.portal.name, row, "attribute_not_exists(PK)") for row in rows],
            Conflict("Телефон или почта уже заняты другим пользователем"),
        )

    def invite(self, token_hash: str, user_id: str, expires_at: datetime) -> None:
        user = self.read(user_id)
        if user is None:
            raise NotFound("Пользователь не найден")
        link: dict[str, Any] = {
            "user_id": user_id,
            "password_print": _print(user.password_hash),
            "expires_at": instant_text(expires_at),
            "expires": int(expires_at.timestamp()),
        }
        told = {":no": False}
        transact(
            self.portal.client,
            [
                actions.put(self.ephemeral.name, keyed(invite_key(token_hash), link)),
                actions.update(self.portal.name, user_key(user_id), "SET uninvited = :no", "attribute_exists(PK)", told),
            ],
        )

    def invited(self, token_hash: str, now: datetime) -> User | None:
        link = self.ephemeral.get(invite_key(token_hash), strong=True)
        if link is None or instant(link["expires_at"]) <= now:
            return None
        user = self.read(link["user_id"])
        if user is None or user.disabled or link["password_print"] != _print(user.password_hash):
            return None
        return user

    def accept(self, token_hash: str, user: User, password_hash: str, now: datetime, outbox: Sequence[OutboxRow] = ()) -> None:
        used = actions.delete(
            self.ephemeral.name,
            invite_key(token_hash),
            "user_id = :user AND expires_at > :now",
            {":user": user.id, ":now": instant_text(now)},
        )
        changed = actions.update(
            self.portal.name,
            user_key(user.id),
            "SET password_hash = :new, sessions_valid_from = :now, uninvited = :no",
            "password_hash = :seen AND disabled = :no",
            {":new": password_hash, ":seen": user.password_hash, ":now": instant_text(now), ":no": False},
        )
        gone = NotFound("Ссылка уже использована или устарела. Запросите новую")
        told = [actions.put(self.portal.name, outbox_item(row)) for row in outbox]
        self._transact([used, changed, *self._end_sessions(user, now), *told], gone)

    def disable(self, user: User, now: datetime) -> None:
        values = {":yes": True, ":now": instant_text(now)}
        blocked = actions.update(
            self.portal.name,
            user_key(user.id),
            "SET disabled = :yes, sessions_valid_from = :now",
            "attribute_exists(PK)",
            values,
        )
        self._transact([blocked, *self._end_sessions(user, now)], NotFound("Пользователь не найден"))

    def _end_sessions(self, user: User, now: datetime) -> list[Item]:
        return [
            end_sessions(self.portal.name, member_key(partner_id, user.id), instant_text(now)) for partner_id in user.partner_ids
        ]

    def _transact(self, wanted: list[Item], otherwise: Conflict | NotFound) -> None:
        try:
            transact(self.portal.client, wanted)
        except ConditionFailed as error:
            raise otherwise from error


def end_sessions(table: str, membership: Key, now: str) -> Item:
    """The action that kills a member's sessions opened before `now`."""
    values: Mapping[str, str] = {":now": now}
    return actions.update(table, membership, "SET sessions_valid_from = :now", "attribute_exists(PK)", dict(values))
