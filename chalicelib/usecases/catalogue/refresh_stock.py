"""Free stock as 1C has it now: asked by warehouse, passed on in parts, written part by part.

A run of the journal is one round over all warehouses. Its files are a warehouse ("<id>") while it is asked, and each part of
what it answered ("<id>/001"). All rows of a run carry its number, so that a late part never overwrites a newer one.

`stock/<warehouse>.json` in S3 remembers what was passed on last. It makes a usual round cheap (only rows that differ from it
go on), and it is how an item 1C no longer lists becomes 0: 1C's balance leaves out what is used up, so whatever the file
knows and the answer does not is passed on as 0, once, and again with every full round. The cost is one object of about
45 bytes an item for each warehouse and round, and no scan of the stock table. An item no answer ever listed is not touched.
A full round every `FULL_EVERY` passes everything on. It repairs rows that were lost, refused for want of a card or written by
another exchange, and balances which the end of a hold moved after 1C's figure had already told of its reserve.
"""

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from decimal import Decimal

from chalicelib.domain.errors import Unavailable
from chalicelib.domain.exchange.exchange import ExchangeRun, FileState, Problem, Tally
from chalicelib.usecases.ports.catalogue import CatalogueStore, StockStore
from chalicelib.usecases.ports.clock import Clock
from chalicelib.usecases.ports.exchange import ExchangeStore
from chalicelib.usecases.ports.files import FileStore, Queues
from chalicelib.usecases.ports.neighbours import ErpClient

NODE = "1С OData"
PART = 500
FULL_EVERY = timedelta(minutes=15)
CHECK_DELAY = 5
CHECKS = 24
"""Looks at the other parts of a warehouse, `CHECK_DELAY` seconds apart, before its round is left unfinished."""

NEVER = datetime.min.replace(tzinfo=UTC)

Balances = Mapping[str, Decimal]


@dataclass(frozen=True, slots=True)
class Passed:
    """What was passed on for a warehouse so far, and when all of it went last."""

    rows: Balances = field(default_factory=dict)
    full_at: datetime = NEVER


def ask_warehouses(erp: ErpClient, exchange: ExchangeStore, queues: Queues, clock: Clock) -> int:
    """Open a round and queue one message for each warehouse 1C names; their number. Raises Unavailable."""
    warehouses = erp.warehouses()
    if warehouses:
        run = open_round(exchange, clock, warehouses=warehouses)
        seq = exchange.next_seq()
        for warehouse in warehouses:
            queues.send("stock", {"warehouse": warehouse, "run": run.id, "seq": seq})
    return len(warehouses)


def open_round(exchange: ExchangeStore, clock: Clock, *, warehouses: Sequence[str]) -> ExchangeRun:
    """A new run of the journal that waits for these warehouses."""
    run = exchange.open_run(NODE, "stock", clock())
    for warehouse in warehouses:
        _expect(exchange, run.id, warehouse)
    return run


def fetch_balances(
    erp: ErpClient,
    exchange: ExchangeStore,
    catalogue: CatalogueStore,
    files: FileStore,
    queues: Queues,
    clock: Clock,
    *,
    warehouse: str,
    run: str,
    seq: int,
) -> None:
    """Ask 1C for a warehouse and pass on what changed. Raises Unavailable after noting it in the journal."""
    exchange.start_file(run, warehouse, clock())
    try:
        answer = dict(erp.balances(warehouse))
    except Unavailable as unavailable:
        exchange.finish_file(run, warehouse, {}, (), str(unavailable), clock())
        raise
    before, now = _passed(files, warehouse), clock()
    full = now - before.full_at >= FULL_EVERY
    after = {item: Decimal(0) for item in before.rows} | answer
    changed = after if full else {item: free for item, free in after.items() if before.rows.get(item) != free}
    parts = _parts(changed)
    _pass_on(exchange, queues, parts, warehouse=warehouse, run=run, seq=seq)
    # Remembered only when all has gone: cut short before, the next round passes the same rows on again.
    _remember(files, warehouse, Passed(after, now if full else before.full_at))
    unchanged = len(after) - len(changed)
    exchange.finish_file(run, warehouse, {"balance": Tally(unchanged, unchanged=unchanged)}, (), "", now)
    if not parts:
        close_warehouse(exchange, catalogue, queues, warehouse=warehouse, run=run)


def _parts(rows: Balances) -> list[list[tuple[str, str]]]:
    pairs = [(item, str(free)) for item, free in sorted(rows.items())]
    return [pairs[start : start + PART] for start in range(0, len(pairs), PART)]


def _pass_on(
    exchange: ExchangeStore, queues: Queues, parts: Sequence[Iterable[tuple[str, str]]], *, warehouse: str, run: str, seq: int
) -> None:
    """All parts stand in the journal before the first goes: none can take itself for the last of the round."""
    names = [f"{warehouse}/{number:03d}" for number in range(1, len(parts) + 1)]
    for name in names:
        _expect(exchange, run, name)
    for name, rows in zip(names, parts, strict=True):
        message = {"warehouse": warehouse, "run": run, "seq": seq, "part": name, "rows": rows, "last": name == names[-1]}
        queues.send("stock", message)


def _expect(exchange: ExchangeStore, run: str, name: str) -> None:
    """A queued file in the journal; a repeat leaves it as it is."""
    if exchange.file(run, name) is None:
        exchange.next_chunk(run, name, 0)
    exchange.queue_file(run, name)


def apply_balances(
    catalogue: CatalogueStore,
    stock: StockStore,
    exchange: ExchangeStore,
    queues: Queues,
    clock: Clock,
    *,
    warehouse: str,
    rows: Sequence[tuple[str, str]],
    run: str,
    seq: int,
    part: str,
    last: bool,
) -> None:
    """Write one part; rows of items without a card are refused. Safe to repeat."""
    exchange.start_file(run, part, clock())
    known = catalogue.existing([item for item, _ in rows])
    tally = stock.apply({item: {warehouse: Decimal(free)} for item, free in rows if item in known}, seq)
    problems = [
        Problem("balance", item, item, "Нет карточки товара: остаток не записан")
        for item, free in rows
        if item not in known and Decimal(free)
    ]
    # A zero for an item we do not have says nothing that is not so already.
    unknown = len(rows) - len(known)
    tally = tally.plus(Tally(unknown, unchanged=unknown - len(problems), refused=len(problems)))
    exchange.finish_file(run, part, {"balance": tally}, problems, "", clock())
    if last:
        close_warehouse(exchange, catalogue, queues, warehouse=warehouse, run=run)


def close_warehouse(
    exchange: ExchangeStore, catalogue: CatalogueStore, queues: Queues, *, warehouse: str, run: str, check: int = 0
) -> None:
    """Move the mark "остатки обновлены" when every part of every warehouse of the round is written.

    The warehouse that comes to its end last sees them all. One whose own parts are still under way looks again a little later;
    where a part or a warehouse failed, the mark stays at the last round that was whole.
    """
    found = exchange.run(run)
    states = {file.name: file.state for file in found.files} if found else {}
    mine = {state for name, state in states.items() if name.partition("/")[0] == warehouse}
    if found and set(states.values()) == {FileState.DONE}:
        catalogue.mark(stock_at=found.opened_at)
    elif mine - {FileState.DONE, FileState.FAILED} and check < CHECKS:
        queues.send("stock", {"warehouse": warehouse, "run": run, "check": check + 1}, delay=CHECK_DELAY)


def _passed_key(warehouse: str) -> str:
    return f"stock/{warehouse}.json"


def _passed(files: FileStore, warehouse: str) -> Passed:
    """Looked for by a list: S3 tells who may not list the whole bucket that a missing file is forbidden to him."""
    key = _passed_key(warehouse)
    if key not in files.keys(key):
        return Passed()
    with files.open(key) as file:
        kept = json.load(file)
    return Passed({item: Decimal(free) for item, free in kept["rows"].items()}, datetime.fromisoformat(kept["full_at"]))


def _remember(files: FileStore, warehouse: str, passed: Passed) -> None:
    text = json.dumps({"full_at": passed.full_at.isoformat(), "rows": {item: str(free) for item, free in passed.rows.items()}})
    files.put(_passed_key(warehouse), text.encode(), "application/json")
