"""Batches of orders for 1C: what is too big, what can't be written, and the one order 1C stumbles over for ever."""

from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from chalicelib.domain.orders.handover import BATCH, PATIENCE, Handover, next_batch
from chalicelib.usecases.orders import export_orders
from chalicelib.usecases.orders.export_orders import OutgoingOrder
from chalicelib.usecases.ports.orders import ASIDE
from tests.usecases.orders_world import World


def world_with(count: int) -> tuple[World, list[str]]:
    world = World({"a": ("100", 10_000)})
    numbers = []
    for _ in range(count):
        world.put("a", 1)
        numbers.append(world.place())
    return world, numbers


def aside(world: World) -> dict[str, str]:
    return {row.subject: row.error for row in world.outbox.pending(ASIDE)}


class ErpThatStumbles:
    """Loads a batch whole or not at all, and dies of some orders without a word, as УТ does."""

    def __init__(self, world: World, guilty: set[str]) -> None:
        self.world, self.guilty = world, guilty
        self.has: list[str] = []
        self.queries = 0

    def exchange(self) -> int:
        """How many orders were given."""
        self.queries += 1
        batch = [outgoing.order.number for outgoing in self.world.query()]
        if batch and not self.guilty & set(batch):
            self.has += batch
            self.world.success()
        return len(batch)


def test_a_poison_order_is_found_and_the_others_flow_on() -> None:
    """OR-01: batches are halved until the guilty order stands alone; then it is put aside, named, and nothing else waits."""
    world, numbers = world_with(12)
    erp = ErpThatStumbles(world, {numbers[7]})
    sizes = []
    while size := erp.exchange():
        sizes.append(size)
        assert len(sizes) < 40
    assert sorted(erp.has) == sorted(set(numbers) - {numbers[7]}) and len(erp.has) == len(set(erp.has))
    assert sizes[:PATIENCE] == [12] * PATIENCE and sizes[PATIENCE : PATIENCE + 2] == [6, 6]
    assert list(aside(world)) == [numbers[7]] and "без подтверждения" in aside(world)[numbers[7]]


def test_what_was_put_aside_can_be_given_again() -> None:
    """OR-01: after 1C was mended the order goes out like any other."""
    world, numbers = world_with(3)
    erp = ErpThatStumbles(world, {numbers[0]})
    while erp.exchange():
        pass
    erp.guilty.clear()
    (row,) = world.outbox.pending(ASIDE)
    world.outbox.put_back(row.id)
    assert erp.exchange() == 1 and numbers[0] in erp.has and aside(world) == {}


def test_an_order_that_can_not_be_read_never_blocks_the_others() -> None:
    """OR-01, OR-02."""
    world, numbers = world_with(3)
    item = world.portal.get((f"ORDER#{numbers[0]}", "HEAD"))
    assert item
    world.portal.put(item | {"approval": "unheard of"})
    world.portal.delete((f"ORDER#{numbers[1]}", "HEAD"))
    assert [outgoing.order.number for outgoing in world.query()] == [numbers[2]]
    assert set(aside(world)) == set(numbers[:2])
    world.success()
    assert world.query() == []


def test_an_order_that_can_not_be_written_never_blocks_the_others() -> None:
    world, numbers = world_with(3)

    def write(outgoing: OutgoingOrder) -> bytes:
        if outgoing.order.number == numbers[1]:
            raise ValueError("All strings must be XML compatible")
        return b"x"

    world.write = write
    assert [outgoing.order.number for outgoing in world.query()] == [numbers[0], numbers[2]]
    assert aside(world)[numbers[1]].endswith("XML compatible")


def test_a_store_that_is_away_puts_nothing_aside() -> None:
    world, _ = world_with(2)

    def write(outgoing: OutgoingOrder) -> bytes:
        raise ConnectionError("away")

    world.write = write
    with pytest.raises(ConnectionError):
        world.query()
    assert aside(world) == {} and len(world.outbox.pending("orders")) == 2


def test_a_batch_fits_into_an_answer() -> None:
    """Lambda's answer is limited: the rest comes with the next query, and what would never fit is put aside."""
    world, numbers = world_with(5)
    sizes = dict(zip(numbers, [1_500_000, 1_500_000, 4_000_001, 1_500_000, 10], strict=True))
    world.write = lambda outgoing: b"x" * sizes[outgoing.order.number]
    assert [outgoing.order.number for outgoing in world.query()] == numbers[:2]
    world.success()
    assert [outgoing.order.number for outgoing in world.query()] == numbers[3:]
    assert list(aside(world)) == [numbers[2]] and "4.0 МБ при допустимых 4 МБ" in aside(world)[numbers[2]]


def test_a_batch_holds_so_many_orders() -> None:
    world, numbers = world_with(BATCH + 3)
    assert [outgoing.order.number for outgoing in world.query()] == numbers[:BATCH]
    world.success()
    assert [outgoing.order.number for outgoing in world.query()] == numbers[BATCH:]


def test_a_session_acknowledges_its_own_batch_alone() -> None:
    """Two exchanges at once: the success of the one is not about what only the other was given."""
    world, _ = world_with(2)
    assert len(world.query("one")) == 2
    world.put("a", 1)
    late = world.place()
    assert len(world.query("two")) == 3
    assert world.success("one") == 2
    assert [outgoing.order.number for outgoing in world.query("two")] == [late]


@settings(max_examples=150, deadline=None)
@given(st.integers(1, 60), st.data())
def test_any_poison_orders_are_put_aside_and_no_others(count: int, data: Any) -> None:
    """Of a queue of orders (some of them poison) 1C gets every good one once; each poison one ends alone."""
    guilty = data.draw(st.sets(st.integers(0, count - 1), max_size=3))
    waiting, has, handover, queries = list(range(count)), [], Handover(), 0
    found = set()
    while waiting:
        queries += 1
        assert queries < 45 * (len(guilty) + 1) + count, "it comes to an end"
        handover, alone = next_batch(handover, f"{waiting[0]:03d}")
        if alone:
            found.add(waiting.pop(0))
            if not waiting:
                break
        batch = waiting[: handover.most]
        handover = handover.given(f"{batch[0]:03d}", f"{batch[-1]:03d}", len(batch))
        if not guilty & set(batch):
            has += batch
            waiting = waiting[len(batch) :]
    assert found == guilty and has == sorted(set(range(count)) - guilty)


def test_the_limit_is_below_what_lambda_answers() -> None:
    assert export_orders.MOST_BYTES * 4 / 3 < 6 * 2**20
