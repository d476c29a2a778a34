"""Orders 1C made itself: each stands once in the account of the right partner, or waits until that partner is known."""

from dataclasses import replace

from chalicelib.domain.errors import Conflict, NotFound, Refused
from chalicelib.domain.exchange.exchange import Problem
from chalicelib.domain.orders.erp_orders import adopted, is_our_number
from chalicelib.domain.orders.orders import ErpOrder, OrderEvent, answered
from chalicelib.domain.partners.partners import Contract, Counterparty, PartnerScope
from chalicelib.usecases.orders.answer_order import ERP, answer_print, invoice_rows, take_answer, unknown_state
from chalicelib.usecases.orders.dispatch_outbox import tell
from chalicelib.usecases.ports.clock import Clock
from chalicelib.usecases.ports.files import Queues
from chalicelib.usecases.ports.orders import OrderStore, WaitingOrder, WaitingOrderStore
from chalicelib.usecases.ports.partners import PartnerStore

Problems = tuple[Problem, ...]


class PayerUnknown(Refused):
    """No partner has the payer, or several have him: the order waits."""


def take_document(
    orders: OrderStore,
    partners: PartnerStore,
    waiting: WaitingOrderStore,
    queues: Queues,
    clock: Clock,
    *,
    answer: ErpOrder,
    node: str,
) -> Problems:
    """1C's document of an order, whoever made the order. What could not be understood is answered as problems.

    Raises PayerUnknown for an order that waits now, NotFound for one that bears a number of the portal's and is not known.
    """
    number = known_number(orders, answer)
    if number is not None:
        problems = take_answer(orders, queues, clock, answer=replace(answer, number=number))
    elif is_our_number(answer.number) or not answer.erp_id:
        raise NotFound("Заказ %(number)s не найден", number=answer.number)
    elif answer.deleted or answer.cancelled:
        problems = ()
    else:
        problems = _adopt_or_wait(orders, partners, waiting, queues, clock, answer, node)
    if answer.erp_id:
        waiting.remove(answer.erp_id)
    return problems


def known_number(orders: OrderStore, answer: ErpOrder) -> str | None:
    """The portal's number of the order 1C speaks of: by the number the portal gave, else by 1C's id."""
    if answer.number and orders.find(answer.number) == answer.number:
        return answer.number
    return orders.of_erp(answer.erp_id)


def _adopt_or_wait(
    orders: OrderStore,
    partners: PartnerStore,
    waiting: WaitingOrderStore,
    queues: Queues,
    clock: Clock,
    answer: ErpOrder,
    node: str,
) -> Problems:
    try:
        partner_id, payer = _payer(partners, answer)
    except PayerUnknown:
        waiting.put(WaitingOrder(node, answer, clock()))
        raise
    return _adopt(orders, partners, queues, clock, partner_id, payer, answer)


def _payer(partners: PartnerStore, answer: ErpOrder) -> tuple[str, Counterparty]:
    """The partner who has the payer, and the payer as the partner has him. Raises PayerUnknown."""
    payer = answer.payer
    found = partners.payers(payer.id, payer.inn, payer.kpp) if payer else ()
    name = payer.name or payer.inn or payer.id if payer else ""
    if not found:
        raise PayerUnknown(
            "Контрагент «%(payer)s» не найден ни у одного партнёра: заказ ждёт, пока 1С передаст партнёра", payer=name
        )
    if len({partner_id for partner_id, _ in found}) > 1:
        raise PayerUnknown(
            "Контрагент «%(payer)s» есть у нескольких партнёров: заказ ждёт, пока он останется у одного", payer=name
        )
    return found[0]


def _adopt(
    orders: OrderStore,
    partners: PartnerStore,
    queues: Queues,
    clock: Clock,
    partner_id: str,
    payer: Counterparty,
    answer: ErpOrder,
) -> Problems:
    now = clock()
    number = orders.next_number(f"erp#{answer.erp_id}")
    contract = _contract(partners, partner_id, payer.id)
    bare = adopted(number, partner_id, payer.id, contract, answer, now)
    order = replace(answered(bare, answer, answer_print(replace(answer, number=number))), revision=1)
    rows = invoice_rows(bare, order, now)
    event = OrderEvent(now, ERP, "placed", "Заказ создан в 1С, № %(number)s", (("number", order.erp_number),))
    stands = orders.adopt(order, event, rows)
    if stands == number:
        tell(queues, rows)
        return unknown_state(answer)
    return take_answer(orders, queues, clock, answer=replace(answer, number=stands))


def _contract(partners: PartnerStore, partner_id: str, payer_id: str) -> Contract | None:
    """The payer's own, else one that is for no payer in particular; the default one first."""
    account = partners.account(PartnerScope(partner_id))
    contracts = account.contracts if account else ()
    mine = [contract for contract in contracts if contract.counterparty_id == payer_id]
    return next(iter((*mine, *(one for one in contracts if one.counterparty_id is None), *contracts)), None)


def retry_waiting(orders: OrderStore, partners: PartnerStore, waiting: WaitingOrderStore, queues: Queues, clock: Clock) -> int:
    """Take those whose partner has come meanwhile; how many they are. Run it by the clock."""
    return sum(_retry(orders, partners, waiting, queues, clock, one) for one in waiting.all())


def _retry(
    orders: OrderStore, partners: PartnerStore, waiting: WaitingOrderStore, queues: Queues, clock: Clock, one: WaitingOrder
) -> bool:
    try:
        _payer(partners, one.answer)
        take_document(orders, partners, waiting, queues, clock, answer=one.answer, node=one.node)
    except (PayerUnknown, Conflict):
        return False
    return True
