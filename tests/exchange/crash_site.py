"""A portal in memory that can die before and after every call it makes, with a 1C and workers that come again as real ones do.

The conversation is the real one: gateway events through `app`, the workers of the queues fed with the queues' own records.
"""

import hashlib
import importlib
import json
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from io import BytesIO
from itertools import chain
from types import SimpleNamespace
from typing import Any, BinaryIO
from zipfile import ZipFile

from chalicelib import runtime
from chalicelib.domain.catalogue.catalogue import Item
from chalicelib.domain.exchange.exchange import ExchangeNode
from chalicelib.runtime import Runtime
from chalicelib.settings import QUEUES, Settings
from chalicelib.usecases.ports.catalogue import Classifier
from chalicelib.workers.imports import imports
from chalicelib.workers.snapshot import snapshot
from chalicelib.workers.worker import consume_batch
from infra import resources
from tests.exchange.conversation import LOGIN, PASSWORD, Reply, Session, Site
from tests.stand_ins.dynamodb import MemoryDynamo
from tests.stand_ins.files import MemoryFiles
from tests.stand_ins.queues import MemorySqs

Files = Mapping[str, bytes]
Fault = Callable[[str, str], None]
CONTEXT = SimpleNamespace(get_remaining_time_in_millis=lambda: 900_000)
WORKERS = {"imports": imports, "snapshot": snapshot}
ABOUT_THE_RUN = ("EXCHANGE", "COUNTER", "META")
"""Beginnings of the keys of rows that speak of runs and times, not of the catalogue."""
ABOUT_THE_FILE = ("seq", "S#", "types")
"""Beginnings of the attributes that say which file a figure comes from."""


class Died(BaseException):
    """The process is gone; nothing catches it."""


class Away(ConnectionError):
    """A call failed; the process lives and may act on it."""


class Refusal(Exception):
    """1C got no `success` and gives this session up."""


class Watched:
    """A store whose calls may fail before and after they are made."""

    def __init__(self, inner: Any, fault: Fault) -> None:
        self.inner, self.fault = inner, fault

    def __getattr__(self, name: str) -> Any:
        call = getattr(self.inner, name)

        def called(*given: Any, **named: Any) -> Any:
            self.fault(name, "before")
            answer = call(*given, **named)
            self.fault(name, "after")
            return answer

        return called


class PlainPasswords:
    """Argon2 would take a minute of every test."""

    def hash(self, password: str) -> str:
        return f"plain {password}"

    def verify(self, password_hash: str, password: str) -> bool:
        return password_hash == self.hash(password)


class PlainSnapshots:
    """A snapshot that is its cards and groups as sorted lines, with their digest in front."""

    @contextmanager
    def write(self, cards: Iterable[Item], classifier: Classifier, pictures: Mapping[str, str]) -> Iterator[BinaryIO]:
        yield BytesIO(snapshot_of(cards, classifier))


def snapshot_of(cards: Iterable[Item], classifier: Classifier) -> bytes:
    lines = sorted(map(repr, (*cards, *classifier.groups.values(), *classifier.warehouses.values())))
    body = "\n".join(lines).encode()
    return hashlib.sha256(body).hexdigest().encode() + b"\n" + body


@dataclass
class Deaths:
    """Counts the calls and lets the one that was chosen fail: at its number, "before" or "after", with `error`."""

    number: int = 0
    when: str = "before"
    error: type[BaseException] = Died
    made: int = 0
    armed: bool = False
    happened: int = 0
    watch: Callable[[], None] = lambda: None

    def __call__(self, _name: str, when: str) -> None:
        self.made += when == "before"
        if self.armed and self.made == self.number and when == self.when:
            self.armed = False
            self.happened += 1
            raise self.error
        self.watch()


class CrashSite(Site):
    """`deaths` says where it dies; `now` is its clock, a second later with every look."""

    def __init__(self) -> None:
        self.now = datetime(2026, 11, 21, 9, 0, tzinfo=UTC)
        self.deaths = Deaths()
        self.dynamo, self.store, self.sqs = MemoryDynamo(), MemoryFiles(), MemorySqs(lambda: self.now)
        self.dynamo.fault = self.deaths
        self.runtime = _runtime(self)
        runtime.use(self.runtime)
        self.runtime.exchange.save_node(ExchangeNode(LOGIN, PlainPasswords().hash(PASSWORD)))
        self.app = importlib.import_module("app").app
        self.snapshots_seen: list[bytes] = []
        self.records: list[tuple[str, dict[str, Any]]] = []
        self.deaths.watch = self.look

    def twin(self) -> "CrashSite":
        """Another site in the state this one is in, with nothing in its queues: sooner than to live through it all again."""
        other = CrashSite()
        other.now = self.now
        other.dynamo.tables = {name: dict(rows) for name, rows in self.dynamo.tables.items()}
        other.dynamo.tokens = dict(self.dynamo.tokens)
        other.store.bodies = dict(self.store.bodies)
        other.sqs.seen, other.sqs.count = dict(self.sqs.seen), self.sqs.count
        other.snapshots_seen, other.records = list(self.snapshots_seen), list(self.records)
        return other

    def clock(self) -> datetime:
        self.now += timedelta(seconds=1)
        return self.now

    # --- 1C -----------------------------------------------------------------------------------------------------------

    def ask(self, query: dict[str, str], body: bytes | None = None, **more: Any) -> Reply:
        reply = super().ask(query, body, **more)
        if reply.verdict == "failure" or reply.status != 200:
            raise Refusal(reply.text)
        return reply

    def exchange(self, files: Files, *, limit: int = 2000, asks: bool = True, sessions: int = 6) -> int:
        """Sessions of УТ until one of them comes through; how many it took. `asks`: whether it calls `import` at all."""
        for taken in range(1, sessions + 1):
            try:
                self.session(files, limit, asks)
            except (Died, Refusal) as end:
                reason = end
                continue
            return taken
        raise AssertionError(f"{sessions} sessions came to nothing: {reason!r}")

    def begun(self) -> Session:
        session = Session(self).check_in()
        session.ask("init")
        return session

    def session(self, files: Files, limit: int, asks: bool) -> None:
        session = self.begun()
        for name, content in files.items():
            session.send(name, content, limit)
        for name in wanted(files) if asks else ():
            while session.ask("import", filename=name).verdict == "progress":
                assert self.step("imports"), f"{name} is in progress and nothing waits"

    # --- workers ------------------------------------------------------------------------------------------------------

    def step(self, queue: str) -> bool:
        """One message worked on, False where none can be had. It is given again if the worker does not come to the end."""
        record = self.sqs.receive(queue)
        if record is None:
            return False
        self.records.append((queue, record))
        try:
            self.consume(queue, record)
        except (Died, Away):
            self.sqs.give_back(queue, record)
        return True

    def consume(self, queue: str, record: dict[str, Any]) -> None:
        failed = consume_batch(WORKERS[queue], [record], CONTEXT, in_order=queue in self.sqs.fifo)["batchItemFailures"]
        self.deaths("delete_message", "before")
        (self.sqs.give_back if failed else self.sqs.delete)(queue, record)
        self.deaths("delete_message", "after")

    def consume_again(self, queue: str, record: dict[str, Any]) -> None:
        """A message that was done with comes once more, as SQS may."""
        consume_batch(WORKERS[queue], [record], CONTEXT, in_order=queue in self.sqs.fifo)
        self.drain()

    def drain(self) -> None:
        """Every worker until nothing waits."""
        for _ in range(400):
            self.now += timedelta(minutes=2)
            if not any([self.step(queue) for queue in WORKERS]):
                return
        raise AssertionError("the queues never become empty")

    # --- looking ------------------------------------------------------------------------------------------------------

    def table(self, name: str) -> dict[tuple[str, str], dict[str, Any]]:
        return self.dynamo.tables.get(f"kabinet-test-{name}", {})

    def look(self) -> None:
        """What a reader of the search snapshot finds at this moment: whole, whatever else goes on."""
        key = self.table("catalogue").get(("META", "NOW"), {}).get("snapshot")
        if key is None:
            return
        found = self.store.bodies[key["S"]]
        digest, _, body = found.partition(b"\n")
        assert hashlib.sha256(body).hexdigest().encode() == digest, "a torn snapshot"
        if not self.snapshots_seen or self.snapshots_seen[-1] != found:
            self.snapshots_seen.append(found)

    def rows(self) -> dict[str, Any]:
        """Every row of the catalogue and of stock, without runs and times."""
        return {
            f"{table} {key[0]} {key[1]}": {
                name: value for name, value in sorted(row.items()) if not name.startswith(ABOUT_THE_FILE)
            }
            for table in ("catalogue", "portal")
            for key, row in sorted(self.table(table).items())
            if not key[0].startswith(ABOUT_THE_RUN)
        }

    def digest(self) -> str:
        return hashlib.sha256(json.dumps(self.rows(), ensure_ascii=False, sort_keys=True, default=str).encode()).hexdigest()

    def indexed(self) -> bool:
        """Does the snapshot in force say what the tables say?"""
        return self.snapshots_seen[-1] == snapshot_of(self.runtime.catalogue.all_cards(), self.runtime.catalogue.classifier())

    def verdicts(self) -> dict[str, Any]:
        """Of the last run: state, what was read and refused by kind, the problems."""
        last = self.runtime.exchange.run(max(key[0].removeprefix("EXCHANGE#") for key in self._heads()))
        assert last
        return {
            file.name: (
                file.state,
                {kind: (tally.read, tally.refused) for kind, tally in file.tallies.items() if kind != "variants"},
                file.problems,
                file.error,
            )
            for file in last.files
        }

    def _heads(self) -> list[tuple[str, str]]:
        files = [key for key in self.table("portal") if key[0].startswith("EXCHANGE#") and key[1].startswith("FILE#")]
        return files or [key for key in self.table("portal") if key[0].startswith("EXCHANGE#")]

    def balanced(self) -> None:
        """In every file of every run: read = written + unchanged + refused."""
        for run in {key[0].removeprefix("EXCHANGE#") for key in self._heads()}:
            known = self.runtime.exchange.run(run)
            for file in known.files if known else ():
                for kind, tally in file.tallies.items():
                    assert tally.read == tally.written + tally.unchanged + tally.refused + tally.waiting, (
                        run,
                        file.name,
                        kind,
                        tally,
                    )


def wanted(files: Files) -> list[str]:
    """The names 1C asks `import` for: of an archive those inside."""
    packed = [ZipFile(BytesIO(body)).namelist() for name, body in files.items() if name.endswith(".zip")]
    return [name for name in (*files, *chain.from_iterable(packed)) if name.endswith(".xml")]


def _runtime(site: CrashSite) -> Runtime:
    places = resources.environment("test", "bucket", {queue.name: queue.name for queue in QUEUES})
    places |= {"PUBLIC_URL": "http://127.0.0.1:8000", "MAIL_URL": "memory:", "SMS_URL": "memory:"}
    made = Runtime(Settings.read(places), site.clock)
    made.exchange_patience = timedelta(0)
    stand_ins = {
        "dynamodb": site.dynamo,
        "files": Watched(site.store, site.deaths),
        "queues": Watched(site.sqs, site.deaths),
        "hasher": PlainPasswords(),
        "snapshot_writer": PlainSnapshots(),
    }
    for name, value in stand_ins.items():
        setattr(made, name, value)
    return made
