"""What the use cases ask of the outside: stores, files, queues, senders. Adapters keep these contracts; tests hold them to it."""

from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from typing import BinaryIO, Protocol, TypeVar
from uuid import uuid4

from chalicelib.domain.audit import AuditEntry
from chalicelib.domain.carts import CartHead, CartLine, CartTotals
from chalicelib.domain.catalogue import Item, ItemGroup, Offer, PriceType, Property, Unit, Warehouse
from chalicelib.domain.documents import Document, PaymentInvoice
from chalicelib.domain.exchange import Check, ExchangeFile, ExchangeNode, ExchangeRun, FileState, Problem, Tally
from chalicelib.domain.flows import FlowMark
from chalicelib.domain.handover import Handover
from chalicelib.domain.news import NewsItem, NewsReader
from chalicelib.domain.orders import ErpOrder, Order, OrderEvent
from chalicelib.domain.partners import (
    AccountManager,
    Company,
    Contract,
    Counterparty,
    DeliveryAddress,
    ManagerRecord,
    Partner,
    PartnerScope,
    Scope,
)
from chalicelib.domain.prices import ItemPrices
from chalicelib.domain.proposals import MergeProposal
from chalicelib.domain.records import Mark, Record, Reference, WaitingRecord
from chalicelib.domain.settlements import LedgerEntry
from chalicelib.domain.stock import Hold, IncomingSupply, StockBalance, StockReserves
from chalicelib.domain.terms import CreditLimit, IndividualPrice, Restriction
from chalicelib.domain.users import Membership, Session, User

T_contra = TypeVar("T_contra", contravariant=True)


class Clock(Protocol):
    """The instant now, in UTC."""

    def __call__(self) -> datetime: ...


class RecordStore(Protocol[T_contra]):
    """Objects of one entity, each under a revision of its own."""

    def save(self, records: Sequence[Record[T_contra]]) -> Sequence[str]:
        """ "written" or "unchanged" (an equal or older revision) for each, in order. Raises Conflict."""
        ...

    def deactivate(self, marks: Sequence[Mark], revision: int) -> int:
        """Hide those of the marks that nobody has changed since, as of the revision; how many that were."""
        ...


# --- people -----------------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Beacons:
    """Small marks every page reads with its session: the search snapshot in force, and how fresh the data are."""

    snapshot: str | None = None
    stock_at: datetime | None = None
    prices_at: datetime | None = None


class SessionStore(Protocol):
    def open(self, session: Session) -> None: ...

    def read(self, session_id: str) -> tuple[Session | None, Beacons]:
        """The session (None where there is none; expiry is the caller's to judge) with the beacons, in one call."""
        ...

    def choose(self, session_id: str, *, partner_id: str, contract_id: str | None, warehouse_id: str | None) -> None:
        """Remember the partner, contract and warehouse the person works with."""
        ...

    def close(self, session_id: str) -> None: ...


class AttemptStore(Protocol):
    def count(self, key: str, window: timedelta, now: datetime) -> int:
        """Attempts under the key within the present window, this one included."""
        ...

    def forget(self, key: str, window: timedelta, now: datetime) -> None: ...


class UserStore(Protocol):
    def by_login(self, login: str) -> User | None:
        """`login` is an E.164 phone or a lower-case e-mail."""
        ...

    def read(self, user_id: str) -> User | None: ...

    def add_staff(self, user: User) -> None:
        """Raises Conflict where the phone is taken."""
        ...

    def invite(self, token_hash: str, user_id: str, expires_at: datetime) -> None: ...

    def invited(self, token_hash: str, now: datetime) -> User | None:
        """Whom the link invites; None for one that is used, expired or never was."""
        ...

    def accept(self, token_hash: str, user: User, password_hash: str, now: datetime) -> None:
        """Set the password, end the link, his other links and all older sessions, at once. Raises NotFound for a used link."""
        ...

    def disable(self, user: User, now: datetime) -> None:
        """Block the person: his sessions die at once, and he can't sign in."""
        ...


class PasswordHasher(Protocol):
    def hash(self, password: str) -> str: ...

    def verify(self, password_hash: str, password: str) -> bool:
        """False for a wrong password; an empty hash costs the same time and is always False."""
        ...


# --- partners ---------------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Account:
    """What most pages need of a partner, read in one call."""

    partner: Partner
    members: tuple[Membership, ...] = ()
    contracts: tuple[Contract, ...] = ()
    counterparties: tuple[Counterparty, ...] = ()
    carts: tuple[CartHead, ...] = ()
    manager: AccountManager | None = None


@dataclass(frozen=True, slots=True)
class PartnerRecord:
    """A partner as 1C sends it. `contacts` have empty `user_id`; the store finds or makes the users.

    A list that is None was not told and stays as it is. A contact's phone is "" where 1C's text is no phone.
    """

    partner: Partner
    contacts: tuple[Membership, ...] = ()
    counterparties: tuple[Counterparty, ...] | None = ()
    contracts: tuple[Contract, ...] | None = ()
    addresses: tuple[DeliveryAddress, ...] | None = ()
    manager: AccountManager | None = None


@dataclass(frozen=True, slots=True)
class Saved:
    """What became of a record: "written", "unchanged" (equal or older revision).

    `invited`: users to send a link to, told again until `UserStore.invite` has made one. `problems`: contacts whose phone
    or e-mail could not become a login.
    """

    outcome: str
    invited: tuple[User, ...] = ()
    problems: tuple[Problem, ...] = ()


class PartnerStore(Protocol):
    def account(self, scope: PartnerScope) -> Account | None: ...

    def addresses(self, scope: PartnerScope) -> tuple[DeliveryAddress, ...]:
        """Those with portal access, by name."""
        ...

    def save(self, record: PartnerRecord, now: datetime) -> Saved:
        """Its revision is kept last: what was cut short is done when 1C sends the record again.

        Raises Conflict where others keep changing the partner meanwhile.
        """
        ...

    def payers(self, payer_id: str, inn: str = "", kpp: str = "") -> tuple[tuple[str, Counterparty], ...]:
        """(partner id, counterparty) of every partner that has the payer: by his id, else by ИНН and КПП."""
        ...

    def fill_payer(self, partner_id: str, payer: Counterparty) -> bool:
        """Fill what the partner's payer of this id has empty; False where that is nothing."""
        ...

    def company(self, company_id: str | None) -> Company | None:
        """Our company; without an id the first one."""
        ...

    def save_company(self, company: Company) -> None: ...


class ManagerStore(Protocol):
    def save(self, record: ManagerRecord) -> bool:
        """Keep the manager and tell the partners he looks after; False where the same or a newer revision is kept already.

        Raises Conflict.
        """
        ...


# --- catalogue --------------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Classifier:
    """Everything of the catalogue that is not an item, by id.

    `item_counts` (visible items of a group with all below it) is known to the search snapshot alone.
    """

    groups: Mapping[str, ItemGroup] = field(default_factory=dict)
    properties: Mapping[str, Property] = field(default_factory=dict)
    price_types: Mapping[str, PriceType] = field(default_factory=dict)
    warehouses: Mapping[str, Warehouse] = field(default_factory=dict)
    units: Mapping[str, Unit] = field(default_factory=dict)
    item_counts: Mapping[str, int] = field(default_factory=dict)


ClassifierEntry = ItemGroup | Property | PriceType | Warehouse | Unit


class CatalogueStore(Protocol):
    """The write side. `seq` is the number of the file: a row written under a later one stays. Rows equal to what is kept
    are not written, unless they stand under the number `contested` or an earlier one: such rows get the new number, so that
    what may still come late does not win. Every method answers one Tally whose `refused` is 0 and whose late rows count as
    unchanged."""

    def classifier(self) -> Classifier: ...

    def save_classifier(self, entries: Sequence[ClassifierEntry], seq: int, *, contested: int = 0) -> Tally: ...

    def cards(self, item_ids: Sequence[str]) -> Mapping[str, Item]:
        """The cards that exist among these, in as few calls as possible."""
        ...

    def existing(self, item_ids: Sequence[str]) -> set[str]:
        """Which of these have a card."""
        ...

    def save_cards(
        self, items: Sequence[Item], seq: int, on_new: Callable[[Sequence[Item]], None] | None = None, *, contested: int = 0
    ) -> Tally:
        """`on_new` is told, before anything is written, which of them have no card yet."""
        ...

    def save_prices(self, offers: Sequence[Offer], seq: int, *, contested: int = 0) -> Tally:
        """All prices of an item become those of its offer; an offer without a name tells of its price types alone."""
        ...

    def all_cards(self) -> Iterator[Item]: ...

    def mark(self, *, stock_at: datetime | None = None, prices_at: datetime | None = None, snapshot: str | None = None) -> None:
        """Move the beacons."""
        ...

    def snapshot(self) -> str | None:
        """The search snapshot in force."""
        ...

    def next_snapshot(self, now: datetime) -> int:
        """A number greater than all it gave before, and than those of a table that was lost: microseconds of `now`, or one
        more than the last where that clock is behind."""
        ...

    def save_picture(self, path: str, name: str) -> None:
        """1C's path of a picture -> the name of its stored files."""
        ...

    def pictures(self) -> Mapping[str, str]:
        """Every known path -> name."""
        ...


class StockStore(Protocol):
    def apply(self, balances: Mapping[str, Mapping[str, Decimal]], seq: int, *, contested: int = 0) -> Tally:
        """Absolute free quantities by item and warehouse; open holds stay deducted. A row counts per item."""
        ...


class SupplyStore(Protocol):
    """Goods on their way and 1C's own reserves. Both methods: False where the same or a newer revision is kept already."""

    def save_incoming(self, supply: IncomingSupply) -> bool:
        """Every lot of the item; lots kept before and not told now are gone."""
        ...

    def save_reserves(self, reserves: StockReserves) -> bool:
        """The reserves of the item at all warehouses."""
        ...


class OfferStore(Protocol):
    def read(self, item_ids: Sequence[str]) -> Mapping[str, tuple[ItemPrices, StockBalance]]:
        """Live prices and balances; an unknown item has empty ones."""
        ...


@dataclass(frozen=True, slots=True)
class Card:
    """An item in the search snapshot: what a row of the table shows without asking the database."""

    id: str
    name: str
    sku: str
    unit: str
    brand: str
    variant: str
    group_ids: tuple[str, ...]
    weight_kg: Decimal | None
    volume_m3: Decimal | None
    package_quantity: Decimal | None
    vat_rate: Decimal | None
    picture: str


@dataclass(frozen=True, slots=True)
class Search:
    """What the dealer asks for. `group_id` takes the group with all below it, `parent_id` the variants of one item;
    `sort`: "name", "sku" or "" (by relevance)."""

    text: str = ""
    group_id: str | None = None
    parent_id: str | None = None
    sort: str = ""
    descending: bool = False
    offset: int = 0
    limit: int = 50


@dataclass(frozen=True, slots=True)
class Found:
    """`read_as`: the text in the other keyboard layout, where only that found anything."""

    cards: tuple[Card, ...]
    total: int
    read_as: str = ""


class CatalogueIndex(Protocol):
    """The read side: one immutable snapshot at a time. `snapshot` is the key from the beacons; None is an empty catalogue."""

    def search(self, snapshot: str | None, search: Search) -> Found: ...

    def cards(self, snapshot: str | None, item_ids: Sequence[str]) -> Mapping[str, Card]: ...

    def classifier(self, snapshot: str | None) -> Classifier:
        """Groups, price types and warehouses as of the snapshot (no properties); groups without a visible item are left out."""
        ...


class SnapshotWriter(Protocol):
    """Packs the visible items into one immutable file, the one that `CatalogueIndex` reads."""

    def write(
        self, items: Iterable[Item], classifier: Classifier, pictures: Mapping[str, str]
    ) -> AbstractContextManager[BinaryIO]:
        """The file, open at its start; gone when the context ends. `pictures`: 1C's path -> stored name."""
        ...


class PictureMaker(Protocol):
    """Turns what 1C sent into pictures for the pages."""

    def sizes(self, source: bytes) -> Mapping[str, bytes]:
        """One file per size of `domain.pictures.SIZES`, without metadata. Raises Refused where it is no picture."""
        ...


# --- cart and orders --------------------------------------------------------------------------------------------------


class CartStore(Protocol):
    def head(self, scope: PartnerScope, cart_id: str) -> CartHead:
        """Consistent; an empty head for a cart nobody has used yet."""
        ...

    def lines(self, scope: PartnerScope, cart: CartHead) -> tuple[CartLine, ...]:
        """In the order they were added."""
        ...

    def put_line(self, scope: PartnerScope, cart: CartHead, line: CartLine, now: datetime) -> CartLine | None:
        """Set a line (quantity 0 removes it); the line it replaced."""
        ...

    def add_totals(self, scope: PartnerScope, cart: CartHead, delta: CartTotals, line: CartLine) -> None:
        """Tell the head of a line that was put. Raises Conflict where the cart has become an order meanwhile."""
        ...

    def put_head(self, scope: PartnerScope, cart: CartHead) -> None:
        """Put totals and quantities right, if the cart is still of this generation and version."""
        ...


@dataclass(frozen=True, slots=True)
class OrderPage:
    orders: tuple[Order, ...]
    next: str | None = None


@dataclass(frozen=True, slots=True)
class OutboxRow:
    """Something that must leave: `subject` is the order number or the message, `body` what the sender needs.

    `failures` counts the times a neighbour failed at it, `error` is what it said last.
    """

    id: str
    kind: str
    subject: str
    created_at: datetime
    body: Mapping[str, str] = field(default_factory=dict)
    failures: int = 0
    error: str = ""

    @classmethod
    def new(cls, kind: str, subject: str, now: datetime, body: Mapping[str, str] | None = None) -> "OutboxRow":
        """A row whose id sorts by time and is nobody else's."""
        stamp = now.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%S.%fZ")
        return cls(f"{stamp}#{uuid4().hex[:12]}", kind, subject, now, dict(body or {}))

    @classmethod
    def of_placed(cls, order: Order) -> "OutboxRow":
        """The row of an order that has just been placed: who placed it knows its id without asking."""
        row = cls.new("orders", order.number, order.placed_at)
        return replace(row, id=f"{row.id.partition('#')[0]}#{order.number}")


class OrderStore(Protocol):
    def next_number(self, key: str) -> str:
        """A number nobody else has, the same for the same idempotency key: at most 11 characters, as 1C keeps them."""
        ...

    def place(self, order: Order, event: OrderEvent, holds: Sequence[Hold], cart: CartHead, key: str) -> str:
        """The order with its holds, outbox row and emptied cart, all or nothing; the number of the order that stands.

        A repeat with the same idempotency `key` answers the number of the first. Raises Conflict where a balance or the
        cart changed meanwhile.
        """
        ...

    def placed(self, key: str) -> str | None:
        """The number of the order that was placed under an idempotency key."""
        ...

    def read(self, scope: Scope, number: str) -> Order:
        """Consistent. Raises NotFound, for another partner's order too."""
        ...

    def with_events(self, scope: Scope, number: str) -> tuple[Order, tuple[OrderEvent, ...]]:
        """The order and its timeline, oldest first, in one read. Raises NotFound."""
        ...

    def page(self, scope: PartnerScope, *, limit: int = 50, after: str | None = None) -> OrderPage:
        """Heads without lines, newest first."""
        ...

    def change(self, before: Order, after: Order, event: OrderEvent, outbox: Sequence[OutboxRow] = ()) -> None:
        """Replace head and lines under `revision = before.revision`, with the rows for the outbox. Raises Conflict."""
        ...

    def adopt(self, order: Order, event: OrderEvent, outbox: Sequence[OutboxRow] = ()) -> str:
        """Keep an order that 1C made itself; the number of the one that stands under its 1C id, whoever kept it first."""
        ...

    def of_erp(self, erp_id: str) -> str | None:
        """The portal's number of the order that 1C knows by this id; consistent."""
        ...

    def find(self, reference: str) -> str | None:
        """The portal's number of the order that 1C or a client calls so; None where there is none or several."""
        ...

    def save_progress(
        self, before: Order, after: Order, event: OrderEvent | None = None, outbox: Sequence[OutboxRow] = ()
    ) -> bool:
        """Keep `after.progress` as 1C told it, and the head where it differs; False where the same or a newer report is
        kept. Lines and the dealer's own marks stay. Raises Conflict where the head changed meanwhile."""
        ...

    def save_own(self, before: Order, after: Order, item_id: str, event: OrderEvent) -> None:
        """Keep the dealer's own marks of one item, and the head where it differs. Raises Conflict."""
        ...

    def taken(self, number: str, outbox_ids: Sequence[str], event: OrderEvent) -> None:
        """1C has it: the outbox rows go, the order says when; a repeat does nothing."""
        ...

    def settle_hold(self, number: str, kept: Mapping[tuple[str, str], Decimal], now: datetime) -> None:
        """End the provisional hold: `kept` by (item, warehouse) becomes 1C's own reserve, the rest is free again. Once only."""
        ...

    def expired_holds(self, now: datetime) -> Iterator[str]:
        """Numbers of holds 1C did not answer in time."""
        ...


ASIDE = "aside"
"""The outbox kind of what a neighbour refused for good: people look at it, and put it back or drop it."""


class Outbox(Protocol):
    """Kinds: "orders" (1C takes them, or they are sent to it), "copies" (orders for further systems; `body["target"]` names
    one), "documents" (invoices to print), "messages" (letters and SMS), `ASIDE` (`body["kind"]` is what it was)."""

    def add(self, kind: str, subject: str, body: Mapping[str, str], now: datetime) -> OutboxRow: ...

    def pending(self, kind: str, limit: int = 100) -> tuple[OutboxRow, ...]:
        """Oldest first, consistent."""
        ...

    def waiting(self, kind: str, older_than: timedelta, now: datetime, limit: int = 100) -> tuple[OutboxRow, ...]:
        """Those that have lain longer than `older_than`, oldest first."""
        ...

    def read(self, kind: str, row_id: str) -> OutboxRow | None: ...

    def remove(self, kind: str, row_id: str) -> None: ...

    def claim(self, kind: str, row_id: str, now: datetime, lease: timedelta) -> OutboxRow | None:
        """The row, for the caller alone until the lease is over; None where it is gone or another has it."""
        ...

    def release(self, row: OutboxRow, error: str, *, counted: bool) -> int:
        """Give a claimed row back with what went wrong; how many counted failures it has now (0 for one that is gone)."""
        ...

    def set_aside(self, row: OutboxRow, reason: str) -> None:
        """Move the row to `ASIDE` with the reason, at once; nothing where it is gone."""
        ...

    def put_back(self, row_id: str) -> OutboxRow | None:
        """The row set aside, back in its own kind without its failures; None where it is gone."""
        ...


class DocumentStore(Protocol):
    def save(self, document: Document) -> None:
        """Issue what was printed here and mark older prints for the same order and kind as superseded; it is superseded
        itself where 1C has sent an invoice of its own."""
        ...

    def supersede(self, document: Document) -> None: ...

    def announced(self, document_id: str) -> Document | None:
        """What 1C is about to upload. For the exchange alone: it is in nobody's scope yet."""
        ...

    def current(self, document_id: str) -> Document | None:
        """The document as it stands, consistent. For the exchange alone."""
        ...

    def announce(self, document: Document) -> bool:
        """Remember what 1C will upload; False where it has announced a later revision."""
        ...

    def publish(self, document: Document, before: Document | None, letters: Sequence[OutboxRow] = ()) -> bool:
        """Show it in place of `before`, which stays as superseded, and keep the letters about it, at once. False where
        something else stands there by now."""
        ...

    def of_order(self, scope: Scope, order_number: str) -> tuple[Document, ...]: ...

    def of_partner(self, scope: PartnerScope, limit: int = 100) -> tuple[Document, ...]: ...

    def shared(self, limit: int = 200) -> tuple[Document, ...]:
        """Those that have an audience, newest first; whom they reach is the caller's to judge."""
        ...

    def read_shared(self, document_id: str) -> Document:
        """One that has an audience; whom it reaches is the caller's to judge. Raises NotFound."""
        ...

    def recent(self, scope: Scope, limit: int = 100) -> tuple[Document, ...]:
        """Of all partners, newest first: for the supplier's finance. Refuses a PartnerScope."""
        ...

    def read(self, scope: Scope, document_id: str) -> Document:
        """Raises NotFound."""
        ...


class NewsStore(RecordStore[NewsItem], Protocol):
    """News of all; whom an item reaches is the caller's to judge."""

    def recent(self, limit: int = 200) -> tuple[NewsItem, ...]:
        """Newest first, those to come and those that are over included."""
        ...

    def one(self, news_id: str) -> NewsItem | None: ...

    def read_by(self, user_id: str) -> frozenset[str]:
        """Ids of what a person has read."""
        ...

    def mark_read(self, news_id: str, reader: NewsReader) -> None: ...

    def readers(self, news_id: str, limit: int = 500) -> tuple[NewsReader, ...]:
        """In the order they read it."""
        ...


# --- exchange ---------------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class PendingFile:
    """A file under its number; `chunks` were there when it was looked at last, at `seen_at` (None: it never was)."""

    seq: int
    run: str
    name: str
    chunks: int = 0
    seen_at: datetime | None = None


class ExchangeStore(Protocol):
    def node(self, login: str) -> ExchangeNode | None: ...

    def nodes(self) -> tuple[ExchangeNode, ...]:
        """By login."""
        ...

    def save_node(self, node: ExchangeNode) -> None: ...

    def open_run(self, node: str, kind: str, now: datetime) -> ExchangeRun:
        """A new run with the next number."""
        ...

    def bind(self, token_hash: str, run: ExchangeRun, expires_at: datetime) -> None:
        """Tie a 1C session cookie to its run."""
        ...

    def bound(self, token_hash: str, now: datetime) -> ExchangeRun | None: ...

    def run(self, run_id: str) -> ExchangeRun | None:
        """With its files, consistent."""
        ...

    def runs(self, limit: int = 50, *, flow: str = "", before: str = "") -> tuple[ExchangeRun, ...]:
        """Newest first, without their files; `before`: older than the run of this id.

        Of a flow all of its runs; of all flows together those of `domain.flows.QUIET` only where something went wrong.
        """
        ...

    def next_chunk(self, run_id: str, name: str, size: int) -> int:
        """The place (from 0) of a chunk that has just come for a file; counts it. A finished file begins anew.

        Raises Conflict while the file is being loaded.
        """
        ...

    def number_file(self, run_id: str, name: str) -> None:
        """Give a file that has begun to come the next number (`seq`), once: its rows are kept under it, and those of files that
        began later win over them."""
        ...

    def queue_file(self, run_id: str, name: str) -> FileState:
        """receiving -> queued; whatever state it is in after that. It has a number by then."""
        ...

    def next_seq(self) -> int:
        """A number for rows that come without a file: later than those of all files that are queued by now."""
        ...

    def pending(self) -> tuple[PendingFile, ...]:
        """Numbered files that are not done, in the order of their numbers; consistent."""
        ...

    def note_pending(self, seq: int, chunks: int, now: datetime) -> None:
        """Remember that the file had so many chunks by now; nothing happens where it is done."""
        ...

    def contested(self, seq: int) -> int:
        """The greatest number before `seq` under which rows may still come, 0 for none: files that are queued, being loaded,
        or have failed and may be loaded again. Consistent; no earlier number can join them later."""
        ...

    def file(self, run_id: str, name: str) -> ExchangeFile | None:
        """Consistent."""
        ...

    def start_file(self, run_id: str, name: str, now: datetime) -> None: ...

    def pause_file(
        self, run_id: str, name: str, done: int, tallies: Mapping[str, Tally], problems: Sequence[Problem], problem_count: int = 0
    ) -> None:
        """Remember how far the loading has come; `tallies` and `problems` are those since the file's first record."""
        ...

    def finish_file(
        self,
        run_id: str,
        name: str,
        tallies: Mapping[str, Tally],
        problems: Sequence[Problem],
        error: str,
        now: datetime,
        problem_count: int = 0,
    ) -> None:
        """`tallies` and `problems` are those since the file's first record; a file with an `error` has failed.

        `problem_count` is given where there were more problems than are kept.
        """
        ...

    def handover(self, node: str) -> Handover:
        """How the node's last batch of orders went out."""
        ...

    def hand_over(self, node: str, session: str, handover: Handover, rows: Sequence[OutboxRow], now: datetime) -> None:
        """Remember what was given to 1C by `mode=query`, for the `mode=success` of the same session."""
        ...

    def handed_over(self, node: str, session: str) -> tuple[tuple[str, str], ...]:
        """(outbox row id, order number) pairs of the session's last query."""
        ...


class OrderWithParties(Protocol):
    """An order with those the other side needs to know it by."""

    @property
    def order(self) -> Order: ...

    @property
    def partner_name(self) -> str: ...

    @property
    def counterparty(self) -> Counterparty | None: ...

    @property
    def contract(self) -> Contract | None: ...


@dataclass(frozen=True, slots=True)
class Receipt:
    """The other side has the order. `answer` is its own document of it, where it came with the reply."""

    answer: ErpOrder | None = None


class OrderReceiver(Protocol):
    """The system orders go to and answers come from, whichever it is. `name` is for people."""

    @property
    def name(self) -> str: ...

    def receive(self, order: OrderWithParties, key: str, /) -> Receipt | None:
        """Give it the order; under the same `key` it takes it once, however often it is given.

        None where nothing is to be done: it comes for its orders itself. Raises Refused for what it will never take,
        Failing where it fails at this order, Unavailable where it does not answer.
        """
        ...


class IndividualPriceStore(RecordStore[IndividualPrice], Protocol):
    def of(self, scope: PartnerScope) -> tuple[IndividualPrice, ...]:
        """The partner's own and those of its segments, whatever day it is."""
        ...


class RestrictionStore(RecordStore[Restriction], Protocol):
    def of(self, scope: PartnerScope) -> tuple[Restriction, ...]:
        """The partner's own and those of its segments and its region, whatever day it is."""
        ...


class CreditLimitStore(RecordStore[CreditLimit], Protocol):
    def of(self, scope: PartnerScope) -> tuple[CreditLimit, ...]: ...


class SettlementStore(RecordStore[LedgerEntry], Protocol):
    def entries(self, scope: PartnerScope, contract_id: str | None = None, last: date | None = None) -> Iterator[LedgerEntry]:
        """From the very beginning up to the day, in order of contract and day; of all contracts without one."""
        ...


class Register(Protocol):
    """Ids and revisions of every entity whose records are kept in a RecordStore, and of partners."""

    def marks(self, entity: str, *, first: str = "", last: str = "", after: str = "", limit: int | None = None) -> Iterator[Mark]:
        """In order of the id (of its UTF-8 bytes), consistent; `first` and `last` belong to the range, `after` does not."""
        ...


@dataclass(frozen=True, slots=True)
class KeptReply:
    """An answer as it was given, to the byte."""

    status: int
    content_type: str
    body: bytes


class ReplyStore(Protocol):
    """Replies by the key of their request, for 30 days."""

    def claim(self, key: str, fingerprint: str, token: str, now: datetime, lease: timedelta) -> KeptReply | bool:
        """True: the work is the caller's until the lease is over. False: another is at it. Else what he answered.

        Raises Conflict where the key was used for a request with another fingerprint.
        """
        ...

    def keep(self, key: str, token: str, reply: KeptReply) -> KeptReply:
        """End the claim; the reply that stands now, which is another's where the claim was lost."""
        ...

    def release(self, key: str, token: str) -> None:
        """Give the claim up: a repeat may do the work."""
        ...


class ChangeFeed(Protocol):
    """Rows of the outbox for 1C under numbers that only grow."""

    def known(self, kind: str) -> tuple[tuple[int, OutboxRow], ...]:
        """The rows that have a number, in order of it, consistent."""
        ...

    def numbered(self, kind: str) -> tuple[tuple[int, OutboxRow], ...]:
        """Every row that waits, in order of its number; of very many that have come at once, the first ones.

        Numbers are given here, in the order rows are first seen by a consistent read: what is committed late gets a number
        after all that have been given out.
        """
        ...


class WaitingRoom(Protocol):
    """Records that came before the object they hang on."""

    def missing(self, references: Collection[Reference]) -> set[Reference]:
        """Which of these have never come, consistent."""
        ...

    def put(self, record: WaitingRecord) -> bool:
        """Keep it, unless a later revision waits already. False, and nothing is kept, where its parent has come meanwhile."""
        ...

    def waiting_for(self, entity: str) -> Iterator[WaitingRecord]:
        """All that wait for objects of the entity, consistent."""
        ...

    def remove(self, record: WaitingRecord) -> None:
        """Nothing happens where a later revision waits in its place."""
        ...


@dataclass(frozen=True, slots=True)
class WaitingOrder:
    """An order of 1C's whose payer no partner has yet, as it came last."""

    node: str
    answer: ErpOrder
    since: datetime


class WaitingOrderStore(Protocol):
    def put(self, waiting: WaitingOrder) -> None:
        """One for each 1C id: the last that came."""
        ...

    def all(self) -> tuple[WaitingOrder, ...]:
        """Consistent, those that wait longest first."""
        ...

    def remove(self, erp_id: str) -> None:
        """Nothing happens where there is none."""
        ...


@dataclass(frozen=True, slots=True)
class Gone:
    """An object that a neighbour has deleted: "partners" by our id, "orders" by the neighbour's own."""

    kind: str
    id: str


@dataclass(frozen=True, slots=True)
class ToldAgreement:
    """An agreement as 1C has it now. `price_kind_id` is 1C's kind of price, not our column."""

    id: str
    name: str
    price_kind_id: str | None = None
    counterparty_id: str | None = None
    company_id: str | None = None
    vat_included: bool = True
    deleted: bool = False


@dataclass(frozen=True, slots=True)
class ToldPartner:
    """What 1C answers of a partner when it is asked: less than it sends. `access` is None where it was not asked for.

    `asked_at` is the instant before the question: whatever 1C sends by itself after that is newer.
    """

    id: str
    name: str
    access: bool | None
    deleted: bool
    counterparties: tuple[Counterparty, ...]
    agreements: tuple[ToldAgreement, ...]
    asked_at: datetime


@dataclass(frozen=True, slots=True)
class PriceColumn:
    """All prices of a kind as 1C has them now, by item. `ids` are what our column of them may be called: by the kind, or by
    the typical agreements that УТ sends its prices under."""

    name: str
    ids: tuple[str, ...]
    amounts: Mapping[str, Decimal]


@dataclass(frozen=True, slots=True)
class LinkedDocument:
    """A document of an order that lies at its neighbour: `url` opens it for whoever has it. `kind` as of Document."""

    id: str
    order_number: str
    kind: str
    number: str
    title: str
    url: str
    issued_at: datetime
    revision: int


@dataclass(frozen=True, slots=True)
class RereadPage:
    """Some records read of a neighbour: partners, what a file of the exchange holds, answers to orders, what is gone.

    `next` is where to go on ("" at the end); `in_order`: the next page needs what is in this one. `problems` are of records
    that came all the same.
    """

    records: tuple[object, ...]
    next: str = ""
    problems: tuple[Problem, ...] = ()
    in_order: bool = False


class Neighbour(Protocol):
    """A system that is asked for what it has: all of a kind page by page, or one object that has just changed.

    `node` is its name in the journal; its methods raise Refused, Unavailable.
    """

    @property
    def node(self) -> str: ...

    @property
    def kinds(self) -> tuple[str, ...]: ...

    @property
    def tells_changes(self) -> bool:
        """Whether it can say what has changed since an instant."""
        ...

    def page(self, kind: str, after: str, since: datetime | None) -> RereadPage:
        """The page that begins after `after` ("" is the first), of what has changed since an instant (None: all)."""
        ...

    def one(self, kind: str, id: str) -> RereadPage:
        """The object by its id there, or that it is gone."""
        ...


class ErpClient(Protocol):
    """1C asked by us, where it can be reached."""

    def warehouses(self) -> tuple[str, ...]: ...

    def balances(self, warehouse_id: str) -> Iterable[tuple[str, Decimal]]:
        """(item id, free quantity). Raises Unavailable."""
        ...


# --- exchange monitor -------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class QueueState:
    """`oldest`: how long the oldest waiting message waits, where that is known. `dead`: letters given up, `dead_since`: when
    the oldest of them was sent."""

    waiting: int = 0
    in_work: int = 0
    oldest: timedelta | None = None
    dead: int = 0
    dead_since: datetime | None = None


class QueueWatch(Protocol):
    def states(self, now: datetime) -> Mapping[str, QueueState]: ...

    def replay(self, queue: str, go_on: Callable[[], bool]) -> int:
        """Put the dead letters of a queue back into it, while `go_on`; how many went. One may come twice, none is lost."""
        ...


class MonitorStore(Protocol):
    def marks(self) -> Mapping[str, FlowMark]:
        """By flow, see `domain.flows`; those of files are written with their verdicts."""
        ...

    def succeeded(self, flow: str, now: datetime) -> None: ...

    def failed(self, flow: str, now: datetime, problem: Problem) -> None: ...

    def requeue(self, run_id: str, file: ExchangeFile) -> None:
        """The file is queued again under its own number. Raises Conflict where it is in another state by now."""
        ...

    def skip(self, run_id: str, file: ExchangeFile, by: str, now: datetime) -> None:
        """The file has failed for good, and does not count as a failure: `by` has seen it."""
        ...

    def keep_check(self, run_id: str, name: str, check: Check) -> None: ...


class ProposalStore(Protocol):
    def add(self, proposal: MergeProposal) -> bool:
        """False for a pair that was proposed before, whatever was answered."""
        ...

    def open(self, limit: int = 50, *, before: str = "") -> tuple[MergeProposal, ...]:
        """Unanswered, newest first."""
        ...

    def open_count(self, most: int) -> int:
        """Unanswered ones, counted up to `most`."""
        ...

    def read(self, proposal_id: str) -> MergeProposal:
        """Raises NotFound."""
        ...

    def accept(self, proposal: MergeProposal, by: str, now: datetime) -> None:
        """Remember the old id as an alias of the new one. Raises Conflict where it was answered before."""
        ...

    def decline(self, proposal: MergeProposal, by: str) -> None:
        """Raises Conflict where it was answered before."""
        ...

    def alias(self, old_id: str) -> str | None:
        """The id that stands for an old one now."""
        ...


class AuditStore(Protocol):
    def note(self, entry: AuditEntry) -> None: ...

    def recent(self, now: datetime, limit: int = 10) -> tuple[AuditEntry, ...]:
        """Newest first."""
        ...


# --- files, queues, messages ------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class StoredFile:
    """`sha256` is hexadecimal, "" where the storage did not compute it."""

    size: int
    sha256: str


@dataclass(frozen=True, slots=True)
class Upload:
    """Where to send a file, by which method, and the headers that must go with it."""

    url: str
    method: str
    headers: Mapping[str, str]


class FileStore(Protocol):
    def put(self, key: str, body: bytes | BinaryIO, content_type: str = "application/octet-stream") -> None: ...

    def open(self, key: str) -> BinaryIO:
        """A stream. Raises NotFound."""
        ...

    def keys(self, prefix: str) -> Iterator[str]:
        """In order of the key."""
        ...

    def delete(self, key: str) -> None:
        """Nothing happens where there is none."""
        ...

    def stored(self, key: str) -> StoredFile | None:
        """What lies there, by the word of the storage; None where nothing does."""
        ...

    def upload(self, key: str, file: StoredFile, content_type: str, lifetime: timedelta) -> Upload:
        """A presigned link that takes this very file and no other."""
        ...

    def link(self, key: str, filename: str, lifetime: timedelta, content_type: str = "application/pdf") -> str:
        """A presigned link that opens the file under a name."""
        ...


class Queues(Protocol):
    def send(self, queue: str, message: Mapping[str, object], *, group: str = "", unique: str = "", delay: int = 0) -> None:
        """Put a JSON message; `group` and `unique` for FIFO queues, `delay` in seconds for the others."""
        ...


@dataclass(frozen=True, slots=True)
class Letter:
    """A text for one person. `subject` is empty for an SMS."""

    to: str
    subject: str
    text: str


class Sender(Protocol):
    """Mail or SMS."""

    def send(self, letter: Letter) -> None: ...


class InvoicePrinter(Protocol):
    """Makes the PDF of an invoice; `qr` is the text of its payment QR code ("" for none)."""

    def __call__(self, invoice: PaymentInvoice, qr: str, *, superseded: bool = False) -> bytes: ...
