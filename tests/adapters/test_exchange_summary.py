"""Counts on the head of a run: the sum over its files, whoever dies while a verdict is written, and however often it is told."""

from datetime import UTC, datetime, timedelta
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from chalicelib.adapters.dynamo.exchange.exchange import DynamoExchange
from chalicelib.adapters.dynamo.exchange.exchange_monitor import DynamoMonitor
from chalicelib.adapters.dynamo.table import Table
from chalicelib.domain.exchange.exchange import FileState, Problem, RunState, Tally
from tests.stand_ins.dynamodb import MemoryDynamo

NOW = datetime(2026, 11, 21, 10, 0, tzinfo=UTC)
NAMES = ("import.xml", "offers.xml", "a.jpg")


class Died(BaseException):
    """The process died here; nothing catches it."""


class World:
    def __init__(self, kind: str = "catalog") -> None:
        self.dynamo = MemoryDynamo()
        client: Any = self.dynamo
        self.portal = Table(client, "portal")
        self.exchange = DynamoExchange(self.portal, Table(client, "ephemeral"))
        self.monitor = DynamoMonitor(self.portal)
        self.id = self.exchange.open_run("1c", kind, NOW).id

    def die_at(self, call: int, when: str) -> None:
        made = 0

        def fault(_name: str, moment: str) -> None:
            nonlocal made
            made += moment == "before"
            if made == call and moment == when:
                raise Died

        self.dynamo.fault = fault

    def live(self) -> None:
        self.dynamo.fault = lambda _name, _when: None

    def tell(self, name: str, read: int, refused: int, failed: bool) -> None:
        tally = Tally(read + refused, read, 0, refused)
        problems = [Problem("item", f"i{n}", f"Товар {n}", "Нет") for n in range(refused)]
        self.exchange.finish_file(self.id, name, {"items": tally}, problems, "Не читается" if failed else "", NOW)

    def check(self) -> None:
        run = self.exchange.run(self.id)
        assert run
        rows, ended = Tally(), 0
        for file in run.files:
            for tally in file.tallies.values():
                rows = rows.plus(tally)
            ended += file.state in (FileState.DONE, FileState.FAILED)
        summary = run.summary
        assert (summary.rows, summary.ended) == (rows, ended)
        assert summary.failed == sum(file.state is FileState.FAILED and not file.skipped for file in run.files)
        assert summary.problems == sum(file.problem_count for file in run.files if not file.skipped)


VERDICTS = st.tuples(
    st.sampled_from(NAMES),
    st.integers(0, 5),
    st.integers(0, 2),
    st.booleans(),
    st.none() | st.tuples(st.integers(1, 3), st.sampled_from(["before", "after"])),
)


@settings(max_examples=150, deadline=None)
@given(st.lists(VERDICTS, max_size=8))
def test_a_verdict_is_counted_once_whatever_dies(told: list[Any]) -> None:
    """NF-02, C-05: after a death the worker tells it again, or something else; the head is the sum of the files."""
    world = World()
    for name in NAMES:
        world.exchange.next_chunk(world.id, name, 10)
    for name, read, refused, failed, death in told:
        if death:
            world.die_at(*death)
        try:
            world.tell(name, read, refused, failed)
        except Died:
            world.live()
            world.tell(name, read, refused, failed)
        world.live()
        world.check()
    run = world.exchange.run(world.id)
    assert run and run.summary.files == len(NAMES)


def test_a_file_that_is_sent_again_takes_its_counts_back() -> None:
    world = World()
    world.exchange.next_chunk(world.id, "import.xml", 10)
    world.tell("import.xml", 100, 2, False)
    world.exchange.next_chunk(world.id, "import.xml", 10)
    world.tell("import.xml", 102, 0, False)
    run = world.exchange.run(world.id)
    assert run and run.summary.rows == Tally(102, 102) and run.summary.first is None
    assert run.summary.state is RunState.DONE and run.summary.files == 1


def test_the_first_trouble_stays_until_its_own_file_is_well() -> None:
    world = World()
    for name in NAMES:
        world.exchange.next_chunk(world.id, name, 10)
    world.tell("offers.xml", 0, 1, False)
    world.tell("import.xml", 0, 0, True)
    run = world.exchange.run(world.id)
    assert run and run.summary.first_file == "offers.xml" and run.summary.state is RunState.FAILED
    world.tell("offers.xml", 1, 0, False)
    run = world.exchange.run(world.id)
    assert run and run.summary.first is None


def test_a_quiet_flow_comes_into_the_journal_with_its_first_trouble() -> None:
    world = World("stock")
    world.exchange.next_chunk(world.id, "w1", 0)
    world.tell("w1", 3, 0, False)
    assert world.exchange.runs() == () and len(world.exchange.runs(flow="stock")) == 1
    world.tell("w1", 0, 0, True)
    assert [run.id for run in world.exchange.runs()] == [world.id]


def test_a_flow_remembers_its_last_success_and_its_last_trouble() -> None:
    world = World()
    world.monitor.succeeded("documents", NOW)
    world.monitor.failed("documents", NOW + timedelta(minutes=1), Problem("order", "", "К-1", "Нет плательщика"))
    mark = world.monitor.marks()["documents"]
    assert mark.success_at == NOW and mark.problem_at == NOW + timedelta(minutes=1)
    assert mark.problem == Problem("order", "", "К-1", "Нет плательщика") and mark.problem_run == ""


def test_a_file_without_a_run_keeps_its_verdict() -> None:
    """What is told of a run whose head has expired does not bring the head back."""
    world = World()
    world.exchange.finish_file("00000099", "a.xml", {"items": Tally(1, 1)}, [], "", NOW)
    assert world.portal.get(("EXCHANGE#00000099", "HEAD")) is None
    assert world.portal.get(("EXCHANGE#00000099", "FILE#a.xml"))
