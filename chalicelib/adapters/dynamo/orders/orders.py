"""Orders: head, lines in chunks and events under one partition; the holds of an order stand in `holds`."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from decimal import Decimal

from chalicelib.adapters.dynamo.cart import carts
from chalicelib.adapters.dynamo.exchange.records import register_item
from chalicelib.adapters.dynamo.orders import holds
from chalicelib.adapters.dynamo.orders.order_items import (
    erp_id_item,
    event_from_item,
    event_item,
    head_from_item,
    head_item,
    line_chunks,
    lines_from_items,
    order_key,
    reference_key,
)
from chalicelib.adapters.dynamo.orders.order_papers import papers_from_items, papers_item
from chalicelib.adapters.dynamo.orders.order_progress import (
    NEWER,
    PROGRESS,
    asked_text,
    own_item,
    progress_from_items,
    progress_item,
    shipment_item,
)
from chalicelib.adapters.dynamo.orders.order_requests import request_from_items, request_item
from chalicelib.adapters.dynamo.orders.outbox import outbox_items, outbox_key
from chalicelib.adapters.dynamo.orders.outbox import to_item as outbox_item
from chalicelib.adapters.dynamo.table import ConditionFailed, Item, Table, check, delete, put, transact, update
from chalicelib.adapters.dynamo.times import instant_text
from chalicelib.domain.cart.carts import CartHead
from chalicelib.domain.catalogue.stock import Hold, Source
from chalicelib.domain.errors import Conflict, NotFound
from chalicelib.domain.exchange.records import Mark
from chalicelib.domain.orders.orders import Order, OrderEvent
from chalicelib.domain.partners.partners import PartnerScope, Scope
from chalicelib.usecases.ports.orders import OrderPage, OutboxRow

KEY_LIFETIME = timedelta(days=30)
HOLD_LIFETIME = timedelta(hours=24)
CHANGED = "Остатки или корзина изменились, пока вы оформляли заказ: проверьте его ещё раз"


class DynamoOrders:
    """`copies` names the further systems that get every order; see `outbox_items`."""

    def __init__(self, portal: Table, ephemeral: Table, copies: Sequence[str] = ()) -> None:
        self.portal = portal
        self.copies = copies
        self.ephemeral = ephemeral
        self.holds = holds.DynamoHolds(portal)

    def next_number(self, key: str) -> str:
        """A repeat of the same placing finds the holds of the first under its number, and leaves no second ones behind."""
        kept = self.ephemeral.get((f"PLACED#{key}", "NUMBER"), strong=True)
        return kept["number"] if kept else self._new_number(key)

    def _new_number(self, key: str) -> str:
        count = self.portal.update(
            ("COUNTER", "ORDERS"), "ADD #n :one", values={":one": 1}, names={"#n": "n"}, returning="UPDATED_NEW"
        )
        item = {"PK": f"PLACED#{key}", "SK": "NUMBER", "number": f"K-{int(count['n']):06d}"}
        try:
            self.ephemeral.put(item, "attribute_not_exists(PK)")
        except ConditionFailed:
            return self.next_number(key)
        return str(item["number"])

    # --- placing ------------------------------------------------------------------------------------------------------

    def place(self, order: Order, event: OrderEvent, wanted: Sequence[Hold], cart: CartHead, key: str) -> str:
        due = order.placed_at + HOLD_LIFETIME
        actions = self._order_actions(order, event, cart, key)
        hold_actions = self.holds.actions(order.number, wanted, due)
        try:
            if len(actions) + len(hold_actions) <= holds.ACTIONS:
                transact(self.portal.client, actions + hold_actions)
            else:
                self._place_in_parts(order, actions, wanted, due)
        except ConditionFailed as error:
            return self._placed_already(order, key, error)
        return order.number

    def _place_in_parts(self, order: Order, actions: list[Item], wanted: Sequence[Hold], due: datetime) -> None:
        """A long order takes its holds first, under its own number; it stands only while none of them was let go."""
        attempt = self.holds.take_in_parts(order.number, wanted, order.placed_at)
        transact(self.portal.client, actions + self.holds.keep_actions(order.number, attempt, due))

    def _placed_already(self, order: Order, key: str, error: ConditionFailed) -> str:
        number = self.placed(key)
        if number is None:
            self.holds.abandon(order.number, order.placed_at)
            raise Conflict(CHANGED) from error
        return number

    def abandon(self, key: str, now: datetime) -> bool:
        kept = self.ephemeral.get((f"PLACED#{key}", "NUMBER"), strong=True)
        return self.holds.abandon(kept["number"], now) if kept else False

    def placed(self, key: str) -> str | None:
        found = self.ephemeral.get((f"PLACED#{key}", "ORDER"), strong=True)
        return found["number"] if found else None

    def _order_actions(self, order: Order, event: OrderEvent, cart: CartHead, key: str) -> list[Item]:
        row = OutboxRow.of_placed(order)
        return [
            put(self.portal.name, head_item(order), "attribute_not_exists(PK)"),
            *(put(self.portal.name, chunk) for chunk in line_chunks(order)),
            put(self.portal.name, event_item(order.number, event)),
            *self._leaving([row]),
            *self._client_reference(order),
            self._empty_cart(order, cart),
            put(self.ephemeral.name, self._placed_item(order, key), "attribute_not_exists(PK)"),
        ]

    def _client_reference(self, order: Order) -> list[Item]:
        """The dealer's own number may come again, and another dealer's may be the same."""
        key = {"PK": f"CLIENTREF#{order.partner_id}#{order.client_reference}", "SK": order.number}
        return [put(self.portal.name, key)] if order.client_reference else []

    @staticmethod
    def _placed_item(order: Order, key: str) -> Item:
        expires = int((order.placed_at + KEY_LIFETIME).timestamp())
        return {"PK": f"PLACED#{key}", "SK": "ORDER", "number": order.number, "expires": expires}

    def _empty_cart(self, order: Order, cart: CartHead) -> Item:
        """The next generation of the cart is empty; a second click finds this one gone."""
        values = {":now": cart.generation, ":seen": cart.version}
        item = carts.emptied(order.number, cart, order.placed_at)
        return put(self.portal.name, item, "generation = :now AND version = :seen", values)

    def adopt(self, order: Order, event: OrderEvent, outbox: Sequence[OutboxRow] = ()) -> str:
        actions = [
            put(self.portal.name, head_item(order), "attribute_not_exists(PK)"),
            *(put(self.portal.name, chunk) for chunk in line_chunks(order)),
            *([put(self.portal.name, papers_item(order.number, order.papers))] if order.papers else []),
            put(self.portal.name, event_item(order.number, event)),
            *self._leaving(outbox),
            *self._erp_number(replace(order, erp_id="")),
            put(self.portal.name, erp_id_item(order), "attribute_not_exists(PK)"),
        ]
        try:
            transact(self.portal.client, actions)
        except ConditionFailed as error:
            number = self.of_erp(order.erp_id)
            if number is None:
                raise Conflict("Заказ %(number)s уже существует", number=order.number) from error
            return number
        return order.number

    def of_erp(self, erp_id: str) -> str | None:
        found = self.portal.get((f"ORDERNO#{erp_id}", "REF"), strong=True) if erp_id else None
        return found["number"] if found else None

    # --- reading ------------------------------------------------------------------------------------------------------

    def read(self, scope: Scope, number: str) -> Order:
        """EVENT# sorts before HEAD and LINES#: one range leaves the timeline out."""
        return self._order(scope, number, list(self.portal.query(f"ORDER#{number}", at_least="HEAD", strong=True)))

    def with_events(self, scope: Scope, number: str) -> tuple[Order, tuple[OrderEvent, ...]]:
        items = list(self.portal.query(f"ORDER#{number}", strong=True))
        events = tuple(event_from_item(item) for item in items if item["SK"].startswith("EVENT#"))
        return self._order(scope, number, items), events

    @staticmethod
    def _order(scope: Scope, number: str, items: list[Item]) -> Order:
        head = next((item for item in items if item["SK"] == "HEAD"), None)
        if head is None or (isinstance(scope, PartnerScope) and head["partner_id"] != scope.partner_id):
            raise NotFound("Заказ %(number)s не найден", number=number)
        order = replace(head_from_item(head), lines=lines_from_items(items), progress=progress_from_items(items))
        return replace(order, papers=papers_from_items(items), request=request_from_items(items))

    def find(self, reference: str) -> str | None:
        found = self.portal.get(reference_key(reference), strong=True)
        if found:
            return str(found["number"])
        known = [item["SK"] for item in self.portal.query(f"ORDERNO#{reference}", strong=True, limit=2)]
        return known[0] if len(known) == 1 else None

    def page(self, scope: PartnerScope, *, limit: int = 50, after: str | None = None) -> OrderPage:
        """`after` is the sort key of the last order of the page before; the range has it in, so it is read and dropped."""
        most = limit + (2 if after else 1)
        partition, last = f"PARTNER#{scope.partner_id}", f"ORDER#{after or '~'}"
        heads = list(self.portal.query(partition, index="GSI1", newest_first=True, limit=most, at_least="ORDER#", at_most=last))
        heads = [head for head in heads if head["GSI1SK"] != last]
        page = tuple(map(head_from_item, heads[:limit]))
        more = heads[limit - 1]["GSI1SK"].removeprefix("ORDER#") if len(heads) > limit else None
        return OrderPage(page, more)

    # --- changing -----------------------------------------------------------------------------------------------------

    def change(self, before: Order, after: Order, event: OrderEvent, outbox: Sequence[OutboxRow] = ()) -> None:
        self._change(before, self._changes(before, after, event, outbox))

    def change_untaken(
        self,
        before: Order,
        after: Order,
        event: OrderEvent,
        outbox: Sequence[OutboxRow],
        moved: Sequence[Hold] = (),
        now: datetime | None = None,
    ) -> None:
        first, *others = self._changes(before, after, event, outbox)
        first["Update"]["ConditionExpression"] += " AND attribute_not_exists(taken_at)"
        moves = self.holds.move_actions(before.number, moved, now + HOLD_LIFETIME) if moved and now else []
        self._change(before, [first, *others, *moves])

    def replan(
        self, before: Order, after: Order, moved: Sequence[Hold], event: OrderEvent, outbox: Sequence[OutboxRow], now: datetime
    ) -> None:
        moves = self.holds.move_actions(before.number, moved, now + HOLD_LIFETIME) if moved else []
        self._change(before, [*self._changes(before, after, event, outbox), *moves])

    def _change(self, before: Order, actions: list[Item]) -> None:
        try:
            transact(self.portal.client, actions)
        except ConditionFailed as error:
            raise Conflict("Заказ %(number)s уже изменён: откройте его заново", number=before.number) from error

    def _changes(self, before: Order, after: Order, event: OrderEvent, outbox: Sequence[OutboxRow]) -> list[Item]:
        kept, written = line_chunks(before), line_chunks(after)
        gone = [delete(self.portal.name, (chunk["PK"], chunk["SK"])) for chunk in kept[len(written) :]]
        return [
            self._change_head(before, after),
            *(put(self.portal.name, chunk) for chunk in written),
            *gone,
            *([put(self.portal.name, papers_item(after.number, after.papers))] if after.papers != before.papers else []),
            *([put(self.portal.name, request_item(after.number, after.request))] if after.request != before.request else []),
            put(self.portal.name, event_item(after.number, event)),
            *self._leaving(outbox),
            *self._erp_number(after),
        ]

    def _leaving(self, rows: Sequence[OutboxRow]) -> list[Item]:
        return [put(self.portal.name, item) for item in outbox_items(rows, self.copies)]

    def _change_head(self, before: Order, after: Order) -> Item:
        """All fields but `taken_at`, which moves by itself and is no part of the revision."""
        fields = {name: value for name, value in head_item(after).items() if name not in ("PK", "SK", "taken_at")}
        names = {f"#{n}": name for n, name in enumerate(fields)}
        values = {f":{n}": value for n, value in enumerate(fields.values())} | {":seen": before.revision}
        sets = "SET " + ", ".join(f"#{n} = :{n}" for n in range(len(fields)))
        return update(self.portal.name, order_key(after.number), sets, "revision = :seen", values, names)

    def _erp_number(self, order: Order) -> list[Item]:
        """1C's number may come again in another year; its id is the order's own."""
        numbers = [put(self.portal.name, {"PK": f"ORDERNO#{order.erp_number}", "SK": order.number})] if order.erp_number else []
        return numbers + ([put(self.portal.name, erp_id_item(order))] if order.erp_id else [])

    def save_progress(
        self, told: str, before: Order, after: Order, event: OrderEvent | None = None, outbox: Sequence[OutboxRow] = ()
    ) -> bool:
        values, item = {":revision": after.progress.revision}, progress_item(after.number, after.progress)
        newer = put(self.portal.name, item, NEWER, values)
        mark = register_item("order_states", Mark(told, after.progress.revision), (item["PK"], item["SK"]))
        try:
            beside = [*self._shipment(before, after), *self._beside(before, after, event, outbox)]
            transact(self.portal.client, [newer, put(self.portal.name, mark), *beside])
        except ConditionFailed as failed:
            if failed.reasons[0] == "ConditionalCheckFailed":
                return False
            raise Conflict("Заказ %(number)s всё время меняется: повторите позже", number=after.number) from failed
        return True

    def _shipment(self, before: Order, after: Order) -> list[Item]:
        """What the dealer asks to ship, where it differs; not over another request of his."""
        if after.progress.asked == before.progress.asked:
            return []
        same = "attribute_not_exists(PK) OR asked = :asked" if not before.progress.asked else "asked = :asked"
        values = {":asked": asked_text(before.progress.asked)}
        return [put(self.portal.name, shipment_item(after.number, after.progress.asked), same, values)]

    def save_shipment(self, before: Order, after: Order, event: OrderEvent, outbox: Sequence[OutboxRow] = ()) -> None:
        seen = {":revision": before.progress.revision}
        told = check(self.portal.name, (f"ORDER#{before.number}", PROGRESS), "revision = :revision", seen)
        self._change(before, [told, *self._shipment(before, after), *self._beside(before, after, event, outbox)])

    def save_own(self, before: Order, after: Order, item_id: str, event: OrderEvent, outbox: Sequence[OutboxRow] = ()) -> None:
        own = put(self.portal.name, own_item(after.number, item_id, after.progress.own[item_id]))
        try:
            transact(self.portal.client, [own, *self._beside(before, after, event, outbox)])
        except ConditionFailed as error:
            raise Conflict("Заказ %(number)s уже изменён: откройте его заново", number=after.number) from error

    def _beside(self, before: Order, after: Order, event: OrderEvent | None, outbox: Sequence[OutboxRow]) -> list[Item]:
        """The head only where it differs; lines are never touched."""
        head = [self._change_head(before, after)] if head_item(before) != head_item(after) else []
        told = [put(self.portal.name, event_item(after.number, event))] if event else []
        return [*head, *told, *(put(self.portal.name, outbox_item(row)) for row in outbox)]

    def taken(self, number: str, outbox_ids: Sequence[str], event: OrderEvent) -> None:
        rows = [delete(self.portal.name, outbox_key("orders", row_id), "attribute_exists(PK)") for row_id in outbox_ids]
        head = update(
            self.portal.name,
            order_key(number),
            "SET taken_at = if_not_exists(taken_at, :now)",
            "attribute_exists(PK)",
            {":now": instant_text(event.at)},
        )
        try:
            transact(self.portal.client, [*rows, head, put(self.portal.name, event_item(number, event))])
        except ConditionFailed:  # an acknowledgement that comes twice: what is left of the rows goes without a second event
            for row_id in outbox_ids:
                self.portal.delete(outbox_key("orders", row_id))

    # --- holds --------------------------------------------------------------------------------------------------------

    def settle_hold(self, number: str, kept: Mapping[Source, Decimal], now: datetime) -> None:
        self.holds.settle(number, kept, now)

    def expired_holds(self, now: datetime) -> Iterator[str]:
        return self.holds.due(now)

    def wrong_counters(self) -> Iterator[tuple[str, Decimal, Decimal]]:
        return self.holds.wrong_counters()
