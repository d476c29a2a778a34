"""`python -m infra.bench.exchange [ITEMS …]`: what it costs to load a catalogue, and to load it again unchanged.

Every load runs in a process of its own, as on Lambda; its CPU seconds and its peak memory are the kernel's figures of it. The
embedded AWS works in another process: "wall" has its work in it, "cpu" has not. "calls" are requests to the tables, "writes"
rows that were written, both for a thousand items; botocore's own events count them.
"""

import multiprocessing
import os
import resource
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Callable
from pathlib import Path
from typing import Any

from infra.bench import files, memory
from infra.bench.laptop import embedded_aws
from infra.watched import watched

SIZES = (1_000, 10_000, 100_000)
MOST_RESTS = 10_000
"""The embedded AWS takes eight milliseconds for an update of ten balances."""
MB = 1024 * 1024


def main(sizes: tuple[int, ...] = SIZES) -> None:
    print("\nImport of a catalogue with 5 price types and 10 warehouses (a worker process; the store is another one)")
    print("bare: lxml's iterparse over all end events with clear(); filtered: over those of rows alone, the tree behind deleted")
    print(
        f"{'items':>8}  {'what':<34}{'file MB':>8}{'cpu s':>8}{'wall s':>8}{'items/cpu s':>13}{'items/s':>9}{'peak MB':>9}"
        f"{'calls':>7}{'writes':>8}"
    )
    for size in sizes:
        with tempfile.TemporaryDirectory() as folder, embedded_aws():
            _measure(Path(folder), size)


def _measure(folder: Path, size: int) -> None:
    goods, offers, rests = folder / "import0_1.xml", folder / "offers0_1.xml", folder / "rests0_1.xml"
    files.write_import(goods, size)
    files.write_offers(offers, size)
    _reading(size, goods)
    _reading(size, offers)
    _row(size, "import.xml: first load", goods, load)
    _row(size, "offers.xml: first load", offers, load)
    _row(size, "import.xml: again, unchanged", goods, load)
    _row(size, "offers.xml: again, unchanged", offers, load)
    if size <= MOST_RESTS:
        files.write_rests(rests, size)
        _row(size, "rests.xml: every balance changed", rests, load)
    _row(size, "search snapshot: build and publish", goods, publish)


def _reading(size: int, path: Path) -> None:
    name = path.name.partition("0")[0]
    bare_cpu = _row(size, f"{name}.xml: bare lxml stream", path, bare)
    filtered_cpu = _row(size, f"{name}.xml: filtered lxml stream", path, filtered)
    read_cpu = _row(size, f"{name}.xml: read and mapped", path, read_only)
    of_bare, of_filtered = bare_cpu / read_cpu, filtered_cpu / read_cpu
    print(f"{'':>10}{name}.xml: {of_bare:.2f} of the bare stream's speed, {of_filtered:.2f} of the filtered one's")


def bare(path: Path) -> None:
    from lxml import etree

    for _, element in etree.iterparse(path, events=("end",), huge_tree=False):
        element.clear()


def filtered(path: Path) -> None:
    from lxml import etree

    for _, element in etree.iterparse(path, events=("end",), tag=("{*}Товар", "{*}Предложение"), huge_tree=False):
        element.clear()
        while element.getprevious() is not None:
            del element.getparent()[0]


def read_only(path: Path) -> None:
    from chalicelib.formats.commerceml import read

    with path.open("rb") as stream:
        for _ in read(stream, path.name):
            pass


def load(path: Path) -> None:
    """As the worker of the queue does it: chunks of the exchange's size, the journal, the verdict."""
    from chalicelib.domain.exchange.exchange import FileState
    from chalicelib.domain.exchange.node_settings import FILE_LIMIT
    from chalicelib.runtime import Runtime
    from chalicelib.usecases.exchange import receive_files
    from chalicelib.workers.imports import imports
    from chalicelib.workers.worker import Work

    now = Runtime()
    run = now.exchange.open_run("bench", "catalog", now.clock())
    stores = (now.exchange, now.files, now.queues, now.clock)
    with path.open("rb") as stream:
        while chunk := stream.read(FILE_LIMIT):
            receive_files.receive_chunk(*stores, run=run, name=path.name, body=chunk, kind="catalog")
    message = {"run": run.id, "file": path.name, "kind": "catalog", "node": "bench", "seq": run.number}
    from chalicelib import runtime

    runtime.use(now)
    with watched(now.dynamodb, see=_count):
        imports(now, Work(message, lambda: 900_000))
    file = now.exchange.file(run.id, path.name)
    assert file and file.state is FileState.DONE and not file.error, file


made: Counter[str] = Counter()
"""What this process has asked of the tables."""


def _count(_service: str, _operation: str, params: dict[str, Any]) -> None:
    made["calls"] += 1
    if "TransactItems" in params:
        made["writes"] += len(params["TransactItems"])
    elif "UpdateExpression" in params or "Item" in params:
        made["writes"] += 1


def publish(_path: Path) -> None:
    from chalicelib.runtime import Runtime
    from chalicelib.usecases.catalogue.publish_snapshot import publish_snapshot

    now = Runtime()
    publish_snapshot(now.catalogue, now.categories, now.files, now.snapshot_writer, clock=now.clock, asked_at=now.clock())


def _row(size: int, what: str, path: Path, work: Callable[[Path], None]) -> float:
    """Its CPU seconds."""
    pipe, end = multiprocessing.get_context("spawn").Pipe()
    process = multiprocessing.get_context("spawn").Process(target=_run, args=(work, path, end))
    process.start()
    cpu, wall, peak, asked = pipe.recv()
    process.join()
    megabytes = path.stat().st_size / MB
    line = f"{size:>8}  {what:<34}{megabytes:>8.1f}{cpu:>8.2f}{wall:>8.2f}{size / cpu:>13,.0f}{size / wall:>9,.0f}{peak:>9.0f}"
    if asked:
        line += f"{asked['calls'] * 1000 / size:>7.1f}{asked['writes'] * 1000 / size:>8.1f}"
    print(line, flush=True)
    return float(cpu)


def _run(work: Callable[[Path], None], path: Path, end: Any) -> None:
    os.environ["POWERTOOLS_LOG_LEVEL"] = "ERROR"
    started, before = time.perf_counter(), resource.getrusage(resource.RUSAGE_SELF)
    work(path)
    used = resource.getrusage(resource.RUSAGE_SELF)
    cpu = used.ru_utime + used.ru_stime - before.ru_utime - before.ru_stime
    end.send((cpu, time.perf_counter() - started, memory.peak(), made))


if __name__ == "__main__":
    main(tuple(map(int, sys.argv[1:])) or SIZES)
