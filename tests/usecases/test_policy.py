"""Which orders go through by themselves, which a manager looks at and why, and when the dealer is asked."""

from datetime import date
from decimal import Decimal
from typing import Any

import pytest

from chalicelib.domain.exchange.records import Record
from chalicelib.domain.orders.orders import Approval, Order
from chalicelib.domain.partners.partners import Confirmation
from chalicelib.domain.partners.terms import CreditLimit
from chalicelib.usecases.cart.place_order import Wish
from tests.usecases.orders_world import World, answer_to

APRIL = date(2027, 4, 15)


def placed(world: World, quantity: int = 3, item: str = "a", wish: Wish | None = None) -> Order:
    world.put(item, quantity)
    return world.read(world.send(world.form(world.look(wish=wish))))


def small_world(**terms: Any) -> World:
    world = World({"a": ("100", 10), "b": ("10", 1000)})
    world.terms = terms
    return world


def why(order: Order) -> list[str]:
    return [reason.text % dict(reason.params) for reason in order.moderation]


def test_all_there_goes_through_by_itself() -> None:
    """ST-11, OR-14, OR-39: nobody touches it; 1C's own document confirms it."""
    world = small_world()
    order = placed(world)
    assert (order.approval, order.moderation) == (Approval.SUBMITTED, ())
    world.answer(answer_to(order))
    assert world.read(order.number).approval is Approval.CONFIRMED


def test_short_by_so_many_goes_to_the_manager() -> None:
    """ST-09, ST-10, ST-12, OR-13: with the reason; a document that 1C posts by itself does not confirm it, the manager's does."""
    world = small_world()
    world.set_lots("a", ("L1", APRIL, 5))
    order = placed(world, 16)
    assert order.approval is Approval.ON_MODERATION and why(order) == ["не хватает 1 шт: Товар a"]
    world.answer(answer_to(order))
    assert world.read(order.number).approval is Approval.ON_MODERATION
    world.answer(answer_to(order, state="Готов к обеспечению"))
    assert world.read(order.number).approval is Approval.CONFIRMED


def test_the_day_is_checked_too() -> None:
    """ST-10: 5 more come on the 15th, which is too late for the 14th."""
    for day, expected in ((APRIL, Approval.SUBMITTED), (date(2027, 4, 14), Approval.ON_MODERATION)):
        world = small_world()
        world.set_lots("a", ("L1", APRIL, 5))
        assert placed(world, 15, wish=Wish(day)).approval is expected


def test_days_between_arrival_and_shipping_come_with_the_contract() -> None:
    """OP-08."""
    world = small_world(inbound_buffer_days=3)
    world.set_lots("a", ("L1", APRIL, 5))
    assert placed(world, 15, wish=Wish(date(2027, 4, 17))).approval is Approval.ON_MODERATION
    assert small_world(inbound_buffer_days=3).terms


def test_a_contract_may_want_a_manager_for_every_order() -> None:
    """OP-04."""
    world = small_world(confirmation=Confirmation.MANAGER)
    order = placed(world)
    assert order.approval is Approval.ON_MODERATION and why(order) == ["по условиям договора заказ проверяет менеджер"]
    world.answer(answer_to(order))
    assert world.read(order.number).approval is Approval.ON_MODERATION
    world.answer(answer_to(order, cut={"a": 2}))
    assert world.read(order.number).approval is Approval.AWAITING_CLIENT


def test_a_better_change_is_asked_about_only_where_the_contract_says_so() -> None:
    """OP-04: «equal or better, no step of the client»; `client_on_change` asks after any change."""
    for policy, expected in ((Confirmation.AUTO, Approval.CONFIRMED), (Confirmation.CLIENT_ON_CHANGE, Approval.AWAITING_CLIENT)):
        world = small_world(confirmation=policy)
        order = placed(world)
        world.answer(answer_to(order, cut={"a": 4}))
        assert world.read(order.number).approval is expected


def test_more_credit_than_the_limit_is_looked_at() -> None:
    """Half in advance: of 600 roubles 300 are credit."""
    world = small_world(prepayment=50)
    world.limits.save([Record("l1", 1, CreditLimit("l1", "p-1", 29_999))])
    assert why(placed(world, 6)) == ["сумма в кредит больше кредитного лимита"]
    assert placed(world, 5, "b").moderation == ()


def test_an_absurd_amount_is_flagged() -> None:
    """A zero too many: more than ten times the largest of three earlier orders."""
    world = small_world()
    for _ in range(3):
        assert placed(world, 1, "b").moderation == ()
    assert placed(world, 10, "b").moderation == ()
    assert why(placed(world, 101, "b")) == ["сумма больше чем в 10 раз превышает любой из прежних заказов"]


@pytest.mark.parametrize("lines", [2, 5])
def test_long_shortages_are_told_shortly(lines: int) -> None:
    world = World({f"i{n}": ("1", 0) for n in range(lines)})
    for n in range(lines):
        world.put(f"i{n}", Decimal("1.5"))  # type: ignore[arg-type]
    told = why(world.read(world.place()))
    assert told[0] == "не хватает 1,5 шт: Товар i0" and len(told) == min(lines, 4)
    assert lines < 4 or told[-1] == "не хватает товара ещё в строках: 2"
