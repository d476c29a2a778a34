"""`python -m infra.bench.real_files FOLDER …`: a supplier's own files through the exchange, every row of them accounted for.

Each folder below FOLDER that has files is one supplier. Its files are sent as 1C sends them (over HTTP, into an embedded AWS,
the worker beside it): goods first, then offers, then orders. What the portal says it has read is held against a count of the
elements that knows nothing of the portal's reader; a row that is missing, or a sum that does not add up, ends it with 1.
"""

import json
import os
import socket
import subprocess
import sys
import threading
import time
import urllib.parse
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from chalicelib.domain.exchange.exchange import ExchangeFile, Tally
from infra.bench.laptop import embedded_aws, free_port
from infra.simulator.client import ExchangeError, Site

LOGIN = PASSWORD = "1c"
REASONS_SHOWN = 3
ORDERS = ("", "заказ товара", "заказ клиента", "заказ покупателя")

Counts = Mapping[str, int]


# --- what is in a file, by a reader of its own ------------------------------------------------------------------------


def elements_in(path: Path) -> Counter[str]:
    """How many groups, items, offers and orders stand in the file; what 1C repeats inside of orders is not counted."""
    from lxml import etree

    found: Counter[str] = Counter()
    path_of_tags: list[str] = []
    with path.open("rb") as stream:
        for event, element in etree.iterparse(stream, events=("start", "end"), recover=True, huge_tree=True):
            name = etree.QName(element).localname if isinstance(element.tag, str) else ""
            if event == "start":
                path_of_tags.append(name)
                continue
            path_of_tags.pop()
            if kind := _kind(name, path_of_tags, element):
                found[kind] += 1
    return found


def _kind(name: str, above: list[str], element: Any) -> str:
    match name:
        case "Группа":
            return "groups"
        case "Товар" if "Каталог" in above and "Документ" not in above:
            return "items"
        case "Предложение":
            return "offers"
        case "Документ" if "Документ" not in above and element.findtext("{*}ХозОперация", "").lower() in ORDERS:
            return "orders"
    return ""


def rank(counts: Counts) -> int:
    """Goods before what is said of them."""
    return 0 if counts["items"] or counts["groups"] else 2 if counts["orders"] else 1


def missing(counts: Counts, tallies: Mapping[str, Tally]) -> list[str]:
    """What the portal does not account for, in words; nothing for a file that is all there."""
    read = {kind: tally.read for kind, tally in tallies.items()}
    read["offers"] = sum(read.get(kind, 0) for kind in ("offers", "prices", "stock"))
    found = [
        f"{kind}: {count} in the file, {read.get(kind, 0)} read" for kind, count in counts.items() if read.get(kind, 0) < count
    ]
    for kind, tally in tallies.items():
        parts = (tally.written, tally.unchanged, tally.refused, *([tally.waiting] if tally.waiting else []))
        if tally.read != sum(parts):
            found.append(f"{kind}: {tally.read} read is not {' + '.join(map(str, parts))}")
    return found


# --- the portal -------------------------------------------------------------------------------------------------------


@contextmanager
def portal() -> Iterator[Site]:
    """The exchange of a new portal, with the worker of its files."""
    os.environ["POWERTOOLS_LOG_LEVEL"] = "CRITICAL"
    with embedded_aws():
        from chalicelib import runtime
        from chalicelib.domain.exchange.exchange import ExchangeNode
        from chalicelib.runtime import Runtime

        now, port, stopping = Runtime(), free_port(), threading.Event()
        runtime.use(now)
        now.exchange.save_node(ExchangeNode(LOGIN, now.hasher.hash(PASSWORD)))
        gateway = subprocess.Popen([sys.executable, "-m", "infra.local.gateway", "--port", str(port)], stdout=subprocess.DEVNULL)
        worker = threading.Thread(target=_work, args=(stopping,))
        worker.start()
        try:
            _wait_for(port)
            yield Site(f"http://127.0.0.1:{port}", LOGIN, PASSWORD)
        finally:
            stopping.set()
            worker.join()
            gateway.terminate()
            gateway.wait(20)
            runtime.use(None)


def _wait_for(port: int) -> None:
    for _ in range(400):
        with suppress(OSError):
            socket.create_connection(("127.0.0.1", port), 1).close()
            return
        time.sleep(0.05)
    raise RuntimeError("the portal does not answer")


class _Context:
    @staticmethod
    def get_remaining_time_in_millis() -> int:
        return 900_000


def _work(stopping: threading.Event) -> None:
    """The queue of the files emptied as Lambda does it."""
    from chalicelib import runtime
    from chalicelib.workers.imports import imports
    from chalicelib.workers.worker import consume_batch

    now = runtime.current()
    url = now.settings.queues["imports"]
    while not stopping.is_set():
        for message in now.sqs.receive_message(QueueUrl=url, WaitTimeSeconds=1).get("Messages", []):
            records = [{"messageId": message["MessageId"], "body": message["Body"]}]
            consume_batch(imports, records, _Context, in_order=True)
            now.sqs.delete_message(QueueUrl=url, ReceiptHandle=message["ReceiptHandle"])


# --- the table --------------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Loaded:
    """A file with what stands in it and what the journal says of it; None where it did not come that far."""

    path: Path
    counts: Counts
    file: ExchangeFile | None
    verdict: str


def load(site: Site, paths: Sequence[Path]) -> Iterator[Loaded]:
    counted = {path: elements_in(path) for path in paths}
    for path in sorted(paths, key=lambda path: (rank(counted[path]), path.name)):
        kind = "sale" if rank(counted[path]) == 2 else "catalog"
        yield Loaded(path, counted[path], *_loaded(site, path, kind))


def _loaded(site: Site, path: Path, kind: str) -> tuple[ExchangeFile | None, str]:
    from chalicelib import runtime

    now = runtime.current()
    name = urllib.parse.quote(path.name)
    with site.open(kind) as session:
        session.init()
        verdict = "success"
        try:
            session.send([(name, path.read_bytes())])
            for _ in session.load(name):
                pass
        except ExchangeError as error:
            verdict = str(error)
    runs = [run for run in (now.exchange.run(run.id) for run in now.exchange.runs(5)) if run]
    return next((file for run in runs for file in run.files if file.name == path.name), None), verdict


def report(loaded: Loaded) -> list[str]:
    """Print the rows of a file; what is wrong with it."""
    if loaded.file is None or loaded.file.error:
        print(f"  {loaded.path.name}: refused whole: {loaded.file.error if loaded.file else loaded.verdict}")
        return [] if not loaded.counts else [f"{loaded.path.name}: {json.dumps(loaded.counts)} were not loaded"]
    file = loaded.file
    for kind, tally in file.tallies.items():
        figures = "".join(
            f"{number:>10}" for number in (tally.read, tally.written, tally.unchanged, tally.refused, tally.waiting)
        )
        print(f"  {loaded.path.name[:44]:<46}{kind:<14}{loaded.counts.get(kind, ''):>9}{figures}")
    if not file.tallies:
        print(f"  {loaded.path.name[:44]:<46}nothing the portal keeps")
    for problem in file.problems[:REASONS_SHOWN]:
        print(f"      {problem.kind} {problem.id[:40]} «{problem.name[:40]}»: {problem.reason % dict(problem.params)}")
    if file.problem_count > REASONS_SHOWN:
        print(f"      … {file.problem_count} in all")
    return [f"{loaded.path.name}: {words}" for words in missing(loaded.counts, file.tallies)]


def suppliers(folder: Path) -> dict[str, list[Path]]:
    """Folder name -> its files; the files of `folder` itself stand under its own name."""
    found: dict[str, list[Path]] = {}
    for path in sorted(folder.rglob("*")):
        if path.suffix.lower() in (".xml", ".zip"):
            found.setdefault(path.parent.name, []).append(path)
    return found


def main(folders: Sequence[str]) -> int:
    wrong: list[str] = []
    print(f"  {'file':<46}{'kind':<14}{'in file':>9}{'read':>10}{'written':>10}{'unchanged':>10}{'refused':>10}{'waiting':>10}")
    for folder in folders:
        for supplier, paths in suppliers(Path(folder)).items():
            print(supplier)
            with portal() as site:
                for loaded in load(site, paths):
                    wrong += report(loaded)
    print("everything is accounted for" if not wrong else "NOT accounted for:\n  " + "\n  ".join(wrong))
    return int(bool(wrong))


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
