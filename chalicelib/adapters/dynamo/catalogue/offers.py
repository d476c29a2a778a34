"""Live prices and balances of a page of items, in one call across two tables: the hot path of every catalogue page."""

import json
from collections.abc import Iterator, Mapping, Sequence
from decimal import Decimal
from typing import Any

from chalicelib.adapters.dynamo.catalogue.cards import unpacked
from chalicelib.adapters.dynamo.catalogue.prices import prices_key
from chalicelib.adapters.dynamo.catalogue.stock import stock_key
from chalicelib.adapters.dynamo.catalogue.supply import lots_of, reserves_of, revision_of
from chalicelib.adapters.dynamo.table import KEYS_PER_BATCH, Key, Table
from chalicelib.domain.catalogue.catalogue import ItemPrice
from chalicelib.domain.catalogue.prices import ItemPrices
from chalicelib.domain.catalogue.stock import Balance, StockBalance

ITEMS_PER_CALL = KEYS_PER_BATCH // 2

Typed = Mapping[str, Any]


class DynamoOffers:
    """Up to 50 items a call. Eventually consistent: what is promised is decided by the order's own conditions."""

    def __init__(self, catalogue: Table, portal: Table) -> None:
        self.catalogue = catalogue
        self.portal = portal

    def read(self, item_ids: Sequence[str]) -> Mapping[str, tuple[ItemPrices, StockBalance]]:
        ids = list(dict.fromkeys(item_ids))
        prices: dict[str, Typed] = {}
        stock: dict[str, Typed] = {}
        for start in range(0, len(ids), ITEMS_PER_CALL):
            some = ids[start : start + ITEMS_PER_CALL]
            for table, row in self._rows(some):
                (prices if table == self.catalogue.name else stock)[row["PK"]["S"][5:]] = row
        return {id: (prices_of(id, prices.get(id)), balance_of(id, stock.get(id))) for id in ids}

    def _rows(self, item_ids: Sequence[str]) -> Iterator[tuple[str, Typed]]:
        asked: dict[str, Any] = {
            self.catalogue.name: {"Keys": [_typed(prices_key(id)) for id in item_ids]},
            self.portal.name: {"Keys": [_typed(stock_key(id)) for id in item_ids]},
        }
        while asked:
            answer = self.portal.client.batch_get_item(RequestItems=asked)
            for table, rows in answer["Responses"].items():
                yield from ((table, row) for row in rows)
            asked = dict(answer.get("UnprocessedKeys", {}))


def _typed(key: Key) -> dict[str, Any]:
    return {"PK": {"S": key[0]}, "SK": {"S": key[1]}}


def prices_of(item_id: str, row: Typed | None) -> ItemPrices:
    if row is None:
        return ItemPrices(item_id, {})
    return ItemPrices(item_id, {id: _price(id, *fields) for id, fields in json.loads(unpacked(row["data"])).items()})


def _price(
    price_type_id: str, amount: str, currency: str, unit: str, minimum: str | None, steps: Sequence[Sequence[str]] = ()
) -> ItemPrice:
    least = Decimal(minimum) if minimum is not None else None
    tiers = tuple((Decimal(quantity), Decimal(price)) for quantity, price in steps)
    return ItemPrice(price_type_id, Decimal(amount), currency, unit, least, tiers)


def balance_of(item_id: str, row: Typed | None) -> StockBalance:
    if row is None:
        return StockBalance(item_id)
    figures = {name[2:]: Decimal(typed["N"]) for name, typed in row.items() if name.startswith("F#")}
    balances = {id: Balance(free, _held(row, id)) for id, free in figures.items()}
    return StockBalance(item_id, balances, lots_of(row), reserves_of(row), revision_of(row))


def _held(row: Typed, warehouse_id: str) -> Decimal:
    held = row.get(f"H#{warehouse_id}")
    return Decimal(held["N"]) if held else Decimal(0)
