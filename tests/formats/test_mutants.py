"""Files spoilt at random: read or refused with a reason, never a crash, never a hang. `make mutants` tries twenty thousand."""

import os
import signal
from collections import Counter

from infra.bench import mutants

TRIED = int(os.environ.get("KABINET_MUTANTS", "1500"))


def test_mutants_break_nothing() -> None:
    """IN-08: every outcome is met, none of them is a crash, and no process grows."""
    outcomes, trouble, peak = mutants.run(1, TRIED)
    print(f"{TRIED} mutants: {dict(outcomes)}, {peak:.0f} MB")
    assert trouble == []
    assert set(outcomes) == {"read", "read with problems", "refused"} and outcomes.total() == TRIED
    assert min(outcomes.values()) > TRIED / 50, outcomes
    assert peak < mutants.MEMORY_MB


def test_a_mutant_is_known_by_its_number() -> None:
    some = [mutants.mutant(n) for n in range(200)]
    assert some == [mutants.mutant(n) for n in range(200)]
    assert min(Counter(name for name, _ in some).values()) > 5 and len({data for _, data in some}) > 190


def test_the_watch_sees_a_death_and_a_hang() -> None:
    """What a process dies of is told under the number of its mutant."""
    assert mutants._death(-signal.SIGPROF).startswith("hang") and mutants._death(-signal.SIGSEGV).startswith("crash")
