"""Queue "messages": {"row": id} of an outbox row with a letter, an SMS or a message in Telegram; {"notification": id} of
one that says what has happened."""

from chalice import Blueprint

from chalicelib.runtime import Runtime
from chalicelib.usecases.deliver_messages import deliver_message
from chalicelib.usecases.exchange.flow_marks import marked, row_subject
from chalicelib.usecases.notifications.spread import spread_notification
from chalicelib.usecases.orders.dispatch_outbox import NOTIFICATIONS
from chalicelib.workers.worker import Work, queue_worker

routes = Blueprint(__name__)


@queue_worker(routes, "messages")
def messages(rt: Runtime, work: Work) -> None:
    if "notification" in work.message:
        spread(rt, work.message["notification"])
        return
    row_id = work.message["row"]
    with marked(rt.monitor, rt.clock, "messages", lambda: row_subject(rt.outbox, "messages", row_id)):
        deliver_message(rt.outbox, rt.mail, rt.sms, rt.telegram, row_id=row_id)


def spread(rt: Runtime, row_id: str) -> None:
    stores = (rt.outbox, rt.partners, rt.notifications, rt.queues)
    with marked(rt.monitor, rt.clock, "messages", lambda: row_subject(rt.outbox, NOTIFICATIONS, row_id)):
        spread_notification(*stores, rt.clock, row_id=row_id, public_url=rt.settings.public_url)
