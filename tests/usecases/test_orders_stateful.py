"""Any order of placing, taking, answering, confirming, expiring and stock syncs, with deaths and repeats: none lost or doubled.

`KABINET_HISTORIES` sets how many histories are tried (400 in the ordinary run).
"""

import os
from collections import Counter
from collections.abc import Callable
from contextlib import suppress
from decimal import Decimal

from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, rule, run_state_machine_as_test

from chalicelib.domain.errors import Conflict
from chalicelib.domain.orders.orders import Approval, ErpOrder
from chalicelib.usecases.orders.place_order import Checkout, OfferChanged
from tests.usecases.orders_world import Died, World, answer_to

HISTORIES = int(os.environ.get("KABINET_HISTORIES", "400"))
ITEMS = ("a", "b", "c")
deaths = st.one_of(st.none(), st.tuples(st.integers(1, 14), st.sampled_from(["before", "after"])))
tried: Counter[str] = Counter()


class Orders(RuleBasedStateMachine):
    """`erp` is 1C: orders by number as it took them. `told` are numbers the dealer has seen on a thank-you page."""

    def __init__(self) -> None:
        super().__init__()
        self.world = World({"a": ("100.50", 10), "b": ("20.1250", 6), "c": ("7", 0)})
        self.erp: dict[str, Approval] = {}
        self.told: set[str] = set()
        self.answers: list[ErpOrder] = []
        self.forms: list[Checkout] = []
        tried["histories"] += 1

    def attempt(self, death: tuple[int, str] | None, step: Callable[[], object]) -> object | None:
        """Do the step; it may die on the way, and is then tried again as a browser or 1C would."""
        if death:
            self.world.die_at(*death)
        try:
            return step()
        except Died:
            tried["deaths"] += 1
            return step()
        finally:
            self.world.live()

    @rule(item=st.sampled_from(ITEMS), quantity=st.integers(0, 12))
    def put(self, item: str, quantity: int) -> None:
        self.world.put(item, quantity)

    @rule(item=st.sampled_from(ITEMS), quantity=st.integers(1, 8), death=deaths)
    def place(self, item: str, quantity: int, death: tuple[int, str] | None) -> None:
        self.world.put(item, quantity)
        view = self.world.look()
        form = self.world.form(view)
        self.forms.append(form)
        number = self.attempt(death, lambda: self.world.send(form))
        self.told.add(str(number))

    @rule(pick=st.integers(0, 99))
    def click_again(self, pick: int) -> None:
        """An old page is sent again: it gives its own order, or asks to look again; never a new order of old goods."""
        if not self.forms:
            return
        before = set(self.world.numbers())
        form = self.forms[pick % len(self.forms)]
        try:
            assert self.world.send(form) in before
            tried["repeats"] += 1
        except OfferChanged:
            assert set(self.world.numbers()) == before

    @rule(death=deaths, lost=st.booleans())
    def exchange_runs(self, death: tuple[int, str] | None, lost: bool) -> None:
        """1C takes what is waiting; its `success` may be lost."""
        self.exchange(death, lost)

    def exchange(self, death: tuple[int, str] | None, lost: bool) -> None:
        for out in self.world.query():
            self.erp[out.order.number] = out.order.approval
        if lost:
            tried["lost acknowledgements"] += 1
        else:
            self.attempt(death, self.world.success)

    @rule(pick=st.integers(0, 99), cut=st.integers(0, 3), posted=st.booleans(), death=deaths)
    def answer(self, pick: int, cut: int, posted: bool, death: tuple[int, str] | None) -> None:
        """1C answers an order it has, perhaps with less of the first line."""
        if not self.erp:
            self.exchange(None, False)
        if not self.erp:
            return
        order = self.world.read(sorted(self.erp)[pick % len(self.erp)])
        first = next((line for line in order.lines if line.quantity), None)
        shorter = {first.item_id: max(0, int(first.quantity) - cut)} if first else {}
        self.answers.append(answer_to(order, posted=posted, cut=shorter))
        self.attempt(death, lambda: self.world.answer(self.answers[-1]))

    @rule(pick=st.integers(0, 99))
    def last_answer_comes_again(self, pick: int) -> None:
        """A redelivered last answer of an order changes nothing."""
        latest = {answer.number: answer for answer in self.answers}
        if not latest:
            return
        answer = latest[sorted(latest)[pick % len(latest)]]
        before = self.world.read(answer.number)
        self.world.answer(answer)
        assert self.world.read(answer.number) == before
        tried["redeliveries"] += 1

    @rule(pick=st.integers(0, 99), death=deaths)
    def confirm(self, pick: int, death: tuple[int, str] | None) -> None:
        waiting = [n for n in sorted(self.told) if self.world.read(n).approval is Approval.AWAITING_CLIENT]
        if not waiting:
            return
        number = waiting[pick % len(waiting)]
        revision = self.world.read(number).revision
        with suppress(Conflict):  # the try that died had come through
            self.attempt(death, lambda: self.world.confirm(number, revision))
        order = self.world.read(number)
        assert (order.approval, order.revision) == (Approval.CONFIRMED, revision + 1)
        tried["confirmations"] += 1

    @rule(item=st.sampled_from(ITEMS), free=st.integers(0, 12))
    def sync_stock(self, item: str, free: int) -> None:
        self.world.set_stock({item: Decimal(free)})

    @rule(hours=st.integers(1, 30), death=deaths)
    def time_passes(self, hours: int, death: tuple[int, str] | None) -> None:
        """Holds nobody answered end; the sweep may die in the middle."""
        later = self.world.now.fromtimestamp(self.world.now.timestamp() + hours * 3600, self.world.now.tzinfo)
        self.world.now = later

        def sweep() -> None:
            for number in list(self.world.orders.expired_holds(later)):
                self.world.orders.settle_hold(number, {}, later)

        self.attempt(death, sweep)

    @invariant()
    def stock_adds_up(self) -> None:
        self.world.check_stock()

    @invariant()
    def every_order_told_of_stands_once(self) -> None:
        numbers = self.world.numbers()
        assert len(numbers) == len(set(numbers))
        assert self.told <= set(numbers)

    def teardown(self) -> None:
        """Two quiet exchanges later 1C has every order, as it stands, and nothing waits."""
        self.world.live()
        for _ in range(2):
            for out in self.world.query():
                self.erp[out.order.number] = out.order.approval
            self.world.success()
        assert set(self.erp) == set(self.world.numbers()) >= self.told
        assert self.world.query() == []
        for number in self.erp:
            order = self.world.read(number)
            if order.approval is Approval.CONFIRMED and not self._answered_last(number):
                assert self.erp[number] is Approval.CONFIRMED, "1C never heard of the confirmation"

    def _answered_last(self, number: str) -> bool:
        """The confirmation came with 1C's own last answer, so there is nothing to tell it."""
        kinds = [event.kind for event in self.world.orders.with_events(self.world.visitor().scope, number)[1]]
        changes = [kind for kind in kinds if kind not in ("taken", "placed")]
        return bool(changes) and self.world.orders.with_events(self.world.visitor().scope, number)[1][-1].actor == "1С"


def test_any_history_of_orders() -> None:
    """OR-01, OR-04, OR-10, ST-16: no order lost, none doubled, counters right after every step of every history."""
    tried.clear()
    run_state_machine_as_test(
        Orders,
        settings=settings(
            max_examples=HISTORIES, stateful_step_count=30, deadline=None, derandomize=HISTORIES == 400, database=None,
            suppress_health_check=list(HealthCheck),
        ),
    )  # fmt: skip
    print(dict(tried))
    assert tried["deaths"] > HISTORIES / 4 and tried["confirmations"] > HISTORIES / 40 and tried["redeliveries"]
