"""Orders that count on goods on their way: held with the shelf in one transaction, never twice, given back by every way out."""

from datetime import date, datetime
from decimal import Decimal

import pytest

from chalicelib.adapters.dynamo.table import ConditionFailed
from chalicelib.domain.catalogue.stock import Hold
from chalicelib.usecases.cart.place_order import Checkout, OfferChanged, Wish
from chalicelib.usecases.orders.end_holds import end_expired_holds
from tests.usecases.orders_world import START, WAREHOUSE, Died, World, answer_to

APRIL_15, APRIL_17 = date(2027, 4, 15), date(2027, 4, 17)
FOR_17 = Wish(APRIL_17)


def world_of(on_hand: int = 50) -> World:
    world = World({"x": ("10", on_hand), "y": ("7", 5)})
    world.set_lots("x", ("L1", APRIL_15, 70))
    return world


def order(world: World, wanted: int, wish: Wish = FOR_17, user: str = "u-1") -> str:
    visitor = world.visitor(user)
    world.put("x", wanted, visitor)
    return world.send(world.form(world.look(world.visitor(user), wish)), visitor)


def free(world: World) -> tuple[int, int]:
    return int(world.balance("x")[2]), int(world.lot("x", "L1")[1])


def test_the_worked_example_is_held_and_kept_with_the_order() -> None:
    """ST-14, ST-16, OP-08: 70 of the lot and 30 on hand; 20 stay for anybody; the plan stands in the order."""
    world = world_of()
    number = order(world, 100)
    [line] = world.read(number).lines
    assert [(part.quantity, part.lot_id, part.due) for part in line.plan] == [(30, "", None), (70, "L1", APRIL_15)]
    assert free(world) == (20, 0) and world.held() == {("x", ""): 30, ("x", "L1"): 70}
    assert order(world, 20, Wish(date(2027, 4, 16)), "u-2") and free(world) == (0, 0)
    world.check_stock()


def test_of_two_at_once_one_gets_it_and_the_other_sees_what_is_left() -> None:
    """ST-12, case 12: both have seen 120; the second is shown 20, and nothing of his is held."""
    world = world_of()
    for user in ("u-1", "u-2"):
        world.put("x", 100, world.visitor(user))
    forms = {user: world.form(world.look(world.visitor(user), FOR_17)) for user in ("u-1", "u-2")}
    world.send(forms["u-1"], world.visitor("u-1"))
    with pytest.raises(OfferChanged) as changed:
        world.send(forms["u-2"], world.visitor("u-2"))
    assert changed.value.view.promises[0].held == 20 and free(world) == (20, 0)
    world.check_stock()


@pytest.mark.parametrize(("wanted", "wish", "left"), [(60, FOR_17, (50, 10)), (120, FOR_17, (0, 0)), (100, Wish(), (0, 20))])
def test_other_cases(wanted: int, wish: Wish, left: tuple[int, int]) -> None:
    """ST-13: cases 2, 5 and 11."""
    world = world_of()
    order(world, wanted, wish)
    assert free(world) == left


def test_a_lot_told_anew_between_the_look_and_the_click() -> None:
    """ST-10: it may come later now, so the dealer is asked; where it still comes in time nobody notices."""
    world = world_of()
    world.put("x", 100)
    form = world.form(world.look(wish=FOR_17))
    world.set_lots("x", ("L1", date(2027, 4, 20), 70))
    with pytest.raises(OfferChanged) as changed:
        world.send(form)
    assert changed.value.view.promises[0].shortage == 50 and world.held() == {}
    world.set_lots("x", ("L1", APRIL_15, 70))
    assert world.send(form) and free(world) == (20, 0)


def test_1c_answers_and_its_figures_count_nothing_twice() -> None:
    """ST-15, OP-07: what it keeps stays deducted until it tells its lots with the reserve in them; cut lines are free again."""
    world = world_of()
    number = order(world, 100)
    world.answer(answer_to(world.read(number), cut={"x": 90}))
    assert world.held() == {} and free(world) == (20, 10) and world.balance("x")[0] == 20
    world.set_lots("x", ("L1", APRIL_15, 70), reserved=60)
    assert free(world) == (20, 10)
    world.check_stock()


def test_1c_tells_its_lots_while_they_are_held() -> None:
    world = world_of()
    order(world, 100)
    world.set_lots("x", ("L1", APRIL_15, 75))
    assert free(world) == (20, 5)
    world.set_lots("x")  # gone, and back again
    world.set_lots("x", ("L1", APRIL_15, 70))
    assert free(world) == (20, 0)
    world.check_stock()


def test_a_hold_nobody_answered_ends() -> None:
    """OP-07: shelf and lots are free again, the order stands."""
    world = world_of()
    number = order(world, 100)
    world.now = world.now.replace(day=world.now.day + 2)
    assert end_expired_holds(world.orders, world.clock) == 1
    assert free(world) == (50, 70) and world.numbers() == [number] and not end_expired_holds(world.orders, world.clock)
    world.check_stock()


def test_counters_of_lots_that_came_go() -> None:
    world = world_of()
    world.answer(answer_to(world.read(order(world, 100)), cut={"x": 0}))
    world.set_lots("x", ("L2", APRIL_17, 5))
    row = world.portal.get(("ITEM#x", "STOCK")) or {}
    assert {name for name in row if name[:2] in ("LA", "LH")} == {"LA#L2"}


def test_two_lines_of_one_item_are_one_hold() -> None:
    world = world_of()
    twice = [Hold("x", WAREHOUSE, Decimal(3), "L1", world.seq), Hold("x", WAREHOUSE, Decimal(4), "L1", world.seq)]
    attempt = world.orders.holds.take_in_parts("K-9", twice, START)
    assert attempt and world.lot("x", "L1") == (7, 63)
    world.orders.settle_hold("K-9", {}, START)
    assert world.lot("x", "L1") == (0, 70)


def long_cart() -> tuple[World, Checkout]:
    """Each line takes all there is of the shelf and of a lot."""
    ids = [f"i{n:03d}" for n in range(91)]
    world = World({id: ("1", 2) for id in ids})
    for id in ids:
        world.set_lots(id, ("L", APRIL_15, 3))
        world.put(id, 5)
    return world, world.form(world.look(wish=FOR_17))


def test_dying_anywhere_while_a_long_order_takes_lots() -> None:
    """OP-07: an order too long for one transaction dies before and after each call in turn and is sent again."""
    tried = 0
    for when in ("before", "after"):
        for call in range(1, 40):
            world, form = long_cart()
            world.die_at(call, when)
            try:
                number = world.send(form)
                break
            except Died:
                number = world.send(form)
            finally:
                world.live()
            tried += 1
            assert world.numbers() == [number] and world.held()["i000", "L"] == 3
            world.check_stock()
    print(f"{tried} places to die")
    assert tried >= 20


def test_a_late_copy_of_a_long_order_leaves_the_holds_of_the_first() -> None:
    """CK-10: the second click passed its first look before the first click's order stood; it must not let its holds go."""
    world, form = long_cart()
    number = world.send(form)
    world.orders.holds.abandon(number, world.now)
    assert len(world.held()) == 182
    with pytest.raises(ConditionFailed):
        world.orders.holds.take_in_parts(number, [Hold("i000", WAREHOUSE, Decimal(1))], world.now)
    assert len(world.held()) == 182
    world.check_stock()


def test_more_lots_than_can_be_promised_are_shown() -> None:
    world = world_of()
    days = [datetime(2027, 5, 1).replace(day=n % 28 + 1).date() for n in range(80)]
    world.set_lots("x", *((f"lot-{n:02d}", day, 1) for n, day in enumerate(days)))
    assert len(world.offers.read(["x"])["x"][1].lots) == 80
    world.put("x", 200)
    assert world.look().promises[0].held == 50 + 60
