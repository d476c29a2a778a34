"""Any order of placing, taking, answering, confirming, expiring, stock syncs and lots that come, slip, shrink and go, with
deaths and repeats: none lost, doubled or promised twice.

`KABINET_HISTORIES` sets how many histories are tried (400 in the ordinary run).
"""

import os
from collections import Counter
from collections.abc import Callable
from contextlib import suppress
from datetime import date, timedelta
from decimal import Decimal

from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, rule, run_state_machine_as_test

from chalicelib.domain.cart.carts import CartKind
from chalicelib.domain.catalogue.stock import IncomingLot, IncomingSupply
from chalicelib.domain.errors import Conflict, InvalidInput, NotFound
from chalicelib.domain.orders.change_requests import changeable, taken
from chalicelib.domain.orders.order_requests import RequestKind
from chalicelib.domain.orders.orders import Approval, ErpOrder
from chalicelib.usecases.cart import drafts
from chalicelib.usecases.cart.cart import cart_of, carts_of
from chalicelib.usecases.cart.place_order import Checkout, OfferChanged, Wish
from chalicelib.usecases.orders.end_holds import end_expired_holds
from tests.usecases.orders_world import START, WAREHOUSE, Died, World, answer_to

HISTORIES = int(os.environ.get("KABINET_HISTORIES", "400"))
ITEMS, LOTS = ("a", "b", "c"), ("L1", "L2", "L3")
NO_CHANGES = ("taken", "placed", "replanned", "delayed", "hold_ended", "requested", "request_refused")
"""Events that are no word of the dealer's or of 1C's."""
BEGIN = START.date()
days = st.integers(40, 52).map(lambda n: BEGIN + timedelta(days=n))


def days_of(pick: int) -> date:
    return BEGIN + timedelta(days=42 + 3 * pick)


wishes = st.one_of(st.just(Wish()), st.just(Wish(together=True)), days.map(Wish))
deaths = st.one_of(st.none(), st.tuples(st.integers(1, 14), st.sampled_from(["before", "after"])))
tried: Counter[str] = Counter()


picks = st.integers(0, 99)


class Orders(RuleBasedStateMachine):
    """`erp` is 1C: orders by number as it took them. `told` are numbers the dealer has seen on a thank-you page."""

    def __init__(self) -> None:
        super().__init__()
        self.world = World({"a": ("100.50", 10), "b": ("20.1250", 6), "c": ("7", 0)})
        self.lots: dict[str, dict[str, tuple[date, int]]] = {item: {} for item in ITEMS}
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

    def cart(self, pick: int) -> str:
        """One of his carts: his own, or an open draft."""
        carts = carts_of(self.world.visitor())
        return carts[pick % len(carts)].id

    def goods(self) -> Counter[str]:
        """What lies in all carts together."""
        world, found = self.world, Counter[str]()
        for head in carts_of(world.visitor()):
            for line in world.carts.lines(world.visitor().partner_scope, head):
                found[line.item_id] += int(line.quantity)
        return found

    @rule(item=st.sampled_from(ITEMS), quantity=st.integers(0, 12), pick=picks)
    def put(self, item: str, quantity: int, pick: int) -> None:
        self.world.put(item, quantity, cart_id=self.cart(pick))

    @rule(shared=st.booleans())
    def new_draft(self, shared: bool) -> None:
        world = self.world
        if len(carts_of(world.visitor())) < 4:
            drafts.new_draft(world.carts, world.clock, visitor=world.visitor(), name="Объект", shared=shared)

    @rule(source=picks, goal=picks, items=st.sets(st.sampled_from(ITEMS)), death=deaths)
    def move_lines(self, source: int, goal: int, items: set[str], death: tuple[int, str] | None) -> None:
        """Lines go to another cart whole or stay: nothing is lost and nothing is there twice."""
        world, source_id, target_id = self.world, self.cart(source), self.cart(goal)
        if source_id == target_id:
            return
        before = self.goods()
        self.attempt(death, lambda: drafts.move_lines(
            world.carts, world.clock, visitor=world.visitor(), source_id=source_id, target=cart_of(world.visitor(), target_id),
            item_ids=items,
        ))  # fmt: skip
        assert self.goods() == before
        tried["moves"] += 1

    @rule(pick=picks)
    def delete_draft(self, pick: int) -> None:
        world, cart_id = self.world, self.cart(pick)
        head = cart_of(world.visitor(), cart_id)
        if head.kind is CartKind.DRAFT:
            drafts.delete_draft(world.carts, visitor=world.visitor(), cart_id=cart_id, version=head.version)

    @rule(item=st.sampled_from(ITEMS), quantity=st.integers(1, 12), wish=wishes, death=deaths, pick=picks)
    def place(self, item: str, quantity: int, wish: Wish, death: tuple[int, str] | None, pick: int) -> None:
        cart_id = self.cart(pick)
        self.world.put(item, quantity, cart_id=cart_id)
        view = self.world.look(wish=wish, cart_id=cart_id)
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
        except (OfferChanged, NotFound):  # a draft that was deleted can't be looked at again
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
        if not self.answers:
            self.answer(pick, 1, True, None)
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

    @rule(pick=picks, death=deaths, late=st.booleans())
    def cancel(self, pick: int, death: tuple[int, str] | None, late: bool) -> None:
        """At once and for good where 1C has not acknowledged it, else a request that changes nothing by itself."""
        number = self.own(pick, late)
        if number is None:
            return
        before = self.world.read(number)
        done = self.attempt(death, lambda: self.world.cancel(number, before.revision))
        after = self.world.read(number)
        assert done is (after.approval is Approval.CANCELLED) is not taken(before)
        assert done or (after.request is not None and after.lines == before.lines)
        tried["cancellings" if done else "requests to cancel"] += 1

    @rule(pick=picks, quantity=st.integers(0, 9), death=deaths, late=st.booleans())
    def edit(self, pick: int, quantity: int, death: tuple[int, str] | None, late: bool) -> None:
        """The first line gets another quantity: at once, or as a wish beside what stands."""
        number = self.own(pick, late)
        if number is None:
            return
        before = self.world.read(number)
        line = next((one for one in before.lines if one.quantity not in (0, quantity)), None)
        if line is None:
            return
        try:
            self.attempt(death, lambda: self.world.edit(number, before.revision, {line.number: Decimal(quantity)}))
        except InvalidInput:  # nothing would be left of it
            assert quantity == 0 and self.world.read(number) == before
            return
        except Conflict:  # the try that died had come through
            assert death
        after = self.world.read(number)
        assert after.revision == before.revision + 1
        if after.request is None:
            assert not taken(before)
            now = next(one for one in after.lines if one.number == line.number)
            assert now.quantity == quantity and now.held <= quantity
            tried["edits"] += 1
        else:
            assert (after.lines, after.request.lines[0].quantity) == (before.lines, quantity)
            tried["wishes"] += 1

    @rule(pick=picks, grant=st.booleans(), death=deaths)
    def decide(self, pick: int, grant: bool, death: tuple[int, str] | None) -> None:
        """The manager grants or declines a wish; never one that 1C's answer has overtaken."""
        if not any(self.world.read(n).request for n in self.told):
            self.edit(pick, 1 + pick % 5, None, late=True)
        asked = [n for n in sorted(self.told) if self.world.read(n).request]
        if not asked:
            return
        number = asked[pick % len(asked)]
        before = self.world.read(number)
        assert before.request is not None
        try:
            self.attempt(death, lambda: self.world.decide(number, before.revision, grant=grant))
        except Conflict:
            assert death or (grant and before.request.stale)
        after = self.world.read(number)
        if grant and before.request.stale:
            assert after == before
            return
        assert after.request is None
        if grant and before.request.kind is RequestKind.CANCEL:
            assert after.approval is Approval.CANCELLED
        wishes = {one.line: one.quantity for one in before.request.lines} if grant else {}
        assert all(one.quantity == wishes[one.number] for one in after.lines if one.number in wishes)
        tried["decisions"] += 1

    def own(self, pick: int, late: bool) -> str | None:
        """An order that can be changed; `late`: 1C takes what waits first."""
        if late:
            self.exchange(None, False)
        numbers = [number for number in sorted(self.told) if changeable(self.world.read(number))]
        return numbers[pick % len(numbers)] if numbers else None

    @rule(item=st.sampled_from(ITEMS), free=st.integers(0, 12))
    def sync_stock(self, item: str, free: int) -> None:
        self.world.set_stock({item: Decimal(free)})

    @rule(item=st.sampled_from(ITEMS), lot=st.sampled_from(LOTS), day=days, quantity=st.integers(0, 12), death=deaths)
    def lots_are_told(self, item: str, lot: str, day: date, quantity: int, death: tuple[int, str] | None) -> None:
        """A lot is new, slips, shrinks or, with nothing in it, is gone; the record may come twice."""
        lots = self.lots[item]
        lots.pop(lot, None)
        if quantity:
            lots[lot] = (day, quantity)
        self.world.seq += 1
        told = tuple(IncomingLot(id, WAREHOUSE, eta, Decimal(many)) for id, (eta, many) in lots.items())
        record = IncomingSupply(item, self.world.seq, told)
        self.attempt(death, lambda: self.world.supply.save_incoming(record))
        tried["records of lots"] += 1

    @rule(item=st.sampled_from(ITEMS), pick=st.integers(0, 2), day=days, left=st.integers(0, 12), death=deaths)
    def a_lot_that_orders_count_on_moves(self, item: str, pick: int, day: date, left: int, death: tuple[int, str] | None) -> None:
        """It slips, shrinks or is gone; the worker may die half-way: what it did stays done, its next try does the rest."""
        if not self.world.supply.counting_on(item):
            self.lots_are_told(item, LOTS[pick], days_of(pick), 12, None)
            self.place(item, 12, Wish(days_of(pick)), None, 0)
        lots = self.lots[item]
        if lots:
            self.lots_are_told(item, sorted(lots)[pick % len(lots)], day, left, None)
        self.world.now += timedelta(minutes=15)  # goods of a lot that is gone have not shown in the stock
        self.attempt(death, self.replan)

    def replan(self) -> None:
        tried["rows of plans"] += len(self.world.outbox.pending("plans"))
        tried["orders planned anew"] += self.world.replan()

    @rule(hours=st.integers(1, 30), death=deaths)
    def time_passes(self, hours: int, death: tuple[int, str] | None) -> None:
        """Holds nobody answered end; the sweep may die in the middle."""
        later = self.world.now.fromtimestamp(self.world.now.timestamp() + hours * 3600, self.world.now.tzinfo)
        self.world.now = later

        self.attempt(death, lambda: end_expired_holds(self.world.orders, self.world.clock))

    @invariant()
    def stock_adds_up(self) -> None:
        """Counters of the shelf and of every lot are what the holds say, and what the orders say is what is held for them."""
        self.world.check_stock()
        self.world.check_plans()

    @invariant()
    def what_was_cancelled_here_stays_so(self) -> None:
        for number in self.told:
            order = self.world.read(number)
            assert not order.withdrawn or order.approval is Approval.CANCELLED

    @invariant()
    def every_order_told_of_stands_once(self) -> None:
        numbers = self.world.numbers()
        assert len(numbers) == len(set(numbers))
        assert self.told <= set(numbers)

    def teardown(self) -> None:
        """Quiet exchanges later (a batch that was lost five times comes in halves) 1C has every order, and nothing waits."""
        self.world.live()
        for _ in range(4):
            for out in self.world.query():
                self.erp[out.order.number] = out.order.approval
            self.world.success()
        assert set(self.erp) == set(self.world.numbers()) >= self.told
        assert self.world.query() == []
        for number in self.erp:
            order = self.world.read(number)
            if order.withdrawn:
                assert self.erp[number] is Approval.CANCELLED, "1C never heard of the cancelling"
            if order.approval is Approval.CONFIRMED and not self._answered_last(number):
                assert self.erp[number] is Approval.CONFIRMED, "1C never heard of the confirmation"

    def _answered_last(self, number: str) -> bool:
        """The confirmation came with 1C's own last answer, so there is nothing to tell it."""
        events = self.world.orders.with_events(self.world.visitor().scope, number)[1]
        changes = [event for event in events if event.kind not in NO_CHANGES]
        return bool(changes) and changes[-1].actor == "1С"


def test_any_history_of_orders() -> None:
    """OR-01, OR-04, OR-10, OR-30, ST-09, ST-13, ST-16: none lost or doubled, counters right after every step of every history."""
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
    assert min(tried[name] for name in ("cancellings", "requests to cancel", "edits", "wishes", "decisions")) > HISTORIES / 40
    assert tried["orders planned anew"] > HISTORIES / 40
