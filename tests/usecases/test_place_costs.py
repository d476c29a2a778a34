"""What DynamoDB is asked and what it counts for placing an order, call by call and unit by unit: a change here is a change of
the bill. Half of each line is taken from the shelf, half from a lot."""

from datetime import date
from itertools import islice
from types import SimpleNamespace

import pytest

from chalicelib.runtime import Runtime
from chalicelib.usecases.cart.place_order import Wish
from infra.watched import billed
from tests.usecases.orders_world import World

BATCH = 25


def world_of(aws: SimpleNamespace, lines: int) -> World:
    """Made in memory, then written to the embedded AWS in batches."""
    ids = [f"i{n:03d}" for n in range(lines)]
    memory = World({id: ("10", 2) for id in ids})
    for id in ids:
        memory.set_lots(id, ("L1", date(2027, 4, 15), 2))
        memory.put(id, 4)
    world = World({}, Runtime().dynamodb)
    world.index, world.now = memory.index, memory.now
    for table, rows in memory.dynamo.tables.items():
        left = iter(rows.values())
        while some := list(islice(left, BATCH)):
            aws.dynamodb.batch_write_item(RequestItems={table: [{"PutRequest": {"Item": item}} for item in some]})
    return world


@pytest.mark.parametrize(("lines", "calls", "reads", "writes"), [(10, 10, 15.5, 49), (500, 28, 526.5, 1415)])
def test_what_placing_costs(aws: SimpleNamespace, lines: int, calls: int, reads: float, writes: float) -> None:
    """CK-10, ST-15: up to a hundred actions one transaction; a longer order takes its holds ninety items at a time."""
    world = world_of(aws, lines)
    form = world.form(world.look(wish=Wish(date(2027, 4, 17))))
    with billed(world.portal.client) as bill:
        number = world.send(form)
    print(f"{lines} lines: {len(bill.calls)} calls, {bill.read} read units, {bill.write} write units")
    assert len(world.read(number).lines) == lines and len(world.held()) == 2 * lines
    assert (len(bill.calls), bill.read, bill.write) == (calls, reads, writes)
