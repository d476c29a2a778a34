"""A dealer, a 1C and the portal's order stores over a DynamoDB in memory: enough to place, take, answer and confirm orders."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from typing import Any

from chalicelib.adapters.dynamo.cart.carts import DynamoCarts, head_from_item
from chalicelib.adapters.dynamo.catalogue.offers import DynamoOffers
from chalicelib.adapters.dynamo.catalogue.stock import DynamoStock
from chalicelib.adapters.dynamo.catalogue.supply import DynamoSupply
from chalicelib.adapters.dynamo.documents import DynamoDocuments
from chalicelib.adapters.dynamo.orders.conversations import DynamoConversations
from chalicelib.adapters.dynamo.orders.orders import DynamoOrders
from chalicelib.adapters.dynamo.orders.outbox import DynamoOutbox
from chalicelib.adapters.dynamo.partners.terms import DynamoCreditLimits
from chalicelib.adapters.dynamo.table import Table, item_from_wire
from chalicelib.domain.access.users import PERMISSIONS, Membership, Role, Session
from chalicelib.domain.cart.carts import CartHead
from chalicelib.domain.catalogue.stock import IncomingLot, IncomingSupply
from chalicelib.domain.orders.handover import Handover
from chalicelib.domain.orders.orders import DeliveryMethod, ErpLine, ErpOrder, Order
from chalicelib.domain.partners.partners import (
    AccountManager,
    Contract,
    Counterparty,
    DeliveryAddress,
    Partner,
    PartnerScope,
    SupplierScope,
)
from chalicelib.usecases.access.visitors import Visitor
from chalicelib.usecases.cart import cart, place_order
from chalicelib.usecases.cart.place_order import Wish
from chalicelib.usecases.orders import answer_order, change_order, edit_order, export_orders
from chalicelib.usecases.orders.export_orders import OutgoingOrder
from chalicelib.usecases.orders.replan_orders import replan_item
from chalicelib.usecases.ports.access import Beacons
from chalicelib.usecases.ports.catalogue import Card, Classifier, Found, Search
from chalicelib.usecases.ports.files import Queues
from chalicelib.usecases.ports.orders import OutboxRow
from chalicelib.usecases.ports.partners import Account
from tests.stand_ins.dynamodb import MemoryDynamo

WAREHOUSE = "w-msk"
PRICE_TYPE = "pt-dealer"
START = datetime(2026, 11, 21, 9, 0, tzinfo=UTC)


class Died(BaseException):
    """The process died here; nothing catches it."""


@dataclass
class MemoryIndex:
    """The search snapshot as a dictionary of cards."""

    items: dict[str, Card]

    def search(self, snapshot: str | None, search: Search) -> Found:
        return Found(tuple(self.items.values()), len(self.items))

    def behind(self, snapshot: str | None) -> bool:
        return False

    def cards(self, snapshot: str | None, item_ids: Sequence[str]) -> Mapping[str, Card]:
        return {id: self.items[id] for id in item_ids if id in self.items}

    def classifier(self, snapshot: str | None) -> Classifier:
        return Classifier()


@dataclass
class MemoryQueues:
    """Messages as they were sent."""

    sent: list[tuple[str, Mapping[str, object]]] = field(default_factory=list)

    def send(self, queue: str, message: Mapping[str, object], *, group: str = "", unique: str = "", delay: int = 0) -> None:
        self.sent.append((queue, message))


@dataclass
class Batches:
    """What a node was given last."""

    last: dict[tuple[str, str], tuple[tuple[str, str], ...]] = field(default_factory=dict)
    went: dict[str, Handover] = field(default_factory=dict)

    def handover(self, node: str) -> Handover:
        return self.went.get(node, Handover())

    def hand_over(self, node: str, session: str, handover: Handover, rows: Sequence[OutboxRow], now: datetime) -> None:
        self.went[node] = handover
        self.last[node, session] = tuple((row.id, row.subject) for row in rows)

    def handed_over(self, node: str, session: str) -> tuple[tuple[str, str], ...]:
        return self.last.get((node, session), ())


class World:
    """`items` maps item id -> (price, free at the one warehouse). `client` is another DynamoDB than the one in memory."""

    def __init__(self, items: Mapping[str, tuple[str, int]], client: Any = None) -> None:
        self.dynamo = MemoryDynamo()
        client = client or self.dynamo
        self.portal, self.catalogue, ephemeral = (
            Table(client, f"kabinet-test-{name}") for name in ("portal", "catalogue", "ephemeral")
        )
        self.carts, self.orders = DynamoCarts(self.portal), DynamoOrders(self.portal, ephemeral)
        self.conversations = DynamoConversations(self.portal)
        self.outbox, self.documents = DynamoOutbox(self.portal), DynamoDocuments(self.portal)
        self.offers, self.stock = DynamoOffers(self.catalogue, self.portal), DynamoStock(self.portal)
        self.supply, self.limits = DynamoSupply(self.portal, self.clock), DynamoCreditLimits(self.portal)
        self.pushes: Queues | None = None
        self.queues, self.batches = MemoryQueues(), Batches()
        self.write: Callable[[OutgoingOrder], bytes] = lambda outgoing: outgoing.order.number.encode()
        self.now = START
        self.terms: dict[str, Any] = {}
        self.index = MemoryIndex({id: _card(id) for id in items})
        self.seq = 0
        self.chosen: dict[str, str] = {}
        for id, (price, _) in items.items():
            self.set_price(id, price)
        self.set_stock({id: Decimal(free) for id, (_, free) in items.items()})

    def clock(self) -> datetime:
        self.now += timedelta(seconds=1)
        return self.now

    def set_price(self, item_id: str, price: str) -> None:
        data = f'{{"{PRICE_TYPE}": ["{price}", "RUB", "шт", null]}}'
        self.catalogue.put({"PK": f"ITEM#{item_id}", "SK": "PRICES", "data": data, "seq": 1})

    def set_stock(self, free: Mapping[str, Decimal]) -> None:
        self.seq += 1
        self.stock.apply({id: {WAREHOUSE: quantity} for id, quantity in free.items()}, self.seq)

    def set_lots(self, item_id: str, *lots: tuple[str, date, int], reserved: int = 0) -> None:
        """All that is on its way, as 1C tells it: id, day, quantity; `reserved` of each 1C has promised itself."""
        self.seq += 1
        told = tuple(IncomingLot(id, WAREHOUSE, eta, Decimal(quantity), Decimal(reserved)) for id, eta, quantity in lots)
        assert self.supply.save_incoming(IncomingSupply(item_id, self.seq, told))

    # --- the dealer ---------------------------------------------------------------------------------------------------

    def visitor(self, user_id: str = "u-1", partner_id: str = "p-1", role: Role = Role.EMPLOYEE) -> Visitor:
        contract = replace(Contract("c-1", "Предоплата 100 %", PRICE_TYPE, "cp-1", "our-1"), **self.terms)
        email = "ivan@dealer.example" if user_id == "u-1" else ""
        member = Membership(user_id, partner_id, "Иван Петров", "+79001112233", email, role=role)
        heads = self._heads(partner_id)
        account = Account(
            Partner(partner_id, "Дилер", True), (member,), (contract,), (Counterparty("cp-1", "ООО «Дилер»"),), heads,
            AccountManager("m-1", "Ольга", email="olga@supplier.example"),
        )  # fmt: skip
        chosen = self.chosen.get(user_id)
        session = Session(f"s-{user_id}", user_id, partner_id, "csrf", START, START + timedelta(days=1), cart_id=chosen)
        return Visitor(
            session, Beacons("snap"), "Иван Петров", PERMISSIONS[role], account, member, contract=contract, warehouse_id=WAREHOUSE
        )

    def _heads(self, partner_id: str) -> tuple[CartHead, ...]:
        """As they are read with the account."""
        return tuple(map(head_from_item, self.portal.query(f"PARTNER#{partner_id}", prefix="CART#", strong=True)))

    def addresses(self, scope: PartnerScope) -> tuple[DeliveryAddress, ...]:
        """The partner store's, for checkout."""
        return (DeliveryAddress("a-1", "Склад дилера", "Казань, Складская, 1"),)

    def account(self, scope: PartnerScope) -> Account | None:
        """The partner store's, for the export to 1C."""
        return self.visitor(partner_id=scope.partner_id).account

    def put(
        self, item_id: str, quantity: int | str, visitor: Visitor | None = None, cart_id: str = "", was: int | None = None
    ) -> cart.Put:
        visitor = visitor or self.visitor()
        return cart.put_in_cart(
            self.index, self.offers, self.carts, self.clock, visitor=visitor, item_id=item_id, quantity=Decimal(quantity),
            cart=cart.cart_of(visitor, cart_id), was=Decimal(was) if was is not None else None,
        )  # fmt: skip

    def look(self, visitor: Visitor | None = None, wish: Wish | None = None, cart_id: str = "") -> place_order.CheckoutView:
        partners: Any = self
        visitor, wish = visitor or self.visitor(), wish or Wish()
        return place_order.checkout(
            self.index, self.offers, self.carts, partners, self.clock, visitor=visitor, wish=wish, cart_id=cart_id
        )

    def form(self, view: place_order.CheckoutView, **more: Any) -> place_order.Checkout:
        """As the page of checkout sends it for its wish."""
        decided = {"counterparty_id": "cp-1", "delivery_method": DeliveryMethod.PICKUP, "wish": view.wish} | more
        head = view.cart.head
        return place_order.Checkout(generation=head.generation, seen=view.seen, cart_id=head.id, **decided)

    def send(self, form: place_order.Checkout, visitor: Visitor | None = None) -> str:
        partners: Any = self
        return place_order.place_order(
            self.index, self.offers, self.carts, partners, self.orders, self.limits, self.clock,
            visitor=visitor or self.visitor(), checkout_form=form, pushes=self.pushes,
        )  # fmt: skip

    def place(self, **more: Any) -> str:
        return self.send(self.form(self.look(), **more))

    def confirm(self, number: str, revision: int | None = None) -> None:
        seen = revision if revision is not None else self.read(number).revision
        answer_order.confirm_changes(self.orders, self.queues, self.clock, visitor=self.visitor(), number=number, revision=seen)

    def cancel(self, number: str, revision: int) -> bool:
        return change_order.cancel_order(self.orders, self.clock, visitor=self.visitor(), number=number, revision=revision)

    def edit(self, number: str, revision: int, quantities: Mapping[int, Decimal]) -> bool:
        stores: Any = (self.index, self.offers, self, self.orders, self.limits, self.clock)
        edit = edit_order.Edit(revision, quantities)
        return edit_order.edit_order(*stores, visitor=self.visitor(), number=number, edit=edit)

    def decide(self, number: str, revision: int, *, grant: bool) -> None:
        """The manager does."""
        manager = replace(self.visitor(), account=None, permissions=PERMISSIONS[Role.MANAGER])
        change_order.decide_request(
            self.orders, self.queues, self.clock,
            visitor=manager, number=number, revision=revision, grant=grant, comment="Так вышло",
        )  # fmt: skip

    # --- 1C -----------------------------------------------------------------------------------------------------------

    def query(self, session: str = "s") -> list[OutgoingOrder]:
        stores: Any = self
        batches: Any = self.batches
        given: list[OutgoingOrder] = []

        def write(outgoing: OutgoingOrder) -> bytes:
            document = self.write(outgoing)
            given.append(outgoing)
            return document

        export_orders.batch_for_erp(
            self.orders, self.outbox, stores, batches, self.clock, node="1c", session=session, write=write
        )
        numbers = {number for _, number in batches.handed_over("1c", session)}
        return [outgoing for outgoing in given if outgoing.order.number in numbers]

    def success(self, session: str = "s") -> int:
        batches: Any = self.batches
        return export_orders.acknowledge(self.orders, batches, self.clock, node="1c", session=session)

    def replan(self, item_id: str = "x") -> int:
        """The worker does all that waits."""
        stores: Any = (self.orders, self.offers, self.supply, self, self.outbox, self.clock)
        rows = self.outbox.pending("plans")
        return sum(replan_item(*stores, item_id=row.subject, row_id=row.id) for row in rows)

    def answer(self, answer: ErpOrder) -> None:
        answer_order.take_answer(self.orders, self.queues, self.clock, answer=answer)

    # --- looking ------------------------------------------------------------------------------------------------------

    def read(self, number: str) -> Order:
        return self.orders.read(SupplierScope("test"), number)

    def numbers(self) -> list[str]:
        """Every order there is."""
        return [item["number"] for item in self.portal.scan() if item["PK"].startswith("ORDER#") and item["SK"] == "HEAD"]

    def balance(self, item_id: str) -> tuple[Decimal, Decimal, Decimal]:
        """Free, held, available, as they are kept."""
        item = self.portal.get((f"ITEM#{item_id}", "STOCK")) or {}
        return tuple(Decimal(item.get(f"{part}#{WAREHOUSE}", 0)) for part in "FHA")  # type: ignore[return-value]

    def lot(self, item_id: str, lot_id: str) -> tuple[Decimal, Decimal]:
        """Held of a lot, and what of it can be promised."""
        item = self.portal.get((f"ITEM#{item_id}", "STOCK")) or {}
        return Decimal(item.get(f"LH#{lot_id}", 0)), Decimal(item.get(f"LA#{lot_id}", 0))

    def held(self) -> dict[tuple[str, str], Decimal]:
        """What the parts of all holds say is held, by item and lot."""
        found: dict[tuple[str, str], Decimal] = {}
        for _, item_id, lot_id, quantity in self._held_lines():
            found[item_id, lot_id] = found.get((item_id, lot_id), Decimal(0)) + quantity
        return found

    def _held_lines(self) -> Iterator[tuple[str, str, str, Decimal]]:
        """Order, item, lot and quantity of every line of every hold; only the parts are read back."""
        rows = self.dynamo.tables.get(self.portal.name, {}) if self.portal.client is self.dynamo else None
        keys = [key for key in rows if key[0].startswith("HOLD#") and key[1].startswith("PART#")] if rows is not None else None
        parts = self.portal.scan() if keys is None else (item_from_wire(rows[key]) for key in keys)  # type: ignore[index]
        for item in parts:
            if item["PK"].startswith("HOLD#") and item["SK"].startswith("PART#"):
                for item_id, _, lot_id, quantity in item["lines"]:
                    yield item["PK"].removeprefix("HOLD#"), item_id, lot_id, quantity

    def open_holds(self) -> dict[str, Decimal]:
        """Held on hand, by item."""
        return {item_id: quantity for (item_id, lot_id), quantity in self.held().items() if not lot_id}

    def check_stock(self) -> None:
        """Counters agree with the holds, whatever happened."""
        holds = self.held()
        for item_id in self.index.items:
            free, held, available = self.balance(item_id)
            assert held == holds.get((item_id, ""), 0), (item_id, held, holds)
            assert available == free - held, (item_id, free, held, available)
            row = self.portal.get((f"ITEM#{item_id}", "STOCK")) or {}
            told = {name[3:]: value for name, value in row.items() if name.startswith("LH#")}
            of_lots = {lot: quantity for (item, lot), quantity in holds.items() if item == item_id and lot}
            assert {lot: held for lot, held in told.items() if held} == of_lots, (item_id, told, holds)

    def check_plans(self) -> None:
        """While the hold of an order stands, it is of just the sources its plan names; nothing is held for nobody."""
        held: dict[str, dict[tuple[str, str], Decimal]] = {}
        for number, item_id, lot_id, quantity in self._held_lines():
            sources = held.setdefault(number, {})
            sources[item_id, lot_id] = sources.get((item_id, lot_id), Decimal(0)) + quantity
        for number, sources in held.items():
            order = self.read(number)
            planned: dict[tuple[str, str], Decimal] = {}
            for line in order.lines:
                for part in line.plan:
                    planned[line.item_id, part.lot_id] = planned.get((line.item_id, part.lot_id), Decimal(0)) + part.quantity
            assert all(planned.get(source, 0) >= quantity for source, quantity in sources.items()), (number, sources, planned)

    def die_at(self, call: int, when: str) -> None:
        """Die before or after the call-th call from now."""
        made = 0

        def fault(_name: str, moment: str) -> None:
            nonlocal made
            made += moment == "before"
            if made == call and moment == when:
                self.live()
                raise Died

        self.dynamo.fault = fault

    def live(self) -> None:
        self.dynamo.fault = lambda _name, _moment: None


def _card(item_id: str) -> Card:
    return Card(
        item_id, f"Товар {item_id}", f"ART-{item_id}", "шт", "", "", (), Decimal("1.5"), Decimal("0.01"), None, Decimal(20), ""
    )


def answer_to(order: Order, *, state: str = "", posted: bool = True, cut: Mapping[str, int] | None = None) -> ErpOrder:
    """1C's document of an order, with some quantities cut."""
    lines = []
    for line in order.lines:
        quantity = Decimal((cut or {}).get(line.item_id, line.quantity))
        if quantity:
            amount = int(line.price * quantity * 100)
            lines.append(ErpLine(line.item_id, line.name, quantity, line.price, amount, vat_rate=line.vat_rate))
    return ErpOrder(order.number, f"erp-{order.number}", tuple(lines), f"ЗК-{order.number}", state, posted=posted)
