"""Orders on their way to 1C: given out until 1C says that it has them."""

from dataclasses import dataclass
from itertools import groupby

from chalicelib.domain.orders import Order, OrderEvent
from chalicelib.domain.partners import Contract, Counterparty, PartnerScope, SupplierScope
from chalicelib.usecases.answer_order import ERP
from chalicelib.usecases.ports import Account, Clock, ExchangeStore, OrderStore, Outbox, PartnerStore

BATCH = 50


@dataclass(frozen=True, slots=True)
class OutgoingOrder:
    """An order with those 1C needs to know it by."""

    order: Order
    partner_name: str
    counterparty: Counterparty | None
    contract: Contract | None


def batch_for_erp(
    orders: OrderStore, outbox: Outbox, partners: PartnerStore, exchange: ExchangeStore, *, node: str
) -> list[OutgoingOrder]:
    """The oldest orders 1C has not acknowledged, each once, as they stand now; the node's next `success` is about these."""
    rows = outbox.pending("orders", BATCH)
    exchange.offer_batch(node, rows)
    accounts: dict[str, Account | None] = {}
    return [_outgoing(orders, partners, accounts, number) for number in dict.fromkeys(row.subject for row in rows)]


def _outgoing(orders: OrderStore, partners: PartnerStore, accounts: dict[str, Account | None], number: str) -> OutgoingOrder:
    order = orders.read(SupplierScope(ERP), number)
    if order.partner_id not in accounts:
        accounts[order.partner_id] = partners.account(PartnerScope(order.partner_id))
    account = accounts[order.partner_id]
    if account is None:
        return OutgoingOrder(order, "", None, None)
    return OutgoingOrder(
        order,
        account.partner.name,
        next((payer for payer in account.counterparties if payer.id == order.counterparty_id), None),
        next((contract for contract in account.contracts if contract.id == order.contract_id), None),
    )


def acknowledge(orders: OrderStore, exchange: ExchangeStore, clock: Clock, *, node: str) -> int:
    """1C has the last batch: only what was in it leaves the outbox. How many orders that were."""
    offered = sorted(exchange.offered_batch(node), key=lambda pair: pair[1])
    count = 0
    for number, pairs in groupby(offered, key=lambda pair: pair[1]):
        orders.taken(number, [row_id for row_id, _ in pairs], OrderEvent(clock(), ERP, "taken", "Заказ принят в 1С"))
        count += 1
    return count
