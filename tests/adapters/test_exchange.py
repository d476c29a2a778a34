"""The exchange journal: numbers, sessions, chunks and verdicts."""

from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from types import SimpleNamespace
from typing import Any

import pytest

from chalicelib.domain.errors import Conflict
from chalicelib.domain.exchange.exchange import ExchangeNode, FileState, Problem, Tally
from chalicelib.domain.orders.handover import Handover
from chalicelib.runtime import Runtime
from chalicelib.usecases.ports.orders import OutboxRow

NOW = datetime(2026, 11, 21, 10, 0, tzinfo=UTC)


@pytest.fixture
def exchange(aws: SimpleNamespace) -> Any:
    return Runtime().exchange


def test_an_account_comes_back_as_it_was(exchange: Any) -> None:
    node = ExchangeNode("1c", "$argon2id$…", "УТ 11", zip_allowed=True, reply_encoding="windows-1251", api_key_hash="ab12")
    exchange.save_node(node)
    assert exchange.node("1c") == node
    assert exchange.node("nobody") is None


def test_every_run_has_a_number_of_its_own(exchange: Any) -> None:
    with ThreadPoolExecutor(8) as pool:
        runs = list(pool.map(lambda _: exchange.open_run("1c", "catalog", NOW), range(40)))
    assert sorted(run.number for run in runs) == list(range(1, 41))
    assert exchange.run(runs[0].id) == runs[0]


def test_a_session_ends(exchange: Any) -> None:
    run = exchange.open_run("1c", "catalog", NOW)
    exchange.bind("hash", run, NOW + timedelta(hours=1))
    assert exchange.bound("hash", NOW) == run
    assert exchange.bound("hash", NOW + timedelta(hours=1)) is None
    assert exchange.bound("other", NOW) is None


def test_chunks_are_counted_in_their_order(exchange: Any) -> None:
    run = exchange.open_run("1c", "catalog", NOW)
    with ThreadPoolExecutor(6) as pool:
        places = list(pool.map(lambda _: exchange.next_chunk(run.id, "import.xml", 10), range(24)))
    assert sorted(places) == list(range(24))
    file = exchange.file(run.id, "import.xml")
    assert (file.chunks, file.size, file.state) == (24, 240, FileState.RECEIVING)


def test_a_file_lives_from_chunk_to_verdict_and_again(exchange: Any) -> None:
    run = exchange.open_run("1c", "catalog", NOW)
    exchange.next_chunk(run.id, "import.xml", 10)
    assert exchange.queue_file(run.id, "import.xml") is FileState.QUEUED
    with pytest.raises(Conflict):
        exchange.next_chunk(run.id, "import.xml", 10)
    exchange.start_file(run.id, "import.xml", NOW)
    assert exchange.queue_file(run.id, "import.xml") is FileState.RUNNING
    problem = Problem("item", "i1", "Дрель", "Группа %(group)s не найдена", (("group", "g9"),))
    exchange.pause_file(run.id, "import.xml", 500, {"items": Tally(500, 499, 0, 1)}, [problem])
    paused = exchange.file(run.id, "import.xml")
    assert (paused.done, paused.problems, paused.state) == (500, (problem,), FileState.RUNNING)
    exchange.finish_file(run.id, "import.xml", {"items": Tally(900, 899, 0, 1)}, [problem], "", NOW, problem_count=7)
    done = exchange.file(run.id, "import.xml")
    assert (done.state, done.done, done.tallies, done.problem_count) == (FileState.DONE, 0, {"items": Tally(900, 899, 0, 1)}, 7)
    assert done.finished_at == NOW
    assert exchange.next_chunk(run.id, "import.xml", 33) == 1
    again = exchange.file(run.id, "import.xml")
    assert (again.first_chunk, again.chunks, again.size, again.state, again.tallies) == (1, 2, 33, FileState.RECEIVING, {})


def test_the_journal_shows_runs_with_files_newest_first(exchange: Any) -> None:
    runs = [exchange.open_run("1c", "catalog", NOW) for _ in range(3)]
    for run in (runs[2], runs[0]):
        exchange.next_chunk(run.id, "import.xml", 1)
    assert [run.number for run in exchange.runs()] == [3, 1]
    assert [run.number for run in exchange.runs(limit=1)] == [3]
    assert [file.name for file in exchange.run(runs[0].id).files] == ["import.xml"]


def test_an_offered_batch_is_remembered_until_the_next(exchange: Any) -> None:
    assert (exchange.handover("1c"), exchange.handed_over("1c", "s1")) == (Handover(), ())
    went = Handover("r1", "r2", 2, 1, 7, "r9")
    exchange.hand_over("1c", "s1", went, [OutboxRow("r1", "orders", "Д-1", NOW), OutboxRow("r2", "orders", "Д-2", NOW)], NOW)
    assert exchange.handed_over("1c", "s1") == (("r1", "Д-1"), ("r2", "Д-2"))
    assert (exchange.handover("1c"), exchange.handed_over("1c", "s2")) == (went, ())
    exchange.hand_over("1c", "s1", Handover(), [], NOW)
    assert exchange.handed_over("1c", "s1") == ()
