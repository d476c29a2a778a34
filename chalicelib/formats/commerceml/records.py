"""What the reader yields beside the domain's own records."""

from dataclasses import dataclass
from datetime import datetime

from chalicelib.domain.catalogue.catalogue import Item, ItemGroup, Offer, PriceType, Property, Unit, Warehouse
from chalicelib.domain.exchange.exchange import Problem
from chalicelib.domain.orders.order_papers import ErpPaper
from chalicelib.domain.orders.orders import ErpOrder
from chalicelib.domain.partners.partners import Company, Counterparty


@dataclass(frozen=True, slots=True)
class Head:
    """What the file says of itself. It comes first, and again where a section says more (`only_changes`, `catalogue_id`).

    `schema` is the text of ВерсияСхемы; `formed_at` is 1C's own local time without a zone, None where it can't be read;
    `only_changes` is None as long as the file does not say.
    """

    schema: str = ""
    formed_at: datetime | None = None
    only_changes: bool | None = None
    catalogue_id: str = ""


@dataclass(frozen=True, slots=True)
class Seller:
    """Владелец of a catalogue: our own company as 1C knows it."""

    company: Company


Record = (
    Head
    | ItemGroup
    | Property
    | PriceType
    | Warehouse
    | Unit
    | Item
    | Offer
    | ErpOrder
    | ErpPaper
    | Seller
    | Counterparty
    | Problem
)
