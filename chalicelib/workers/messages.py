"""Queue "messages": {"row": id} of an outbox row with a letter or an SMS."""

from chalice import Blueprint

from chalicelib.runtime import Runtime
from chalicelib.usecases.deliver_messages import deliver_message
from chalicelib.usecases.exchange.flow_marks import marked, row_subject
from chalicelib.workers.worker import Work, queue_worker

routes = Blueprint(__name__)


@queue_worker(routes, "messages")
def messages(rt: Runtime, work: Work) -> None:
    row_id = work.message["row"]
    with marked(rt.monitor, rt.clock, "messages", lambda: row_subject(rt.outbox, "messages", row_id)):
        deliver_message(rt.outbox, rt.mail, rt.sms, row_id=row_id)
