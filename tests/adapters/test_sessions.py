"""Sessions, beacons and counters of attempts in DynamoDB."""

from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from types import SimpleNamespace

import pytest

from chalicelib.domain.access.users import Session
from chalicelib.domain.errors import NotSignedIn
from chalicelib.runtime import Runtime
from chalicelib.usecases.ports.access import Beacons
from tests.people import aws_calls

NOW = datetime(2026, 11, 21, 10, 0, tzinfo=UTC)
WINDOW = timedelta(minutes=15)
SESSION = Session("a" * 64, "u1", "p1", "form", NOW, NOW + timedelta(days=1), contract_id="k1")


def test_session_comes_with_the_beacons_in_one_call(aws: SimpleNamespace) -> None:
    runtime = Runtime()
    runtime.sessions.open(SESSION)
    stamps = {"snapshot": "snapshots/7.tar.gz", "stock_at": "2026-11-21T09:41:00.000000Z"}
    runtime.catalogue_table.put({"PK": "META", "SK": "NOW"} | stamps)
    with aws_calls(runtime.dynamodb) as calls:
        session, beacons = runtime.sessions.read(SESSION.id)
    assert calls == ["BatchGetItem"]
    assert session == SESSION
    assert beacons == Beacons("snapshots/7.tar.gz", datetime(2026, 11, 21, 9, 41, tzinfo=UTC))


def test_no_session_and_no_beacons(aws: SimpleNamespace) -> None:
    assert Runtime().sessions.read("b" * 64) == (None, Beacons())


def test_session_row_is_forgotten_by_the_table_after_it_expires(aws: SimpleNamespace) -> None:
    runtime = Runtime()
    runtime.sessions.open(SESSION)
    (row,) = runtime.ephemeral.scan()
    assert row["expires"] == int(SESSION.expires_at.timestamp())


def test_choice_is_kept_on_the_server(aws: SimpleNamespace) -> None:
    sessions = Runtime().sessions
    sessions.open(SESSION)
    sessions.choose(SESSION.id, partner_id="p2", contract_id=None, warehouse_id="w2")
    assert sessions.read(SESSION.id)[0] == replace(SESSION, partner_id="p2", contract_id=None, warehouse_id="w2")


def test_closed_session_is_gone_and_a_choice_does_not_bring_it_back(aws: SimpleNamespace) -> None:
    sessions = Runtime().sessions
    sessions.open(SESSION)
    sessions.close(SESSION.id)
    with pytest.raises(NotSignedIn):
        sessions.choose(SESSION.id, partner_id="p1", contract_id=None, warehouse_id=None)
    assert sessions.read(SESSION.id)[0] is None


def test_attempts_at_the_same_time_are_all_counted(aws: SimpleNamespace) -> None:
    attempts = Runtime().attempts
    with ThreadPoolExecutor(8) as pool:
        counts = list(pool.map(lambda _: attempts.count("k", WINDOW, NOW), range(40)))
    assert max(counts) == 40
    assert sum(count <= 10 for count in counts) <= 10


def test_no_burst_fits_between_two_windows(aws: SimpleNamespace) -> None:
    attempts = Runtime().attempts
    for minute in (0, 14.9, 14.9):
        attempts.count("k", WINDOW, NOW + timedelta(minutes=minute))
    assert attempts.count("k", WINDOW, NOW + timedelta(minutes=15)) == 4
    assert attempts.count("k", WINDOW, NOW + timedelta(minutes=28)) == 4
    assert attempts.count("k", WINDOW, NOW + timedelta(minutes=60)) == 1


def test_forgotten_attempts_do_not_count_and_others_do(aws: SimpleNamespace) -> None:
    attempts = Runtime().attempts
    for _ in range(3):
        attempts.count("mine", WINDOW, NOW)
        attempts.count("other", WINDOW, NOW)
    attempts.forget("mine", WINDOW, NOW)
    assert attempts.count("mine", WINDOW, NOW) == 1
    assert attempts.count("other", WINDOW, NOW) == 4


def test_what_strangers_type_is_no_key_and_no_row_names_it(aws: SimpleNamespace) -> None:
    runtime = Runtime()
    assert runtime.attempts.count("login " + "я" * 5000, WINDOW, NOW) == 1
    assert "я" not in str(list(runtime.ephemeral.scan()))
