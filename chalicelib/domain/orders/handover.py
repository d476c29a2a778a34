"""Orders handed to a 1C that takes them in batches: how many at once, and which of them must be the trouble.

1C loads a batch whole or not at all, and never says why: an order it stumbles over comes back with all the others for ever.
So what was handed out `PATIENCE` times without an answer is handed out in halves, until the guilty order stands alone.
"""

from dataclasses import dataclass, replace

BATCH = 50
PATIENCE = 5


@dataclass(frozen=True, slots=True)
class Handover:
    """The last batch of a node. `first` and `last` are ids of its outbox rows (they sort by time), `count` its orders,
    `tries` how often in a row it was handed out. Up to the row `suspects_end` a batch holds `most` orders."""

    first: str = ""
    last: str = ""
    count: int = 0
    tries: int = 0
    most: int = BATCH
    suspects_end: str = ""

    def given(self, first: str, last: str, count: int) -> "Handover":
        """After a batch was handed out: a try more where it begins as the one before."""
        tries = self.tries + 1 if first == self.first else 1
        return replace(self, first=first, last=last, count=count, tries=tries)


def next_batch(before: Handover, first: str) -> tuple[Handover, bool]:
    """How to go on where `first` is the oldest row that waits, and whether its order is guilty and must be put aside."""
    if first != before.first:
        return (before if first <= before.suspects_end else Handover()), False
    if before.tries < PATIENCE:
        return before, False
    if before.count <= 1:
        return Handover(), True
    return Handover(most=(before.count + 1) // 2, suspects_end=before.last), False
