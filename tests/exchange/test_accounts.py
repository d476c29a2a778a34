"""Accounts of the exchange: HTTP Basic, bearer keys, limits."""

import base64
import gc
from collections.abc import Iterator
from types import SimpleNamespace

import pytest

from chalicelib import runtime
from chalicelib.domain.errors import NotFound, NotSignedIn, TooManyAttempts
from chalicelib.domain.exchange.exchange import ExchangeNode
from chalicelib.exchange import accounts
from chalicelib.exchange.accounts import authenticate
from infra.accounts import open_exchange, open_key
from tests.exchange.client import Sender, basic
from tests.people import CountingHasher, Portal


@pytest.fixture
def hasher() -> CountingHasher:
    return CountingHasher()


@pytest.fixture
def sender(aws: SimpleNamespace, hasher: CountingHasher) -> Iterator[Sender]:
    yield Sender(Portal(hasher=hasher))
    runtime.use(None)


def enter(sender: Sender, headers: dict[str, str], address: str = "10.0.0.1") -> ExchangeNode:
    return authenticate(sender.portal.runtime, headers, address)


def test_basic_and_key_open_the_same_account(sender: Sender) -> None:
    assert enter(sender, basic()).login == enter(sender, sender.bearer).login == "1c"
    assert enter(sender, {"authorization": basic()["Authorization"].replace("Basic", "BASIC")}).login == "1c"


def test_old_platforms_send_windows_1251(sender: Sender) -> None:
    given = base64.b64encode("1c:пароль обмена".encode("windows-1251")).decode()
    assert enter(sender, {"Authorization": f"Basic {given}"}).login == "1c"


@pytest.mark.parametrize(
    "given",
    [
        "",
        "Basic",
        "Basic ???",
        "Basic " + base64.b64encode(b"1c").decode(),
        "Basic " + base64.b64encode(b":").decode(),
        "Basic " + base64.b64encode(b"1c:wrong").decode(),
        "Basic " + base64.b64encode(b"x" * 5000 + b":y").decode(),
        "Bearer",
        "Bearer 1c.wrong",
        "Bearer 1c.",
        "Bearer .",
        "Digest 1c",
        "Bearer я.я",
    ],
)
def test_anything_else_is_refused_alike(sender: Sender, given: str) -> None:
    with pytest.raises(NotSignedIn, match="Неверный логин, пароль или ключ обмена"):
        enter(sender, {"Authorization": given})


def test_an_account_without_a_key_is_not_opened_by_an_empty_one(sender: Sender) -> None:
    sender.portal.runtime.exchange.save_node(ExchangeNode("bare", "hash"))
    for key in ("bare.", "bare.x"):
        with pytest.raises(NotSignedIn):
            enter(sender, {"Authorization": f"Bearer {key}"})


def test_a_new_key_ends_the_old_one_and_a_new_password_leaves_the_key(sender: Sender) -> None:
    now = sender.portal.runtime
    key = {"Authorization": f"Bearer {open_key(now, '1c')}"}
    open_exchange(now, "1c", "новый пароль обмена")
    assert enter(sender, key).login == enter(sender, basic(password="новый пароль обмена")).login == "1c"
    with pytest.raises(NotSignedIn):
        enter(sender, sender.bearer)
    with pytest.raises(NotFound):
        open_key(now, "nobody")


def test_a_key_is_kept_as_a_hash_alone(sender: Sender) -> None:
    key = sender.bearer["Authorization"].split()[1]
    assert key not in str(list(sender.portal.runtime.portal.scan()))


def test_right_credentials_are_compared_once_in_five_minutes(sender: Sender, hasher: CountingHasher) -> None:
    for _ in range(50):
        enter(sender, basic())
    assert hasher.compared == 1
    sender.portal.clock.pass_by(minutes=5)
    enter(sender, basic())
    assert hasher.compared == 2


def test_wrong_credentials_are_never_remembered(sender: Sender, hasher: CountingHasher) -> None:
    for _ in range(3):
        with pytest.raises(NotSignedIn):
            enter(sender, basic(password="не тот"))
    assert hasher.compared == 3


def test_the_memory_holds_no_password_and_ends_with_its_runtime(sender: Sender) -> None:
    enter(sender, basic())
    kept = accounts._verified[sender.portal.runtime]
    assert all(isinstance(place, bytes) and len(place) == 32 for place in kept)
    assert b"1c" not in b"".join(kept)
    other = Portal(hasher=CountingHasher())
    before = len(accounts._verified)
    accounts._verified[other.runtime] = {}
    del other
    gc.collect()
    assert len(accounts._verified) <= before


def test_guessing_stops_after_ten_tries_from_an_address(sender: Sender, hasher: CountingHasher) -> None:
    refused = 0
    for number in range(30):
        try:
            enter(sender, basic(password=f"пароль {number}"))
        except TooManyAttempts:
            refused += 1
        except NotSignedIn:
            pass
    assert (refused, hasher.compared) == (20, 10)


def test_a_stranger_does_not_lock_1c_out(sender: Sender) -> None:
    for number in range(30):
        with pytest.raises((NotSignedIn, TooManyAttempts)):
            enter(sender, basic(password=f"пароль {number}"), "203.0.113.5")
    assert enter(sender, basic(), "10.0.0.1").login == "1c"


def test_an_address_that_tries_many_accounts_is_stopped(sender: Sender) -> None:
    for number in range(100):
        with pytest.raises(NotSignedIn):
            enter(sender, basic(login=f"login-{number}"))
    with pytest.raises(TooManyAttempts):
        enter(sender, basic(login="login-100"))


def test_an_unknown_account_costs_a_comparison_too(sender: Sender, hasher: CountingHasher) -> None:
    with pytest.raises(NotSignedIn):
        enter(sender, basic(login="nobody"))
    assert hasher.compared == 1
