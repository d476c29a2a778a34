"""Do the holds, the counters of the stock and the orders agree? What a death left half-done is finished, the rest is told."""

from datetime import datetime, timedelta

from chalicelib.domain.errors import NotFound
from chalicelib.domain.exchange.exchange import Problem, Tally
from chalicelib.domain.orders.line_buckets import ENDED
from chalicelib.domain.partners.partners import SupplierScope
from chalicelib.usecases.orders.answer_order import kept_of
from chalicelib.usecases.ports.clock import Clock
from chalicelib.usecases.ports.exchange import ExchangeStore
from chalicelib.usecases.ports.orders import OrderStore

WHO, FILE = "Kabinet", "holds"
EVERY = timedelta(hours=1)
FAR = timedelta(days=36500)
WRONG = "Придержано %(counted)s, а по заказам %(held)s: остаток покажет неверное количество до следующего обмена"
CLOSED = "Резерв завершённого заказа снят сверкой: ответ 1С был обработан не до конца"


def check_holds(orders: OrderStore, exchange: ExchangeStore, clock: Clock) -> tuple[Problem, ...]:
    """What was found; a run of the journal tells of it where anything was. Safe to repeat."""
    now = clock()
    problems = (*_close_settled(orders, now), *_counters(orders))
    if problems:
        run = exchange.open_run(WHO, "stock", now).id
        exchange.next_chunk(run, FILE, 0)
        exchange.queue_file(run, FILE)
        exchange.start_file(run, FILE, now)
        tally = Tally(len(problems), refused=len(problems))
        exchange.finish_file(run, FILE, {"balance": tally}, problems, "", clock())
    return problems


def is_due(now: datetime, period: timedelta) -> bool:
    """Once in `EVERY`, of a clock that ticks every `period`."""
    return timedelta(minutes=now.minute, seconds=now.second) < period


def _close_settled(orders: OrderStore, now: datetime) -> list[Problem]:
    """An order that 1C has answered or that has ended holds nothing provisionally: its settling was cut short."""
    found = []
    for number in list(orders.expired_holds(now + FAR)):
        try:
            order = orders.read(SupplierScope(WHO), number)
        except NotFound:  # a long order is being placed at this moment, or its holds end in minutes
            continue
        if not order.hold_open or order.approval in ENDED:
            orders.settle_hold(number, kept_of(order), now)
            found.append(Problem("order", number, number, CLOSED))
    return found


def _counters(orders: OrderStore) -> list[Problem]:
    """Looked at twice: an order that was placed between reading the holds and the stock is no fault."""
    wrong = set(orders.wrong_counters())
    return [
        Problem("balance", item_id, item_id, WRONG, (("counted", f"{counted:f}"), ("held", f"{held:f}")))
        for item_id, counted, held in sorted(wrong & set(orders.wrong_counters()) if wrong else wrong)
    ]
