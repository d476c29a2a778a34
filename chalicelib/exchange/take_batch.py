"""A batch of the open protocol, from the wire or once more from what is kept of it."""

from chalicelib.domain.errors import BrokenFile
from chalicelib.exchange import batches, entities
from chalicelib.runtime import Runtime
from chalicelib.usecases.exchange.import_batch import Report, import_records, refuse_batch
from chalicelib.usecases.exchange.keep_payload import is_partly_refused, keep_payload
from chalicelib.usecases.exchange.receive_files import chunk_key


def take_batch(now: Runtime, *, node: str, name: str, body: bytes) -> Report:
    """Import the records of a body; where not all of them are taken it is kept. Raises NotFound, BrokenFile."""
    entity, desk = entities.entity_named(name), entities.desk(now)
    try:
        values = batches.read_batch(body, entity.name)
    except BrokenFile as broken:
        run = refuse_batch(desk, node=node, kind=name, size=len(body), reason=str(broken))
        keep_payload(now.files, run_id=run.id, name=name, body=body)
        raise
    report = import_records(desk, node=node, kind=name, values=values, size=len(body))
    if is_partly_refused(report):
        keep_payload(now.files, run_id=report.run.id, name=name, body=body)
    return report


def take_kept_batch(now: Runtime, run_id: str) -> None:
    """A kept batch once more, as a run of its own: what 1C has sent since is newer and stays. Raises BrokenFile, NotFound."""
    run = now.exchange.run(run_id)
    if run is None:
        return
    with now.files.open(chunk_key(run.id, run.kind, 0)) as file:
        body = file.read()
    take_batch(now, node=run.node, name=run.kind, body=body)
