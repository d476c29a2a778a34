"""Queue "documents": {"row": id} of an outbox row that asks for an invoice."""

from chalice import Blueprint

from chalicelib.runtime import Runtime
from chalicelib.usecases.issue_invoice import issue_invoice
from chalicelib.workers.worker import Work, queue_worker

routes = Blueprint(__name__)


@queue_worker(routes, "documents")
def documents(rt: Runtime, work: Work) -> None:
    issue_invoice(
        rt.orders,
        rt.partners,
        rt.documents,
        rt.files,
        rt.outbox,
        rt.queues,
        rt.invoice_printer,
        rt.clock,
        row_id=work.message["row"],
        public_url=rt.settings.public_url,
    )
