"""Orders placed, taken by 1C, answered and confirmed: once each, whatever dies in between."""

from dataclasses import replace
from decimal import Decimal

import pytest

from chalicelib.domain.access.users import Role
from chalicelib.domain.errors import Conflict, Forbidden, InvalidInput, NotFound
from chalicelib.domain.orders.orders import Approval, ChangeKind, DeliveryMethod, diff
from chalicelib.domain.partners.partners import PartnerScope
from chalicelib.usecases.cart import cart, place_order
from chalicelib.usecases.cart.place_order import Wish
from chalicelib.usecases.orders import answer_order
from chalicelib.usecases.orders import show_orders as orders
from tests.usecases.orders_world import Died, World, answer_to


def small_world() -> World:
    return World({"a": ("100.50", 10), "b": ("20.1250", 5), "c": ("7", 0)})


def test_cart_totals_and_order_figures() -> None:
    """CK-01, CK-02, CK-10, PT-15, OR-03, ST-15, ST-16: sum, weight, volume; payer, partner and hold are in the order."""
    world = small_world()
    world.put("a", 3)
    put = world.put("b", "1.5")
    assert (put.totals.line_count, put.totals.amount, put.totals.weight_kg) == (2, 33169, Decimal("6.75"))
    view = world.look()
    assert view.cart.totals == world.visitor().account.carts[0].totals  # type: ignore[union-attr]  # the header shows the same
    number = world.place(comment="позвоните", client_reference="З-77")
    order = world.read(number)
    assert (order.sums.amount, order.sums.weight_kg, order.sums.volume_m3) == (33169, Decimal("6.75"), Decimal("0.045"))
    assert (order.partner_id, order.counterparty_id, order.comment, order.client_reference) == (
        "p-1",
        "cp-1",
        "позвоните",
        "З-77",
    )
    assert [line.vat_amount for line in order.lines] == [5025, 503]
    assert world.balance("a") == (10, 3, 7)
    assert world.look().cart.rows == ()
    world.check_stock()


def test_second_click_gives_the_first_order() -> None:
    """CK-10: whatever is clicked or retried, one order."""
    world = small_world()
    world.put("a", 2)
    form = world.form(world.look())
    assert len({world.send(form) for _ in range(4)}) == 1
    assert len(world.numbers()) == 1 and world.balance("a")[1] == 2


def test_nothing_is_placed_when_price_or_stock_moved_after_the_look() -> None:
    """PR-13: what he saw is what he orders; otherwise he is shown what changed and asked again."""
    world = small_world()
    world.put("a", 8)
    form = world.form(world.look())
    world.set_price("a", "120")
    with pytest.raises(place_order.OfferChanged) as changed:
        world.send(form)
    assert changed.value.view.cart.rows[0].price_was == Decimal("100.50")
    form = world.form(changed.value.view)
    world.set_stock({"a": Decimal(6)})
    with pytest.raises(place_order.OfferChanged) as changed:
        world.send(form)
    assert changed.value.view.cart.rows[0].shortage == 2
    assert world.numbers() == [] and world.open_holds() == {}
    world.send(world.form(changed.value.view))
    assert world.balance("a") == (6, 6, 0)


def test_a_line_put_in_meanwhile_is_never_lost() -> None:
    world = small_world()
    world.put("a", 1)
    form = world.form(world.look())
    world.put("b", 1)
    with pytest.raises(place_order.OfferChanged):
        world.send(form)
    stale = world.visitor()
    world.place()
    with pytest.raises(Conflict):
        world.put("b", 2, stale)
    assert len(world.read(world.numbers()[0]).lines) == 2


def test_what_checkout_refuses() -> None:
    """CK-06, CK-07, CK-08, CK-09: address or pickup, date, comment, payer are checked and named."""
    world = small_world()
    world.put("a", 1)
    view = world.look()
    wrong = (
        {"counterparty_id": "foreign"},
        {"delivery_method": DeliveryMethod.DELIVERY},
        {"delivery_method": DeliveryMethod.DELIVERY, "address_id": "foreign"},
        {"wish": Wish(world.now.date().replace(year=2020))},
        {"wish": Wish(world.now.date().replace(year=2990))},
        {"comment": "я" * 2001},
        {"client_reference": "1" * 51},
    )
    for more in wrong:
        with pytest.raises(InvalidInput) as refused:
            world.send(world.form(view, **more))
        assert set(refused.value.fields) <= set(more) | {"address_id", "desired_date"} and refused.value.fields
    assert world.numbers() == []
    number = world.place(delivery_method=DeliveryMethod.DELIVERY, address_id="a-1", wish=Wish(world.now.date()))
    assert world.read(number).address == "Казань, Складская, 1"


@pytest.mark.parametrize("quantity", ["-1", "NaN", "Infinity", "1000001", "0.0001"])
def test_absurd_quantities(quantity: str) -> None:
    with pytest.raises(InvalidInput):
        small_world().put("a", quantity)


def test_items_that_do_not_exist_or_have_no_price() -> None:
    """CT-17: a position that is not in the catalogue can't be ordered."""
    world = small_world()
    with pytest.raises(NotFound):
        world.put("ghost", 1)
    world.set_price("c", "0")
    with pytest.raises(InvalidInput):
        world.put("c", 1)
    world.put("a", 1)
    del world.index.items["a"]
    assert not world.look().cart.can_be_ordered
    with pytest.raises(place_order.OfferChanged):
        world.place()


def test_orders_leave_until_acknowledged() -> None:
    """OR-01, CK-12: an order waits in the outbox; what 1C did not acknowledge it gets again; one placed between stays."""
    world = small_world()
    world.put("a", 1)
    first = world.place()
    assert [out.order.number for out in world.query()] == [first]
    assert [out.order.number for out in world.query()] == [first]
    world.put("b", 1)
    second = world.place()
    assert world.success() == 1
    assert [out.order.number for out in world.query()] == [second]
    assert world.read(first).taken_at and not world.read(second).taken_at
    world.success()
    world.success()
    assert world.query() == []
    assert [event.kind for event in world.orders.with_events(world.visitor().scope, first)[1]] == ["placed", "taken"]


def test_worse_answer_waits_for_the_dealer_who_confirms() -> None:
    """OR-04, OR-06, OR-08, OR-10, OR-14, PR-07: 1C cuts and re-prices; the dealer sees it by line and confirms."""
    world = small_world()
    world.put("a", 4)
    world.put("b", 2)
    number = world.place()
    before = world.read(number)
    answer = answer_to(before, cut={"a": 3, "b": 0})
    answer = replace(answer, lines=(*answer.lines, replace(answer.lines[0], item_id="extra", name="Замена")))
    world.answer(answer)
    order = world.read(number)
    assert order.approval is Approval.AWAITING_CLIENT
    assert [change.kind for change in diff(order)] == [ChangeKind.CHANGED, ChangeKind.REMOVED, ChangeKind.ADDED]
    assert world.balance("a") == (7, 0, 7) and world.balance("b") == (5, 0, 5)
    with pytest.raises(Conflict):
        world.confirm(number, before.revision)
    world.confirm(number)
    order = world.read(number)
    assert order.approval is Approval.CONFIRMED and [line.item_id for line in order.lines] == ["a", "extra"]
    assert [out.order.approval for out in world.query()] == [Approval.CONFIRMED]
    assert [row.subject for row in world.outbox.pending("documents")] == [number]
    world.answer(answer)
    assert world.read(number).approval is Approval.CONFIRMED, "an echo of 1C's answer takes nothing back"


def test_equal_answer_confirms_and_orders_the_invoice() -> None:
    """ST-11, OR-12, OR-14: nothing is worse, so nobody is asked; closing in 1C completes the order."""
    world = small_world()
    world.put("a", 1)
    number = world.place()
    world.answer(answer_to(world.read(number)))
    assert world.read(number).approval is Approval.CONFIRMED
    assert len(world.outbox.pending("documents")) == 1
    world.answer(answer_to(world.read(number), state="Закрыт"))
    assert world.read(number).fulfilment.value == "completed"
    assert len(world.outbox.pending("documents")) == 1


def test_manager_may_ask_even_when_nothing_is_worse_and_unknown_states_are_reported() -> None:
    """OR-08, OR-13: «Ожидает подтверждения» is obeyed; a state nobody mapped changes no status and is reported."""
    world = small_world()
    world.put("a", 1)
    number = world.place()
    world.answer(answer_to(world.read(number), state="Ожидает подтверждения"))
    order = world.read(number)
    assert order.approval is Approval.AWAITING_CLIENT
    odd = answer_to(order, state="У шамана", posted=False)
    problems = answer_order.take_answer(world.orders, world.queues, world.clock, answer=odd)
    assert "У шамана" in problems[0].reason % dict(problems[0].params)
    assert world.read(number).approval is Approval.AWAITING_CLIENT


def test_cancelled_by_1c_frees_the_stock() -> None:
    world = small_world()
    world.put("a", 4)
    number = world.place()
    world.answer(replace(answer_to(world.read(number)), cancelled=True))
    assert world.read(number).approval is Approval.CANCELLED
    assert world.balance("a") == (10, 0, 10)


def test_only_author_or_head_answers_and_nobody_else_sees_it() -> None:
    """AC-16, AC-17: colleagues see the order, only its author or the head changes it; another partner gets 404."""
    world = small_world()
    world.put("a", 4)
    number = world.place()
    world.answer(answer_to(world.read(number), cut={"a": 1}))
    colleague = world.visitor("u-2")
    assert (
        orders.order_page(world.orders, world.documents, world.conversations, visitor=colleague, number=number).may_answer
        is False
    )
    revision = world.read(number).revision
    arguments = {"number": number, "revision": revision}
    with pytest.raises(Forbidden):
        answer_order.confirm_changes(world.orders, world.queues, world.clock, visitor=colleague, **arguments)  # type: ignore[arg-type]
    stranger = world.visitor("u-9", "p-2")
    with pytest.raises(NotFound):
        orders.order_page(world.orders, world.documents, world.conversations, visitor=stranger, number=number)
    with pytest.raises(NotFound):
        answer_order.confirm_changes(world.orders, world.queues, world.clock, visitor=stranger, **arguments)  # type: ignore[arg-type]
    head = world.visitor("u-3", role=Role.ACCOUNT_HEAD)
    answer_order.decline_changes(world.orders, world.clock, visitor=head, comment="верните 4 шт.", **arguments)  # type: ignore[arg-type]
    assert world.read(number).approval is Approval.ON_MODERATION


def test_list_of_orders_pages_newest_first() -> None:
    """OR-22, OR-23: every order ever placed, page after page, none twice, none of another partner."""
    world = small_world()
    placed = []
    for _ in range(7):
        world.put("c", 1)
        placed.append(world.place())
    stranger = world.visitor("u-9", "p-2")
    assert orders.latest_orders(world.orders, visitor=stranger).orders == ()
    seen: list[str] = []
    after: str | None = None
    for _ in range(4):
        page = world.orders.page(PartnerScope("p-1"), limit=2, after=after)
        seen += [order.number for order in page.orders]
        after = page.next
    assert seen == placed[::-1] and after is None
    assert page.orders[0].sums.amount == 700


def test_expired_hold_frees_the_stock_once() -> None:
    """ST-16: a hold 1C never answered ends by itself."""
    world = small_world()
    world.put("a", 4)
    number = world.place()
    assert list(world.orders.expired_holds(world.now)) == []
    later = world.now.replace(year=2027)
    assert list(world.orders.expired_holds(later)) == [number]
    for _ in range(2):
        world.orders.settle_hold(number, {}, later)
    assert world.balance("a") == (10, 0, 10) and list(world.orders.expired_holds(later)) == []


def _calls(world: World, form: place_order.Checkout) -> int:
    before = world.dynamo.calls.total()
    world.send(form)
    return world.dynamo.calls.total() - before


@pytest.mark.parametrize("lines", [10, 200])
def test_placing_survives_death_at_every_call(lines: int) -> None:
    """CK-10: the process dies before or after each call in turn; the browser tries again: exactly one order, holds right."""

    def filled() -> tuple[World, place_order.Checkout]:
        world = World({f"i{n}": ("10", 5) for n in range(lines)})
        for n in range(lines):
            world.put(f"i{n}", 2)
        return world, world.form(world.look())

    calls = _calls(*filled())
    points = [(call, when) for call in range(1, calls + 1) for when in ("before", "after")]
    for call, when in points:
        world, form = filled()
        world.die_at(call, when)
        with pytest.raises(Died):
            world.send(form)
        number = world.send(form)
        assert world.numbers() == [number]
        assert len(world.read(number).lines) == lines
        assert world.open_holds() == {f"i{n}": 2 for n in range(lines)}
        world.check_stock()
        assert world.look().cart.rows == () and len(world.query()) == 1
    print(f"placing {lines} lines: {len(points)} places to die, each tried")


def test_answering_and_confirming_survive_death_at_every_call() -> None:
    """OR-04, OR-10: 1C repeats its answer and the dealer his click until they get through: one change, one confirmation."""

    def answered_at(call: int, when: str) -> bool:
        world = small_world()
        world.put("a", 4)
        number = world.place()
        answer = answer_to(world.read(number), cut={"a": 3})
        world.die_at(call, when)
        died = 0
        for step in (lambda: world.answer(answer), lambda: world.confirm(number)):
            try:
                step()
            except Died:
                died += 1
                try:
                    step()
                except Conflict:  # the first try had come through
                    assert world.read(number).approval is Approval.CONFIRMED
        world.live()
        world.answer(answer)
        order = world.read(number)
        assert order.approval is Approval.CONFIRMED and order.revision == 3
        assert world.balance("a") == (7, 0, 7)
        assert len(world.outbox.pending("documents")) == 1
        assert [out.order.number for out in world.query()] == [number]
        return bool(died)

    tried = 0
    while answered_at(tried // 2 + 1, ("before", "after")[tried % 2]):
        tried += 1
    assert tried > 10
    print(f"answering and confirming: {tried} places to die, each tried")


def test_catalogue_knows_quantities_in_the_cart_without_a_call() -> None:
    """ST-02: boxes of the catalogue show what is in the cart; from 300 lines on they ask for them; an old head is put right."""
    world = World({f"i{n}": ("10", 5) for n in range(303)})
    for n in range(3):
        world.put(f"i{n}", n)
    before = world.dynamo.calls.total()
    assert cart.in_cart(world.carts, visitor=world.visitor()) == {"i1": 1, "i2": 2}
    assert world.dynamo.calls.total() - before == 1, "only the visitor's own account"
    for n in range(303):
        world.put(f"i{n}", 2)
    assert world.visitor().account.carts[0].quantities is None  # type: ignore[union-attr]
    assert len(cart.in_cart(world.carts, visitor=world.visitor())) == 303
    for n in range(4):
        world.put(f"i{n}", 0)
    world.look()
    assert len(world.visitor().account.carts[0].quantities or ()) == 299  # type: ignore[union-attr]
