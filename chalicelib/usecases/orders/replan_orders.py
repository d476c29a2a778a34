"""1C has told the lots of an item anew: the orders that count on them are planned anew, and people hear of delays."""

from collections.abc import Iterable
from datetime import datetime, timedelta

from chalicelib.domain.access.users import PERMISSIONS
from chalicelib.domain.catalogue.promise import total
from chalicelib.domain.catalogue.stock import Hold, StockBalance
from chalicelib.domain.errors import Conflict, NotFound
from chalicelib.domain.orders.line_buckets import BEFORE_WORK, ENDED
from chalicelib.domain.orders.orders import Order, OrderEvent, OrderLine
from chalicelib.domain.orders.replan import Replanned, replanned
from chalicelib.domain.partners.partners import PartnerScope, SupplierScope
from chalicelib.usecases.ports.catalogue import OfferStore, SupplyStore
from chalicelib.usecases.ports.clock import Clock
from chalicelib.usecases.ports.orders import OrderStore, Outbox, OutboxRow
from chalicelib.usecases.ports.partners import Account, PartnerStore

WHO = "Kabinet"
TRIES = 5
PATIENCE = timedelta(minutes=10)
"""A lot that is gone has mostly come: its goods get this long to show in the stock before they count as lost."""

LETTER = """Здравствуйте, %(name)s!

По заказу № %(order)s изменился срок поставки: %(what)s.

Открыть заказ:
%(link)s
"""
SUBJECT = "Задержка поставки по заказу № %(order)s"


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
    public_url: str,
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
        desk = _Desk(orders, offers, partners, clock, item_id, public_url)
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

    def __init__(
        self, orders: OrderStore, offers: OfferStore, partners: PartnerStore, clock: Clock, item_id: str, public_url: str
    ) -> None:
        self.orders, self.offers, self.partners, self.clock = orders, offers, partners, clock
        self.item_id, self.public_url = item_id, public_url

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
        self._save(order, line, found, account)
        return "changed"

    def _save(self, before: Order, line: OrderLine, found: Replanned, account: Account | None) -> None:
        now = self.clock()
        lines = tuple(found.line if one is line else one for one in before.lines)
        after = before.with_plan(lines, hold_open=before.hold_open or found.on_hand > 0)
        moved = [Hold(self.item_id, line.warehouse_id or "", more, lot) for lot, more in found.moved.items()]
        rows = self._letters(after, found, account, now) if found.line.late or found.lost else []
        if found.on_hand and not before.hold_open:  # 1C keeps the lot for it and does not know of the shelf
            rows.append(OutboxRow.new("orders", before.number, now))
        self.orders.replan(before, after, moved, _event(found, now), rows, now)

    def _letters(self, order: Order, found: Replanned, account: Account | None, now: datetime) -> list[OutboxRow]:
        if account is None:
            return []
        filling = {"order": order.number, "what": _what(found), "link": f"{self.public_url}/orders/{order.number}"}
        return [
            OutboxRow.new(
                "messages",
                order.number,
                now,
                {"channel": "mail", "to": to, "subject": SUBJECT % filling, "text": LETTER % (filling | {"name": name})},
            )
            for to, name in _readers(account)
        ]


def _buffer(account: Account | None, order: Order) -> int:
    contracts = account.contracts if account else ()
    return next((one.inbound_buffer_days for one in contracts if one.id == order.contract_id), 0)


def _readers(account: Account) -> Iterable[tuple[str, str]]:
    """Those at the dealer who may see orders, and his manager."""
    found = {
        member.email: member.name
        for member in account.members
        if member.email and member.portal_access and "order.view" in PERMISSIONS[member.role]
    }
    if account.manager and account.manager.email:
        found[account.manager.email] = account.manager.name
    return found.items()


def _what(found: Replanned) -> str:
    parts = [
        f"«{found.line.name}» — {part.quantity.normalize():f} {found.line.unit} ожидается {part.due:%d.%m.%Y}"
        for part in found.line.plan
        if part.late and part.due
    ]
    if found.lost:
        parts.append(f"«{found.line.name}» — {found.lost.normalize():f} {found.line.unit} больше не ожидается")
    return "; ".join(parts)


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
