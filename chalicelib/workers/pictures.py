"""Queue `pictures`: a picture has come from 1C."""

from chalice import Blueprint

from chalicelib.runtime import Runtime
from chalicelib.usecases.catalogue.store_picture import store_picture
from chalicelib.workers.worker import Work, queue_worker

routes = Blueprint(__name__)


@queue_worker(routes, "pictures")
def picture(runtime: Runtime, work: Work) -> None:
    """Message: {"run": id of the exchange run, "file": 1C's path of the picture}."""
    store_picture(
        runtime.files,
        runtime.catalogue,
        runtime.exchange,
        runtime.picture_maker,
        runtime.queues,
        clock=runtime.clock,
        run=work.message["run"],
        file=work.message["file"],
    )
