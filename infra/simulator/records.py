"""What CommerceML has no place for, as the package for 1C posts it to `/exchange/v1`: one list for each address."""

from collections.abc import Iterator
from datetime import datetime, timedelta

from infra.demo.codes import guid
from infra.demo.supplier import Dealer, Supplier
from infra.simulator.book import OrderBook

Record = dict[str, object]
SUPPLIED = 10
"""Goods that are on their way."""


def messages(supplier: Supplier, book: OrderBook, now: datetime) -> Iterator[tuple[str, list[Record]]]:
    """(the last part of the address, its records), parents first. `revision` is the moment, as 1C takes it."""
    revision = int(now.timestamp() * 1000)
    kinds = {
        "credit_limits": [one for dealer in supplier.dealers for one in _credit_limits(dealer)],
        "settlements": [one for dealer in supplier.dealers for one in _settlements(dealer, now)],
        "incoming_supply": list(_supply(supplier, now)),
        "reserves": list(_reserves(book)),
    }
    for name, records in kinds.items():
        if records:
            yield name, [{**record, "revision": revision} for record in records]


def _credit_limits(dealer: Dealer) -> Iterator[Record]:
    """Those who pay later have a limit."""
    for contract in dealer.contracts:
        if contract.payment_deferral:
            id = guid("limit", contract.id)
            yield {"id": id, "partner_id": dealer.id, "contract_id": contract.id, "amount": 500_000, "currency": "RUB"}


def _settlements(dealer: Dealer, now: datetime) -> Iterator[Record]:
    """A shipment of last week and what was paid for it since."""
    contract = dealer.contracts[0]
    shipped = now.date() - timedelta(days=7)
    common = {"partner_id": dealer.id, "contract_id": contract.id, "counterparty_id": contract.counterparty_id}
    due = shipped + timedelta(days=contract.payment_deferral)
    yield {
        **common,
        "id": guid("settlement", dealer.id, "1"),
        "date": f"{shipped}",
        "kind": "shipment",
        "amount": 125_400.5,
        "document": "Реализация товаров и услуг",
        "number": "ТДФЛ-000101",
        "due_date": f"{due}",
    }
    yield {
        **common,
        "id": guid("settlement", dealer.id, "2"),
        "date": f"{now.date()}",
        "kind": "payment",
        "amount": -100_000,
        "document": "Поступление безналичных ДС",
        "number": "ТДФЛ-000057",
    }


def _supply(supplier: Supplier, now: datetime) -> Iterator[Record]:
    warehouse = supplier.warehouses[0]
    for place, item in enumerate(supplier.items[:SUPPLIED], 1):
        lot = {"id": guid("lot", item.id), "warehouse_id": warehouse.id, "eta": f"{now.date() + timedelta(days=7 * place)}"}
        yield {"id": item.id, "lots": [{**lot, "quantity": 10 * place, "reserved": 0}]}


def _reserves(book: OrderBook) -> Iterator[Record]:
    """Of all orders that are not shipped, by item."""
    by_item: dict[str, list[Record]] = {}
    for (item_id, warehouse_id), quantity in book.reserved().items():
        by_item.setdefault(item_id, []).append({"warehouse_id": warehouse_id, "quantity": float(quantity)})
    for item_id, rows in by_item.items():
        yield {"id": item_id, "warehouses": rows}
