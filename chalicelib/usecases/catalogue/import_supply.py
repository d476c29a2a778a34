"""1C tells what is on its way to its warehouses and what it keeps for orders."""

from chalicelib.domain.catalogue.stock import IncomingSupply, StockReserves
from chalicelib.usecases.exchange.import_records import UNCHANGED, WRITTEN, Taken
from chalicelib.usecases.ports.catalogue import SupplyStore


def take_incoming_supply(store: SupplyStore, supply: IncomingSupply) -> Taken:
    """An item without a card is no trouble: its supply is shown when the card comes."""
    return WRITTEN if store.save_incoming(supply) else UNCHANGED


def take_reserves(store: SupplyStore, reserves: StockReserves) -> Taken:
    return WRITTEN if store.save_reserves(reserves) else UNCHANGED
