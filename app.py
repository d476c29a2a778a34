"""The Chalice application: every page, exchange call, queue and schedule of Kabinet, registered by name."""

from chalice import Chalice

from chalicelib.exchange import bitrix24, changes, onec, snapshots, telegram, v1
from chalicelib.schedules import catalogue as catalogue_schedule
from chalicelib.schedules import exchange, holds, outbox, reconcile, waiting
from chalicelib.schedules import notifications as notifications_schedule
from chalicelib.schedules import rereads as rereads_schedule
from chalicelib.schedules import stock as stock_schedule
from chalicelib.web import assets, documents, home, http, news, notifications
from chalicelib.web.access import profile, sign_in
from chalicelib.web.cart import cart, checkout, contracts, drafts, papers, quick_order, repeat, vehicles
from chalicelib.web.catalogue import catalogue, categories, items, price_lists, restrictions, search, stock_list
from chalicelib.web.exchange import exchange_actions, exchange_journal, exchange_nodes, exchange_proposals
from chalicelib.web.orders import desk, order_list, orders
from chalicelib.workers import deliveries, imports, messages, pictures, pricelists, rereads, snapshot, stock
from chalicelib.workers import documents as documents_worker

EXCHANGE_PAGES = (exchange_actions, exchange_journal, exchange_nodes, exchange_proposals)
CART_PAGES = (cart, checkout, contracts, drafts, papers, quick_order, repeat, vehicles)
CATALOGUE_PAGES = (catalogue, categories, items, price_lists, restrictions, search, stock_list)
ORDER_PAGES = (desk, order_list, orders)
AREAS = (*CART_PAGES, *CATALOGUE_PAGES, *ORDER_PAGES, *EXCHANGE_PAGES)
PAGES = (assets, documents, home, news, notifications, profile, sign_in, *AREAS)
EXCHANGE = (bitrix24, changes, onec, snapshots, telegram, v1)
WORKERS = (deliveries, documents_worker, imports, messages, pictures, pricelists, rereads, snapshot, stock)
SCHEDULES = (
    catalogue_schedule,
    exchange,
    holds,
    notifications_schedule,
    outbox,
    reconcile,
    rereads_schedule,
    stock_schedule,
    waiting,
)

app = Chalice(app_name="kabinet", configure_logs=False)  # it would turn our logger of that name down to errors
app.api.binary_types = ["*/*"]
http.register(app)
for part in (*PAGES, *EXCHANGE, *WORKERS, *SCHEDULES):
    app.register_blueprint(part.routes)
