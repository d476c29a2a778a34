"""Portions that come late, twice, in any order and die anywhere: what stands in the end is what 1C sent last.

`KABINET_PORTIONS` sets how many histories are tried (300 in the ordinary run).
"""

import os
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from chalicelib.adapters.dynamo.catalogue.catalogue import DynamoCatalogue
from chalicelib.adapters.dynamo.catalogue.offers import DynamoOffers
from chalicelib.adapters.dynamo.catalogue.stock import DynamoStock
from chalicelib.adapters.dynamo.exchange.exchange import DynamoExchange
from chalicelib.adapters.dynamo.table import Table
from chalicelib.domain.catalogue.catalogue import Item, ItemPrice, Offer
from chalicelib.domain.exchange.exchange import ExchangeFile, ExchangeRun, FileState
from chalicelib.usecases.catalogue.import_catalogue import import_catalogue
from chalicelib.usecases.exchange.import_file import FileMessage, import_file
from chalicelib.usecases.exchange.import_journal import Journal
from chalicelib.usecases.exchange.receive_files import receive_chunk, start_import
from tests.stand_ins.dynamodb import MemoryDynamo
from tests.stand_ins.files import MemoryFiles, MemoryQueues

HISTORIES = int(os.environ.get("KABINET_PORTIONS", "300"))
ITEMS = ("a", "b", "c")
NOW = datetime(2026, 11, 21, 9, 0, tzinfo=UTC)
tried: Counter[str] = Counter()

Content = dict[str, int]
"""Of a portion: what it says of the items it speaks of; few values, so that A → B → A is common."""


class Died(BaseException):
    """The worker died here; nothing catches it."""


@dataclass
class Portion:
    """A file of a session. `told`: what it says; it is known to 1C as sent once its last chunk is in."""

    run: ExchangeRun
    told: Content
    place: int = -1


@dataclass
class Portal:
    """The stores of the exchange over a DynamoDB in memory; 1C's sessions are those of `nodes`."""

    dynamo: MemoryDynamo = field(default_factory=MemoryDynamo)
    files: MemoryFiles = field(default_factory=MemoryFiles)
    queues: MemoryQueues = field(default_factory=MemoryQueues)
    messages: list[FileMessage] = field(default_factory=list)
    portions: list[Portion] = field(default_factory=list)
    begun: int = 0

    def __post_init__(self) -> None:
        client: Any = self.dynamo
        portal, catalogue, ephemeral = (Table(client, name) for name in ("portal", "catalogue", "ephemeral"))
        self.exchange = DynamoExchange(portal, ephemeral)
        self.catalogue, self.stock = DynamoCatalogue(catalogue), DynamoStock(portal)
        self.offers = DynamoOffers(catalogue, portal)

    # --- 1C -----------------------------------------------------------------------------------------------------------

    def begin(self, node: str, told: Content) -> None:
        """The first chunk comes: from here on this is the newest file."""
        portion = Portion(self.exchange.open_run(node, "catalog", NOW), told, self.begun)
        self.begun += 1
        receive_chunk(*self._stores, run=portion.run, name="offers.xml", body=b"<x>", kind="catalog")
        self.portions.append(portion)

    def end(self, portion: Portion) -> None:
        """The last chunk; it is waiting to be loaded."""
        start_import(self.exchange, self.queues, run=portion.run, name="offers.xml", kind="catalog")
        self._collect()

    @property
    def _stores(self) -> Any:
        return self.exchange, self.files, self.queues, lambda: NOW

    def _collect(self) -> None:
        self.messages += [FileMessage(**message) for queue, message, _ in self.queues.sent if queue == "imports"]  # type: ignore[arg-type]
        self.queues.sent.clear()

    # --- the worker ---------------------------------------------------------------------------------------------------

    def work(self, message: FileMessage, budget: int) -> None:
        """One call of the worker; it has time for so many batches."""
        left = iter(range(budget))

        def load(file: ExchangeFile, journal: Journal) -> bool:
            return import_catalogue(
                self.catalogue,
                self.stock,
                records=self._records(message),
                seq=message.seq,
                journal=journal,
                take_orders=lambda _: None,
                go_on=lambda: next(left, None) is not None,
                contested=self.exchange.contested(message.seq),
            )

        import_file(self.exchange, self.queues, lambda: NOW, message=message, load=load)
        self._collect()

    def _records(self, message: FileMessage) -> Iterator[object]:
        told = next(portion.told for portion in self.portions if portion.run.id == message.run)
        for item_id, value in told.items():
            yield Item(item_id, f"Товар {value}")
        for item_id, value in told.items():
            figures = (ItemPrice("retail", Decimal(value)),), {"w": Decimal(value)}
            yield Offer(Item(item_id, ""), *figures)

    # --- what must hold -----------------------------------------------------------------------------------------------

    def wanted(self) -> Content:
        """The newest portion to speak of an item decides."""
        found: Content = {}
        for portion in sorted(self.portions, key=lambda one: one.place):
            found |= portion.told
        return found

    def kept(self) -> dict[str, tuple[str, Decimal, Decimal]]:
        cards = self.catalogue.cards(list(ITEMS))
        live = self.offers.read(list(ITEMS))
        return {id: (card.name, live[id][0].by_type["retail"].amount, live[id][1].available("w")) for id, card in cards.items()}


contents = st.dictionaries(st.sampled_from(ITEMS), st.integers(1, 2), min_size=1)
steps = st.one_of(
    st.tuples(st.just("begin"), st.sampled_from(["ut", "bus"]), contents),
    st.tuples(st.just("end"), st.integers(0, 9), st.none()),
    st.tuples(st.just("work"), st.integers(0, 9), st.tuples(st.integers(0, 4), st.integers(0, 25))),
)


def die_after(portal: Portal, calls: int) -> None:
    """0: live. Every second death comes after the call was done."""
    made = 0

    def fault(_name: str, when: str) -> None:
        nonlocal made
        made += 1
        if made == calls:
            raise Died

    portal.dynamo.fault = fault if calls else lambda _name, _when: None


def play(portal: Portal, history: list[Any]) -> None:
    ended: set[str] = set()
    for step, what, more in history:
        open_ones = [portion for portion in portal.portions if portion.run.id not in ended]
        if step == "begin":
            portal.begin(what, more)
        elif step == "end" and open_ones:
            portion = open_ones[what % len(open_ones)]
            portal.end(portion)
            ended.add(portion.run.id)
        elif step == "work" and portal.messages:
            work(portal, portal.messages[what % len(portal.messages)], *more)
    for portion in portal.portions:
        if portion.run.id not in ended:
            portal.end(portion)


def work(portal: Portal, message: FileMessage, budget: int, death: int) -> None:
    """The message stays in the pool: it may be given again."""
    tried["calls"] += 1
    die_after(portal, death)
    try:
        portal.work(message, budget or 99)
    except Died:
        tried["deaths"] += 1
    finally:
        die_after(portal, 0)


def drain(portal: Portal, newest_first: bool) -> None:
    """Everything that waits is worked on until every file is done."""
    for _ in range(200):
        waiting = [message for message in portal.messages if not done(portal, message)]
        if not waiting:
            return
        work(portal, waiting[-1 if newest_first else 0], 99, 0)
    raise AssertionError("it never comes to an end")


def done(portal: Portal, message: FileMessage) -> bool:
    file = portal.exchange.file(message.run, message.file)
    return file is not None and file.state is FileState.DONE


@settings(
    max_examples=HISTORIES, deadline=None, derandomize=HISTORIES == 300, database=None, suppress_health_check=list(HealthCheck)
)
@given(st.lists(steps, min_size=4, max_size=25), st.booleans())
def check_history(history: list[Any], newest_first: bool) -> None:
    portal = Portal()
    play(portal, history)
    drain(portal, newest_first)
    wanted = portal.wanted()
    assert portal.kept() == {id: (f"Товар {value}", Decimal(value), Decimal(value)) for id, value in wanted.items()}
    assert portal.exchange.contested(10**9) == 0, "nothing is waited for any more"
    tried["histories"] += 1


def test_whatever_the_order_the_newest_content_stands() -> None:
    """IN-08, ST-08, CT-01: reordered, repeated and killed anywhere, two nodes at once."""
    tried.clear()
    check_history()
    print(dict(tried))
    assert tried["deaths"] > HISTORIES / 6 and tried["calls"] > HISTORIES


def test_a_delayed_b_does_not_win_over_the_second_a() -> None:
    """A → B → A, where B comes last: the second A changes nothing, and B must not either."""
    for last_first in (False, True):
        portal = Portal()
        for value in (1, 2, 1):
            portal.begin("ut", {"a": value})
        for portion in portal.portions:
            portal.end(portion)
        first, late, last = portal.messages
        for message in (last, first, late) if last_first else (first, last, late):
            portal.work(message, 99)
        assert portal.kept()["a"][0] == "Товар 1"


def test_an_unchanged_catalogue_costs_no_writes_even_after_a_failed_file() -> None:
    """Rows are confirmed once for a file that may still come, and then never again."""
    portal = Portal()
    told = {f"i{n}": 1 for n in range(300)}
    writes = []
    for turn in range(5):
        if turn == 2:
            portal.begin("bus", {"a": 2})  # cut short: it never comes to its end
        portal.begin("ut", told)
        portal.end(portal.portions[-1])
        before = portal.dynamo.calls["transact_write_items"]
        portal.work(portal.messages[-1], 99)
        writes.append(portal.dynamo.calls["transact_write_items"] - before)
    assert writes[1] == writes[3] == writes[4] == 1 < writes[2], f"the verdict alone: {writes}"
