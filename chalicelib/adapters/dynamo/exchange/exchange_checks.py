"""A check of a file (what loading it would do) as the text of one attribute of its row."""

import json
from dataclasses import astuple

from chalicelib.adapters.dynamo.times import instant, instant_text
from chalicelib.domain.exchange.exchange import Check, Problem, Tally

PROBLEMS_KEPT = 50


def check_text(check: Check) -> str:
    fields = {
        "asked_at": instant_text(check.asked_at),
        "finished": check.finished,
        "whole": check.whole,
        "tallies": {kind: astuple(tally) for kind, tally in check.tallies.items()},
        "problems": [[one.kind, one.id, one.name, one.reason, one.params] for one in check.problems[:PROBLEMS_KEPT]],
        "problem_count": check.problem_count,
        "error": check.error,
    }
    return json.dumps(fields, ensure_ascii=False)


def check_of(text: str) -> Check:
    fields = json.loads(text)
    return Check(
        asked_at=instant(fields["asked_at"]),
        finished=fields["finished"],
        whole=fields["whole"],
        tallies={kind: Tally(*counts) for kind, counts in fields["tallies"].items()},
        problems=tuple(
            Problem(kind, id, name, reason, tuple((key, value) for key, value in params))
            for kind, id, name, reason, params in fields["problems"]
        ),
        problem_count=fields["problem_count"],
        error=fields["error"],
    )
