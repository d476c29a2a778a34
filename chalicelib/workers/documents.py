"""Queue "documents": {"row": id} of an outbox row that asks for an invoice."""

from chalice import Blueprint

from chalicelib.runtime import Runtime
from chalicelib.usecases.documents.issue_invoice import issue_invoice
from chalicelib.usecases.exchange.flow_marks import marked, row_subject
from chalicelib.workers.worker import Work, queue_worker

routes = Blueprint(__name__)


@queue_worker(routes, "documents")
def documents(rt: Runtime, work: Work) -> None:
    row_id = work.message["row"]
    with marked(rt.monitor, rt.clock, "documents", lambda: row_subject(rt.outbox, "documents", row_id)):
        issue_invoice(
            rt.orders,
            rt.partners,
            rt.documents,
            rt.files,
            rt.outbox,
            rt.queues,
            rt.invoice_printer,
            row_id=row_id,
        )
