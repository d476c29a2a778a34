"""The order book of the simulated 1C: what is taken once, reserved, cut, corrected and answered; its stock."""

from collections.abc import Callable, Iterable
from dataclasses import asdict, dataclass, replace
from datetime import datetime
from decimal import ROUND_HALF_UP, Decimal
from random import Random
from typing import Any
from uuid import uuid4

from infra.demo.supplier import Supplier
from infra.simulator.documents import Answer, Buyer, Line, SiteOrder
from infra.simulator.state import State

_ZERO, _KOPECK, _WHOLE = Decimal(0), Decimal("0.01"), Decimal(1)
NEW, AWAITING, CONFIRMED, MODERATED = "Новый", "Ожидает подтверждения", "Подтверждён", "Ожидается согласование"
CANCELLED, REJECTED, SHIPPING, CLOSED = "Отменён", "Отклонён", "В процессе отгрузки", "Закрыт"
STATES = (
    AWAITING, CONFIRMED, MODERATED, "Готов к обеспечению", "Ожидается обеспечение", "Готов к отгрузке", SHIPPING,
    "Ожидается оплата (после отгрузки)", "Готов к закрытию", CLOSED, REJECTED, CANCELLED,
)  # fmt: skip
_SHIPPED = frozenset({SHIPPING, "Ожидается оплата (после отгрузки)", "Готов к закрытию", CLOSED})
_RESERVED = frozenset(STATES) - _SHIPPED - {REJECTED, CANCELLED}
_SETTLED = frozenset(STATES) - {AWAITING, CONFIRMED, MODERATED}
"""States in which UT no longer lets the site change an order."""


class UnknownOrder(Exception):
    """No order of that number in the book, or no such state."""


@dataclass(frozen=True, slots=True)
class BookOrder:
    """A sales order of 1C. `asked` is what the dealer wanted, `lines` what 1C makes of it, `site` what the portal sent last.

    `unanswered`: the portal does not have this `version` of the document yet.
    """

    id: str
    number: str
    erp_number: str
    erp_date: str
    state: str
    site: SiteOrder
    asked: tuple[Line, ...]
    lines: tuple[Line, ...]
    note: str = ""
    unanswered: bool = True
    version: int = 1

    @property
    def shipped(self) -> bool:
        return self.state in _SHIPPED

    def answer(self) -> Answer:
        return Answer(
            self.id, self.site, self.lines, self.erp_number, datetime.fromisoformat(self.erp_date), self.state, self.note,
            cancelled=self.state == CANCELLED,
        )  # fmt: skip


class OrderBook:
    """Every change is on disk before anybody hears of it."""

    def __init__(self, state: State, supplier: Supplier, clock: Callable[[], datetime]) -> None:
        self._state = state
        self._supplier = supplier
        self._clock = clock
        self._balances = {item.id: item.balances for item in supplier.items}

    # --- stock ---

    def on_hand(self, item_id: str, warehouse_id: str) -> Decimal:
        """In the warehouse, reserved or not."""
        with self._state.reading() as data:
            moved = Decimal(data.get("moves", {}).get(f"{item_id}@{warehouse_id}", 0))
        return max(_ZERO, self._balances.get(item_id, {}).get(warehouse_id, _ZERO) + moved)

    def reserved(self) -> dict[tuple[str, str], Decimal]:
        """By item and warehouse, of all orders that are not shipped yet."""
        found: dict[tuple[str, str], Decimal] = {}
        for order in self.orders():
            if order.state in _RESERVED:
                for line in order.lines:
                    key = (line.item_id, self._warehouse(order.site))
                    found[key] = found.get(key, _ZERO) + line.quantity
        return found

    def balances(self, item_ids: Iterable[str] | None = None) -> dict[str, dict[str, Decimal]]:
        """Free quantities by item and warehouse; of every item where `item_ids` is None."""
        reserved = self.reserved()
        return {
            item_id: {
                warehouse: max(_ZERO, self.on_hand(item_id, warehouse) - reserved.get((item_id, warehouse), _ZERO))
                for warehouse in self._balances[item_id]
            }
            for item_id in (self._balances if item_ids is None else item_ids)
        }

    def move(self, random: Random, count: int = 3) -> list[str]:
        """A few goods come or go, as in any warehouse: the ids of the items."""
        moved = []
        for _ in range(count):
            item = random.choice(self._supplier.items)
            warehouse = random.choice(self._supplier.warehouses)
            step = random.choice((-3, -2, -1, -1, 1, 5, item.pack))
            if self.on_hand(item.id, warehouse.id) + step >= 0:
                self._add_move(item.id, warehouse.id, Decimal(step))
                moved.append(item.id)
        return moved

    def _add_move(self, item_id: str, warehouse_id: str, quantity: Decimal) -> None:
        with self._state.changing() as data:
            moves = data.setdefault("moves", {})
            key = f"{item_id}@{warehouse_id}"
            moves[key] = str(Decimal(moves.get(key, 0)) + quantity)

    def _warehouse(self, order: SiteOrder) -> str:
        known = {warehouse.id for warehouse in self._supplier.warehouses}
        return order.warehouse_id if order.warehouse_id in known else self._supplier.warehouses[0].id

    # --- orders ---

    def orders(self) -> list[BookOrder]:
        with self._state.reading() as data:
            return [_loaded(row) for row in data.get("orders", {}).values()]

    def order(self, number: str) -> BookOrder:
        """Raises UnknownOrder."""
        with self._state.reading() as data:
            row = data.get("orders", {}).get(number)
        if row is None:
            raise UnknownOrder(f"заказа {number} нет")
        return _loaded(row)

    def unanswered(self) -> list[BookOrder]:
        return [order for order in self.orders() if order.unanswered]

    def take(self, order: SiteOrder) -> BookOrder | None:
        """A new order, or a change of a known one; None where the site only repeats itself. Found by number alone, as UT does."""
        with self._state.changing() as data:
            row = data.setdefault("orders", {}).get(order.number)
            if row is None:
                return self._keep(self._new(order))
            known = _loaded(row)
            if known.site.print == order.print:
                return None
            return self._keep(self._changed(known, order))

    def answered(self, order: BookOrder) -> None:
        """The site has this version of the document; a later one is still to be sent."""
        with self._state.changing():
            if (known := self.order(order.number)).version == order.version:
                self._keep(replace(known, unanswered=False), quietly=True)

    def set_state(self, number: str, state: str) -> BookOrder:
        """Somebody in 1C moves the order on; shipping takes the goods off the shelf. Raises UnknownOrder."""
        if state not in STATES:
            raise UnknownOrder(f"нет состояния «{state}»; есть: {', '.join(STATES)}")
        with self._state.changing():
            order = self.order(number)
            if state in _SHIPPED and order.state in _RESERVED:
                for line in order.lines:
                    self._add_move(line.item_id, self._warehouse(order.site), -line.quantity)
            return self._keep(replace(order, state=state))

    def _keep(self, order: BookOrder, *, quietly: bool = False) -> BookOrder:
        kept = order if quietly else replace(order, unanswered=True, version=order.version + 1)
        with self._state.changing() as data:
            data.setdefault("orders", {})[order.number] = asdict(kept)
        return kept

    def _new(self, order: SiteOrder) -> BookOrder:
        with self._state.changing() as data:
            count = data["last_number"] = data.get("last_number", 0) + 1
        now = self._clock().replace(microsecond=0)
        blank = BookOrder(str(uuid4()), order.number, f"ТДФЛ-{count:06d}", now.isoformat(), NEW, order, order.lines, ())
        return self._considered(blank, _wished(order.comment, self._available(blank)))

    def _changed(self, known: BookOrder, order: SiteOrder) -> BookOrder:
        """The dealer's answer: agreed, not agreed (then what he asked is looked at anew), called off, or other lines."""
        if known.state in _SETTLED:
            return replace(known, site=order)
        if order.requisites.get("Отменен") == "true":
            return replace(known, site=order, state=CANCELLED, note="Заказ отменён покупателем")
        status = order.requisites.get("Статус заказа", "").lower().replace("ё", "е")
        if known.state == AWAITING and status.startswith("подтвержд"):
            return replace(known, site=order, state=CONFIRMED, note="")
        asked = known.asked if _same(order.lines, known.lines) or _same(order.lines, known.site.lines) else order.lines
        if known.state != AWAITING and asked is known.asked:
            return replace(known, site=order)
        freed = replace(known, site=order, asked=asked, lines=(), state=NEW)
        self._keep(freed, quietly=True)
        return self._considered(freed, self._available(freed))

    def _available(self, order: BookOrder) -> tuple[Line, ...]:
        """What was asked, as far as its warehouse has free goods; an item 1C does not know is left as it came."""
        warehouse = self._warehouse(order.site)
        known = [line.item_id for line in order.asked if line.item_id in self._balances]
        left = {item: row[warehouse] for item, row in self.balances(known).items()}
        lines = []
        for line in order.asked:
            quantity = min(line.quantity, left.get(line.item_id, line.quantity))
            if line.item_id in left:
                left[line.item_id] -= quantity
            lines.append(replace(line, quantity=quantity))
        return tuple(lines)

    def _considered(self, order: BookOrder, lines: tuple[Line, ...]) -> BookOrder:
        asked = order.asked
        worse = [_words(before, now) for before, now in zip(asked, lines, strict=True) if _is_worse(before, now)]
        left = tuple(line for line in lines if line.quantity)
        if not left:
            return replace(order, lines=asked, state=REJECTED, note="Ничего из заказа нет в наличии")
        note = "; ".join(worse)[:1000]
        return replace(order, lines=left, state=AWAITING if worse else CONFIRMED, note=note)


def _same(some: tuple[Line, ...], others: tuple[Line, ...]) -> bool:
    """The same goods at the same price, lines that are down to nothing left out."""
    first, second = ([(line.item_id, line.quantity, line.price) for line in lines if line.quantity] for lines in (some, others))
    return first == second


def _wished(comment: str, lines: tuple[Line, ...]) -> tuple[Line, ...]:
    """What a word in the comment makes of the first line: «уценка» 10 % off, «дороже» 5 % on, «мало» half of it."""
    if not lines:
        return lines
    first, words = lines[0], comment.lower()
    if "уценка" in words:
        first = replace(first, price=(first.price * Decimal("0.9")).quantize(_KOPECK, ROUND_HALF_UP))
    if "дороже" in words:
        first = replace(first, price=(first.price * Decimal("1.05")).quantize(_KOPECK, ROUND_HALF_UP))
    if "мало" in words:
        first = replace(first, quantity=(first.quantity / 2).quantize(_WHOLE, ROUND_HALF_UP))
    return (first, *lines[1:])


def _is_worse(asked: Line, now: Line) -> bool:
    return now.quantity < asked.quantity or now.price > asked.price


def _words(asked: Line, now: Line) -> str:
    if now.quantity < asked.quantity:
        return f"{asked.name}: есть {now.quantity.normalize():f} из {asked.quantity.normalize():f}"
    return f"{asked.name}: цена {now.price} вместо {asked.price}"


def _loaded(row: dict[str, Any]) -> BookOrder:
    site = row["site"]
    order = SiteOrder(**{**site, "buyer": Buyer(**site["buyer"]), "lines": _lines(site["lines"])})
    return BookOrder(**{**row, "site": order, "asked": _lines(row["asked"]), "lines": _lines(row["lines"])})


def _lines(rows: Iterable[dict[str, Any]]) -> tuple[Line, ...]:
    figures = ("quantity", "price", "vat_rate")
    return tuple(Line(**{**row, **{name: Decimal(row[name]) for name in figures}}) for row in rows)
