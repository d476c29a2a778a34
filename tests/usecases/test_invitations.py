"""One-time links: invitations, forgotten passwords."""

import json
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier
from types import SimpleNamespace

import pytest

from chalicelib.domain.errors import InvalidInput, NotFound, NotSignedIn, TooManyAttempts
from chalicelib.usecases.access.invitations import forgot_password, invite, open_invitation
from chalicelib.usecases.access.sign_in import SignedIn
from tests.people import PASSWORD, CountingHasher, Portal, contact, record, token_in


@pytest.fixture
def portal(aws: SimpleNamespace) -> Portal:
    return Portal(hasher=CountingHasher())


def forget(portal: Portal, login: str = "+79160000001", address: str = "10.0.0.1") -> None:
    now = portal.runtime
    stores = (now.users, now.attempts, now.outbox, portal.clock)
    forgot_password(*stores, login=login, address=address, public_url="https://b2b.example", queues=now.queues)


def test_the_invitation_goes_by_mail_and_sms_with_a_link_and_no_password(portal: Portal) -> None:
    """AC-05: who is let in gets a letter with a link; the link lets him set a password, and he is in."""
    (user,) = portal.save(record()).invited
    rows = invite(portal.runtime.users, portal.runtime.outbox, portal.clock, user=user, public_url="https://b2b.example")
    assert {row.id for row in portal.runtime.outbox.pending("messages")} == {row.id for row in rows}
    sms, mail = (row.body for row in rows)
    assert (sms["channel"], sms["to"], sms["subject"]) == ("sms", "+79160000001", "")
    assert (mail["channel"], mail["to"], mail["subject"]) == ("mail", "c1@dealer.example", "Приглашение в личный кабинет")
    assert token_in(sms["text"]) == token_in(mail["text"])
    assert "Здравствуйте, Контакт 1!" in mail["text"] and "7 дней" in mail["text"] and "+79160000001" in mail["text"]
    signed_in = portal.accept(token_in(mail["text"]))
    assert portal.runtime.visitor(signed_in.token).name == "Контакт 1"
    assert portal.sign_in(password=PASSWORD)


def test_who_has_no_mail_gets_an_sms_alone(portal: Portal) -> None:
    (user,) = portal.save(record(contacts=(contact(email=""),))).invited
    rows = invite(portal.runtime.users, portal.runtime.outbox, portal.clock, user=user, public_url="https://b2b.example")
    assert [row.body["channel"] for row in rows] == ["sms"]


def test_the_page_of_a_link_knows_whose_it_is(portal: Portal) -> None:
    (user,) = portal.save(record()).invited
    assert open_invitation(portal.runtime.users, portal.clock, token=portal.link(user)) == user


def test_a_used_link_is_refused(portal: Portal) -> None:
    (user,) = portal.save(record()).invited
    token = portal.link(user)
    portal.accept(token)
    with pytest.raises(NotFound):
        portal.accept(token, "другой пароль 77")
    assert portal.sign_in(password=PASSWORD)


@pytest.mark.parametrize("token", ["", "x", "я" * 5000])
def test_a_made_up_link_is_refused(portal: Portal, token: str) -> None:
    with pytest.raises(NotFound):
        open_invitation(portal.runtime.users, portal.clock, token=token)


def test_an_invitation_lives_seven_days(portal: Portal) -> None:
    (user,) = portal.save(record()).invited
    token = portal.link(user)
    portal.clock.pass_by(days=7)
    with pytest.raises(NotFound):
        portal.accept(token)


def test_the_token_of_a_link_is_kept_only_in_the_letter(portal: Portal) -> None:
    (user,) = portal.save(record()).invited
    token = portal.link(user)
    assert token not in str(list(portal.runtime.ephemeral.scan()))


def test_a_weak_password_leaves_the_link_alive(portal: Portal) -> None:
    (user,) = portal.save(record()).invited
    token = portal.link(user)
    for weak in ("короткий", "qwertyuiop", "8 916 000-00-01"):
        with pytest.raises(InvalidInput):
            portal.accept(token, weak)
    assert portal.accept(token)


def test_a_link_of_a_partner_without_access_opens_no_session(portal: Portal) -> None:
    """AC-10: access taken away between the letter and the click."""
    (user,) = portal.save(record(1)).invited
    token = portal.link(user)
    portal.save(record(2, access=False))
    with pytest.raises(InvalidInput, match="закрыт"):
        portal.accept(token)


def test_of_two_concurrent_accepts_one_wins(portal: Portal) -> None:
    (user,) = portal.save(record()).invited
    token, barrier = portal.link(user), Barrier(4)

    def accept(number: int) -> tuple[str, SignedIn | None]:
        password = f"пароль номер {number}"
        barrier.wait(10)
        try:
            return password, portal.accept(token, password)
        except NotFound:
            return password, None

    with ThreadPoolExecutor(4) as pool:
        results = list(pool.map(accept, range(4)))
    ((password, signed_in),) = [result for result in results if result[1]]
    assert signed_in and portal.runtime.visitor(signed_in.token)
    assert portal.sign_in(password=password)


def test_a_new_password_ends_all_older_sessions(portal: Portal) -> None:
    """A person changes his own password by a link; whoever had got in before is out."""
    old = portal.dealer().token
    portal.clock.pass_by(minutes=1)
    forget(portal)
    new = portal.accept(token_in(portal.runtime.outbox.pending("messages")[-1].body["text"]), "весенний вечер 43").token
    assert portal.runtime.visitor(new)
    with pytest.raises(NotSignedIn):
        portal.runtime.visitor(old)
    with pytest.raises(InvalidInput):
        portal.sign_in(password=PASSWORD)


def test_forgotten_password_link_is_short_lived_and_told_to_the_sender(portal: Portal) -> None:
    portal.dealer()
    before = {row.id for row in portal.runtime.outbox.pending("messages")}
    forget(portal, "c1@dealer.example")
    rows = [row for row in portal.runtime.outbox.pending("messages") if row.id not in before]
    assert {row.body["subject"] for row in rows} == {"", "Новый пароль для личного кабинета"}
    assert queued(portal) == {row.id for row in rows}
    portal.clock.pass_by(hours=2)
    with pytest.raises(NotFound):
        portal.accept(token_in(rows[0].body["text"]))


def queued(portal: Portal) -> set[str]:
    url = portal.runtime.settings.queues["messages"]
    answer = portal.runtime.sqs.receive_message(QueueUrl=url, MaxNumberOfMessages=10)
    return {json.loads(message["Body"])["row"] for message in answer.get("Messages", [])}


def test_an_unknown_login_is_answered_alike_and_gets_nothing(portal: Portal) -> None:
    """AC-04: asking for a password registers nobody."""
    for login in ("+79990000000", "who@is.example", "", "x" * 5000):
        forget(portal, login)
    assert portal.runtime.outbox.pending("messages") == ()
    assert list(portal.runtime.portal.scan()) == []


def test_who_never_opened_the_invitation_asks_for_it_himself(portal: Portal) -> None:
    portal.save(record())
    forget(portal)
    letter = portal.runtime.outbox.pending("messages")[-1].body
    assert portal.accept(token_in(letter["text"]))


def test_a_blocked_person_gets_no_link(portal: Portal) -> None:
    (user,) = portal.save(record()).invited
    portal.runtime.users.disable(user, portal.clock())
    forget(portal)
    assert portal.runtime.outbox.pending("messages") == ()


def test_nobody_can_flood_a_person_with_letters(portal: Portal) -> None:
    portal.dealer()
    for _ in range(3):
        forget(portal)
    for login in ("+79160000001", "+79160000001"):
        with pytest.raises(TooManyAttempts):
            forget(portal, login, "10.0.0.7")


def test_unknown_and_known_logins_meet_the_same_limit(portal: Portal) -> None:
    for _ in range(3):
        forget(portal, "+79990000000")
    with pytest.raises(TooManyAttempts):
        forget(portal, "+79990000000")


class DeadQueues:
    def send(self, queue: str, message: object, *, group: str = "", unique: str = "", delay: int = 0) -> None:
        raise ConnectionError("no queue today")


def test_a_dead_queue_does_not_fail_the_invitation(portal: Portal) -> None:
    (user,) = portal.save(record()).invited
    stores = (portal.runtime.users, portal.runtime.outbox, portal.clock)
    rows = invite(*stores, user=user, public_url="https://b2b.example", queues=DeadQueues())
    assert {row.id for row in portal.runtime.outbox.pending("messages")} == {row.id for row in rows}
