"""Goods on their way, and what 1C keeps for orders."""

from decimal import Decimal
from functools import partial

from chalicelib.domain.catalogue.stock import IncomingLot, IncomingSupply, StockReserves, told_apart
from chalicelib.exchange.entity import Converted, Entity
from chalicelib.formats.supply_messages import (
    INCOMING_SUPPLY_EXAMPLE,
    RESERVES_EXAMPLE,
    IncomingSupplyMessage,
    ReservesMessage,
)
from chalicelib.usecases.catalogue.import_supply import hide_incoming, hide_reserves, take_incoming_supply, take_reserves
from chalicelib.usecases.exchange.import_records import one_by_one


def _incoming(message: IncomingSupplyMessage) -> Converted:
    lots = (IncomingLot(**lot.model_dump()) for lot in message.lots)
    return IncomingSupply(message.id, message.revision, told_apart(lots)), ()


def _reserves(message: ReservesMessage) -> Converted:
    found: dict[str, Decimal] = {}
    for told in message.warehouses:
        found[told.warehouse_id] = found.get(told.warehouse_id, Decimal(0)) + told.quantity
    return StockReserves(message.id, message.revision, found), ()


ENTITIES = (
    Entity(
        "incoming_supply",
        "Ожидаемые поставки",
        "Ожидаемая поставка номенклатуры",
        IncomingSupplyMessage,
        INCOMING_SUPPLY_EXAMPLE,
        _incoming,
        lambda now: one_by_one(partial(take_incoming_supply, now.supply)),
        hide=lambda now: partial(hide_incoming, now.supply),
    ),
    Entity(
        "reserves",
        "Резервы",
        "Резерв номенклатуры",
        ReservesMessage,
        RESERVES_EXAMPLE,
        _reserves,
        lambda now: one_by_one(partial(take_reserves, now.supply)),
        hide=lambda now: partial(hide_reserves, now.supply),
    ),
)
