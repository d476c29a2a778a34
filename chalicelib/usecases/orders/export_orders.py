"""Orders on their way to 1C: given out until 1C says that it has them, in batches 1C can take.

One order that can't be written, or that 1C stumbles over again and again, is put aside and never stops the others.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from itertools import groupby

from chalicelib.domain.errors import Refused
from chalicelib.domain.orders.erp_orders import ORIGIN
from chalicelib.domain.orders.handover import PATIENCE, next_batch
from chalicelib.domain.orders.orders import Order, OrderEvent
from chalicelib.domain.partners.partners import Contract, Counterparty, PartnerScope, SupplierScope
from chalicelib.usecases.orders.answer_order import ERP
from chalicelib.usecases.ports.clock import Clock
from chalicelib.usecases.ports.exchange import ExchangeStore
from chalicelib.usecases.ports.orders import OrderStore, Outbox, OutboxRow
from chalicelib.usecases.ports.partners import Account, PartnerStore

ROWS = 300
"""Rows of the outbox looked at for one batch: an order may have several."""
MOST_BYTES = 4_000_000
"""Of all documents of a batch: Lambda answers with 6 MB of base64 at most."""
DATA_FAULTS = (Refused, LookupError, TypeError, ValueError, ArithmeticError, AttributeError)
"""What an order itself may be to blame for. A store that is away is none of it: all orders wait then."""


@dataclass(frozen=True, slots=True)
class OutgoingOrder:
    """An order with those 1C needs to know it by."""

    order: Order
    partner_name: str
    counterparty: Counterparty | None
    contract: Contract | None


Write = Callable[[OutgoingOrder], bytes]
Rows = Sequence[OutboxRow]


def batch_for_erp(
    orders: OrderStore,
    outbox: Outbox,
    partners: PartnerStore,
    exchange: ExchangeStore,
    clock: Clock,
    *,
    node: str,
    session: str,
    write: Write,
) -> list[bytes]:
    """The oldest orders 1C has not acknowledged, each once, written as they stand now.

    The next `success` of the node's `session` is about these.
    """
    waiting = _by_order(outbox.pending("orders", ROWS))
    before = exchange.handover(node)
    handover, guilty = next_batch(before, waiting[0][0].id) if waiting else (before, False)
    if guilty:
        reason = f"1С не приняла этот заказ: он был выдан один {PATIENCE} раз без подтверждения"
        _put_aside(outbox, waiting.pop(0), reason)
    batch = _Batch(orders, partners, outbox, write, handover.most)
    for rows in waiting:
        if not batch.take(rows):
            break
    handover = handover.given(batch.rows[0].id, batch.rows[-1].id, len(batch.documents)) if batch.rows else handover
    exchange.hand_over(node, session, handover, batch.rows, clock())
    return batch.documents


def _by_order(rows: Rows) -> list[list[OutboxRow]]:
    """Rows of the same order together, where the first of them stands."""
    found: dict[str, list[OutboxRow]] = {}
    for row in rows:
        found.setdefault(row.subject, []).append(row)
    return list(found.values())


def _put_aside(outbox: Outbox, rows: Rows, reason: str) -> None:
    for row in rows:
        outbox.set_aside(row, reason)


class _Batch:
    """Documents and the rows they answer, as far as there is room."""

    def __init__(self, orders: OrderStore, partners: PartnerStore, outbox: Outbox, write: Write, most: int) -> None:
        self.orders, self.partners, self.outbox, self.write, self.most = orders, partners, outbox, write, most
        self.accounts: dict[str, Account | None] = {}
        self.documents: list[bytes] = []
        self.rows: list[OutboxRow] = []
        self.size = 0

    def take(self, rows: Rows) -> bool:
        """False where the batch is full. An order that can't be written is put aside."""
        if len(self.documents) >= self.most:
            return False
        try:
            document = self.write(self._outgoing(rows[0].subject))
        except DATA_FAULTS as fault:
            _put_aside(self.outbox, rows, f"Заказ не выгружается: {fault}")
            return True
        if len(document) > MOST_BYTES:
            size, most = round(len(document) / 1e6, 1), MOST_BYTES // 10**6
            _put_aside(self.outbox, rows, f"Заказ слишком велик для обмена: {size} МБ при допустимых {most} МБ")
            return True
        if self.size + len(document) > MOST_BYTES:
            return False
        self.size += len(document)
        self.documents.append(document)
        self.rows += rows
        return True

    def _outgoing(self, number: str) -> OutgoingOrder:
        order = self.orders.read(SupplierScope(ERP), number)
        if order.origin == ORIGIN:  # 1C looks for an order by the number the site gave: it would make a second one
            raise Refused("он создан в самой 1С, передайте ответ дилера менеджеру")
        if order.partner_id not in self.accounts:
            self.accounts[order.partner_id] = self.partners.account(PartnerScope(order.partner_id))
        return _with_parties(order, self.accounts[order.partner_id])


def _with_parties(order: Order, account: Account | None) -> OutgoingOrder:
    if account is None:
        return OutgoingOrder(order, "", None, None)
    return OutgoingOrder(
        order,
        account.partner.name,
        next((payer for payer in account.counterparties if payer.id == order.counterparty_id), None),
        next((contract for contract in account.contracts if contract.id == order.contract_id), None),
    )


def outgoing_order(orders: OrderStore, partners: PartnerStore, number: str) -> OutgoingOrder:
    """One order as it stands now. Raises NotFound."""
    order = orders.read(SupplierScope(ERP), number)
    return _with_parties(order, partners.account(PartnerScope(order.partner_id)))


def acknowledge(orders: OrderStore, exchange: ExchangeStore, clock: Clock, *, node: str, session: str) -> int:
    """1C has the last batch of the session: only what was in it leaves the outbox. How many orders that were."""
    offered = sorted(exchange.handed_over(node, session), key=lambda pair: pair[1])
    count = 0
    for number, pairs in groupby(offered, key=lambda pair: pair[1]):
        orders.taken(number, [row_id for row_id, _ in pairs], OrderEvent(clock(), ERP, "taken", "Заказ принят в 1С"))
        count += 1
    return count
