"""The promise: the twelve worked cases of reservation, and what must hold for any stock, lots and orders."""

from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal
from itertools import product

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from chalicelib.domain.catalogue.promise import PlanPart, Promise, promise, together_on
from chalicelib.domain.catalogue.stock import Balance, IncomingLot, StockBalance

TODAY = date(2027, 4, 10)
W = "w"
L1 = IncomingLot("L1", W, date(2027, 4, 15), Decimal(70))
L2 = IncomingLot("L2", W, date(2027, 4, 17), Decimal(40))


def april(day: int) -> date:
    return date(2027, 4, day)


def stock(on_hand: int = 50, *lots: IncomingLot) -> StockBalance:
    return StockBalance("X", {W: Balance(Decimal(on_hand))}, lots)


def order(held: StockBalance, wanted: int, day: int | None = None, buffer_days: int = 0) -> Promise:
    return promise(held, W, Decimal(wanted), TODAY, by=april(day) if day else None, buffer_days=buffer_days)


def plan(parts: tuple[PlanPart, ...]) -> dict[str, int]:
    return {part.lot_id or "on hand": int(part.quantity) for part in parts}


def after(held: StockBalance, answer: Promise) -> StockBalance:
    """What is left for the next order."""
    taken = plan(answer.parts)
    balance = held.by_warehouse[W]
    lots = tuple(replace(lot, held=lot.held + taken.get(lot.id, 0)) for lot in held.lots)
    return replace(held, by_warehouse={W: replace(balance, held=balance.held + taken.get("on hand", 0))}, lots=lots)


def free(held: StockBalance) -> tuple[int, ...]:
    return int(held.available(W)), *(int(lot.free) for lot in held.lots)


def test_case_1_the_worked_example() -> None:
    """ST-13, ST-14: 100 for 17.04 are 70 of the lot and 30 on hand; 20 stay free on the shelf."""
    answer = order(stock(50, L1), 100, 17)
    assert plan(answer.parts) == {"L1": 70, "on hand": 30} and not answer.shortage
    assert free(after(stock(50, L1), answer)) == (20, 0)


def test_case_2_the_lot_is_enough() -> None:
    answer = order(stock(50, L1), 60, 17)
    assert plan(answer.parts) == {"L1": 60} and free(after(stock(50, L1), answer)) == (50, 10)


def test_case_3_on_the_very_day() -> None:
    """ST-10: what comes on the day that was wished is in time."""
    answer = order(stock(50, L1), 100, 15)
    assert plan(answer.parts) == {"L1": 70, "on hand": 30} and not answer.shortage


def test_case_4_a_day_too_early() -> None:
    """ST-10, ST-12: 50 are short; the first full day and the parts are offered."""
    answer = order(stock(50, L1), 100, 14)
    assert plan(answer.parts) == {"on hand": 50} and answer.shortage == 50
    assert answer.full_on == april(15) and answer.now == 50
    assert [(int(part.quantity), part.due) for part in answer.offer] == [(50, None), (50, april(15))]


def test_case_5_all_there_is() -> None:
    answer = order(stock(50, L1), 120, 17)
    assert plan(answer.parts) == {"L1": 70, "on hand": 50} and free(after(stock(50, L1), answer)) == (0, 0)


def test_case_6_one_too_many() -> None:
    answer = order(stock(50, L1), 121, 17)
    assert answer.shortage == 1 and answer.full_on is None


def test_case_7_what_1c_has_reserved_of_a_lot_is_not_promised() -> None:
    """ST-09: reserves count, once."""
    answer = order(stock(50, replace(L1, reserved=Decimal(40))), 100, 17)
    assert plan(answer.parts) == {"L1": 30, "on hand": 50} and answer.shortage == 20


def test_case_8_the_rest_can_be_sold_before_that_day() -> None:
    """ST-14: the 20 left are another dealer's, for the 16th."""
    left = after(stock(50, L1), order(stock(50, L1), 100, 17))
    answer = order(left, 20, 16)
    assert plan(answer.parts) == {"on hand": 20} and free(after(left, answer)) == (0, 0)


def test_case_10_the_latest_lot_in_time_first() -> None:
    """ST-13."""
    answer = order(stock(50, L1, L2), 100, 17)
    assert plan(answer.parts) == {"L1": 60, "L2": 40} and free(after(stock(50, L1, L2), answer)) == (50, 10, 0)


def test_case_11_without_a_day_in_two_parts() -> None:
    answer = order(stock(50, L1), 100)
    assert [(int(part.quantity), part.due) for part in answer.parts] == [(50, None), (50, april(15))]
    assert free(after(stock(50, L1), answer)) == (0, 20) and answer.full_on == april(15)


def test_case_12_the_second_of_two_sees_what_is_left() -> None:
    """The race itself is tried with the stores: here what the loser sees when he looks again."""
    left = after(stock(50, L1), order(stock(50, L1), 100, 17))
    assert order(left, 100, 17).held == 20 and order(left, 100, 17).shortage == 80


def test_days_from_arrival_to_shipping() -> None:
    """OP-08: with a buffer of two days a lot of the 15th is in time for the 17th, not for the 16th."""
    assert plan(order(stock(0, L1), 10, 17, buffer_days=2).parts) == {"L1": 10}
    assert order(stock(0, L1), 10, 16, buffer_days=2).shortage == 10


def test_a_lot_that_should_have_come_promises_nothing() -> None:
    late = replace(L1, eta=TODAY - timedelta(days=1))
    assert order(stock(0, late), 1).shortage == 1


def test_all_together() -> None:
    """The whole order is there when its last line is."""
    soon, later = order(stock(50, L1), 10), order(stock(50, L1), 60)
    assert together_on([soon, later]) == april(15) and together_on([soon, order(stock(1), 2)]) is None


def test_another_warehouse_is_not_promised() -> None:
    elsewhere = IncomingLot("L9", "other", april(11), Decimal(99))
    assert order(stock(5, elsewhere), 6).shortage == 1
    assert promise(stock(5), None, Decimal(1), TODAY).shortage == 1


# --- anything ---------------------------------------------------------------------------------------------------------

numbers = st.integers(0, 30)
lots = st.lists(st.tuples(st.integers(-2, 8), numbers, st.integers(0, 10), st.integers(0, 10)), max_size=4).map(
    lambda rows: tuple(
        IncomingLot(f"l{n}", W, TODAY + timedelta(days=day), Decimal(quantity), Decimal(reserved), Decimal(held))
        for n, (day, quantity, reserved, held) in enumerate(rows)
    )
)
days = st.one_of(st.none(), st.integers(0, 9).map(lambda day: TODAY + timedelta(days=day)))


def oracle(held: StockBalance, by: date | None, buffer_days: int) -> Decimal:
    """All there is by a day, counted without any order of taking."""
    in_time = [
        lot.free
        for lot in held.lots
        if lot.eta >= TODAY and (by is None or lot.eta + timedelta(days=buffer_days) <= by)
    ]  # fmt: skip
    return held.available(W) + sum(in_time, Decimal(0))


@settings(max_examples=500, deadline=None)
@given(numbers, lots, numbers, days, st.integers(0, 3))
def test_any_promise(on_hand: int, coming: tuple[IncomingLot, ...], wanted: int, by: date | None, buffer_days: int) -> None:
    """OR-39: never more than there is of any source, never the same unit twice, all that can be had by the day and no less."""
    held = stock(on_hand, *coming)
    answer = promise(held, W, Decimal(wanted), TODAY, by=by, buffer_days=buffer_days)
    sources = {"": held.available(W)} | {lot.id: lot.free for lot in coming}
    for parts in (answer.parts, answer.offer):
        assert len({part.lot_id for part in parts}) == len(parts)
        assert all(0 < part.quantity <= sources[part.lot_id] for part in parts)
    assert answer.held == min(Decimal(wanted), oracle(held, by, buffer_days))
    assert not any(part.late for part in answer.parts)
    assert (answer.full_on is not None) is (oracle(held, None, buffer_days) >= wanted)
    if answer.full_on:  # the day before, it was not all there
        assert oracle(held, answer.full_on, buffer_days) >= wanted
        before = answer.full_on - timedelta(days=1)
        assert answer.full_on == TODAY or oracle(held, before, buffer_days) < wanted


@settings(max_examples=200, deadline=None)
@given(numbers, lots, numbers, st.integers(0, 8))
def test_a_later_day_never_promises_less(on_hand: int, coming: tuple[IncomingLot, ...], wanted: int, day: int) -> None:
    held, by = stock(on_hand, *coming), TODAY + timedelta(days=day)
    sooner = promise(held, W, Decimal(wanted), TODAY, by=by)
    later = promise(held, W, Decimal(wanted), TODAY, by=by + timedelta(days=1))
    assert later.held >= sooner.held
    on_shelf = [sum((p.quantity for p in one.parts if not p.lot_id), Decimal(0)) for one in (sooner, later)]
    if not sooner.shortage:
        assert on_shelf[1] <= on_shelf[0], "a longer wait leaves more on the shelf"


@pytest.mark.parametrize("buyers", [4])
def test_every_small_instance(buyers: int) -> None:
    """Orders one after another, whatever their days: what is sold of each source is at most what it had, and nothing that
    could still be had by a day is refused."""
    tried = 0
    for quantities in product((0, 2, 5), repeat=3):
        coming = tuple(
            IncomingLot(f"l{n}", W, TODAY + timedelta(days=n + 1), Decimal(quantity)) for n, quantity in enumerate(quantities)
        )
        for wishes in product(((3, None), (2, 1), (4, 3)), repeat=buyers):
            held = stock(4, *coming)
            for wanted, day in wishes:
                by = TODAY + timedelta(days=day) if day else None
                before = oracle(held, by, 0)
                answer = promise(held, W, Decimal(wanted), TODAY, by=by)
                assert answer.held == min(before, wanted)
                held = after(held, answer)
            assert held.by_warehouse[W].held <= 4 and all(lot.held <= lot.quantity for lot in held.lots)
            tried += 1
    print(f"{tried} instances of {buyers} orders")
    assert tried == 27 * 3**buyers
