"""What 1C's answer does to an order's lines and axes."""

from dataclasses import replace
from datetime import UTC, datetime
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chalicelib.domain.errors import Conflict
from chalicelib.domain.orders.orders import (
    Agreed,
    Approval,
    ErpLine,
    ErpOrder,
    Fulfilment,
    Order,
    OrderLine,
    answered,
    confirmed,
    declined,
    diff,
    state_axes,
)


def _order(*quantities: int) -> Order:
    lines = [
        OrderLine(
            n,
            f"i{n}",
            f"Товар {n}",
            "",
            "шт",
            Decimal(q),
            Decimal("10.0000"),
            q * 1000,
            Agreed(Decimal(q), Decimal("10"), q * 1000),
        )
        for n, q in enumerate(quantities, 1)
    ]
    at = datetime(2026, 11, 21, tzinfo=UTC)
    return Order("K-1", "p", "u", "Иван", "cp", "c", "pt", None, "RUB", at, tuple(lines))


def _line(n: int, quantity: str, price: str = "10") -> ErpLine:
    return ErpLine(f"i{n}", f"Товар {n}", Decimal(quantity), Decimal(price), int(Decimal(quantity) * Decimal(price) * 100))


@pytest.mark.parametrize(
    ("lines", "asked"),
    [
        ((_line(1, "5"),), False),
        ((_line(1, "6"),), False),
        ((_line(1, "5", "9.5"),), False),
        ((_line(1, "4"),), True),
        ((_line(1, "5", "10.01"),), True),
        ((), True),
        ((_line(1, "5"), _line(7, "1")), True),
        ((_line(1, "2"), _line(1, "3")), False),
        ((_line(1, "5"), _line(1, "1", "12")), True),
    ],
)
def test_dealer_is_asked_when_it_is_worse(lines: tuple[ErpLine, ...], asked: bool) -> None:
    """OR-04, OP-04: less, dearer, gone, not asked for; equal or better needs no step of his."""
    after = answered(_order(5), ErpOrder("K-1", "e", lines, posted=True), "print")
    assert after.approval is (Approval.AWAITING_CLIENT if asked else Approval.CONFIRMED)
    assert any(change.worse for change in diff(after)) is asked


def test_amounts_of_1c_stand_as_they_are() -> None:
    """OP-17, C-12: totals of a 1C document are never computed again."""
    odd = ErpLine("i1", "Товар 1", Decimal(3), Decimal("3.3333"), 1001, vat_rate=Decimal(20), vat_amount=167)
    line = answered(_order(3), ErpOrder("K-1", "e", (odd,)), "print").lines[0]
    assert (line.amount, line.vat_amount, line.price) == (1001, 167, Decimal("3.3333"))


def test_states_are_mapped_whatever_their_letters() -> None:
    """OR-12, OR-13: names as UT 11 writes them; ё, case and blanks do not matter; unknown ones are not guessed."""
    assert state_axes("ОТМЕНЕН") == (Approval.CANCELLED, None)
    assert state_axes(" Готов  к отгрузке ") == (Approval.CONFIRMED, Fulfilment.READY)
    assert state_axes("Закрыт") == (Approval.CONFIRMED, Fulfilment.COMPLETED)
    assert state_axes("Что-то своё") is None


def test_the_same_answer_changes_nothing() -> None:
    order = answered(_order(5), ErpOrder("K-1", "e", (_line(1, "4"),)), "print")
    assert answered(order, ErpOrder("K-1", "e", (_line(1, "1"),)), "print") is order


def test_dealer_answers_only_what_he_saw() -> None:
    """OR-10: a confirmation is of one revision, and only while it is asked for."""
    order = answered(_order(5, 2), ErpOrder("K-1", "e", (_line(1, "4"),)), "print")
    with pytest.raises(Conflict):
        confirmed(order, order.revision - 1)
    after = confirmed(order, order.revision)
    assert after.approval is Approval.CONFIRMED and [line.item_id for line in after.lines] == ["i1"]
    assert all(line.agreed and line.agreed.quantity == line.quantity for line in after.lines)
    with pytest.raises(Conflict):
        confirmed(after, after.revision)
    assert declined(order, order.revision).approval is Approval.ON_MODERATION


@given(st.lists(st.tuples(st.integers(1, 4), st.integers(1, 9), st.sampled_from(["9", "10", "11"])), max_size=6))
def test_no_line_of_either_side_is_lost(theirs: list[tuple[int, int, str]]) -> None:
    """Quantities of the merged order are those of 1C's document, to the piece; none of ours vanishes from the diff."""
    order = _order(3, 3)
    lines = tuple(_line(n, str(quantity), price) for n, quantity, price in theirs)
    after = answered(order, ErpOrder("K-1", "e", lines), "print")
    assert sum(line.quantity for line in after.lines) == sum(line.quantity for line in lines)
    assert sum(line.amount for line in after.lines) == sum(line.amount for line in lines)
    assert {"i1", "i2"} <= {change.line.item_id for change in diff(after)}
    assert len({line.number for line in after.lines}) == len(after.lines)


def test_heads_without_lines_keep_their_sums() -> None:
    """A list of orders shows totals without reading the lines; VAT on top is part of what is to be paid."""
    order = replace(_order(5), vat_included=False)
    order = replace(order, lines=tuple(replace(line, vat_amount=1000) for line in order.lines))
    assert order.sums.amount == 6000
    assert replace(order, lines=(), kept_sums=order.sums).sums == order.sums
