"""A dealer cancels or edits while 1C is taking the order: whoever is first, both sides end at one."""

from dataclasses import replace
from decimal import Decimal

import pytest

from chalicelib.domain.access.users import PERMISSIONS, Role
from chalicelib.domain.errors import Conflict
from chalicelib.domain.orders.orders import Approval, diff
from chalicelib.usecases.access.visitors import Visitor
from chalicelib.usecases.orders.change_order import cancel_order, decide_request
from tests.usecases.orders_world import World, answer_to


def placed() -> tuple[World, str]:
    world = World({"x": ("10", 10)})
    world.put("x", 4)
    return world, world.place()


def cancel(world: World, number: str, revision: int | None = None) -> bool:
    seen = revision if revision is not None else world.read(number).revision
    return cancel_order(world.orders, world.clock, visitor=world.visitor(), number=number, revision=seen)


def test_between_query_and_success() -> None:
    """OP-11, C-18: 1C got it as live and acknowledges that batch; the cancelling goes out by itself, and holds are free once."""
    world, number = placed()
    assert [out.order.approval for out in world.query()] == [Approval.SUBMITTED]
    assert cancel(world, number)
    world.success()
    assert [out.order.approval for out in world.query()] == [Approval.CANCELLED]
    world.success()
    assert world.query() == []
    assert [int(figure) for figure in world.balance("x")] == [10, 0, 10]


def test_1c_answers_an_order_that_was_cancelled_meanwhile() -> None:
    """C-08: its posted document does not bring the order back, and it is told once more."""
    world, number = placed()
    world.query()
    live = world.read(number)
    assert cancel(world, number)
    world.success()
    world.query()
    world.success()
    world.answer(answer_to(live))
    assert world.read(number).approval is Approval.CANCELLED
    assert [out.order.approval for out in world.query()] == [Approval.CANCELLED]
    world.check_stock()


def test_success_comes_between_the_look_and_the_click() -> None:
    """1C has it now: the dealer asks, and 1C's own cancelling is the answer to that."""
    world, number = placed()
    revision = world.read(number).revision
    world.query()
    world.success()
    assert not cancel(world, number, revision)
    assert not cancel(world, number, revision), "a second click asks no second time"
    answer = answer_to(world.read(number))
    world.answer(replace(answer, deleted=True))
    after = world.read(number)
    assert (after.approval, after.request) == (Approval.CANCELLED, None)
    assert [int(figure) for figure in world.balance("x")] == [10, 0, 10]


def test_the_manager_decides_on_what_he_has_seen() -> None:
    world, number = placed()
    world.query()
    world.success()
    cancel(world, number)
    seen = world.read(number).revision
    world.answer(answer_to(world.read(number), cut={"x": 3}))
    after = world.read(number)
    assert after.request is not None and after.request.stale
    for revision in (seen, after.revision):
        with pytest.raises(Conflict):
            decide_request(
                world.orders, world.queues, world.clock,
                visitor=_manager(world), number=number, revision=revision, grant=True,
            )  # fmt: skip


def test_1c_answers_the_figures_from_before_the_edit() -> None:
    """C-08, C-17: both sides changed it; the dealer sees the difference and decides, neither word is lost in silence."""
    world, number = placed()
    world.query()
    stale = answer_to(world.read(number))
    before = world.read(number)
    assert world.edit(number, before.revision, {1: Decimal(3)})
    world.answer(stale)
    after = world.read(number)
    assert after.approval is Approval.AWAITING_CLIENT
    assert [(change.line.quantity, change.before and change.before.quantity) for change in diff(after)] == [(4, 3)]
    world.check_stock()


def test_a_wish_that_1c_has_overtaken_is_decided_by_confirming() -> None:
    """C-17: 1C hears that it became stale, and that it is closed."""
    world, number = placed()
    world.query()
    world.success()
    world.edit(number, world.read(number).revision, {1: Decimal(2)})
    world.answer(answer_to(world.read(number), cut={"x": 3}))
    after = world.read(number)
    assert after.request is not None and after.request.stale and after.approval is Approval.AWAITING_CLIENT
    world.confirm(number)
    assert world.read(number).request is None
    assert f"change_request#{number}" in [row.id for row in world.outbox.pending("changes")]


def test_1c_grants_a_wish_by_its_document() -> None:
    """OP-10: the quantity he asked for is no change behind his back."""
    world, number = placed()
    world.query()
    world.success()
    world.edit(number, world.read(number).revision, {1: Decimal(2)})
    world.answer(answer_to(world.read(number), cut={"x": 2}))
    after = world.read(number)
    assert (after.request, after.approval, after.lines[0].quantity) == (None, Approval.CONFIRMED, 2)
    assert [int(figure) for figure in world.balance("x")] == [8, 0, 8]


def _manager(world: World) -> Visitor:
    return replace(world.visitor(), account=None, permissions=PERMISSIONS[Role.MANAGER])
