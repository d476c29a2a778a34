"""Contact persons of a partner become users: who is who, which logins are free, what must be written."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from uuid import uuid4

from chalicelib.adapters.dynamo import table as actions
from chalicelib.adapters.dynamo.access.users import (
    keyed,
    login_key,
    login_rows,
    member_from_item,
    member_key,
    member_to_item,
    user_from_item,
    user_key,
    user_to_item,
)
from chalicelib.adapters.dynamo.table import Item, Key, Table, batch_get
from chalicelib.domain.access.users import Membership, User
from chalicelib.domain.exchange.exchange import Problem


@dataclass(frozen=True)
class Access:
    """The partner's flag before and after the record."""

    before: bool
    after: bool

    @property
    def cleared(self) -> bool:
        return self.before and not self.after


@dataclass
class ContactPlan:
    """`groups`: actions of one person each, which must go together."""

    groups: list[list[Item]] = field(default_factory=list)
    invited: list[User] = field(default_factory=list)
    problems: list[Problem] = field(default_factory=list)


@dataclass
class People:
    """What is known of the people a record speaks of. `owners`: login -> user id, with those given out in this plan."""

    members: dict[str, Membership]
    owners: dict[str, str]
    users: dict[str, Item]

    @classmethod
    def read(cls, portal: Table, contacts: Sequence[Membership], members: Iterable[Membership]) -> "People":
        by_id = {member.user_id: member for member in members}
        logins = [login for contact in contacts for login in (contact.phone, contact.email) if login]
        rows = _get(portal, map(login_key, logins))
        owners = {key[0].removeprefix("LOGIN#"): row["user_id"] for key, row in rows.items()}
        users = _get(portal, map(user_key, {*by_id, *owners.values()}))
        return cls(by_id, owners, {key[0].removeprefix("USER#"): item for key, item in users.items()})

    def member(self, contact: Membership, listed: set[str]) -> Membership | None:
        """The contact's place at this partner: by 1C's id, else by phone unless that one is another contact of the record."""
        for member in self.members.values():
            if contact.contact_id and member.contact_id == contact.contact_id:
                return member
        for member in self.members.values():
            if contact.phone and member.phone == contact.phone and member.contact_id not in listed:
                return member
        return None


def _get(portal: Table, keys: Iterable[Key]) -> dict[Key, Item]:
    found = batch_get(portal.client, [(portal.name, key) for key in keys], strong=[portal.name])
    return {key: item for (_, key), item in found.items()}


def plan_contacts(
    portal: Table, contacts: Sequence[Membership], members: Iterable[Membership], access: Access, now: datetime
) -> ContactPlan:
    """Contacts that are not told of stay as they are, but for a cleared flag of the partner.

    Of a contact that is told of twice the last word counts.
    """
    contacts = list({contact.contact_id or n: contact for n, contact in enumerate(contacts)}.values())
    people = People.read(portal, contacts, members)
    planner = _Planner(portal.name, people, access, now)
    listed = {contact.contact_id for contact in contacts}
    for contact in contacts:
        planner.contact(contact, people.member(contact, listed))
    planner.others()
    return planner.plan


class _Planner:
    def __init__(self, table: str, people: People, access: Access, now: datetime) -> None:
        self.table = table
        self.people = people
        self.access = access
        self.now = now
        self.plan = ContactPlan()
        self.done: set[str] = set()

    def contact(self, contact: Membership, member: Membership | None) -> None:
        known = member.user_id if member else self.people.owners.get(contact.phone)
        if member is None and not (contact.portal_access and contact.phone):
            return  # a person without access is nobody here yet
        if known in self.done or (member is None and known in self.people.members):
            self._problem(contact, "Телефон %(phone)s уже у другого контактного лица этого партнёра", phone=contact.phone)
        elif known and known in self.people.users:
            self._known(contact, member, self.people.users[known])
        else:
            self._new(contact)

    def _new(self, contact: Membership) -> None:
        user = User(uuid4().hex, contact.name, contact.phone, partner_ids=(contact.partner_id,))
        user = replace(user, email=self._free_email(contact, user.id))
        rows = [user_to_item(user, uninvited=self._let_in(contact, None)), *login_rows(user)]
        self.people.owners |= {row["PK"].removeprefix("LOGIN#"): user.id for row in rows[1:]}
        group = [actions.put(self.table, row, "attribute_not_exists(PK)") for row in rows]
        self._finish(user, self._placed(contact, None, user), None, group)
        self._maybe_invite(user, uninvited=self._let_in(contact, None))

    def _known(self, contact: Membership, member: Membership | None, item: Item) -> None:
        before = user_from_item(item)
        after = self._with_logins(before, contact, member)
        if set(before.partner_ids) <= {contact.partner_id}:
            after = replace(after, name=contact.name)
        after = replace(after, partner_ids=tuple(sorted({*before.partner_ids, contact.partner_id})))
        uninvited = not before.password_hash and (item.get("uninvited", False) or self._let_in(contact, member))
        group = self._moved_logins(before, after)
        if after != before or uninvited != item.get("uninvited", False):
            group.append(self._user_update(before, after, contact.partner_id, uninvited))
        self._finish(after, self._placed(contact, member, after), member, group)
        self._maybe_invite(after, uninvited=uninvited and contact.portal_access and self.access.after)

    def _user_update(self, before: User, after: User, partner_id: str, uninvited: bool) -> Item:
        """Field by field: his password may be set, or another partner added, at this very moment."""
        return actions.update(
            self.table,
            user_key(after.id),
            "SET #n = :name, phone = :phone, email = :email, uninvited = :uninvited ADD partner_ids :partner",
            "phone = :seen_phone AND email = :seen_email AND password_hash = :seen_password",
            {
                ":name": after.name,
                ":phone": after.phone,
                ":email": after.email,
                ":uninvited": uninvited,
                ":partner": {partner_id},
                ":seen_phone": before.phone,
                ":seen_email": before.email,
                ":seen_password": before.password_hash,
            },
            {"#n": "name"},
        )

    def _with_logins(self, user: User, contact: Membership, member: Membership | None) -> User:
        """Only what 1C changed at this partner moves a login: another partner's older writing must not move it back."""
        if member and contact.phone and contact.phone != member.phone and self._is_free(contact, contact.phone, user.id):
            user = replace(user, phone=contact.phone)
        if member.email != contact.email if member else not user.email:
            user = replace(user, email=self._free_email(contact, user.id))
        self.people.owners |= {login: user.id for login in (user.phone, user.email) if login}
        return user

    def _free_email(self, contact: Membership, user_id: str) -> str:
        owner = self.people.owners.get(contact.email)
        if contact.email and owner not in (None, user_id):
            reason = "Почта %(email)s уже служит логином другому пользователю: вход только по телефону"
            self._problem(contact, reason, email=contact.email)
            return ""
        return contact.email

    def _is_free(self, contact: Membership, phone: str, user_id: str) -> bool:
        if self.people.owners.get(phone) in (None, user_id):
            return True
        self._problem(contact, "Телефон %(phone)s уже занят другим пользователем: прежний логин оставлен", phone=phone)
        return False

    def _moved_logins(self, before: User, after: User) -> list[Item]:
        old, new = {before.phone, before.email} - {""}, {after.phone, after.email} - {""}
        taken = [keyed(login_key(login), {"user_id": after.id}) for login in sorted(new - old)]
        mine = {":user": after.id}
        return [
            *(actions.put(self.table, row, "attribute_not_exists(PK) OR user_id = :user", mine) for row in taken),
            *(actions.delete(self.table, login_key(login), "user_id = :user", mine) for login in sorted(old - new)),
        ]

    def _placed(self, contact: Membership, member: Membership | None, user: User) -> Membership:
        """The membership as it will stand. The role is the portal's own, not 1C's."""
        placed = replace(contact, user_id=user.id)
        if member is None:
            return placed
        kept_phone = contact.phone if contact.phone and self.people.owners.get(contact.phone) == user.id else member.phone
        cleared = member.portal_access and not contact.portal_access
        valid_from = self.now if cleared or self.access.cleared else member.sessions_valid_from
        return replace(placed, role=member.role, phone=kept_phone, sessions_valid_from=valid_from)

    def _finish(self, user: User, placed: Membership, member: Membership | None, group: list[Item]) -> None:
        self.done.add(user.id)
        if placed != member:
            group.append(self._put_member(placed, member))
        if group:
            self.plan.groups.append(group)

    def _put_member(self, placed: Membership, member: Membership | None) -> Item:
        """A new password moves `sessions_valid_from` without asking the partner: it must not be moved back."""
        item = member_to_item(placed)
        if member is None:
            return actions.put(self.table, item, "attribute_not_exists(PK)")
        if member.sessions_valid_from is None:
            return actions.put(self.table, item, "attribute_not_exists(sessions_valid_from)")
        seen = member_to_item(member)["sessions_valid_from"]
        return actions.put(self.table, item, "sessions_valid_from = :seen", {":seen": seen})

    def _let_in(self, contact: Membership, member: Membership | None) -> bool:
        """Does the record open the door that was closed to him."""
        had = bool(member and member.portal_access and self.access.before)
        return contact.portal_access and self.access.after and not had

    def _maybe_invite(self, user: User, *, uninvited: bool) -> None:
        if uninvited and not user.disabled:
            self.plan.invited.append(user)

    def others(self) -> None:
        """Members the record does not list lose their sessions with the partner's flag, and nothing else."""
        for member in self.people.members.values():
            if self.access.cleared and member.user_id not in self.done:
                closed = replace(member, sessions_valid_from=self.now)
                self.plan.groups.append([self._put_member(closed, member)])

    def _problem(self, contact: Membership, reason: str, **params: str) -> None:
        self.plan.problems.append(Problem("contact", contact.contact_id, contact.name, reason, tuple(params.items())))


def uninvited(portal: Table, members: Iterable[Membership]) -> tuple[User, ...]:
    """Those of the members who were let in and have no link yet."""
    keys = [user_key(member.user_id) for member in members if member.portal_access]
    items = _get(portal, keys).values()
    return tuple(user_from_item(item) for item in items if item.get("uninvited") and not item["disabled"])


def members_of(items: Iterable[Item]) -> list[Membership]:
    """The memberships among a partner's items."""
    return [member_from_item(item) for item in items if item["SK"].startswith(member_key("", "")[1])]
