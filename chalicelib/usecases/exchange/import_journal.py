"""What became of a file's records, kept while it is loaded: counts by kind, the first problems, how far it has come."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field, replace

from chalicelib.domain.catalogue.catalogue import Item, ItemGroup, Offer, PriceType, Property, Unit, Warehouse
from chalicelib.domain.errors import Refused
from chalicelib.domain.exchange.exchange import ExchangeFile, Problem, Tally
from chalicelib.domain.orders.order_papers import ErpPaper
from chalicelib.domain.orders.orders import ErpOrder
from chalicelib.domain.partners.partners import Company, Counterparty

PROBLEMS_KEPT = 200
SHOWN = 120
"""Characters of an id, a name or a value in a problem."""
BATCH = 500

KINDS: dict[type, str] = {
    ItemGroup: "groups",
    Property: "properties",
    PriceType: "price_types",
    Warehouse: "warehouses",
    Unit: "units",
    Company: "companies",
    Counterparty: "counterparties",
    Item: "items",
    Offer: "offers",
    ErpOrder: "orders",
    ErpPaper: "papers",
}
_OF_PROBLEM = {
    "group": "groups",
    "property": "properties",
    "price_type": "price_types",
    "warehouse": "warehouses",
    "unit": "units",
    "counterparty": "counterparties",
    "item": "items",
    "offer": "offers",
    "price": "prices",
    "stock": "stock",
    "order": "orders",
    "section": "sections",
}


@dataclass
class Journal:
    """`done` counts records (rows and problems) of the file that are dealt with.

    `again`: somebody has begun with this file before, and may have died with rows written that are counted nowhere.
    `beside`: something that no row tells of was written for their sake, such as the entry of a warehouse without a name.
    """

    tallies: dict[str, Tally] = field(default_factory=dict)
    problems: list[Problem] = field(default_factory=list)
    problem_count: int = 0
    done: int = 0
    again: bool = False
    beside: bool = False

    @classmethod
    def of(cls, file: ExchangeFile) -> "Journal":
        """As it stood when the loading of the file paused; empty for one that was never begun."""
        again = file.started_at is not None
        if not file.done:
            return cls(again=again)
        return cls(dict(file.tallies), list(file.problems), file.problem_count, file.done, again)

    def add(self, kind: str, tally: Tally) -> None:
        if tally.read:
            self.tallies[kind] = self.tallies.get(kind, Tally()).plus(tally)

    def take(self, other: "Journal") -> None:
        """What another one counted."""
        for kind, tally in other.tallies.items():
            self.add(kind, tally)
        self.problem_count += other.problem_count
        self.problems += other.problems[: PROBLEMS_KEPT - len(self.problems)]

    def report(self, problem: Problem) -> None:
        """Something of a row that was taken all the same."""
        self.problem_count += 1
        if len(self.problems) < PROBLEMS_KEPT:
            self.problems.append(_shown(problem))

    def refuse(self, problem: Problem, kind: str = "") -> None:
        """A row, or a figure of one, that was not taken."""
        self.add(kind or _OF_PROBLEM.get(problem.kind, problem.kind), Tally(read=1, refused=1))
        self.report(problem)

    def wrote(self, *kinds: str) -> bool:
        return any(self.tallies[kind].written for kind in kinds if kind in self.tallies)

    def read(self, kind: str) -> bool:
        return kind in self.tallies


def _shown(problem: Problem) -> Problem:
    """Short enough for two hundred of them to stand in one row, whatever a file calls its things."""
    params = tuple((name, text[:SHOWN]) for name, text in problem.params)
    return replace(problem, id=problem.id[:SHOWN], name=problem.name[:SHOWN], params=params)


@dataclass
class Batch:
    """Neighbouring records of one kind. `partial`: problems of parts of rows that came all the same."""

    kind: str = ""
    rows: list[object] = field(default_factory=list)
    refused: list[Problem] = field(default_factory=list)
    partial: list[Problem] = field(default_factory=list)

    def __len__(self) -> int:
        return len(self.rows) + len(self.refused) + len(self.partial)

    def take(self, problem: Problem) -> None:
        """A problem of the row just read, under the row's own kind, is one of its parts: the row itself came."""
        last = self.rows[-1] if self.rows else None
        same = bool(problem.id) and f"{row_id(last)}#".startswith(f"{problem.id}#")
        own = same and _OF_PROBLEM.get(problem.kind) == self.kind
        (self.partial if own else self.refused).append(problem)


def row_id(row: object) -> str:
    item = row.item if isinstance(row, Offer) else row
    return str(getattr(item, "id", ""))


def batches(records: Iterable[object]) -> Iterator[Batch]:
    """Records in file order, of one kind each, up to 500: the same cuts whenever the same file is read.

    What came before the records turned out broken is given too, before the error is raised.
    """
    cutter = _Cutter()
    try:
        for record in records:
            yield from cutter.take(record)
    except Refused:
        yield from cutter.rest()
        raise
    yield from cutter.rest()


class _Cutter:
    def __init__(self) -> None:
        self.batch = Batch()

    def take(self, record: object) -> Iterator[Batch]:
        """The batch that is full, or at its end, before this record goes into the next one."""
        kind = KINDS.get(type(record), "")
        if kind:
            if kind != self.batch.kind or len(self.batch) >= BATCH:
                yield from self.rest(kind)
            self.batch.rows.append(record)
        elif isinstance(record, Problem):
            if len(self.batch) >= 2 * BATCH:
                yield from self.rest(self.batch.kind)
            self.batch.take(record)

    def rest(self, next_kind: str = "") -> Iterator[Batch]:
        if len(self.batch):
            yield self.batch
        self.batch = Batch(next_kind)
