"""Units of a line are neither lost nor made, whatever 1C reports and the dealer counts."""

from dataclasses import replace
from datetime import UTC, datetime
from decimal import Decimal

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from chalicelib.domain.errors import InvalidInput
from chalicelib.domain.orders.order_progress import DEALER_OWNED, Bucket, LineStatus, OrderProgress, total
from chalicelib.domain.orders.order_reports import OrderReport, fulfilment, marked, payment, reported
from chalicelib.domain.orders.orders import Fulfilment, Order, OrderLine, Payment

ERP_STATUSES = [status for status in LineStatus if status not in DEALER_OWNED]
KEPT = [status for status in ERP_STATUSES if status is not LineStatus.CANCELLED]


def order(quantity: int = 5, **more: object) -> Order:
    line = OrderLine(1, "a", "Дверь", "Д-1", "шт", Decimal(quantity), Decimal(100), quantity * 10000, None)
    at = datetime(2026, 11, 21, tzinfo=UTC)
    made = Order("K-1", "p-1", "u-1", "Иван", "cp", "c", "pt", None, "RUB", at, lines=(line,))
    return replace(made, **more)  # type: ignore[arg-type]


def report(*buckets: Bucket, **more: object) -> OrderReport:
    return OrderReport("K-1", 1, {"a": buckets}, **more)  # type: ignore[arg-type]


parts = st.lists(st.tuples(st.sampled_from(KEPT), st.integers(1, 9)), min_size=1, max_size=6)


@settings(max_examples=300, deadline=None)
@given(parts, st.integers(0, 60), st.integers(0, 60))
def test_units_are_conserved(told: list[tuple[LineStatus, int]], at_dealer: int, sold: int) -> None:
    """OR-18: what the page shows of a line always makes up the line; the dealer's units stay his."""
    buckets = tuple(Bucket(status, Decimal(quantity)) for status, quantity in told)
    before = order(int(total(buckets)))
    after = replace(before, progress=reported(before, report(*buckets)))
    if at_dealer + sold > before.lines[0].quantity:
        with pytest.raises(InvalidInput):
            marked(after, after.lines[0], Decimal(at_dealer), Decimal(sold))
        return
    own = marked(after, after.lines[0], Decimal(at_dealer), Decimal(sold))
    shown = own.of("a")
    assert total(shown) == before.lines[0].quantity
    counted = {status: total(one for one in shown if one.status is status) for status in DEALER_OWNED}
    assert counted == {LineStatus.AT_DEALER: at_dealer, LineStatus.SOLD: sold}
    again = reported(replace(after, progress=own), replace(report(*buckets), revision=2))
    assert again.own == own.own and again.of("a") == shown


def test_the_dealer_gets_the_units_that_came_the_farthest() -> None:
    progress = OrderProgress(
        lines={"a": (Bucket(LineStatus.IN_PRODUCTION, Decimal(2)), Bucket(LineStatus.IN_DELIVERY, Decimal(3)))},
        own={"a": (Bucket(LineStatus.SOLD, Decimal(4)),)},
    )
    assert [(one.status, one.quantity) for one in progress.of("a")] == [("in_production", 1), ("sold", 4)]


def test_what_is_cancelled_may_stay_in_the_line_or_be_gone() -> None:
    ready, cancelled = Bucket(LineStatus.READY, Decimal(3)), Bucket(LineStatus.CANCELLED, Decimal(2))
    assert reported(order(5), report(ready, cancelled)).of("a") == (ready, cancelled)
    assert reported(order(3), report(ready, cancelled)).of("a") == (ready, cancelled)
    with pytest.raises(InvalidInput, match="по статусам 5, а в заказе 4"):
        reported(order(4), report(ready, cancelled))


def test_without_a_word_of_lines_the_order_stays_as_it_was() -> None:
    shipped = order(fulfilment=Fulfilment.SHIPPED)
    assert fulfilment(shipped, OrderProgress()) is Fulfilment.SHIPPED


@pytest.mark.parametrize(
    ("paid", "expected"), [(0, Payment.UNPAID), (1, Payment.PARTIALLY_PAID), (50000, Payment.PAID), (50001, Payment.OVERPAID)]
)
def test_the_amount_paid_decides_the_axis(paid: int, expected: Payment) -> None:
    assert payment(order(5), paid) is expected
