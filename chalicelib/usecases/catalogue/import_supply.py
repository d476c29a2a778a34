"""1C tells what is on its way to its warehouses and what it keeps for orders."""

from collections.abc import Sequence

from chalicelib.domain.catalogue.stock import IncomingSupply, StockReserves
from chalicelib.domain.exchange.records import Mark
from chalicelib.usecases.exchange.import_records import UNCHANGED, WRITTEN, Taken
from chalicelib.usecases.ports.catalogue import SupplyStore


def take_incoming_supply(store: SupplyStore, supply: IncomingSupply) -> Taken:
    """An item without a card is no trouble: its supply is shown when the card comes."""
    return WRITTEN if store.save_incoming(supply) else UNCHANGED


def take_reserves(store: SupplyStore, reserves: StockReserves) -> Taken:
    return WRITTEN if store.save_reserves(reserves) else UNCHANGED


def hide_incoming(store: SupplyStore, marks: Sequence[Mark], revision: int) -> int:
    """Nothing is on its way of what 1C's whole list does not name; how many that were."""
    return sum(store.save_incoming(IncomingSupply(mark.id, _next(mark, revision))) for mark in marks)


def hide_reserves(store: SupplyStore, marks: Sequence[Mark], revision: int) -> int:
    return sum(store.save_reserves(StockReserves(mark.id, _next(mark, revision), {})) for mark in marks)


def _next(mark: Mark, revision: int) -> int:
    return max(revision, mark.revision + 1)
