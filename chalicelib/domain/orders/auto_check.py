"""May an order go through by itself, or does a manager look at it first, and why (OP-04)."""

from collections.abc import Sequence
from datetime import date
from decimal import Decimal

from chalicelib.domain.orders.order_statuses import Reason
from chalicelib.domain.orders.orders import Order, OrderLine
from chalicelib.domain.partners.partners import Confirmation, Contract
from chalicelib.domain.partners.terms import CreditLimit, in_force

NAMED = 3
"""Lines named in a reason; of further ones the number."""
ENOUGH_ORDERS, ABSURD = 3, 10
"""An amount is absurd where it is so many times the largest of at least so many earlier ones: a slip of the keyboard."""


def reasons(
    order: Order, contract: Contract, earlier: Sequence[Order], limits: Sequence[CreditLimit], today: date
) -> tuple[Reason, ...]:
    """What keeps the order from going through by itself; nothing where all is well."""
    found = [Reason("по условиям договора заказ проверяет менеджер")] if contract.confirmation is Confirmation.MANAGER else []
    return (*found, *_shortage(order), *_over_limit(order, contract, limits, today), *_absurd(order, earlier))


def _shortage(order: Order) -> list[Reason]:
    short = [line for line in order.lines if line.shortage]
    found = [_short(line) for line in short[:NAMED]]
    if short[NAMED:]:
        found.append(Reason("не хватает товара ещё в строках: %(lines)s", (("lines", str(len(short) - NAMED)),)))
    return found


def _short(line: OrderLine) -> Reason:
    params = (("short", _plain(line.shortage)), ("unit", line.unit), ("name", line.name))
    return Reason("не хватает %(short)s %(unit)s: %(name)s", params)


def _over_limit(order: Order, contract: Contract, limits: Sequence[CreditLimit], today: date) -> list[Reason]:
    """A contract with full prepayment gives no credit. The tightest limit that is about this contract counts."""
    if contract.prepayment >= 100:
        return []
    about = [
        limit.amount
        for limit in limits
        if in_force(limit, today) and limit.currency == order.currency and limit.contract_id in (None, contract.id)
    ]
    credit = order.sums.amount * (100 - contract.prepayment) // 100
    return [Reason("сумма в кредит больше кредитного лимита")] if about and credit > min(about) else []


def _absurd(order: Order, earlier: Sequence[Order]) -> list[Reason]:
    sums = [one.sums.amount for one in earlier if one.currency == order.currency and one.sums.amount]
    if len(sums) < ENOUGH_ORDERS or order.sums.amount <= max(sums) * ABSURD:
        return []
    return [Reason("сумма больше чем в %(times)s раз превышает любой из прежних заказов", (("times", str(ABSURD)),))]


def _plain(value: Decimal) -> str:
    return f"{value.normalize():f}".replace(".", ",")
