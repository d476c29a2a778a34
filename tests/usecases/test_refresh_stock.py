"""Rounds of stock: from a 1C on the other end of HTTP to the balances a dealer is shown."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime
from decimal import Decimal
from types import SimpleNamespace
from typing import Any

import pytest

from chalicelib.adapters.erp.odata import odata_erp
from chalicelib.domain.catalogue.catalogue import Item
from chalicelib.domain.catalogue.stock import Hold
from chalicelib.domain.errors import Unavailable
from chalicelib.domain.exchange.exchange import ExchangeRun, FileState, Tally
from chalicelib.runtime import Runtime
from chalicelib.usecases.catalogue import refresh_stock
from chalicelib.usecases.catalogue.refresh_stock import apply_balances, ask_warehouses, close_warehouse, fetch_balances
from tests.one_c import OneC, guid, serving
from tests.people import TestClock

W1, W2 = guid(901), guid(902)
ITEMS = {name: guid(int(name[1:])) for name in ("i1", "i2", "i3")}


@dataclass
class Supplier:
    """A 1C, the portal's real stores, and a queue whose messages are worked on when the test says so."""

    one_c: OneC
    clock: TestClock = field(default_factory=TestClock)
    messages: list[dict[str, Any]] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.stores = Runtime(clock=self.clock)
        self.stores.queues = self
        self.erp = odata_erp(self.one_c.url)
        self.stores.catalogue.save_cards([Item(id, name) for name, id in ITEMS.items()], 1)

    def send(self, queue: str, message: dict[str, Any], *, group: str = "", unique: str = "", delay: int = 0) -> None:
        assert queue == "stock"
        self.messages.append(message)

    def ask(self) -> None:
        ask_warehouses(self.erp, self.stores.exchange, self, self.clock)

    def work(self, message: dict[str, Any]) -> None:
        rt = self.stores
        if "rows" in message:
            apply_balances(rt.catalogue, rt.stock, rt.exchange, self, self.clock, **message)
        elif "check" in message:
            close_warehouse(rt.exchange, rt.catalogue, self, **message)
        else:
            fetch_balances(self.erp, rt.exchange, rt.catalogue, rt.files, self, self.clock, **message)

    def round(self) -> ExchangeRun:
        """One whole tick: everything that goes onto the queue is worked on."""
        self.ask()
        while self.messages:
            self.work(self.messages.pop(0))
        return self.last_run()

    def last_run(self) -> ExchangeRun:
        run = self.stores.exchange.run(self.stores.exchange.runs(flow="stock")[0].id)
        assert run is not None
        return run

    def tally(self, run: ExchangeRun) -> Tally:
        total = Tally()
        for file in run.files:
            total = total.plus(file.tallies.get("balance", Tally()))
        return total

    def free(self, warehouse: str = W1) -> dict[str, Decimal | None]:
        found = self.stores.offers.read(list(ITEMS.values()))
        balances = {name: found[id][1].by_warehouse.get(warehouse) for name, id in ITEMS.items()}
        return {name: balance.available if balance else None for name, balance in balances.items()}

    def stock_at(self) -> datetime | None:
        return self.stores.sessions.read("nobody")[1].stock_at


@pytest.fixture
def supplier(aws: SimpleNamespace) -> Iterator[Supplier]:
    with serving(OneC()) as one_c:
        yield Supplier(one_c)


def test_balances_of_all_warehouses_come_from_1c(supplier: Supplier) -> None:
    """ST-01, ST-08: a tick of the clock brings what 1C has, and the mark that says how fresh it is."""
    supplier.one_c.set(W1, i1=50, i2=2.5)
    supplier.one_c.set(W2, i1=7)
    opened = supplier.clock.now
    run = supplier.round()
    assert supplier.free(W1) == {"i1": 50, "i2": Decimal("2.5"), "i3": None}
    assert supplier.free(W2) == {"i1": 7, "i2": None, "i3": None}
    assert supplier.stock_at() == opened
    assert run.kind == "stock"
    assert {file.name for file in run.files} == {W1, W2, f"{W1}/001", f"{W2}/001"}
    assert supplier.tally(run) == Tally(3, written=3)


def test_what_1c_lists_no_more_becomes_nothing(supplier: Supplier) -> None:
    """A balance register leaves out what is used up: that is 0, not what it was."""
    supplier.one_c.set(W1, i1=50, i2=2)
    supplier.round()
    supplier.one_c.set(W1, i2=2)
    supplier.round()
    assert supplier.free() == {"i1": 0, "i2": 2, "i3": None}
    supplier.one_c.set(W1, i1=4, i2=2)
    supplier.round()
    assert supplier.free() == {"i1": 4, "i2": 2, "i3": None}


def test_only_what_changed_is_passed_on(supplier: Supplier) -> None:
    supplier.one_c.set(W1, i1=50, i2=2, i3=1)
    supplier.round()
    supplier.one_c.set(W1, i1=49, i2=2, i3=1)
    supplier.clock.pass_by(minutes=5)
    supplier.ask()
    supplier.work(supplier.messages.pop())
    [part] = supplier.messages
    assert part["rows"] == [(ITEMS["i1"], "49")]
    supplier.work(supplier.messages.pop())
    assert supplier.tally(supplier.last_run()) == Tally(3, written=1, unchanged=2)


def test_a_quiet_round_moves_the_mark_too(supplier: Supplier) -> None:
    supplier.one_c.set(W1, i1=50)
    supplier.round()
    supplier.clock.pass_by(minutes=5)
    run = supplier.round()
    assert supplier.stock_at() == supplier.clock.now == run.opened_at
    assert supplier.tally(run) == Tally(1, unchanged=1)


def test_a_full_round_repairs_what_another_exchange_wrote(supplier: Supplier) -> None:
    supplier.one_c.set(W1, i1=50, i2=2)
    run = supplier.round()
    supplier.stores.stock.apply({ITEMS["i1"]: {W1: Decimal(9)}}, run.number + 1)
    supplier.stores.exchange.open_run("1c", "catalog", supplier.clock.now)
    supplier.clock.pass_by(minutes=5)
    supplier.round()
    assert supplier.free()["i1"] == 9
    supplier.clock.pass_by(minutes=10)
    supplier.round()
    assert supplier.free()["i1"] == 50


def test_open_holds_stay_deducted(supplier: Supplier) -> None:
    """ST-16: 1C does not know yet what the portal has promised."""
    supplier.one_c.set(W1, i1=50)
    supplier.round()
    holds = supplier.stores.orders.holds  # type: ignore[attr-defined]
    holds.take_in_parts("K-1", [Hold(ITEMS["i1"], W1, Decimal(20))], supplier.clock.now)
    assert supplier.free()["i1"] == 30
    supplier.one_c.set(W1, i1=45)
    supplier.round()
    assert supplier.free()["i1"] == 25


def test_items_without_a_card_are_refused_and_named(supplier: Supplier) -> None:
    supplier.one_c.set(W1, i1=5, i77=3, i78=4)
    run = supplier.round()
    assert supplier.tally(run) == Tally(3, written=1, refused=2)
    problems = [problem for file in run.files for problem in file.problems]
    assert {problem.id for problem in problems} == {guid(77), guid(78)}
    assert supplier.stock_at() == run.opened_at
    supplier.one_c.set(W1, i1=5)
    assert supplier.tally(supplier.round()).refused == 0, "a zero for an item we do not have is no news"


def test_large_answers_go_in_parts_that_a_queue_takes(supplier: Supplier, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(refresh_stock, "PART", 2)
    supplier.one_c.set(W1, i1=1, i2=2, i3=3)
    supplier.ask()
    supplier.work(supplier.messages.pop())
    assert [len(message["rows"]) for message in supplier.messages] == [2, 1]
    assert [message["last"] for message in supplier.messages] == [False, True]
    assert len({message["seq"] for message in supplier.messages}) == 1


def test_the_mark_waits_for_the_slowest_part(supplier: Supplier, monkeypatch: pytest.MonkeyPatch) -> None:
    """Parts are worked on in any order; until the last of them is written nothing is called fresh."""
    monkeypatch.setattr(refresh_stock, "PART", 1)
    supplier.one_c.set(W1, i1=1, i2=2)
    supplier.one_c.set(W2, i3=3)
    supplier.ask()
    for _ in range(2):
        supplier.work(supplier.messages.pop(0))
    first, last, other = supplier.messages
    supplier.messages.clear()
    supplier.work(other)
    supplier.work(last)
    assert supplier.stock_at() is None
    [check] = supplier.messages
    assert check["check"] == 1
    supplier.work(first)
    supplier.work(check)
    assert supplier.stock_at() == supplier.last_run().opened_at


def test_a_part_that_never_comes_is_not_waited_for_for_ever(supplier: Supplier, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(refresh_stock, "PART", 1)
    supplier.one_c.set(W1, i1=1, i2=2)
    supplier.ask()
    supplier.work(supplier.messages.pop())
    supplier.messages.pop(0)
    checks = 0
    while supplier.messages:
        checks += 1
        supplier.work(supplier.messages.pop(0))
    assert checks == refresh_stock.CHECKS + 1
    assert supplier.stock_at() is None


def test_every_message_twice_and_in_reverse_gives_the_same(supplier: Supplier, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(refresh_stock, "PART", 1)
    supplier.one_c.set(W1, i1=1, i2=2)
    supplier.ask()
    [fetch] = supplier.messages
    supplier.messages.clear()
    supplier.work(fetch)
    supplier.work(fetch)
    parts = [message for message in supplier.messages if "rows" in message]
    for message in [*reversed(parts), *parts, fetch]:
        supplier.work(message)
    assert supplier.free() == {"i1": 1, "i2": 2, "i3": None}
    assert supplier.stock_at() == supplier.last_run().opened_at


def test_a_part_of_an_older_round_changes_nothing(supplier: Supplier) -> None:
    supplier.one_c.set(W1, i1=1)
    supplier.ask()
    supplier.work(supplier.messages.pop())
    [late] = supplier.messages
    supplier.messages.clear()
    supplier.one_c.set(W1, i1=2)
    supplier.clock.pass_by(hours=2)
    supplier.round()
    supplier.work(late)
    assert supplier.free()["i1"] == 2


def test_a_1c_that_fails_is_in_the_journal_and_the_mark_stays(supplier: Supplier) -> None:
    """The page goes on saying when the balances were really fresh."""
    supplier.one_c.set(W1, i1=1)
    fresh = supplier.round().opened_at
    supplier.clock.pass_by(minutes=5)
    supplier.ask()
    supplier.one_c.fault = "500"
    with pytest.raises(Unavailable):
        supplier.work(supplier.messages.pop())
    [file] = supplier.last_run().files
    assert (file.state, file.error) == (FileState.FAILED, "1С ответила ошибкой HTTP 500")
    assert (supplier.stock_at(), supplier.free()["i1"]) == (fresh, 1)


def test_a_death_after_the_parts_went_repeats_them(supplier: Supplier) -> None:
    """What was passed on is remembered last: rows may go twice, but none is taken for passed on that was not."""
    supplier.one_c.set(W1, i1=1)
    supplier.ask()
    files: Any = supplier.stores.files
    put = files.put
    files.put = lambda *_: (_ for _ in ()).throw(KeyboardInterrupt)
    with pytest.raises(KeyboardInterrupt):
        supplier.work(supplier.messages.pop())
    supplier.messages.clear()
    files.put = put
    supplier.clock.pass_by(minutes=5)
    supplier.round()
    assert supplier.free()["i1"] == 1


def test_a_1c_without_warehouses_opens_no_round(supplier: Supplier) -> None:
    supplier.ask()
    assert supplier.messages == []
    assert supplier.stores.exchange.runs(flow="stock") == ()


def test_one_round_in_three_is_full(supplier: Supplier) -> None:
    """Counted from the last full round of each warehouse; between them only changes are passed on."""
    supplier.one_c.set(W1, i1=1)
    supplier.round()
    full = []
    for number in range(1, 10):
        supplier.clock.pass_by(minutes=5)
        supplier.ask()
        supplier.work(supplier.messages.pop())
        full += [number for message in supplier.messages if "rows" in message]
        supplier.messages.clear()
    assert full == [3, 6, 9]


def test_a_hold_that_ends_after_1c_told_of_its_reserve_is_put_right(supplier: Supplier) -> None:
    """1C reserves, a round brings the smaller figure, then the answer ends the hold and deducts the reserve once more."""
    supplier.one_c.set(W1, i1=50)
    supplier.round()
    holds = supplier.stores.orders.holds  # type: ignore[attr-defined]
    holds.take_in_parts("K-1", [Hold(ITEMS["i1"], W1, Decimal(10))], supplier.clock.now)
    supplier.one_c.set(W1, i1=40)
    supplier.clock.pass_by(minutes=5)
    supplier.round()
    holds.settle("K-1", {(ITEMS["i1"], W1, ""): Decimal(10)}, supplier.clock.now)
    assert supplier.free()["i1"] == 30
    supplier.clock.pass_by(minutes=10)
    supplier.round()
    assert supplier.free()["i1"] == 40
