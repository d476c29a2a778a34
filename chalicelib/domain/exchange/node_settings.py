"""How one 1C differs from the others: settings of its exchange node, as data."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum

from chalicelib.domain.orders.order_statuses import Approval, Axes, Fulfilment

SKIPPED = "-"
"""Instead of a warehouse's name: it is not loaded."""
FILE_LIMIT = 4_000_000
"""Bytes of one chunk: Lambda takes 6 MB of base64."""
LEAST_FILE_LIMIT = 100_000
ENCODINGS = ("utf-8", "windows-1251")


class ItemField(StrEnum):
    """What a requisite of an item may be read as; SKIP drops it."""

    WEIGHT = "weight_kg"
    VOLUME = "volume_m3"
    PACKAGE = "package_quantity"
    AVAILABILITY = "availability"
    SKU = "sku"
    BRAND = "brand"
    MANUFACTURER = "manufacturer"
    COUNTRY = "country"
    BARCODE = "barcodes"
    SKIP = "-"


@dataclass(frozen=True, slots=True)
class NodeSettings:
    """What is not said here goes by the default tables in the code.

    `sessid`: answer `checkauth` with the session for the address. `query_acknowledges`: a second `query` in a session means
    `success`. `shipped_completes`: an order shipped in full is completed. `price_types`: 1C id -> ours; `rrp_price_type` is the
    1C id of the recommended retail price. `states`: 1C's name -> "approval/fulfilment", either may be empty. `warehouses`: id ->
    another name, or `SKIPPED`. `requisites`: name of a requisite -> `ItemField`, or another name for it.
    """

    sessid: bool = True
    query_acknowledges: bool = False
    shipped_completes: bool = False
    file_limit: int = FILE_LIMIT
    price_types: Mapping[str, str] = field(default_factory=dict)
    rrp_price_type: str = ""
    states: Mapping[str, str] = field(default_factory=dict)
    warehouses: Mapping[str, str] = field(default_factory=dict)
    requisites: Mapping[str, str] = field(default_factory=dict)

    def axes(self, state: str) -> Axes | None:
        """What the node's own table says of a state; None where it says nothing."""
        named = {folded(name): axes for name, axes in self.states.items()}.get(folded(state))
        if named is None:
            return None
        approval, _, fulfilment = named.partition("/")
        return Approval(approval) if approval else None, Fulfilment(fulfilment) if fulfilment else None


def folded(name: str) -> str:
    """Names of 1C are compared in lower case, with ё as е and blanks as one."""
    return " ".join(name.lower().replace("ё", "е").split())


RRP_NAMES = ("ррц", "рекомендованная розничная", "рекомендуемая розничная", "рекомендованная цена", "рекомендуемая цена", "мрц")


def is_recommended(price_type_name: str) -> bool:
    """Does the name say that this is the price the supplier recommends to dealers' customers?"""
    name = folded(price_type_name)
    return any(name == known or name.startswith(f"{known} ") or f"({known})" in name for known in RRP_NAMES)
