"""The one price function: list, card, cart, order and every export ask it and nothing else."""

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal

from chalicelib.domain import money
from chalicelib.domain.catalogue.catalogue import ItemPrice
from chalicelib.domain.partners.partners import Contract


@dataclass(frozen=True, slots=True)
class ItemPrices:
    """All prices of one item by price type id."""

    item_id: str
    by_type: Mapping[str, ItemPrice]


@dataclass(frozen=True, slots=True)
class Price:
    """The price of one unit for one contract. `reason` is a msgid saying where it comes from."""

    amount: Decimal
    currency: str
    price_type_id: str
    reason: str = "Цена по виду цен договора"

    def line(self, quantity: Decimal) -> int:
        """Minor units for a quantity."""
        return money.line_amount(self.amount, quantity)


RECOMMENDED = "rrp"
"""The price type under which the recommended retail price of an item is kept, whatever 1C calls it."""


def recommended_price(prices: ItemPrices | None) -> ItemPrice | None:
    """What the supplier recommends his dealers to sell one unit for."""
    found = prices.by_type.get(RECOMMENDED) if prices else None
    return found if found and found.amount > 0 else None


def price_for(prices: ItemPrices | None, contract: Contract) -> Price | None:
    """What one unit costs under the contract; None where 1C gave no (or a zero) price: it can't be ordered then."""
    found = prices.by_type.get(contract.price_type_id) if prices else None
    if found is None or found.amount <= 0:
        return None
    return Price(money.unit_price(found.amount), found.currency or contract.currency, found.price_type_id)
