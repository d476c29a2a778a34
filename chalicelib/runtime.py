"""Composition root: every client, store and sender of a process, made on first use. The only module that knows all the others."""

from datetime import UTC, datetime, timedelta
from functools import cached_property
from typing import TYPE_CHECKING, cast

from chalicelib.settings import Settings, dead_letter_url

if TYPE_CHECKING:
    from mypy_boto3_dynamodb.client import DynamoDBClient
    from mypy_boto3_s3.client import S3Client
    from mypy_boto3_sqs.client import SQSClient

    from chalicelib.adapters.dynamo.table import Table
    from chalicelib.adapters.erp.bitrix24 import Bitrix24
    from chalicelib.adapters.telegram import TelegramBot
    from chalicelib.domain.catalogue.price_lists import PriceList
    from chalicelib.domain.partners.partners import Contract, Counterparty, DeliveryAddress
    from chalicelib.domain.partners.terms import CurrencyRate, Discount
    from chalicelib.usecases.access.visitors import Visitor
    from chalicelib.usecases.ports.access import AttemptStore, AuditStore, PasswordHasher, SessionStore, UserStore
    from chalicelib.usecases.ports.cart import CartStore, LogoMaker, QuotationPrinter, VehicleStore
    from chalicelib.usecases.ports.catalogue import (
        CatalogueIndex,
        CatalogueStore,
        OfferStore,
        PictureMaker,
        SnapshotWriter,
        StockStore,
        SupplyStore,
    )
    from chalicelib.usecases.ports.categories import CategoryStore
    from chalicelib.usecases.ports.clock import Clock, RecordStore
    from chalicelib.usecases.ports.documents import DocumentStore, InvoicePrinter
    from chalicelib.usecases.ports.exchange import (
        ChangeFeed,
        ExchangeStore,
        MonitorStore,
        ProposalStore,
        QueueWatch,
        Register,
        ReplyStore,
        WaitingRoom,
    )
    from chalicelib.usecases.ports.files import FileStore, Queues, Sender
    from chalicelib.usecases.ports.neighbours import ErpClient, Neighbour
    from chalicelib.usecases.ports.news import NewsStore
    from chalicelib.usecases.ports.notifications import NotificationStore
    from chalicelib.usecases.ports.orders import Conversations, OrderLists, OrderReceiver, OrderStore, Outbox, WaitingOrderStore
    from chalicelib.usecases.ports.partners import (
        CreditLimitStore,
        IndividualPriceStore,
        ManagerStore,
        PartnerStore,
        RestrictionStore,
        SettlementStore,
        TermStore,
    )
    from chalicelib.usecases.ports.price_lists import PriceListStore
    from chalicelib.usecases.ports.purchases import ArrivalStore, PurchaseStore
    from chalicelib.usecases.ports.quick_orders import QuickOrderStore


def utc_now() -> datetime:
    return datetime.now(UTC)


class Runtime:
    """Pass another `clock` or replace an attribute to run with a stand-in."""

    exchange_patience = timedelta(seconds=20)
    """How long an `import` of 1C waits for its file before it is told to ask again: the gateway gives up after 29 s."""

    def __init__(self, settings: Settings | None = None, clock: "Clock" = utc_now) -> None:
        self.settings = settings or Settings.read()
        self.clock = clock

    def dry(self) -> "Runtime":
        """One that reads what this one reads, and neither writes to tables nor sends to queues."""
        from chalicelib.adapters.dynamo.dry import DryClient
        from chalicelib.adapters.queues import NoQueues

        made = Runtime(self.settings, self.clock)
        made.dynamodb = DryClient(self.dynamodb)  # type: ignore[assignment]  # the calls our stores make
        made.queues, made.s3, made.index = NoQueues(), self.s3, self.index
        return made

    @cached_property
    def dynamodb(self) -> "DynamoDBClient":
        from chalicelib.adapters.dynamo.quick import QuickDynamo

        return cast("DynamoDBClient", QuickDynamo())

    @cached_property
    def s3(self) -> "S3Client":
        from chalicelib.adapters.quick_s3 import QuickS3

        return cast("S3Client", QuickS3())

    @cached_property
    def sqs(self) -> "SQSClient":
        import boto3

        return boto3.client("sqs")

    # --- tables and the stores in them --------------------------------------------------------------------------------

    @cached_property
    def portal(self) -> "Table":
        from chalicelib.adapters.dynamo.table import Table

        return Table(self.dynamodb, self.settings.portal_table)

    @cached_property
    def catalogue_table(self) -> "Table":
        from chalicelib.adapters.dynamo.table import Table

        return Table(self.dynamodb, self.settings.catalogue_table)

    @cached_property
    def ephemeral(self) -> "Table":
        from chalicelib.adapters.dynamo.table import Table

        return Table(self.dynamodb, self.settings.ephemeral_table)

    @cached_property
    def carts(self) -> "CartStore":
        from chalicelib.adapters.dynamo.cart.carts import DynamoCarts

        return DynamoCarts(self.portal)

    @cached_property
    def quick_orders(self) -> "QuickOrderStore":
        from chalicelib.adapters.dynamo.cart.quick_orders import DynamoQuickOrders

        return DynamoQuickOrders(self.portal, self.ephemeral, self.files)

    @property
    def quotation_printer(self) -> "QuotationPrinter":
        from chalicelib.adapters.quotation_pdf import print_quotation

        return print_quotation

    @cached_property
    def logos(self) -> "LogoMaker":
        from chalicelib.adapters.logos import PillowLogos

        return PillowLogos()

    @cached_property
    def vehicles(self) -> "VehicleStore":
        from chalicelib.adapters.dynamo.cart.vehicles import DynamoVehicles

        return DynamoVehicles(self.portal)

    @cached_property
    def orders(self) -> "OrderStore":
        from chalicelib.adapters.dynamo.orders.orders import DynamoOrders

        return DynamoOrders(self.portal, self.ephemeral, [receiver.name for receiver in self._copied])

    @cached_property
    def conversations(self) -> "Conversations":
        from chalicelib.adapters.dynamo.orders.conversations import DynamoConversations

        return DynamoConversations(self.portal)

    @cached_property
    def order_lists(self) -> "OrderLists":
        from chalicelib.adapters.dynamo.orders.order_lists import DynamoOrderLists

        return DynamoOrderLists(self.portal)

    @cached_property
    def outbox(self) -> "Outbox":
        from chalicelib.adapters.dynamo.orders.outbox import DynamoOutbox

        return DynamoOutbox(self.portal)

    @cached_property
    def documents(self) -> "DocumentStore":
        from chalicelib.adapters.dynamo.documents import DynamoDocuments

        return DynamoDocuments(self.portal)

    @cached_property
    def catalogue(self) -> "CatalogueStore":
        from chalicelib.adapters.dynamo.catalogue.catalogue import DynamoCatalogue

        return DynamoCatalogue(self.catalogue_table)

    @cached_property
    def categories(self) -> "CategoryStore":
        from chalicelib.adapters.dynamo.catalogue.categories import DynamoCategories

        return DynamoCategories(self.portal)

    @cached_property
    def purchases(self) -> "PurchaseStore":
        from chalicelib.adapters.dynamo.catalogue.purchases import DynamoPurchases

        return DynamoPurchases(self.portal)

    @cached_property
    def arrivals(self) -> "ArrivalStore":
        from chalicelib.adapters.dynamo.catalogue.purchases import DynamoArrivals

        return DynamoArrivals(self.portal)

    @cached_property
    def stock(self) -> "StockStore":
        from chalicelib.adapters.dynamo.catalogue.stock import DynamoStock

        return DynamoStock(self.portal)

    @cached_property
    def supply(self) -> "SupplyStore":
        from chalicelib.adapters.dynamo.catalogue.supply import DynamoSupply

        return DynamoSupply(self.portal, self.clock)

    @cached_property
    def offers(self) -> "OfferStore":
        from chalicelib.adapters.dynamo.catalogue.offers import DynamoOffers

        return DynamoOffers(self.catalogue_table, self.portal)

    @cached_property
    def exchange(self) -> "ExchangeStore":
        from chalicelib.adapters.dynamo.exchange.exchange import DynamoExchange

        return DynamoExchange(self.portal, self.ephemeral)

    @cached_property
    def waiting_orders(self) -> "WaitingOrderStore":
        from chalicelib.adapters.dynamo.orders.waiting_orders import DynamoWaitingOrders

        return DynamoWaitingOrders(self.portal)

    @cached_property
    def files(self) -> "FileStore":
        from chalicelib.adapters.files import S3Files

        return S3Files(self.s3, self.settings.bucket)

    @cached_property
    def queues(self) -> "Queues":
        from chalicelib.adapters.queues import SqsQueues

        return SqsQueues(self.sqs, self.settings.queues)

    @cached_property
    def queue_watch(self) -> "QueueWatch":
        import boto3

        from chalicelib.adapters.queue_watch import SqsWatch

        urls = self.settings.queues
        dead = {queue: dead_letter_url(url) for queue, url in urls.items()}
        return SqsWatch(self.sqs, boto3.client("cloudwatch"), urls, dead)

    @cached_property
    def monitor(self) -> "MonitorStore":
        from chalicelib.adapters.dynamo.exchange.exchange_monitor import DynamoMonitor

        return DynamoMonitor(self.portal)

    @cached_property
    def proposals(self) -> "ProposalStore":
        from chalicelib.adapters.dynamo.exchange.proposals import DynamoProposals

        return DynamoProposals(self.portal)

    @cached_property
    def audit(self) -> "AuditStore":
        from chalicelib.adapters.dynamo.access.audit import DynamoAudit

        return DynamoAudit(self.portal)

    # --- people and partners ------------------------------------------------------------------------------------------

    @cached_property
    def hasher(self) -> "PasswordHasher":
        from chalicelib.adapters.passwords import Argon2Hasher

        return Argon2Hasher()

    @cached_property
    def sessions(self) -> "SessionStore":
        from chalicelib.adapters.dynamo.access.sessions import DynamoSessions

        return DynamoSessions(self.ephemeral, self.catalogue_table, self.portal)

    @cached_property
    def attempts(self) -> "AttemptStore":
        from chalicelib.adapters.dynamo.access.sessions import DynamoAttempts

        return DynamoAttempts(self.ephemeral)

    @cached_property
    def users(self) -> "UserStore":
        from chalicelib.adapters.dynamo.access.users import DynamoUsers

        return DynamoUsers(self.portal, self.ephemeral)

    @cached_property
    def partners(self) -> "PartnerStore":
        from chalicelib.adapters.dynamo.partners.partners import DynamoPartners

        return DynamoPartners(self.portal)

    # --- records of the open protocol -----------------------------------------------------------------------------------

    @cached_property
    def waiting(self) -> "WaitingRoom":
        from chalicelib.adapters.dynamo.exchange.waiting import DynamoWaiting

        return DynamoWaiting(self.portal)

    @cached_property
    def register(self) -> "Register":
        from chalicelib.adapters.dynamo.exchange.records import DynamoRegister

        return DynamoRegister(self.portal)

    @cached_property
    def counterparties(self) -> "RecordStore[Counterparty]":
        from chalicelib.adapters.dynamo.partners.partner_parts import DynamoCounterparties

        return DynamoCounterparties(self.portal)

    @cached_property
    def contracts(self) -> "RecordStore[Contract]":
        from chalicelib.adapters.dynamo.partners.partner_parts import DynamoContracts

        return DynamoContracts(self.portal)

    @cached_property
    def delivery_addresses(self) -> "RecordStore[DeliveryAddress]":
        from chalicelib.adapters.dynamo.partners.partner_parts import DynamoDeliveryAddresses

        return DynamoDeliveryAddresses(self.portal)

    @cached_property
    def terms(self) -> "TermStore":
        from chalicelib.adapters.dynamo.partners.terms import DynamoTerms

        return DynamoTerms(self.portal, self.clock)

    @cached_property
    def discounts(self) -> "RecordStore[Discount]":
        from chalicelib.adapters.dynamo.partners.terms import DynamoDiscounts

        return DynamoDiscounts(self.portal)

    @cached_property
    def currency_rates(self) -> "RecordStore[CurrencyRate]":
        from chalicelib.adapters.dynamo.partners.terms import DynamoCurrencyRates

        return DynamoCurrencyRates(self.portal)

    @cached_property
    def individual_prices(self) -> "IndividualPriceStore":
        from chalicelib.adapters.dynamo.partners.terms import DynamoIndividualPrices

        return DynamoIndividualPrices(self.portal)

    @cached_property
    def restrictions(self) -> "RestrictionStore":
        from chalicelib.adapters.dynamo.partners.terms import DynamoRestrictions

        return DynamoRestrictions(self.portal)

    @cached_property
    def portal_restrictions(self) -> "RestrictionStore":
        from chalicelib.adapters.dynamo.partners.terms import DynamoPortalRestrictions

        return DynamoPortalRestrictions(self.portal)

    @cached_property
    def credit_limits(self) -> "CreditLimitStore":
        from chalicelib.adapters.dynamo.partners.terms import DynamoCreditLimits

        return DynamoCreditLimits(self.portal)

    @cached_property
    def settlements(self) -> "SettlementStore":
        from chalicelib.adapters.dynamo.partners.settlements import DynamoSettlements

        return DynamoSettlements(self.portal)

    @cached_property
    def replies(self) -> "ReplyStore":
        from chalicelib.adapters.dynamo.exchange.replies import DynamoReplies

        return DynamoReplies(self.ephemeral, self.files)

    @cached_property
    def feed(self) -> "ChangeFeed":
        from chalicelib.adapters.dynamo.exchange.feed import DynamoFeed

        return DynamoFeed(self.portal)

    @cached_property
    def news(self) -> "NewsStore":
        from chalicelib.adapters.dynamo.news import DynamoNews

        return DynamoNews(self.portal)

    @cached_property
    def notifications(self) -> "NotificationStore":
        from chalicelib.adapters.dynamo.notifications import DynamoNotifications

        return DynamoNotifications(self.portal)

    @cached_property
    def managers(self) -> "ManagerStore":
        from chalicelib.adapters.dynamo.partners.managers import DynamoManagers

        return DynamoManagers(self.portal)

    def visitor(self, token: str) -> "Visitor":
        """Who comes with the cookie's token. Raises NotSignedIn."""
        from chalicelib.usecases.access.sign_in import visitor

        stores = (self.sessions, self.users, self.partners, self.categories, self.terms)
        return visitor(*stores, self.clock, token=token)

    # --- search snapshots and pictures ----------------------------------------------------------------------------------

    @cached_property
    def index(self) -> "CatalogueIndex":
        import tempfile
        from pathlib import Path

        from chalicelib.adapters.index.read import SnapshotIndex

        def missing() -> None:
            self.queues.send("snapshot", {"because": "missing"})

        return SnapshotIndex(self.files, Path(tempfile.gettempdir(), "kabinet-snapshots"), missing)

    @cached_property
    def snapshot_writer(self) -> "SnapshotWriter":
        from chalicelib.adapters.index.build import TantivySnapshotWriter

        return TantivySnapshotWriter(offers=self.offers)

    @cached_property
    def price_lists(self) -> "PriceListStore":
        from chalicelib.adapters.dynamo.catalogue.price_lists import DynamoPriceLists

        return DynamoPriceLists(self.portal, self.ephemeral)

    def buyer(self, one: "PriceList") -> "Visitor | None":
        """The person a price list is made for, as he may see and buy now."""
        from chalicelib.domain.partners.partners import PartnerScope
        from chalicelib.usecases.access.buyers import buyer

        stores = (self.sessions, self.partners, self.categories, self.terms)
        scope = PartnerScope(one.partner_id)
        return buyer(*stores, self.clock, scope=scope, user_id=one.user_id, contract_id=one.contract_id)

    @cached_property
    def picture_maker(self) -> "PictureMaker":
        from chalicelib.adapters.picture_sizes import PillowPictures

        return PillowPictures()

    # --- documents, messages, 1C ----------------------------------------------------------------------------------------

    @cached_property
    def invoice_printer(self) -> "InvoicePrinter":
        from chalicelib.adapters.invoice_pdf import print_invoice

        return print_invoice

    @cached_property
    def mail(self) -> "Sender":
        from chalicelib.adapters.mail import mailer

        return mailer(self.settings.mail)

    @cached_property
    def sms(self) -> "Sender":
        from chalicelib.adapters.sms import texter

        return texter(self.settings.sms)

    @cached_property
    def telegram(self) -> "TelegramBot | None":
        """None where no bot is set."""
        from chalicelib.adapters.telegram import telegram_bot

        url = self.settings.telegram
        return telegram_bot(url, private=self.settings.private_addresses) if url else None

    @cached_property
    def erp(self) -> "ErpClient | None":
        """None where 1C can't be asked."""
        from chalicelib.adapters.erp.choice import odata_url
        from chalicelib.adapters.erp.odata import odata_erp

        url = odata_url(self.settings.erp)
        return odata_erp(url) if url else None

    @cached_property
    def bitrix24(self) -> "Bitrix24 | None":
        """None where no URL of ERP_URL or PUSH_URL stands for one."""
        from chalicelib.adapters.erp.choice import bitrix24

        urls = f"{self.settings.erp} {self.settings.push}"
        return bitrix24(urls, self.clock, private=self.settings.private_addresses)

    @cached_property
    def neighbours(self) -> "dict[str, Neighbour]":
        """The systems that can be asked for what they have, by the name that messages call them."""
        found: dict[str, Neighbour] = {"bitrix24": self.bitrix24} if self.bitrix24 else {}
        return found | ({"1c": self._odata_neighbour} if self._odata_neighbour else {})

    @cached_property
    def _odata_neighbour(self) -> "Neighbour | None":
        from chalicelib.adapters.erp.choice import odata_url
        from chalicelib.adapters.erp.odata_reread import odata_neighbour

        url = odata_url(self.settings.erp)
        return odata_neighbour(url, self.clock) if url else None

    @cached_property
    def order_receivers(self) -> "tuple[OrderReceiver, ...]":
        """The system orders go to and answers come from, then those that get copies."""
        from chalicelib.adapters.erp.choice import order_receivers

        return order_receivers(self.settings.push, self.clock, private=self.settings.private_addresses)

    @property
    def _copied(self) -> "tuple[OrderReceiver, ...]":
        """Without loading what sends them, where there is one system or none."""
        return self.order_receivers[1:] if len(self.settings.push.split()) > 1 else ()

    @property
    def pushes(self) -> "Queues | None":
        """The queues, where orders are sent out; None where 1C comes for them itself."""
        return self.queues if self.settings.push else None


_current: Runtime | None = None


def current() -> Runtime:
    """The runtime of this process."""
    global _current
    if _current is None:
        _current = Runtime()
    return _current


def use(runtime: Runtime | None) -> None:
    """Run the process with another runtime; None makes a new one at the next use."""
    global _current
    _current = runtime
