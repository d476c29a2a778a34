"""Any history of sessions, workers, deaths and repeats over the exchange: the newest whole session has the last word.

`KABINET_HISTORIES` sets how many histories are tried (120 in the ordinary run).
"""

import json
import os
from collections import Counter
from collections.abc import Iterator
from datetime import timedelta

import pytest
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, rule, run_state_machine_as_test

from chalicelib import runtime
from chalicelib.domain.exchange.exchange import FileState
from chalicelib.log import logger
from tests.exchange.conversation import Session
from tests.exchange.crash_site import Away, CrashSite, Died, Files, Refusal, wanted
from tests.exchange.test_import_crashes import packed, portion

HISTORIES = int(os.environ.get("KABINET_HISTORIES", "120"))
deaths = st.one_of(st.none(), st.tuples(st.integers(1, 15), st.sampled_from(["before", "after"]), st.sampled_from([Died, Away])))
Death = tuple[int, str, type[BaseException]] | None
tried: Counter[str] = Counter()


def _files(version: int) -> Files:
    return packed(portion(version)) if version % 3 == 0 else portion(version)


class Exchange(RuleBasedStateMachine):
    """`talks`: sessions under way, each a generator of its next requests. Versions grow with every session that begins."""

    def __init__(self) -> None:
        super().__init__()
        logger.setLevel("CRITICAL")
        self.site = CrashSite()
        self.talks: list[Iterator[str]] = []
        self.version = 0
        tried["histories"] += 1

    def attempt(self, death: Death) -> None:
        """Let the next step die, if it makes so many calls."""
        fault = self.site.deaths
        fault.armed = death is not None
        if death:
            fault.made = 0
            fault.number, fault.when, fault.error = death

    def alive(self) -> None:
        tried["deaths"] += self.site.deaths.happened
        self.site.deaths.happened, self.site.deaths.armed = 0, False

    @rule()
    def session_begins(self) -> None:
        self.version += 1
        self.talks.append(self._talk(Session(self.site).check_in(), _files(self.version)))

    def _talk(self, session: Session, files: Files) -> Iterator[str]:
        yield session.ask("init").verdict
        for name, content in files.items():
            for start in range(0, len(content), 2500):
                yield session.ask("file", content[start : start + 2500], filename=name).verdict
        for name in wanted(files):
            yield session.ask("import", filename=name).verdict

    @rule(pick=st.integers(0, 9), count=st.integers(1, 20), death=deaths)
    def session_goes_on(self, pick: int, count: int, death: Death) -> None:
        """A request or some; a session whose request failed is over, as with УТ."""
        if not self.talks:
            self.session_begins()
        talk = self.talks[pick % len(self.talks)]
        self.attempt(death)
        try:
            for _ in range(count):
                if next(talk, None) is None:
                    self.talks.remove(talk)
                    break
                tried["requests"] += 1
        except (Died, Away, Refusal):
            self.talks.remove(talk)
            tried["sessions broken off"] += 1
        self.alive()

    @rule(pick=st.integers(0, 99))
    def session_is_left(self, pick: int) -> None:
        if pick < len(self.talks):
            self.talks.pop(pick)
            tried["sessions left"] += 1

    @rule(queue=st.sampled_from(["imports", "imports", "snapshot"]), count=st.integers(1, 4), death=deaths)
    def worker_works(self, queue: str, count: int, death: Death) -> None:
        self.attempt(death)
        tried["messages"] += sum(self.site.step(queue) for _ in range(count))
        self.alive()

    @rule(pick=st.integers(0, 99))
    def message_comes_again(self, pick: int) -> None:
        """Any message there ever was, after any time: SQS may, and so may the operator who replays dead letters."""
        if not self.site.records:
            return
        queue, record = self.site.records[pick % len(self.site.records)]
        if any(message.id == record["messageId"] for message in self.site.sqs.waiting[queue]):
            return
        before, done = self.site.digest(), queue == "snapshot" or self._is_done(json.loads(record["body"]))
        self.site.consume(queue, record)
        assert self.site.digest() == before or not done
        tried["redeliveries"] += done

    def _is_done(self, message: dict[str, str]) -> bool:
        file = self.site.runtime.exchange.file(message["run"], message["file"])
        return file is not None and file.state in (FileState.DONE, FileState.FAILED)

    @rule(minutes=st.integers(1, 400))
    def time_passes(self, minutes: int) -> None:
        self.site.now += timedelta(minutes=minutes)

    @invariant()
    def counts_add_up(self) -> None:
        self.site.balanced()

    def teardown(self) -> None:
        """A last session comes through; whatever older ones left lying is worked on after it."""
        self.alive()
        self.version += 1
        self.site.exchange(_files(self.version))
        self.site.drain()
        verdicts = self.site.verdicts()
        clean = CrashSite()
        clean.exchange(_files(self.version))
        clean.drain()
        assert self.site.digest() == clean.digest()
        assert verdicts == clean.verdicts()
        assert self.site.indexed()


@pytest.fixture(autouse=True)
def _own_runtime() -> Iterator[None]:
    level = logger.log_level
    yield
    logger.setLevel(level)
    runtime.use(None)


def test_any_history_of_the_exchange() -> None:
    """CT-01, IN-08: rows, verdicts and the search snapshot are those of an exchange that nothing ever disturbed."""
    tried.clear()
    run_state_machine_as_test(
        Exchange,
        settings=settings(
            max_examples=HISTORIES, stateful_step_count=40, deadline=None, derandomize=HISTORIES == 120, database=None,
            suppress_health_check=list(HealthCheck),
        ),
    )  # fmt: skip
    print(dict(tried))
    assert min(tried["deaths"], tried["redeliveries"], tried["messages"], tried["requests"]) > HISTORIES / 2, tried
