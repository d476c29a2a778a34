"""Putting a search snapshot in force: no change stays unpublished, whoever dies or comes late."""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from io import BytesIO
from typing import BinaryIO

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from chalicelib.domain.catalogue.catalogue import Item
from chalicelib.domain.catalogue.categories import CategoryTree
from chalicelib.usecases.catalogue.publish_snapshot import KEPT, SKEW, begun_at, publish_snapshot
from chalicelib.usecases.ports.catalogue import Classifier
from tests.stand_ins.files import MemoryFiles

START = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)
LONG = timedelta(minutes=1)


class Died(Exception):
    """The process ended here."""


class Catalogue:
    """The part of a `CatalogueStore` that publishing reads and marks."""

    def __init__(self) -> None:
        self.items: list[Item] = []
        self.in_force: str | None = None
        self.marked: list[str] = []
        self.dies_at_mark = False
        self.given = 0

    def next_snapshot(self, now: datetime) -> int:
        self.given = max(self.given + 1, int(now.timestamp() * 1_000_000))
        return self.given

    def all_cards(self) -> Iterator[Item]:
        return iter(list(self.items))

    def classifier(self) -> Classifier:
        return Classifier()

    def pictures(self) -> Mapping[str, str]:
        return {}

    def mark(self, *, stock_at: object = None, prices_at: object = None, snapshot: str | None = None) -> None:
        if self.dies_at_mark:
            raise Died
        assert snapshot is not None
        self.in_force = snapshot
        self.marked.append(snapshot)


class NamesWriter:
    """A snapshot that is the names of its items; `during` is called while it is made."""

    def __init__(self) -> None:
        self.built = 0
        self.during = lambda: None

    @contextmanager
    def write(self, items: Iterator[Item], classifier: Classifier, pictures: Mapping[str, str]) -> Iterator[BinaryIO]:
        names = "\n".join(item.id for item in items)
        self.built += 1
        during, self.during = self.during, lambda: None
        during()
        yield BytesIO(names.encode())


class NoCategories:
    def tree(self) -> CategoryTree:
        return CategoryTree()


class World:
    def __init__(self) -> None:
        self.now = START
        self.catalogue, self.files, self.writer = Catalogue(), MemoryFiles(), NamesWriter()

    def change(self, name: str) -> datetime:
        """Something is written; the instant at which the snapshot is asked for."""
        self.catalogue.items.append(Item(name, name))
        return self.now

    def publish(self, asked_at: datetime | None) -> str:
        stores = self.catalogue, NoCategories(), self.files, self.writer
        return publish_snapshot(*stores, clock=lambda: self.now, asked_at=asked_at)  # type: ignore[arg-type]

    def shown(self) -> set[str]:
        """What a page would find now."""
        key = self.catalogue.in_force
        return set(self.files.bodies[key].decode().split("\n")) if key else set()


@pytest.fixture
def world() -> World:
    return World()


def test_a_change_is_put_in_force(world: World) -> None:
    asked_at = world.change("болт")
    key = world.publish(asked_at)
    assert world.shown() == {"болт"} and world.catalogue.in_force == key
    assert begun_at(key) == START


def test_a_hundred_requests_at_once_build_once(world: World) -> None:
    asked = [world.change(f"{n}") for n in range(100)]
    for asked_at in asked:
        world.now += timedelta(seconds=5)
        world.publish(asked_at)
    assert world.writer.built == 1 and len(world.shown()) == 100


def test_a_request_that_came_while_it_was_built_builds_again(world: World) -> None:
    asked: list[datetime] = []

    def meanwhile() -> None:
        world.now += LONG
        asked.append(world.change("гайка"))

    world.writer.during = meanwhile
    world.publish(world.change("болт"))
    assert world.shown() == {"болт"}
    world.publish(asked[0])
    assert world.shown() == {"болт", "гайка"}


def test_clocks_that_stand_apart_lose_nothing(world: World) -> None:
    """The queue's clock is behind ours: the request seems older than it is."""
    world.publish(world.change("болт"))
    world.now += timedelta(milliseconds=1)
    world.publish(world.change("гайка") - SKEW)
    assert world.shown() == {"болт", "гайка"}


def test_an_unknown_time_always_builds(world: World) -> None:
    world.publish(None)
    world.publish(None)
    assert world.writer.built == 2


def test_who_dies_before_the_beacon_moved_is_made_good_by_the_repeat(world: World) -> None:
    asked_at = world.change("болт")
    world.now += LONG
    world.catalogue.dies_at_mark = True
    with pytest.raises(Died):
        world.publish(asked_at)
    world.catalogue.dies_at_mark = False
    world.publish(asked_at)
    assert world.shown() == {"болт"} and world.writer.built == 1


def test_the_slower_builder_does_not_take_the_newer_snapshot_back(world: World) -> None:
    """Two build at once; the one that began first ends last."""

    def overtaken() -> None:
        world.now += LONG
        world.publish(world.change("гайка"))

    world.writer.during = overtaken
    world.publish(world.change("болт"))
    assert world.writer.built == 2 and world.shown() == {"болт", "гайка"}


def test_builders_whose_clocks_disagree_stand_in_the_order_in_which_they_began(world: World) -> None:
    """The first one's clock is ahead; the second began later all the same, and knows more."""

    def overtaken() -> None:
        world.now -= timedelta(seconds=1)
        world.publish(world.change("гайка"))

    world.writer.during = overtaken
    world.publish(world.change("болт"))
    assert world.shown() == {"болт", "гайка"}


def test_only_the_last_snapshots_stay(world: World) -> None:
    keys = []
    for n in range(10):
        world.now += LONG
        keys.append(world.publish(world.change(f"{n}")))
    assert list(world.files.keys("snapshots/")) == keys[-KEPT:]


@settings(max_examples=200, deadline=None)
@given(st.lists(st.sampled_from(["change", "deliver", "twice", "die", "overtake", "wait"]), max_size=25))
def test_whatever_happens_nothing_stays_unpublished(steps: list[str]) -> None:
    """Changes, deaths before the beacon, repeats and overtaking builders in any order: when the queue is empty all is shown."""
    world = World()
    queue = [world.change("first")]

    def overtaken() -> None:
        world.now += timedelta(seconds=7)
        queue.append(world.change(f"{len(world.catalogue.items)}"))
        world.publish(queue[-1])

    for step in steps:
        world.now += timedelta(milliseconds=400)
        if step == "change":
            queue.append(world.change(f"{len(world.catalogue.items)}"))
        elif step == "wait":
            world.now += LONG
        elif step == "overtake":
            world.writer.during = overtaken
        elif queue and step == "die":
            world.catalogue.dies_at_mark = True
            with pytest.raises(Died):
                world.publish(queue[0])
            world.catalogue.dies_at_mark = False
        elif queue:
            world.publish(queue[0] if step == "twice" else queue.pop(0))
    for asked_at in queue:
        world.publish(asked_at)
    assert world.shown() == {item.id for item in world.catalogue.items}
