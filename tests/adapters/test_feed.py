"""Numbers of the outbox: one for each row, given once, whoever reads at the same time."""

from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from types import SimpleNamespace

from chalicelib.adapters.dynamo.exchange.feed import DynamoFeed
from chalicelib.adapters.dynamo.orders.outbox import DynamoOutbox
from chalicelib.adapters.dynamo.table import Table
from chalicelib.runtime import Runtime
from tests.stand_ins.dynamodb import MemoryDynamo

START = datetime(2026, 11, 21, 9, 0, tzinfo=UTC)


def test_readers_at_the_same_time_see_one_numbering() -> None:
    portal = Table(MemoryDynamo(), "portal")  # type: ignore[arg-type]
    outbox = DynamoOutbox(portal)
    given: dict[int, set[str]] = {}

    def read(_: int) -> None:
        for number, row in DynamoFeed(portal).numbered():
            given.setdefault(number, set()).add(row.id)

    for turn in range(20):
        for n in range(7):
            outbox.add("orders", f"K-{turn}-{n}", {}, START - timedelta(minutes=turn))  # each turn is older than the last
        with ThreadPoolExecutor(8) as pool:
            list(pool.map(read, range(8)))
    assert all(len(rows) == 1 for rows in given.values())
    assert len({row for rows in given.values() for row in rows}) == 140


def test_hundreds_of_rows_on_the_real_table(aws: SimpleNamespace) -> None:
    rt = Runtime()
    for n in range(230):
        rt.outbox.add("orders", f"K-{n:06d}", {}, START + timedelta(seconds=n))
    rows = rt.feed.numbered()
    assert [number for number, _ in rows] == list(range(1, 231))
    assert [row.subject for _, row in rows] == [f"K-{n:06d}" for n in range(230)]
    assert rt.feed.known() == rows and rt.feed.numbered() == rows
