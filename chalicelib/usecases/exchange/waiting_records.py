"""Records that came before what they hang on: saved when it comes, told of while it does not."""

import json
from collections.abc import Collection, Iterable, Mapping, Sequence
from datetime import datetime, timedelta
from itertools import groupby
from operator import attrgetter

from chalicelib.domain.exchange.exchange import Problem, Tally
from chalicelib.domain.exchange.records import Reference, WaitingRecord
from chalicelib.usecases.exchange.import_records import TIME_FOR_BATCH, Desk, Result, arrivals, open_run, take, tally

OVERDUE = timedelta(days=1)
"""A record that waits longer is told of every night: what it hangs on should have come with the same exchange."""
KEPT = timedelta(days=30)
OTHER_PARENTS = ("orders",)
"""What records hang on beyond the kinds of the protocol."""

Results = Mapping[str, Sequence[Result]]


def apply_waiting(desk: Desk, arrived: Collection[Reference], until: datetime) -> Results:
    """Save what waited for these, and what waited for that in turn; results by kind. What time does not allow waits on."""
    done: dict[str, list[Result]] = {}
    left = set(arrived)
    while left:
        entities = sorted({reference.entity for reference in left})
        ready = [record for entity in entities for record in desk.waiting.waiting_for(entity) if record.parent in left]
        left = set()
        for kind, records in _by_kind(ready):
            results, brought = _apply(desk, kind, records, until)
            done.setdefault(kind, []).extend(results)
            left |= brought
    return done


def _by_kind(records: Iterable[WaitingRecord]) -> Iterable[tuple[str, list[WaitingRecord]]]:
    ordered = sorted(records, key=attrgetter("entity"))
    return [(kind, list(some)) for kind, some in groupby(ordered, key=attrgetter("entity"))]


def _apply(desk: Desk, name: str, records: Sequence[WaitingRecord], until: datetime) -> tuple[list[Result], set[Reference]]:
    """Those of one kind; with the references they bring."""
    kind = desk.kinds[name]
    rows = [kind.read(json.loads(record.raw)) for record in records]
    results = take(desk, kind, rows, records[0].node, until)
    for record, result in zip(records, results, strict=True):
        if result.outcome != "postponed":  # one that waits now for another parent lies there
            desk.waiting.remove(record)
    kept = [result for result in results if result.outcome != "postponed"]
    return kept, arrivals(rows, results)


def wake_waiting(desk: Desk, entity: str) -> None:
    """Save what waited for objects of an entity that may just have come by another road; one look where nothing waits."""
    references = {record.parent for record in desk.waiting.waiting_for(entity)}
    if references:
        _apply_come(desk, references)


def _apply_come(desk: Desk, references: Collection[Reference]) -> None:
    came = set(references) - desk.waiting.missing(references)
    _tell(desk, apply_waiting(desk, came, desk.clock() + TIME_FOR_BATCH))


def sweep_waiting(desk: Desk, *, tell: bool) -> int:
    """Save those whose parent has come by another road, or in a moment that failed. With `tell` put those that wait too long
    into the journal, and give up after `KEPT`. How many waited on before."""
    _apply_come(desk, {record.parent for record in _all(desk)})
    left = _all(desk)
    overdue = [record for record in left if tell and desk.clock() - record.since > OVERDUE]
    for node, records in groupby(sorted(overdue, key=attrgetter("node")), key=attrgetter("node")):
        _tell_overdue(desk, node, list(records))
    return len(left)


def _all(desk: Desk) -> list[WaitingRecord]:
    return [record for entity in (*desk.kinds, *OTHER_PARENTS) for record in desk.waiting.waiting_for(entity)]


def _tell(desk: Desk, results: Results) -> None:
    """One run of the journal for what has come late."""
    if not results:
        return
    run = open_run(desk, "portal", "waiting", 0)
    problems = [problem for some in results.values() for result in some for problem in result.problems]
    tallies = {kind: tally(some) for kind, some in results.items()}
    desk.exchange.finish_file(run.id, run.kind, tallies, problems, "", desk.clock())


def _tell_overdue(desk: Desk, node: str, records: Sequence[WaitingRecord]) -> None:
    run = open_run(desk, node, "waiting", 0)
    lost = [record for record in records if desk.clock() - record.since > KEPT]
    for record in lost:
        desk.waiting.remove(record)
    tallies = {"waiting": Tally(len(records), refused=len(lost), waiting=len(records) - len(lost))}
    desk.exchange.finish_file(run.id, run.kind, tallies, [_overdue(record, lost) for record in records], "", desk.clock())


def _overdue(record: WaitingRecord, lost: Sequence[WaitingRecord]) -> Problem:
    since = f"{record.since:%d.%m.%Y}"
    params = (("id", record.parent.id), ("since", since))
    if record in lost:
        reason = "Объект %(id)s, на который ссылается запись, не пришёл за 30 дней: запись снята с ожидания, отправьте её заново"
    else:
        reason = "Ждёт объект %(id)s с %(since)s: отправьте его, запись будет принята сама"
    return Problem(record.entity, record.id, record.name, reason, params)
