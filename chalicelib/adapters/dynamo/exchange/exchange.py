"""The exchange journal and 1C's sessions.

portal      EXCHANGENODE#<login>   PROFILE               the account; GSI1: EXCHANGENODES / login
                                   HANDOVER              how its last batch of orders went out
                                   BATCH#<session>       what the last `mode=query` of a session was given
            COUNTER                EXCHANGE              the last number of a run
                                   EXCHANGESEQ           the last number of a file, which its rows are kept under
            EXCHANGEPENDING        <number>              a file whose rows may still come
            EXCHANGE#<run>         HEAD | FILE#<name>    GSI1: EXCHANGES / number, GSI2: EXCHANGES#<flow> / number, once
                                                         a file has come; see `exchange_summary`
ephemeral   EXCHANGESESSION#<hash> RUN                   which run a 1C session cookie belongs to
"""

import json
from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import asdict, astuple
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any

from chalicelib.adapters.dynamo.exchange.exchange_checks import check_of
from chalicelib.adapters.dynamo.exchange.exchange_summary import (
    JOURNAL,
    PENDING,
    enter_journal,
    journal_fields,
    pending_key,
    settle,
    summary_of,
    verdict_of,
)
from chalicelib.adapters.dynamo.flat import from_flat, to_flat
from chalicelib.adapters.dynamo.table import ConditionFailed, Item, Key, Table, delete, put, transact, update
from chalicelib.adapters.dynamo.times import instant, instant_text
from chalicelib.domain.errors import Conflict
from chalicelib.domain.exchange.exchange import ExchangeFile, ExchangeNode, ExchangeRun, FileState, Problem, Tally
from chalicelib.domain.exchange.node_settings import NodeSettings
from chalicelib.domain.orders.handover import Handover
from chalicelib.usecases.ports.exchange import PendingFile
from chalicelib.usecases.ports.orders import OutboxRow

PROBLEMS_KEPT = 200
EMPTY_RUN_LIFETIME = timedelta(days=2)
BATCH_LIFETIME = timedelta(days=2)
NODES = "EXCHANGENODES"
RUN_COUNTER: Key = ("COUNTER", "EXCHANGE")
SEQ_COUNTER: Key = ("COUNTER", "EXCHANGESEQ")


def _node_key(login: str) -> Key:
    return f"EXCHANGENODE#{login}", "PROFILE"


def _handover_key(login: str) -> Key:
    return f"EXCHANGENODE#{login}", "HANDOVER"


def _batch_key(login: str, session: str) -> Key:
    return f"EXCHANGENODE#{login}", f"BATCH#{session}"


def _keyed(key: Key, fields: Item) -> Item:
    return {"PK": key[0], "SK": key[1]} | fields


def _run_key(run_id: str) -> Key:
    return f"EXCHANGE#{run_id}", "HEAD"


def _file_key(run_id: str, name: str) -> Key:
    return f"EXCHANGE#{run_id}", f"FILE#{name}"


def _session_key(token_hash: str) -> Key:
    return f"EXCHANGESESSION#{token_hash}", "RUN"


class DynamoExchange:
    def __init__(self, portal: Table, ephemeral: Table) -> None:
        self.portal = portal
        self.ephemeral = ephemeral

    # --- accounts -----------------------------------------------------------------------------------------------------

    def node(self, login: str) -> ExchangeNode | None:
        item = self.portal.get(_node_key(login))
        if item is None:
            return None
        return _node_of(item)

    def nodes(self) -> tuple[ExchangeNode, ...]:
        return tuple(map(_node_of, self.portal.query(NODES, index="GSI1")))

    def save_node(self, node: ExchangeNode) -> None:
        fields = {name: value for name, value in asdict(node).items() if name != "login"}
        self.portal.put(_keyed(_node_key(node.login), fields) | {"GSI1PK": NODES, "GSI1SK": node.login})

    # --- runs ---------------------------------------------------------------------------------------------------------

    def open_run(self, node: str, kind: str, now: datetime) -> ExchangeRun:
        counted = self.portal.update(RUN_COUNTER, "ADD n :one", values={":one": 1}, returning="UPDATED_NEW")
        number = int(counted["n"])
        run = ExchangeRun(f"{number:08d}", number, node, kind, now)
        partition, sort = _run_key(run.id)
        expires = int((now + EMPTY_RUN_LIFETIME).timestamp())
        self.portal.put({"PK": partition, "SK": sort, "expires": expires} | _run_fields(run) | journal_fields(kind))
        return run

    def bind(self, token_hash: str, run: ExchangeRun, expires_at: datetime) -> None:
        partition, sort = _session_key(token_hash)
        expires = int(expires_at.timestamp())
        self.ephemeral.put({"PK": partition, "SK": sort, "id": run.id, "expires": expires} | _run_fields(run))

    def bound(self, token_hash: str, now: datetime) -> ExchangeRun | None:
        item = self.ephemeral.get(_session_key(token_hash), strong=True)
        if item is None or item["expires"] <= now.timestamp():
            return None
        return _run_of(item["id"], item)

    def run(self, run_id: str) -> ExchangeRun | None:
        items = {item["SK"]: item for item in self.portal.query(f"EXCHANGE#{run_id}", strong=True)}
        head = items.pop("HEAD", None)
        return _run_of(run_id, head, tuple(map(_file_of, items.values()))) if head else None

    def runs(self, limit: int = 50, *, flow: str = "", before: str = "") -> tuple[ExchangeRun, ...]:
        index, partition = ("GSI2", f"{JOURNAL}#{flow}") if flow else ("GSI1", JOURNAL)
        most = f"{int(before) - 1:08d}" if before else ""
        heads = self.portal.query(partition, index=index, at_most=most, newest_first=True, limit=limit)
        return tuple(_run_of(head["PK"].removeprefix("EXCHANGE#"), head) for head in heads)

    # --- files --------------------------------------------------------------------------------------------------------

    def next_chunk(self, run_id: str, name: str, size: int) -> int:
        place = self._append(run_id, name, size)
        if place is None:
            place = self._begin_again(run_id, name, size)
        if place == 0:
            enter_journal(self.portal, _run_key(run_id))
        return place

    def _append(self, run_id: str, name: str, size: int) -> int | None:
        """None for a file that is not receiving any more."""
        sets = "SET #s = :receiving ADD chunks :one, #z :size"
        values = {":receiving": FileState.RECEIVING.value, ":one": 1, ":size": size}
        return self._count(
            run_id, name, sets, "attribute_not_exists(PK) OR #s = :receiving", values, {"#s": "state", "#z": "size"}
        )

    def _begin_again(self, run_id: str, name: str, size: int) -> int:
        """The file comes once more: its chunks so far are set aside, its verdict is forgotten."""
        sets = (
            "SET #s = :receiving, first_chunk = chunks, #z = :size, chunks = chunks + :one, former = if_not_exists(seq, :none)"
            " REMOVE seq, tallies, problems, problem_count, #e, done, started_at, finished_at"
        )
        values = {":receiving": "receiving", ":one": 1, ":size": size, ":done": "done", ":failed": "failed", ":none": 0}
        place = self._count(run_id, name, sets, "#s IN (:done, :failed)", values, {"#s": "state", "#e": "error", "#z": "size"})
        if place is None:
            raise Conflict("Файл %(name)s ещё загружается: повторите обмен позже", name=name)
        return place

    def _count(
        self, run_id: str, name: str, sets: str, condition: str, values: dict[str, Any], names: dict[str, str]
    ) -> int | None:
        try:
            after = self.portal.update(_file_key(run_id, name), sets, condition, values, names, returning="ALL_NEW")
        except ConditionFailed:
            return None
        return int(after["chunks"]) - 1

    def number_file(self, run_id: str, name: str) -> None:
        while True:
            file = self.portal.get(_file_key(run_id, name), strong=True)
            if file is None or "seq" in file:
                return
            try:
                transact(self.portal.client, self._numbering(run_id, name, int(file.get("former", 0))))
                return
            except ConditionFailed as failed:  # another file took the number, or another caller this file: look again
                if failed.only_conflicts:
                    raise

    def _numbering(self, run_id: str, name: str, former: int) -> list[Item]:
        """The file gets the next number in the very transaction that makes it known as one whose rows may still come."""
        counted = self._last_seq()
        taken = "SET n = :next", "n = :n" if counted else "attribute_not_exists(n)"
        once = "SET seq = :seq REMOVE former", "attribute_exists(PK) AND attribute_not_exists(seq)", {":seq": counted + 1}
        return [
            update(self.portal.name, SEQ_COUNTER, *taken, {":next": counted + 1} | ({":n": counted} if counted else {})),
            update(self.portal.name, _file_key(run_id, name), *once),
            put(self.portal.name, _keyed(pending_key(counted + 1), {"run": run_id, "file": name})),
            *([delete(self.portal.name, pending_key(former))] if former else []),
        ]

    def queue_file(self, run_id: str, name: str) -> FileState:
        self.number_file(run_id, name)
        try:
            values = {":queued": FileState.QUEUED.value, ":receiving": FileState.RECEIVING.value}
            self.portal.update(_file_key(run_id, name), "SET #s = :queued", "#s = :receiving", values, {"#s": "state"})
        except ConditionFailed:
            file = self.file(run_id, name)
            return file.state if file else FileState.RECEIVING
        return FileState.QUEUED

    def _last_seq(self) -> int:
        return int((self.portal.get(SEQ_COUNTER, strong=True) or {}).get("n", 0))

    def next_seq(self) -> int:
        return int(self.portal.update(SEQ_COUNTER, "ADD n :one", values={":one": 1}, returning="UPDATED_NEW")["n"])

    def pending(self) -> tuple[PendingFile, ...]:
        return tuple(map(_pending_of, self.portal.query(PENDING, strong=True)))

    def note_pending(self, seq: int, chunks: int, now: datetime) -> None:
        values = {":chunks": chunks, ":now": instant_text(now)}
        with suppress(ConditionFailed):
            self.portal.update(pending_key(seq), "SET chunks = :chunks, seen_at = :now", "attribute_exists(PK)", values)

    def contested(self, seq: int) -> int:
        earlier = self.portal.query(PENDING, at_most=pending_key(seq - 1)[1], newest_first=True, strong=True, limit=1)
        return max((int(item["SK"]) for item in earlier), default=0)

    def file(self, run_id: str, name: str) -> ExchangeFile | None:
        item = self.portal.get(_file_key(run_id, name), strong=True)
        return _file_of(item) if item else None

    def start_file(self, run_id: str, name: str, now: datetime) -> None:
        values = {":running": FileState.RUNNING.value, ":now": instant_text(now)}
        sets = "SET #s = :running, started_at = if_not_exists(started_at, :now)"
        self.portal.update(_file_key(run_id, name), sets, values=values, names={"#s": "state"})

    def pause_file(
        self, run_id: str, name: str, done: int, tallies: Mapping[str, Tally], problems: Sequence[Problem], problem_count: int = 0
    ) -> None:
        sets, values = _outcome(tallies, problems, problem_count)
        self.portal.update(_file_key(run_id, name), f"SET {sets}, done = :done", values=values | {":done": done})

    def finish_file(
        self,
        run_id: str,
        name: str,
        tallies: Mapping[str, Tally],
        problems: Sequence[Problem],
        error: str,
        now: datetime,
        problem_count: int = 0,
    ) -> None:
        sets, values = _outcome(tallies, problems, problem_count)
        values |= {":state": (FileState.FAILED if error else FileState.DONE).value, ":error": error, ":now": instant_text(now)}
        sets = f"SET {sets}, #s = :state, #e = :error, finished_at = :now REMOVE done, skipped"
        names = {"#s": "state", "#e": "error"}
        verdict = verdict_of(name, tallies, problems, problem_count, error, now)
        settle(self.portal, _run_key(run_id), _file_key(run_id, name), sets, values, names, verdict)

    # --- orders given to 1C -------------------------------------------------------------------------------------------

    def handover(self, node: str) -> Handover:
        item = self.portal.get(_handover_key(node), strong=True)
        return from_flat(Handover, item) if item else Handover()

    def hand_over(self, node: str, session: str, handover: Handover, rows: Sequence[OutboxRow], now: datetime) -> None:
        batch = {"rows": [[row.id, row.subject] for row in rows], "expires": int((now + BATCH_LIFETIME).timestamp())}
        actions = [
            put(self.portal.name, _keyed(_handover_key(node), to_flat(handover))),
            put(self.portal.name, _keyed(_batch_key(node, session), batch)),
        ]
        transact(self.portal.client, actions)

    def handed_over(self, node: str, session: str) -> tuple[tuple[str, str], ...]:
        item = self.portal.get(_batch_key(node, session), strong=True)
        return tuple((row_id, number) for row_id, number in item["rows"]) if item else ()


def _node_of(item: Item) -> ExchangeNode:
    settings = from_flat(NodeSettings, item.get("settings", {}))
    return from_flat(ExchangeNode, item, login=item["PK"].removeprefix(_node_key("")[0]), settings=settings)


def _pending_of(item: Item) -> PendingFile:
    seen_at = instant(item["seen_at"]) if "seen_at" in item else None
    return PendingFile(int(item["SK"]), item["run"], item["file"], int(item.get("chunks", 0)), seen_at)


def _run_fields(run: ExchangeRun) -> Item:
    return {"number": run.number, "node": run.node, "kind": run.kind, "opened_at": instant_text(run.opened_at)}


def _run_of(run_id: str, item: Item, files: tuple[ExchangeFile, ...] = ()) -> ExchangeRun:
    opened_at = instant(item["opened_at"])
    return ExchangeRun(run_id, int(item["number"]), item["node"], item["kind"], opened_at, files, summary_of(item))


def _outcome(tallies: Mapping[str, Tally], problems: Sequence[Problem], count: int) -> tuple[str, dict[str, Any]]:
    counts = {kind: list(astuple(tally)) for kind, tally in tallies.items()}
    kept = [[p.kind, p.id, p.name, p.reason, p.params] for p in problems[:PROBLEMS_KEPT]]
    values = {":tallies": counts, ":problems": json.dumps(kept, ensure_ascii=False), ":count": max(count, len(problems))}
    return "tallies = :tallies, problems = :problems, problem_count = :count", values


def _file_of(item: Item) -> ExchangeFile:
    return ExchangeFile(
        name=item["SK"].removeprefix("FILE#"),
        state=FileState(item["state"]),
        chunks=int(item["chunks"]),
        size=int(item["size"]),
        tallies={kind: Tally(*map(int, counts)) for kind, counts in item.get("tallies", {}).items()},
        problems=tuple(map(_problem, json.loads(item.get("problems", "[]")))),
        problem_count=int(item.get("problem_count", Decimal(0))),
        error=item.get("error", ""),
        started_at=instant(item["started_at"]) if "started_at" in item else None,
        finished_at=instant(item["finished_at"]) if "finished_at" in item else None,
        first_chunk=int(item.get("first_chunk", 0)),
        done=int(item.get("done", 0)),
        seq=int(item.get("seq", 0)),
        skipped=item.get("skipped", ""),
        check=check_of(item["check"]) if "check" in item else None,
    )


def _problem(fields: list[Any]) -> Problem:
    kind, id, name, reason, params = fields
    return Problem(kind, id, name, reason, tuple((key, text) for key, text in params))
