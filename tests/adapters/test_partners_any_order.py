"""Whatever two partners send, in whatever order, and wherever the process dies: logins, users and memberships fit together."""

import contextlib
from collections import Counter
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from chalicelib.adapters.dynamo.access.users import DynamoUsers, member_from_item, user_from_item
from chalicelib.adapters.dynamo.partners.partners import DynamoPartners
from chalicelib.adapters.dynamo.table import Table
from chalicelib.domain.access.users import Membership
from chalicelib.domain.partners.partners import PartnerScope
from chalicelib.usecases.ports.partners import PartnerRecord, Saved
from tests.people import contact, record
from tests.stand_ins.dynamodb import MemoryDynamo

NOW = datetime(2026, 11, 21, 10, 0, tzinfo=UTC)
PARTNERS = ("p1", "p2", "p3")


class World:
    def __init__(self) -> None:
        self.memory = MemoryDynamo()
        client: Any = self.memory
        self.portal = Table(client, "portal")
        self.partners = DynamoPartners(self.portal)
        self.users = DynamoUsers(self.portal, Table(client, "ephemeral"))
        self.minutes = 0

    def save(self, sent: PartnerRecord) -> Saved:
        self.minutes += 1
        return self.partners.save(sent, NOW + timedelta(minutes=self.minutes))

    def check(self) -> None:
        rows = list(self.portal.scan())
        logins = {row["PK"].removeprefix("LOGIN#"): row["user_id"] for row in rows if row["SK"] == "LOGIN"}
        users = {user.id: user for user in (user_from_item(row) for row in rows if row["PK"].startswith("USER#"))}
        members = [member_from_item(row) for row in rows if row["SK"].startswith("USER#")]
        owned = {login: user.id for user in users.values() for login in (user.phone, user.email) if login}
        assert logins == owned, "every login has one user, who knows it, and no row is left over"
        assert all(count == 1 for count in Counter(user.phone for user in users.values()).values())
        places = {(member.user_id, member.partner_id) for member in members}
        assert places == {(user.id, partner_id) for user in users.values() for partner_id in user.partner_ids}
        by_contact = Counter((member.partner_id, member.contact_id) for member in members)
        assert all(count == 1 for count in by_contact.values()), "a contact of 1C is one member"


def _contact(partner_id: str, number: int, phone: int, mail: int, access: bool) -> Membership:
    made = contact(number, partner_id, contact_id=f"{partner_id}-{number}", portal_access=access)
    return replace(made, phone=f"+7916000{phone:04d}" if phone else "", email=f"m{mail}@d.example" if mail else "")


@st.composite
def records(draw: st.DrawFn) -> PartnerRecord:
    partner_id = draw(st.sampled_from(PARTNERS))
    numbers = draw(st.lists(st.integers(1, 4), max_size=5))
    phones, mails = st.integers(0, 4), st.integers(0, 3)
    people = tuple(_contact(partner_id, n, draw(phones), draw(mails), draw(st.booleans())) for n in numbers)
    return record(1, partner_id, access=draw(st.booleans()), contacts=people)


def numbered(sent: list[PartnerRecord]) -> list[PartnerRecord]:
    return [replace(one, partner=replace(one.partner, revision=n)) for n, one in enumerate(sent, 1)]


@settings(max_examples=300, deadline=None)
@given(st.lists(records(), min_size=1, max_size=12))
def test_logins_users_and_memberships_fit_together_after_every_record(sent: list[PartnerRecord]) -> None:
    """AC-08, AC-09, AC-10, AC-11: one user per phone; access is never wider than what 1C last said."""
    world = World()
    for one in numbered(sent):
        saved = world.save(one)
        world.check()
        account = world.partners.account(PartnerScope(one.partner.id))
        assert account and account.partner == one.partner
        said = {contact.contact_id: contact.portal_access for contact in one.contacts}
        for member in account.members:
            assert member.portal_access <= said.get(member.contact_id, True)
        entitled = {member.user_id for member in account.members if member.portal_access and account.partner.portal_access}
        assert {user.id for user in saved.invited} <= entitled


@settings(max_examples=150, deadline=None)
@given(st.lists(records(), min_size=1, max_size=6), st.integers(1, 40))
def test_a_process_that_dies_anywhere_is_made_up_for_by_the_repeat(sent: list[PartnerRecord], dies_at: int) -> None:
    """The same records again after a crash lead to the same people as without it, and everybody entitled is invited."""
    calm, shaken = World(), World()
    left = [dies_at]

    def fault(_call: str, _when: str) -> None:
        left[0] -= 1
        if left[0] == 0:
            raise ConnectionError("the process dies")

    invited: dict[str, set[str]] = {"calm": set(), "shaken": set()}
    for one in numbered(sent):
        invited["calm"] |= {user.phone for user in calm.save(one).invited}
        shaken.memory.fault = fault
        with contextlib.suppress(ConnectionError):
            invited["shaken"] |= {user.phone for user in shaken.save(one).invited}
        shaken.memory.fault = lambda _call, _when: None
        invited["shaken"] |= {user.phone for user in shaken.save(one).invited}
        shaken.check()
    assert _people(shaken) == _people(calm)
    assert invited["shaken"] >= invited["calm"]


def _people(world: World) -> list[tuple[object, ...]]:
    """Everything of the people but the ids and times made on the way."""
    found = [world.partners.account(PartnerScope(partner_id)) for partner_id in PARTNERS]
    members = [member for account in found if account for member in account.members]
    return sorted((one.partner_id, one.contact_id, one.name, one.phone, one.email, one.portal_access) for one in members)
