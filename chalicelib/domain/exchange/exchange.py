"""The exchange journal: what 1C sent, what became of every row, and what could not be taken."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum

from chalicelib.domain.exchange.node_settings import NodeSettings


class FileState(StrEnum):
    RECEIVING = "receiving"
    QUEUED = "queued"
    RUNNING = "running"
    DONE = "done"
    FAILED = "failed"


@dataclass(frozen=True, slots=True)
class Problem:
    """A row, or a part of one, that was refused: `kind` ("item", "price" …), its id and name, a msgid with its params."""

    kind: str
    id: str
    name: str
    reason: str
    params: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True, slots=True)
class Tally:
    """Rows of one kind: `read` = `written` + `unchanged` + `refused` + `waiting` (for the object they hang on)."""

    read: int = 0
    written: int = 0
    unchanged: int = 0
    refused: int = 0
    waiting: int = 0

    def plus(self, other: "Tally") -> "Tally":
        return Tally(
            self.read + other.read,
            self.written + other.written,
            self.unchanged + other.unchanged,
            self.refused + other.refused,
            self.waiting + other.waiting,
        )


DICTIONARIES = frozenset({"groups", "properties", "price_types", "warehouses", "units", "companies"})
"""Kinds of rows that come along with others: goods, prices, balances, documents are what a file is sent for."""


def all_refused(tallies: Mapping[str, Tally]) -> bool:
    """Was nothing taken of what a file was sent for? Not so of a file that has no rows: nothing has changed in 1C."""
    rows = [tally for kind, tally in tallies.items() if kind not in DICTIONARIES] or list(tallies.values())
    return any(tally.read for tally in rows) and all(tally.read == tally.refused for tally in rows)


@dataclass(frozen=True, slots=True)
class ExchangeNode:
    """A system that exchanges with us under its own account.

    `api_key_hash` is the SHA-256 of its bearer key ("" where it has none): a random key needs no slow hash.
    """

    login: str
    password_hash: str
    name: str = "1С"
    zip_allowed: bool = False
    reply_encoding: str = "utf-8"
    api_key_hash: str = ""
    settings: NodeSettings = field(default_factory=NodeSettings)


@dataclass(frozen=True, slots=True)
class ExchangeFile:
    """A file of a run. `tallies` by kind of row; `problems` keeps the first ones; `error` is why the whole file failed.

    Its bytes are the chunks from `first_chunk` up to `chunks`: what came before was sent again. `done` records of it are
    loaded, where the loading has stopped half-way and goes on. `skipped`: who said that it need not be loaded. `check`: what
    loading it would do, where somebody asked.
    """

    name: str
    state: FileState = FileState.RECEIVING
    chunks: int = 0
    size: int = 0
    tallies: Mapping[str, Tally] = field(default_factory=dict)
    problems: tuple[Problem, ...] = ()
    problem_count: int = 0
    error: str = ""
    started_at: datetime | None = None
    finished_at: datetime | None = None
    first_chunk: int = 0
    done: int = 0
    seq: int = 0
    skipped: str = ""
    check: "Check | None" = None


@dataclass(frozen=True, slots=True)
class Check:
    """What loading a file would do, without doing it. Not `finished`: it is still being tried. Not `whole`: time ran out."""

    asked_at: datetime
    finished: bool = False
    whole: bool = True
    tallies: Mapping[str, Tally] = field(default_factory=dict)
    problems: tuple[Problem, ...] = ()
    problem_count: int = 0
    error: str = ""


class RunState(StrEnum):
    """`PROBLEMS`: all files are loaded, and not every row of them was taken."""

    OPEN = "open"
    DONE = "done"
    PROBLEMS = "problems"
    FAILED = "failed"


@dataclass(frozen=True, slots=True)
class RunSummary:
    """All files of a run together. `first` is the first thing that went wrong, in `first_file`."""

    files: int = 0
    ended: int = 0
    failed: int = 0
    rows: Tally = Tally()
    problems: int = 0
    first: Problem | None = None
    first_file: str = ""

    @property
    def state(self) -> RunState:
        if self.failed:
            return RunState.FAILED
        if self.ended < self.files:
            return RunState.OPEN
        return RunState.PROBLEMS if self.problems or self.rows.refused else RunState.DONE


@dataclass(frozen=True, slots=True)
class ExchangeRun:
    """One session of a node. `number` grows with every run: rows of an older run never overwrite a newer one's."""

    id: str
    number: int
    node: str
    kind: str
    opened_at: datetime
    files: tuple[ExchangeFile, ...] = ()
    summary: RunSummary = RunSummary()
