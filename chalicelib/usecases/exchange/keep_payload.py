"""A batch of one request as it came, kept with its run for whoever looks into what was refused."""

from chalicelib.usecases.exchange.import_batch import Report
from chalicelib.usecases.exchange.receive_files import chunk_key
from chalicelib.usecases.ports.files import FileStore

TAKEN = ("written", "unchanged", "waiting")


def keep_payload(files: FileStore, *, run_id: str, name: str, body: bytes) -> None:
    """`name`: the run's only file, which the batch stands for in the journal."""
    files.put(chunk_key(run_id, name, 0), body, "application/json")


def is_partly_refused(report: Report) -> bool:
    return any(result.problems or result.outcome not in TAKEN for result in report.results)
