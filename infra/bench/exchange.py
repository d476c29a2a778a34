"""`python -m infra.bench.exchange [ITEMS …]`: what it costs to load a catalogue, and to load it again unchanged.

Every load runs in a process of its own, as on Lambda; its CPU seconds and its peak memory are the kernel's figures of it. The
embedded AWS works in another process: "wall" has its work in it, "cpu" has not.
"""

import multiprocessing
import os
import resource
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

from infra.bench import files
from infra.bench.laptop import embedded_aws

SIZES = (1_000, 10_000, 100_000)
MB = 1024 * 1024


def main(sizes: tuple[int, ...] = SIZES) -> None:
    print("\nImport of a catalogue with 5 price types and 10 warehouses (a worker process; the store is another one)")
    print(f"{'items':>8}  {'what':<34}{'file MB':>8}{'cpu s':>8}{'wall s':>8}{'items/cpu s':>13}{'items/s':>9}{'peak MB':>9}")
    for size in sizes:
        with tempfile.TemporaryDirectory() as folder, embedded_aws():
            _measure(Path(folder), size)


def _measure(folder: Path, size: int) -> None:
    goods, offers = folder / "import0_1.xml", folder / "offers0_1.xml"
    files.write_import(goods, size)
    files.write_offers(offers, size)
    _row(size, "import.xml: bare lxml stream", goods, bare)
    _row(size, "import.xml: read, no store", goods, read_only)
    _row(size, "offers.xml: bare lxml stream", offers, bare)
    _row(size, "offers.xml: read, no store", offers, read_only)
    _row(size, "import.xml: first load", goods, load)
    _row(size, "offers.xml: first load", offers, load)
    _row(size, "import.xml: again, unchanged", goods, load)
    _row(size, "offers.xml: again, unchanged", offers, load)
    _row(size, "search snapshot: build and publish", goods, publish)


def bare(path: Path) -> None:
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
    from chalicelib.domain.exchange import FileState
    from chalicelib.domain.node_settings import FILE_LIMIT
    from chalicelib.runtime import Runtime
    from chalicelib.usecases import receive_files
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
    imports(now, Work(message, lambda: 900_000))
    file = now.exchange.file(run.id, path.name)
    assert file and file.state is FileState.DONE and not file.error, file


def publish(_path: Path) -> None:
    from chalicelib.runtime import Runtime
    from chalicelib.usecases.publish_snapshot import publish_snapshot

    now = Runtime()
    publish_snapshot(now.catalogue, now.files, now.snapshot_writer, clock=now.clock, asked_at=now.clock())


def _row(size: int, what: str, path: Path, work: Callable[[Path], None]) -> None:
    pipe, end = multiprocessing.get_context("spawn").Pipe()
    process = multiprocessing.get_context("spawn").Process(target=_run, args=(work, path, end))
    process.start()
    cpu, wall, peak = pipe.recv()
    process.join()
    megabytes = path.stat().st_size / MB
    print(
        f"{size:>8}  {what:<34}{megabytes:>8.1f}{cpu:>8.2f}{wall:>8.2f}{size / cpu:>13,.0f}{size / wall:>9,.0f}{peak:>9.0f}",
        flush=True,
    )


def _run(work: Callable[[Path], None], path: Path, end: Any) -> None:
    os.environ["POWERTOOLS_LOG_LEVEL"] = "ERROR"
    started, before = time.perf_counter(), resource.getrusage(resource.RUSAGE_SELF)
    work(path)
    used = resource.getrusage(resource.RUSAGE_SELF)
    cpu = used.ru_utime + used.ru_stime - before.ru_utime - before.ru_stime
    end.send((cpu, time.perf_counter() - started, used.ru_maxrss / 1024))


if __name__ == "__main__":
    main(tuple(map(int, sys.argv[1:])) or SIZES)
