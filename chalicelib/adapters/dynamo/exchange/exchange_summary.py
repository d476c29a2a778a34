"""A file's verdict, written with what it changes of its run's head and of the marks of its flows: all of it or nothing.

HEAD    files, ended, failed, rows_<figure>, problem_total    sums over the files
        first = [file, problem]                               the first thing that went wrong
FILE#   counted = the file's own share of the sums, settled = how often it was counted
FLOWS   <flow>    success_at | problem_at, problem_run, problem
"""

import json
from collections.abc import Mapping, Sequence
from dataclasses import astuple, dataclass, fields
from datetime import datetime

from chalicelib.adapters.dynamo.table import ConditionFailed, Item, Key, Table, batch_get, delete, transact, update
from chalicelib.adapters.dynamo.times import instant, instant_text
from chalicelib.domain.exchange.exchange import Problem, RunSummary, Tally, all_refused
from chalicelib.domain.exchange.flows import QUIET, FlowMark, flow_of_run, flows_of_file

JOURNAL = "EXCHANGES"
FLOWS = "EXCHANGEFLOWS"
PENDING = "EXCHANGEPENDING"
FIGURES = tuple(field.name for field in fields(Tally))
_SUMS = ("ended", "failed", *(f"rows_{figure}" for figure in FIGURES), "problem_total")
Sums = dict[str, int]


@dataclass(frozen=True, slots=True)
class Verdict:
    """What became of a file. `problem` is the first thing that went wrong; `failed`: with the whole file. `silent`: it says
    nothing of how its flow is going."""

    tallies: Mapping[str, Tally]
    problem: Problem | None
    problem_count: int
    failed: bool
    at: datetime
    silent: bool = False

    @property
    def sums(self) -> Sums:
        rows = Tally()
        for tally in self.tallies.values():
            rows = rows.plus(tally)
        return dict(zip(_SUMS, (1, int(self.failed), *astuple(rows), self.problem_count), strict=True))


def verdict_of(
    name: str,
    tallies: Mapping[str, Tally],
    problems: Sequence[Problem],
    count: int,
    error: str,
    at: datetime,
    skipped: bool = False,
) -> Verdict:
    """`skipped`: somebody has looked at it, it is no failure any more."""
    first = Problem("file", "", name, error) if error else next(iter(problems), None)
    if skipped:
        return Verdict(tallies, None, 0, False, at, silent=True)
    return Verdict(tallies, first, max(count, len(problems)), bool(error), at)


def skipped(name: str, tallies: Mapping[str, Tally], reason: str, at: datetime) -> Verdict:
    """Somebody has looked at the file: it is no failure any more, and nothing waits for it."""
    return Verdict(tallies, Problem("file", "", name, reason), 1, False, at, silent=True)


def journal_fields(kind: str) -> Item:
    """Where a run will stand in the journal once a file has come: among all, and among those of its flow."""
    flow = flow_of_run(kind)
    return {"journal": f"{JOURNAL}#quiet" if flow in QUIET else JOURNAL, "lane": f"{JOURNAL}#{flow}"}


def enter_journal(portal: Table, head: Key) -> None:
    sets = "SET GSI1PK = if_not_exists(journal, :journal), GSI2PK = if_not_exists(lane, :journal), GSI1SK = :id, GSI2SK = :id"
    values = {":journal": JOURNAL, ":id": head[0].removeprefix("EXCHANGE#"), ":one": 1}
    # a transaction of one: it waits for another on the same head, where a plain update would be refused
    transact(portal.client, [update(portal.name, head, f"{sets} REMOVE expires ADD files :one", values=values)])


def settle(portal: Table, head_key: Key, file_key: Key, sets: str, values: Item, names: dict[str, str], verdict: Verdict) -> None:
    """Counted once however often it is told, and counted anew where the verdict is another one now."""
    while True:
        found = batch_get(portal.client, [(portal.name, head_key), (portal.name, file_key)], strong=[portal.name])
        head, file = found.get((portal.name, head_key)), found.get((portal.name, file_key), {})
        actions = [_file_action(portal, file_key, file, sets, values, names, verdict)]
        if head is not None:
            name = file_key[1].removeprefix("FILE#")
            actions += [_head_action(portal, head_key, head, file, name, verdict)]
            actions += _no_more(portal, file, verdict)
            actions += _marks(portal, head_key[0].removeprefix("EXCHANGE#"), head["kind"], verdict)
        try:
            transact(portal.client, actions)
            return
        except ConditionFailed as failed:
            if failed.only_conflicts:
                raise


def pending_key(seq: int) -> Key:
    return PENDING, f"{seq:012d}"


def _no_more(portal: Table, file: Item, verdict: Verdict) -> list[Item]:
    """No rows of a file that is done come any more; one that failed may be loaded again."""
    return [] if verdict.failed or "seq" not in file else [delete(portal.name, pending_key(int(file["seq"])))]


def _file_action(portal: Table, key: Key, file: Item, sets: str, values: Item, names: dict[str, str], verdict: Verdict) -> Item:
    """`sets` may end in a REMOVE."""
    changes, remove, removed = sets.partition(" REMOVE ")
    expression = f"{changes}, settled = :settled, counted = :counted{remove}{removed}"
    before = int(file.get("settled", 0))
    condition = "settled = :before" if before else "attribute_not_exists(settled)"
    more: Item = {":settled": before + 1, ":counted": verdict.sums} | ({":before": before} if before else {})
    return update(portal.name, key, expression, condition, values | more, names)


def _head_action(portal: Table, key: Key, head: Item, file: Item, name: str, verdict: Verdict) -> Item:
    before = file.get("counted", {})
    values: Item = {f":{name}": figure - int(before.get(name, 0)) for name, figure in verdict.sums.items()}
    adds = "ADD " + ", ".join(f"{name} :{name}" for name in _SUMS)
    sets: list[str] = []
    removes = ""
    mine = head.get("first", [""])[0] in ("", name)
    if verdict.problem is not None:
        if mine:
            sets.append("#f = :first")
            values[":first"] = [name, _problem_text(verdict.problem)]
        if head.get("journal", JOURNAL) != JOURNAL:  # it has something to tell: among all runs, too
            sets.append("GSI1PK = :journal")
            values[":journal"] = JOURNAL
    elif mine and "first" in head:
        removes = "REMOVE #f "
    expression = ("SET " + ", ".join(sets) + " " if sets else "") + removes + adds
    return update(portal.name, key, expression, "", values, {"#f": "first"} if "#f" in expression else None)


# --- marks of the flows -----------------------------------------------------------------------------------------------


def flow_key(flow: str) -> Key:
    return FLOWS, flow


def mark_action(portal: Table, flow: str, at: datetime, problem: Problem | None = None, run: str = "", *, failed: bool) -> Item:
    sets: list[str] = []
    values: Item = {":at": instant_text(at)}
    if not failed:
        sets.append("success_at = :at")
    if problem is not None:
        sets.append("problem_at = :at, problem_run = :run, problem = :problem")
        values |= {":run": run, ":problem": _problem_text(problem)}
    return update(portal.name, flow_key(flow), "SET " + ", ".join(sets), values=values)


def _marks(portal: Table, run: str, kind: str, verdict: Verdict) -> list[Item]:
    if verdict.silent:
        return []
    flows = sorted(flows_of_file(kind, verdict.tallies))
    failed = verdict.failed or all_refused(verdict.tallies)
    return [mark_action(portal, flow, verdict.at, verdict.problem, run, failed=failed) for flow in flows]


def mark_of(item: Item) -> FlowMark:
    problem = item.get("problem")
    return FlowMark(
        instant(item["success_at"]) if "success_at" in item else None,
        instant(item["problem_at"]) if "problem_at" in item else None,
        item.get("problem_run", ""),
        problem_of(problem) if problem else None,
    )


# --- reading ----------------------------------------------------------------------------------------------------------


def summary_of(head: Item) -> RunSummary:
    first = head.get("first")
    return RunSummary(
        files=int(head.get("files", 0)),
        ended=int(head.get("ended", 0)),
        failed=int(head.get("failed", 0)),
        rows=Tally(*(int(head.get(f"rows_{figure}", 0)) for figure in FIGURES)),
        problems=int(head.get("problem_total", 0)),
        first=problem_of(first[1]) if first else None,
        first_file=first[0] if first else "",
    )


def _problem_text(problem: Problem) -> str:
    return json.dumps([problem.kind, problem.id, problem.name, problem.reason, problem.params], ensure_ascii=False)


def problem_of(text: str) -> Problem:
    kind, id, name, reason, params = json.loads(text)
    return Problem(kind, id, name, reason, tuple((key, value) for key, value in params))
