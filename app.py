"""The Chalice application: every page, exchange call, queue and schedule of Kabinet, registered by name."""

from chalice import Chalice

from chalicelib.exchange import onec, v1
from chalicelib.schedules import holds, outbox
from chalicelib.schedules import stock as stock_schedule
from chalicelib.web import (
    assets,
    cart,
    catalogue,
    checkout,
    documents,
    exchange_journal,
    home,
    http,
    orders,
    profile,
    sign_in,
)
from chalicelib.workers import documents as documents_worker
from chalicelib.workers import deliveries, imports, messages, pictures, snapshot, stock

PAGES = (assets, cart, catalogue, checkout, documents, exchange_journal, home, orders, profile, sign_in)
EXCHANGE = (onec, v1)
WORKERS = (deliveries, documents_worker, imports, messages, pictures, snapshot, stock)
SCHEDULES = (holds, outbox, stock_schedule)

app = Chalice(app_name="kabinet")
app.api.binary_types = ["*/*"]
http.register(app)
for part in (*PAGES, *EXCHANGE, *WORKERS, *SCHEDULES):
    app.register_blueprint(part.routes)
