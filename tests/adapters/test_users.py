"""Users, staff and one-time links in DynamoDB."""

from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import timedelta
from threading import Barrier
from types import SimpleNamespace

import pytest

from chalicelib.domain.access.users import Role, User
from chalicelib.domain.errors import Conflict, NotFound
from tests.people import Portal, aws_calls, record

ADMINISTRATOR = User("s1", "Администратор", "+74950000000", "admin@supplier.example", "hash", Role.ADMINISTRATOR)


@pytest.fixture
def portal(aws: SimpleNamespace) -> Portal:
    return Portal()


def test_staff_is_found_by_both_logins(portal: Portal) -> None:
    portal.runtime.users.add_staff(ADMINISTRATOR)
    for login in ("+74950000000", "admin@supplier.example"):
        assert portal.runtime.users.by_login(login) == ADMINISTRATOR


@pytest.mark.parametrize("changes", [{"email": "other@supplier.example"}, {"phone": "+74950000001"}])
def test_a_taken_login_is_refused_and_nothing_is_left_behind(portal: Portal, changes: dict[str, str]) -> None:
    """AC-08: logins are unique across the system."""
    portal.runtime.users.add_staff(ADMINISTRATOR)
    with pytest.raises(Conflict):
        portal.runtime.users.add_staff(replace(ADMINISTRATOR, id="s2", **changes))
    assert portal.runtime.users.read("s2") is None
    assert len(list(portal.runtime.portal.scan())) == 3


def test_an_unknown_login_costs_the_same_calls(portal: Portal) -> None:
    portal.runtime.users.add_staff(ADMINISTRATOR)
    with aws_calls(portal.runtime.dynamodb) as known:
        portal.runtime.users.by_login("+74950000000")
    with aws_calls(portal.runtime.dynamodb) as unknown:
        assert portal.runtime.users.by_login("+74959999999") is None
    assert known == unknown == ["GetItem", "GetItem"]


@pytest.mark.parametrize("login", ["", "x" * 5000, "я" * 200, "#", "LOGIN#"])
def test_any_text_may_be_asked_for(portal: Portal, login: str) -> None:
    assert portal.runtime.users.by_login(login) is None


def test_two_links_of_one_person_die_with_the_first_used(portal: Portal) -> None:
    (user,) = portal.save(record()).invited
    users, now, later = portal.runtime.users, portal.clock(), portal.clock() + timedelta(days=7)
    users.invite("h1", user.id, later)
    users.invite("h2", user.id, later)
    users.accept("h1", user, "hash", now)
    assert users.invited("h1", now) is None
    assert users.invited("h2", now) is None


def test_a_link_expires_to_the_second(portal: Portal) -> None:
    (user,) = portal.save(record()).invited
    users, end = portal.runtime.users, portal.clock() + timedelta(days=7)
    users.invite("h1", user.id, end)
    assert users.invited("h1", end - timedelta(seconds=1)) is not None
    assert users.invited("h1", end) is None
    with pytest.raises(NotFound):
        users.accept("h1", user, "hash", end)


def test_of_concurrent_accepts_one_wins(portal: Portal) -> None:
    (user,) = portal.save(record()).invited
    users, now = portal.runtime.users, portal.clock()
    users.invite("h1", user.id, now + timedelta(days=7))
    barrier = Barrier(6)

    def accept(number: int) -> str | None:
        barrier.wait(10)
        try:
            users.accept("h1", user, f"hash-{number}", now)
        except NotFound:
            return None
        return f"hash-{number}"

    with ThreadPoolExecutor(6) as pool:
        winners = [one for one in pool.map(accept, range(6)) if one]
    after = users.read(user.id)
    assert after and winners == [after.password_hash]


def test_a_blocked_person_can_use_no_link(portal: Portal) -> None:
    (user,) = portal.save(record()).invited
    users, now = portal.runtime.users, portal.clock()
    users.invite("h1", user.id, now + timedelta(days=7))
    users.disable(user, now)
    assert users.invited("h1", now) is None
    with pytest.raises(NotFound):
        users.accept("h1", user, "hash", now)


def test_nobody_is_invited_who_does_not_exist(portal: Portal) -> None:
    with pytest.raises(NotFound):
        portal.runtime.users.invite("h1", "nobody", portal.clock())
