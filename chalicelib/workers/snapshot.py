"""Queue `snapshot`: the catalogue changed, the search snapshot must follow."""

from chalice import Blueprint

from chalicelib.log import logger
from chalicelib.runtime import Runtime
from chalicelib.usecases.catalogue.publish_snapshot import publish_snapshot
from chalicelib.workers.worker import Work, queue_worker

routes = Blueprint(__name__)


@queue_worker(routes, "snapshot")
def snapshot(runtime: Runtime, work: Work) -> None:
    """Message: anything; what matters is when it was sent."""
    key = publish_snapshot(
        runtime.catalogue, runtime.categories, runtime.files, runtime.snapshot_writer, clock=runtime.clock, asked_at=work.sent_at
    )
    logger.info("in force: %s", key)
