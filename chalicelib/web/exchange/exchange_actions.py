"""Действия монитора обмена: повторить, пропустить, проверить, вернуть в очередь. Каждое остаётся в журнале действий."""

from chalice import Blueprint

from chalicelib.usecases.exchange import exchange_actions
from chalicelib.usecases.exchange.exchange_actions import ActionLog
from chalicelib.web.answer import Answer
from chalicelib.web.http import post
from chalicelib.web.visit import Visit

routes = Blueprint(__name__)
MAY = exchange_actions.MAY
JOURNAL = "/exchange-journal"


def log_of(visit: Visit) -> ActionLog:
    return ActionLog(visit.runtime.audit, visit.runtime.clock, visit.visitor)


@post(routes, "/exchange-journal/{run_id}/retry", needs=MAY)
def retry(visit: Visit, run_id: str) -> Answer:
    now = visit.runtime
    stores = (now.exchange, now.monitor, now.queues, now.clock, log_of(visit))
    exchange_actions.retry_file(*stores, run_id=run_id, name=visit.request.form.raw("file"))
    return visit.go(f"{JOURNAL}/{run_id}", "exchange-retried")


@post(routes, "/exchange-journal/{run_id}/skip", needs=MAY)
def skip(visit: Visit, run_id: str) -> Answer:
    now = visit.runtime
    stores = (now.exchange, now.monitor, now.clock, log_of(visit))
    exchange_actions.skip_file(*stores, run_id=run_id, name=visit.request.form.raw("file"))
    return visit.go(f"{JOURNAL}/{run_id}", "exchange-skipped")


@post(routes, "/exchange-journal/{run_id}/check", needs=MAY)
def check(visit: Visit, run_id: str) -> Answer:
    now = visit.runtime
    stores = (now.exchange, now.monitor, now.queues, now.clock, log_of(visit))
    exchange_actions.ask_check(*stores, run_id=run_id, name=visit.request.form.raw("file"))
    return visit.go(f"{JOURNAL}/{run_id}", "exchange-check")


@post(routes, "/exchange-queues/{queue}/replay", needs=MAY)
def replay(visit: Visit, queue: str) -> Answer:
    now = visit.runtime
    moved = exchange_actions.replay_dead(now.queue_watch, now.clock, log_of(visit), queue=queue)
    return visit.go(JOURNAL, "exchange-replayed" if moved else "exchange-nothing-dead")


@post(routes, "/exchange-aside", needs=MAY)
def give_again(visit: Visit) -> Answer:
    exchange_actions.give_again(visit.runtime.outbox, log_of(visit), row_id=visit.request.form.get("row"))
    return visit.go(JOURNAL, "exchange-given")
