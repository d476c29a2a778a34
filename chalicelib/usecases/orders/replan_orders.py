"""1C has told the lots of an item anew: the orders that count on them are planned anew, and people hear of delays."""

from datetime import datetime, timedelta

from chalicelib.domain.catalogue.promise import total
from chalicelib.domain.catalogue.stock import Hold, StockBalance
from chalicelib.domain.errors import Conflict, NotFound
from chalicelib.domain.notifications import Event
from chalicelib.domain.orders.line_buckets import BEFORE_WORK, ENDED
from chalicelib.domain.orders.orders import Order, OrderEvent, OrderLine
from chalicelib.domain.orders.replan import Replanned, replanned
from chalicelib.domain.partners.partners import PartnerScope, SupplierScope
from chalicelib.usecases.notifications.announce import BOTH, about_order
from chalicelib.usecases.ports.catalogue import OfferStore, SupplyStore
from chalicelib.usecases.ports.clock import Clock
from chalicelib.usecases.ports.orders import OrderStore, Outbox, OutboxRow
from chalicelib.usecases.ports.partners import Account, PartnerStore

WHO = "Kabinet"
TRIES = 5
PATIENCE = timedelta(minutes=10)
"""A lot that is gone has mostly come: its goods get this long to show in the stock before they count as lost."""


def replan_item(
    orders: OrderStore,
    offers: OfferStore,
    supply: SupplyStore,
    partners: PartnerStore,
    outbox: Outbox,
    clock: Clock,
    *,
    item_id: str,
    row_id: str,
) -> int:
    """Do the "plans" row of an item; how many orders were planned anew. Safe to repeat: a plan that fits is left alone.

    Whoever ordered first gets what is free first; what a lot lacks, those who ordered last lose.
    """
    row = outbox.read("plans", row_id)
    if row is None:
        return 0
    patient = clock() - row.created_at < PATIENCE
    numbers, done, waits, changed = supply.counting_on(item_id), set[str](), False, 0
    overdrawn = any(lot.held + lot.reserved > lot.quantity for lot in _stock(offers, item_id).lots)
    for number in sorted(numbers, key=lambda number: (len(number), number), reverse=overdrawn):
        desk = _Desk(orders, offers, partners, clock, item_id)
        outcome = desk.replan(number, patient=patient)
        done |= {number} if outcome is None else set()
        waits = waits or outcome == "waits"
        changed += outcome == "changed"
    if done:
        supply.no_longer_counting(item_id, done)
    if not waits:
        outbox.remove("plans", row_id)
    return changed


def _stock(offers: OfferStore, item_id: str) -> StockBalance:
    return offers.read([item_id])[item_id][1]


class _Desk:
    """The stores at hand for the orders of one item."""

    def __init__(self, orders: OrderStore, offers: OfferStore, partners: PartnerStore, clock: Clock, item_id: str) -> None:
        self.orders, self.offers, self.partners, self.clock = orders, offers, partners, clock
        self.item_id = item_id

    def replan(self, number: str, *, patient: bool) -> str | None:
        """ "changed", "same", "waits" for goods of a lot that is gone; None where the order counts on no lot any more."""
        for _ in range(TRIES - 1):
            try:
                return self._replan(number, patient=patient)
            except Conflict:
                continue  # the order or the balance changed between the look and the write
        return self._replan(number, patient=patient)

    def _replan(self, number: str, *, patient: bool) -> str | None:
        try:
            order = self.orders.read(SupplierScope(WHO), number)
        except NotFound:  # taken by a placing that died
            return None
        line = next((one for one in order.lines if one.item_id == self.item_id and any(p.lot_id for p in one.plan)), None)
        if line is None or order.approval in ENDED or order.fulfilment not in BEFORE_WORK:
            return None
        account = self.partners.account(PartnerScope(order.partner_id))
        found = replanned(line, _stock(self.offers, self.item_id), _buffer(account, order), ours=order.hold_open)
        if found is None:
            return "same"
        if found.lost and patient:
            return "waits"
        self._save(order, line, found)
        return "changed"

    def _save(self, before: Order, line: OrderLine, found: Replanned) -> None:
        now = self.clock()
        lines = tuple(found.line if one is line else one for one in before.lines)
        after = before.with_plan(lines, hold_open=before.hold_open or found.on_hand > 0)
        moved = [Hold(self.item_id, line.warehouse_id or "", more, lot) for lot, more in found.moved.items()]
        event = _event(found, now)
        rows = [_told(after, event)] if event.kind == "delayed" else []
        if found.on_hand and not before.hold_open:  # 1C keeps the lot for it and does not know of the shelf
            rows.append(OutboxRow.new("orders", before.number, now))
        self.orders.replan(before, after, moved, event, rows, now)


def _buffer(account: Account | None, order: Order) -> int:
    contracts = account.contracts if account else ()
    return next((one.inbound_buffer_days for one in contracts if one.id == order.contract_id), 0)


def _told(order: Order, event: OrderEvent) -> OutboxRow:
    """For all at the dealer who may see orders, and for his manager."""
    return about_order(order, Event.DELAY, event.text, dict(event.params), event.at, user_id="", to=BOTH)


def _event(found: Replanned, now: datetime) -> OrderEvent:
    name = ("name", found.line.name)
    if found.lost:
        lost = (name, ("quantity", f"{found.lost.normalize():f}"))
        return OrderEvent(now, WHO, "delayed", "«%(name)s»: %(quantity)s больше не ожидается, срок уточнит менеджер", lost)
    late = [part for part in found.line.plan if part.late and part.due]
    if not late:
        return OrderEvent(now, WHO, "replanned", "«%(name)s»: срок поставки изменился, заказ придёт вовремя", (name,))
    days = max(part.due for part in late if part.due)
    params = (name, ("quantity", f"{total(late).normalize():f}"), ("day", f"{days:%d.%m.%Y}"))
    return OrderEvent(now, WHO, "delayed", "Задержка поставки: «%(name)s», %(quantity)s ожидается %(day)s", params)
