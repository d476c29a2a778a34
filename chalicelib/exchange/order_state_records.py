"""How far orders have come."""

from collections.abc import Callable, Sequence
from decimal import Decimal
from typing import Any

from chalicelib.domain.exchange.records import Reference
from chalicelib.domain.money import line_amount
from chalicelib.domain.orders.order_progress import Bucket, LineStatus
from chalicelib.domain.orders.order_reports import OrderReport
from chalicelib.exchange.entity import Converted, Entity
from chalicelib.formats.order_state_messages import ORDER_STATE_EXAMPLE, LineStateMessage, OrderStateMessage
from chalicelib.runtime import Runtime
from chalicelib.usecases.exchange.import_records import Taken, one_by_one
from chalicelib.usecases.orders.order_progress import take_report


def _report(message: OrderStateMessage) -> Converted:
    report = OrderReport(
        order=message.id,
        revision=message.revision,
        lines=None if message.lines is None else _lines(message.lines),
        paid_amount=_minor(message.paid_amount),
        credit_amount=_minor(message.credit_amount),
        state=message.state,
    )
    return report, ()


def _lines(messages: tuple[LineStateMessage, ...]) -> dict[str, tuple[Bucket, ...]]:
    """1C may have split a line: its parts count together."""
    found: dict[str, tuple[Bucket, ...]] = {}
    for line in messages:
        buckets = tuple(Bucket(LineStatus(one.status), one.quantity, one.stage, one.date) for one in line.buckets)
        found[line.item_id] = found.get(line.item_id, ()) + buckets
    return found


def _minor(amount: Decimal | None) -> int | None:
    return None if amount is None else line_amount(amount, Decimal(1))


def _save(now: Runtime) -> Callable[[Sequence[Any]], Sequence[Taken]]:
    def save(report: OrderReport) -> Taken:
        outcome, problems = take_report(now.orders, now.queues, now.clock, report=report)
        return Taken(outcome, problems)

    return one_by_one(save)


ENTITIES = (
    Entity(
        "order_states",
        "Состояния заказов",
        "Состояние заказа",
        OrderStateMessage,
        ORDER_STATE_EXAMPLE,
        _report,
        _save,
        parents=lambda message: (Reference("orders", message.id),),
        listed=True,
    ),
)
