"""A key does its work once: random retries, lost replies, repeats at the same time, deaths at any call of the store."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from threading import Barrier, Lock
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from chalicelib.adapters.dynamo.exchange.replies import LARGEST, DynamoReplies
from chalicelib.adapters.dynamo.table import Table
from chalicelib.domain.errors import Conflict, Unavailable
from chalicelib.usecases.exchange.answer_once import LEASE, answer_once
from chalicelib.usecases.ports.exchange import KeptReply
from tests.stand_ins.dynamodb import MemoryDynamo
from tests.stand_ins.files import MemoryFiles
from tests.usecases.orders_world import Died

START = datetime(2026, 11, 21, 9, 0, tzinfo=UTC)


@dataclass
class Work:
    """Counts its effects; every effect has a reply of its own."""

    size: int = 0
    status: int = 200
    effects: int = 0
    lock: Lock = field(default_factory=Lock)

    def __call__(self) -> KeptReply:
        with self.lock:
            self.effects += 1
            return KeptReply(self.status, "application/json", f"{self.effects}".encode() + b"x" * self.size)


class World:
    def __init__(self) -> None:
        self.dynamo = MemoryDynamo()
        self.replies = DynamoReplies(Table(self.dynamo, "ephemeral"), MemoryFiles())  # type: ignore[arg-type]
        self.now = START
        self.slept = 0

    def sleep(self, seconds: float) -> None:
        self.slept += 1
        self.now += timedelta(seconds=seconds)

    def ask(self, work: Callable[[], KeptReply], key: str = "k", fingerprint: str = "f") -> KeptReply:
        return answer_once(
            self.replies, lambda: self.now, self.sleep, work, key=key, fingerprint=fingerprint, patience=timedelta(seconds=60)
        )

    def die_at(self, call: int, when: str) -> None:
        made = 0

        def fault(_name: str, moment: str) -> None:
            nonlocal made
            made += moment == "before"
            if made == call and moment == when:
                self.live()
                raise Died

        self.dynamo.fault = fault

    def live(self) -> None:
        self.dynamo.fault = lambda _call, _when: None


@settings(max_examples=1500, deadline=None)
@given(
    repeats=st.integers(0, 5),
    parallel=st.integers(1, 8),
    size=st.sampled_from([0, 100, LARGEST + 1]),
    status=st.sampled_from([200, 422]),
)
def test_repeats_get_the_first_reply_to_the_byte(repeats: int, parallel: int, size: int, status: int) -> None:
    """C-01: one effect however often and at once it is asked; every reply is the same, the lost ones too."""
    world, work = World(), Work(size, status)
    start = Barrier(parallel)

    def one(_: int) -> list[KeptReply]:
        start.wait()
        return [world.ask(work) for _ in range(repeats + 1)]  # all but the last reply are lost on their way

    with ThreadPoolExecutor(parallel) as pool:
        replies = [reply for some in pool.map(one, range(parallel)) for reply in some]
    assert work.effects == 1
    assert set(replies) == {KeptReply(status, "application/json", b"1" + b"x" * size)}


@settings(max_examples=1500, deadline=None)
@given(
    st.lists(st.tuples(st.integers(1, 4), st.sampled_from(["before", "after"])), max_size=4), st.sampled_from([0, LARGEST + 1])
)
def test_after_deaths_all_who_get_an_answer_get_the_same(deaths: list[Any], size: int) -> None:
    """Who dies before his reply is kept has told nobody: the work is done again, and that reply stands."""
    world, work = World(), Work(size)
    heard = []
    for call, when in deaths:
        world.die_at(call, when)
        with suppress(Died):
            heard.append(world.ask(work))
        world.live()
        world.now += LEASE  # the repeat of 1C comes when the dead one's time is over
    heard += [world.ask(work), world.ask(work)]
    assert len(set(heard)) == 1
    assert work.effects <= len(deaths) + 1


def test_the_same_key_with_another_body_does_nothing() -> None:
    world, work = World(), Work()
    world.ask(work)
    with pytest.raises(Conflict, match="уже использован"):
        world.ask(work, fingerprint="other")
    assert work.effects == 1


def test_another_key_is_another_request() -> None:
    world, work = World(), Work()
    assert world.ask(work, "a") != world.ask(work, "b")


def test_a_key_is_kept_for_thirty_days() -> None:
    world, work = World(), Work()
    first = world.ask(work)
    world.now += timedelta(days=29, hours=23)
    assert world.ask(work) == first
    world.now += timedelta(hours=2)
    assert world.ask(work, fingerprint="other") != first


def test_a_failure_of_ours_is_not_kept() -> None:
    world, failing, work = World(), Work(status=503), Work()
    assert world.ask(failing).status == 503
    assert world.ask(work).status == 200
    assert (failing.effects, work.effects) == (1, 1)


def test_who_waits_for_a_worker_that_never_ends_is_told_to_come_again() -> None:
    world, work = World(), Work()
    assert world.replies.claim("k", "f", "someone", world.now, timedelta(hours=1)) is True
    with pytest.raises(Unavailable, match="ещё выполняется"):
        world.ask(work)
    assert work.effects == 0 and world.slept > 100


def test_a_worker_that_took_too_long_answers_what_the_other_answered() -> None:
    """Its lease is over and another has done the work: there is one reply, and it is the other's."""
    world, other = World(), Work(size=3)

    def slow() -> KeptReply:
        world.now += LEASE + timedelta(seconds=1)
        world.ask(other)
        return KeptReply(200, "application/json", b"mine")

    assert world.ask(slow).body == b"1xxx" == world.ask(Work()).body
