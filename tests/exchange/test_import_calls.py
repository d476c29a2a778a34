"""What an exchange asks of the tables, counted: DynamoDB bills by the call and by the row, and answers in milliseconds."""

from collections import Counter
from collections.abc import Iterator, Mapping

import pytest

from chalicelib import runtime
from chalicelib.domain.exchange.exchange import Tally
from tests.exchange import commerceml as cml
from tests.exchange.crash_site import CrashSite

ITEMS = [f"i{n:04d}" for n in range(1000)]
STORES = [f"w{n}" for n in range(10)]
WRITES = ("transact_write_items", "put_item", "update_item", "delete_item", "batch_write_item")


def balances(change: int) -> bytes:
    rows = (
        cml.offer(id, stock={store: str((n * 7 + m * 3 + change) % 200) for m, store in enumerate(STORES)})
        for n, id in enumerate(ITEMS)
    )
    return cml.offers(*rows, head="")


def goods() -> bytes:
    return cml.catalogue(*cml.many(ITEMS))


@pytest.fixture
def site() -> Iterator[CrashSite]:
    yield CrashSite()
    runtime.use(None)


def asked(site: CrashSite, name: str, content: bytes) -> tuple[Counter[str], Counter[str], Mapping[str, Tally]]:
    """Calls of the worker alone while it loads a file, rows that are others now by table, and what the journal says."""
    session = site.begun()
    session.send(name, content)
    calls, tables = Counter(site.dynamo.calls), {table: dict(rows) for table, rows in site.dynamo.tables.items()}
    site.step("imports")
    changed = Counter(
        table.rpartition("-")[2]
        for table, rows in site.dynamo.tables.items()
        for key, row in rows.items()
        if tables.get(table, {}).get(key) != row
    )
    (run,) = site.runtime.exchange.runs(1)
    file = site.runtime.exchange.file(run.id, name)
    assert file
    return Counter(site.dynamo.calls) - calls, changed, file.tallies


def writes(calls: Counter[str]) -> int:
    return sum(calls[name] for name in WRITES)


def test_a_refresh_of_stock_takes_few_calls(site: CrashSite) -> None:
    """ST-01, ST-08: 1,000 items at 10 warehouses, every balance another one: 100 items a call, whether read or written."""
    asked(site, "import0_1.xml", goods())
    asked(site, "offers0_1.xml", balances(0))
    calls, rows, tallies = asked(site, "offers0_2.xml", balances(1))
    assert tallies["stock"] == Tally(1000, 1000) and rows["portal"] >= 1000
    figures = len(ITEMS) * len(STORES)
    assert sum(calls.values()) * 1000 / figures < 5, calls
    assert calls["transact_write_items"] <= len(ITEMS) // 100 + 3, calls


def test_an_unchanged_catalogue_writes_nothing_but_its_journal(site: CrashSite) -> None:
    """CT-01, ST-08: 1C sends everything anew every night."""
    files = {"import0_1.xml": goods(), "offers0_1.xml": balances(0)}
    for name, content in files.items():
        asked(site, name, content)
    for name, content in files.items():
        calls, rows, tallies = asked(site, name, content)
        assert all(tally.written == 0 for tally in tallies.values()), tallies
        assert rows["catalogue"] <= 1 and rows["portal"] <= 6, rows
        assert writes(calls) <= 6 and sum(calls.values()) <= 45, calls
