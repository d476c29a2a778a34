"""Many buyers at once for the last pieces, over a real DynamoDB protocol: what is sold is what there was."""

from concurrent.futures import ThreadPoolExecutor
from types import SimpleNamespace

import pytest

from chalicelib.usecases.access.visitors import Visitor
from chalicelib.usecases.orders.place_order import OfferChanged
from tests.usecases.orders_world import World

PIECES = 10


@pytest.mark.parametrize("buyers", [24, 100])
def test_last_pieces_are_sold_once(aws: SimpleNamespace, buyers: int) -> None:
    """ST-15, ST-16: everybody has seen one piece available; exactly as many orders stand as there were pieces."""
    world = World({"x": ("10", PIECES)}, aws.dynamodb)

    def ready(n: int) -> tuple[Visitor, object]:
        world.put("x", 1, world.visitor(f"u-{n}"))
        visitor = world.visitor(f"u-{n}")
        return visitor, world.form(world.look(visitor))

    def buy(prepared: tuple[Visitor, object]) -> str | None:
        visitor, form = prepared
        for _ in range(20):  # a dealer told to look again, who sees one piece still there, sends again
            try:
                return world.send(form, visitor)  # type: ignore[arg-type]
            except OfferChanged as changed:
                if changed.view.cart.rows[0].shortage:
                    return None
        return None

    prepared = [ready(n) for n in range(buyers)]
    with ThreadPoolExecutor(24) as pool:
        numbers = [number for number in pool.map(buy, prepared) if number]
    print(f"{buyers} buyers, {PIECES} pieces: {len(numbers)} orders")
    assert len(numbers) == len(set(numbers)) == PIECES
    assert world.balance("x") == (PIECES, PIECES, 0)
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
