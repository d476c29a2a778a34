"""Payments and shipments of an order: what stands after any of them was told, and what it makes of the axes."""

from dataclasses import replace
from decimal import Decimal
from itertools import permutations

import pytest

from chalicelib.domain.orders.order_papers import OrderPaper, PaperKind, Share, merged, paid_share, shipped_share
from chalicelib.domain.orders.orders import Approval, ErpOrder, Fulfilment, Order, Payment, answered, with_papers
from tests.usecases.orders_world import START, answer_to

PAY, BACK, SHIP, RETURN = PaperKind.PAYMENT, PaperKind.REFUND, PaperKind.SHIPMENT, PaperKind.RETURN


def pay(id: str, amount: int | None, kind: PaperKind = PAY, **more: bool) -> OrderPaper:
    return OrderPaper(id, kind, number=id, amount=amount, **more)  # type: ignore[arg-type]  # flags alone


def ship(id: str, kind: PaperKind = SHIP, **quantities: int) -> OrderPaper:
    return OrderPaper(id, kind, number=id, quantities=tuple((name, Decimal(some)) for name, some in quantities.items()))


def test_the_same_document_again_changes_nothing_in_any_order() -> None:
    """C-01: payments are known by their 1C id."""
    told = (pay("1", 100), pay("2", 50), pay("1", 120))
    for order in permutations([told[0], told[1], told[1], told[0]]):
        assert {paper.id: paper.amount for paper in merged((), order)} == {"1": 100, "2": 50}
    assert [paper.amount for paper in merged(merged((), told), told)] == [120, 50]


def test_a_void_document_goes_and_one_known_by_number_gives_way() -> None:
    assert merged((pay("1", 100),), (pay("1", 100, void=True),)) == ()
    named = replace(pay("p", None, whole=True), number="ТД-1")
    real = replace(pay("guid", 100), number="ТД-1")
    assert merged((named,), (real,)) == (real,)


@pytest.mark.parametrize(
    ("papers", "flag", "spoken", "share"),
    [
        ((), None, False, None),
        ((), None, True, Share.NONE),
        ((), False, False, Share.NONE),
        ((), True, False, Share.ALL),
        ((pay("1", 400),), None, True, Share.PART),
        ((pay("1", 400), pay("2", 600)), None, True, Share.ALL),
        ((pay("1", 400), pay("2", 600), pay("3", 1, BACK)), None, True, Share.PART),
        ((pay("1", 1100),), None, True, Share.MORE),
        ((pay("1", None),), None, True, Share.PART),
        ((pay("1", None, whole=True),), None, True, Share.ALL),
        ((pay("1", 10), pay("2", 10, BACK)), None, True, Share.NONE),
    ],
)
def test_how_much_is_paid(papers: tuple[OrderPaper, ...], flag: bool | None, spoken: bool, share: Share | None) -> None:
    """OR-15: of 1000."""
    assert paid_share(papers, 1000, flag=flag, spoken=spoken) is share


@pytest.mark.parametrize(
    ("papers", "share"),
    [
        ((ship("1", a=2),), Share.PART),
        ((ship("1", a=2), ship("2", a=1, b=1)), Share.ALL),
        ((ship("1", a=3, b=1), ship("2", RETURN, b=1)), Share.PART),
        ((ship("1", a=3, b=1), ship("2", RETURN, a=3, b=1)), Share.NONE),
        ((OrderPaper("1", SHIP, amount=1000),), Share.ALL),
        ((OrderPaper("1", SHIP, amount=999),), Share.PART),
        ((OrderPaper("1", SHIP),), Share.PART),
    ],
)
def test_how_much_is_shipped(papers: tuple[OrderPaper, ...], share: Share) -> None:
    """OR-12: of 3 a and 1 b, 1000 together."""
    assert shipped_share(papers, {"a": Decimal(3), "b": Decimal(1)}, 1000, flag=None, spoken=True) is share


def placed() -> Order:
    from chalicelib.domain.orders.orders import Agreed, OrderLine

    lines = tuple(
        OrderLine(n, item, item, "", "шт", Decimal(2), Decimal(100), 20000, Agreed(Decimal(2), Decimal(100), 20000))
        for n, item in enumerate("ab", 1)
    )
    return Order("K-1", "p", "u", "", "cp", "c", "pt", None, "RUB", START, lines)


def told(order: Order, *papers: OrderPaper, **more: object) -> Order:
    answer = replace(answer_to(order), papers=papers, **more)  # type: ignore[arg-type]  # fields of ErpOrder
    return answered(order, answer, repr(answer))


def axes(order: Order) -> tuple[Approval, Fulfilment, Payment]:
    return order.approval, order.fulfilment, order.payment


def test_each_axis_moves_by_its_own_documents_alone() -> None:
    """C-02: a payment says nothing of shipment, a shipment nothing of payment, neither of approval."""
    order = told(placed(), posted=False)
    first = axes(order)
    paid = with_papers(order, (pay("1", 40000),))
    assert axes(paid) == (first[0], first[1], Payment.PAID)
    shipped = with_papers(order, (ship("1", a=2, b=2),))
    assert axes(shipped) == (first[0], Fulfilment.SHIPPED, first[2])


def test_payments_come_one_by_one_and_one_is_taken_back() -> None:
    order = told(placed())
    states = []
    for paper in (pay("1", 10000), pay("2", 30000), pay("2", 30000), pay("3", 5), pay("2", 30000, void=True)):
        order = with_papers(order, (paper,))
        states.append((order.payment, order.revision))
    assert [payment for payment, _ in states] == [
        Payment.PARTIALLY_PAID, Payment.PAID, Payment.PAID, Payment.OVERPAID, Payment.PARTIALLY_PAID,
    ]  # fmt: skip
    assert states[1] == states[2], "the same payment again is no change"


def test_a_state_past_the_shipment_stays() -> None:
    """OR-12: what 1C calls closed is completed, whatever its shipments say after that."""
    order = told(placed(), ship("1", a=1), state="Закрыт")
    assert order.fulfilment is Fulfilment.COMPLETED
    assert with_papers(order, (ship("1", a=2, b=2),)).fulfilment is Fulfilment.COMPLETED
    assert told(placed(), ship("1", a=2, b=2), state="Готов к отгрузке").fulfilment is Fulfilment.SHIPPED


def test_a_shipment_taken_back() -> None:
    order = with_papers(told(placed()), (ship("1", a=2, b=2),))
    assert with_papers(order, (replace(ship("1", a=2, b=2), void=True),)).fulfilment is Fulfilment.NOT_STARTED


def test_a_node_may_say_that_full_shipment_completes() -> None:
    """OR-12: УТ sends no state back; where its supplier says so, an order shipped in full is completed."""
    assert told(placed(), ship("1", a=2, b=2), completes=True).fulfilment is Fulfilment.COMPLETED
    assert told(placed(), ship("1", a=1), completes=True).fulfilment is Fulfilment.PARTIALLY_SHIPPED


def test_an_answer_without_documents_leaves_payment_as_it_was() -> None:
    paid = with_papers(told(placed()), (pay("1", 40000),))
    again = told(paid, state="Готов к отгрузке")
    assert (again.payment, again.fulfilment, len(again.papers)) == (Payment.PAID, Fulfilment.READY, 1)


def test_a_deletion_mark_cancels() -> None:
    assert isinstance(told(placed(), deleted=True), Order)
    assert told(placed(), deleted=True).approval is Approval.CANCELLED
    assert answered(placed(), ErpOrder("K-1", "e", (), deleted=True), "x").approval is Approval.CANCELLED
