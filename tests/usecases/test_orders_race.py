"""Many buyers at once for the last pieces, over a real DynamoDB protocol: what is sold is what there was."""

import os
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from datetime import date
from types import SimpleNamespace

import pytest

from chalicelib.usecases.access.visitors import Visitor
from chalicelib.usecases.cart.place_order import Checkout, OfferChanged, Wish
from tests.usecases.orders_world import World

PIECES = 10
APRIL_15, APRIL_17 = date(2027, 4, 15), date(2027, 4, 17)
CROWDS = [int(one) for one in os.environ.get("KABINET_CROWDS", "24 100").split()]
"""Buyers at once; 500 take minutes on a laptop."""

Prepared = tuple[Visitor, Checkout]


def race(world: World, buyers: int, wishes: Sequence[Wish]) -> list[str]:
    """All look, all see one piece, all send at once; whoever is told to look again and still sees a piece sends again."""

    def ready(n: int) -> Prepared:
        world.put("x", 1, world.visitor(f"u-{n}"))
        visitor = world.visitor(f"u-{n}")
        return visitor, world.form(world.look(visitor, wishes[n % len(wishes)]))

    def buy(prepared: Prepared) -> str | None:
        visitor, form = prepared
        for _ in range(40):
            try:
                return world.send(form, visitor)
            except OfferChanged as changed:
                if changed.view.short:
                    return None
                form = world.form(changed.view)
        raise AssertionError("always told to look again")

    prepared = [ready(n) for n in range(buyers)]
    with ThreadPoolExecutor(24) as pool:
        return [number for number in pool.map(buy, prepared) if number]


@pytest.mark.parametrize("buyers", CROWDS)
def test_last_pieces_are_sold_once(aws: SimpleNamespace, buyers: int) -> None:
    """ST-15, ST-16: everybody has seen one piece available; exactly as many orders stand as there were pieces."""
    world = World({"x": ("10", PIECES)}, aws.dynamodb)
    numbers = race(world, buyers, [Wish()])
    print(f"{buyers} buyers, {PIECES} pieces: {len(numbers)} orders")
    assert len(numbers) == len(set(numbers)) == PIECES
    assert world.balance("x") == (PIECES, PIECES, 0)
    world.check_stock()


@pytest.mark.parametrize("buyers", CROWDS[:1] if len(CROWDS) == 2 else CROWDS)
def test_last_pieces_on_the_shelf_and_on_their_way_are_sold_once(aws: SimpleNamespace, buyers: int) -> None:
    """ST-09, ST-13, ST-14: 4 on the shelf and 6 in a lot; some wish a day and take the lot first, some take the shelf first."""
    world = World({"x": ("10", 4)}, aws.dynamodb)
    world.set_lots("x", ("L1", APRIL_15, 6))
    numbers = race(world, buyers, [Wish(), Wish(APRIL_17), Wish(together=True)])
    print(f"{buyers} buyers, 4 pieces on the shelf and 6 on their way: {len(numbers)} orders")
    assert len(numbers) == len(set(numbers)) == PIECES
    assert world.held() == {("x", ""): 4, ("x", "L1"): 6} and world.lot("x", "L1") == (6, 0)
    world.check_stock()


def test_double_click_at_the_same_instant(aws: SimpleNamespace) -> None:
    """CK-10: eight copies of one submit in parallel make one order."""
    world = World({"x": ("10", 50)}, aws.dynamodb)
    world.put("x", 3)
    form, visitor = world.form(world.look()), world.visitor()

    def click(_: int) -> str:
        try:
            return world.send(form, visitor)
        except OfferChanged:  # it met the first one half-way; the page asks again and gets the number
            return world.send(form, visitor)

    with ThreadPoolExecutor(8) as pool:
        assert len(set(pool.map(click, range(8)))) == 1
    assert len(world.numbers()) == 1 and world.balance("x") == (50, 3, 47)
