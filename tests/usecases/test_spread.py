"""Wherever the worker dies, everybody is told once; what waits for its hour leaves once."""

from datetime import time, timedelta

import pytest

from chalicelib.adapters.dynamo.notifications import DynamoNotifications
from chalicelib.domain.notifications import Channel, Event, Preferences
from chalicelib.usecases.notifications.send_postponed import send_postponed
from chalicelib.usecases.notifications.spread import spread_notification
from tests.usecases.orders_world import Died
from tests.usecases.test_issue_invoice import SCOPE, Office

PEOPLE = ["olga@dealer.example", "petr@dealer.example"]


class Desk:
    """An order waits for its dealer, and nobody has heard of it yet."""

    def __init__(self) -> None:
        self.office = Office()
        self.world = self.office.world
        self.notifications = DynamoNotifications(self.world.portal)
        self.office.order()
        [self.row] = self.world.outbox.pending("notifications")

    def spread(self) -> None:
        stores = (self.world.outbox, self.office.partners, self.notifications, self.world.queues)
        spread_notification(*stores, self.world.clock, row_id=self.row.id, public_url="https://b2b.example")

    def send(self) -> None:
        stores = (self.office.partners, self.notifications, self.world.queues)
        send_postponed(*stores, self.world.clock, public_url="https://b2b.example")

    def letters(self) -> list[str]:
        return sorted(row.body["to"] for row in self.world.outbox.pending("messages"))

    def unread(self) -> list[int]:
        account = self.office.partners.account(SCOPE)
        assert account
        return list(account.unread.values())

    def users(self) -> list[str]:
        account = self.office.partners.account(SCOPE)
        assert account
        return [member.user_id for member in account.members]


@pytest.mark.parametrize("when", ["before", "after"])
def test_wherever_the_worker_dies_everybody_is_told_once(when: str) -> None:
    """OR-09, MS-06, proof 5: every call to the database, then the row once more, twice."""
    for call in range(1, 60):
        desk = Desk()
        desk.world.die_at(call, when)
        died = False
        try:
            desk.spread()
        except Died:
            died = True
        desk.world.live()
        desk.spread()
        desk.spread()
        assert desk.letters() == PEOPLE and desk.unread() == [1, 1, 1]
        assert desk.world.outbox.pending("notifications") == ()
        if not died:
            assert call > 6
            return
    raise AssertionError("the worker never ended")


@pytest.mark.parametrize("when", ["before", "after"])
def test_wherever_the_clock_dies_a_digest_leaves_once(when: str) -> None:
    for call in range(1, 60):
        desk = Desk()
        always = Preferences({Event.AWAITING: frozenset({Channel.SMS})}, quiet_from=time(0), quiet_to=time(23, 59))
        for user_id in desk.users():
            desk.notifications.save_preferences(user_id, always)
        desk.spread()
        assert desk.letters() == [] and desk.unread() == []
        desk.world.now += timedelta(days=1)
        desk.world.die_at(call, when)
        died = False
        try:
            desk.send()
        except Died:
            died = True
        desk.world.live()
        desk.send()
        assert desk.letters() == ["+79160000001", "+79160000002", "+79160000003"]
        if not died:
            assert call > 6
            return
    raise AssertionError("the clock never ended")
