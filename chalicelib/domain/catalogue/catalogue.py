"""The catalogue as 1C keeps it: groups, properties, items with variants, price types, warehouses.

Every id is 1C's own GUID text. A sellable variant (характеристика) is an `Item` whose id is `item#variant` and whose
`parent_id` is the item's, as 1C writes it in offers.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from decimal import Decimal

NO_WAREHOUSE = "-"
"""Id of the one warehouse of a 1C that sends balances without naming warehouses (УПП 1.3)."""


@dataclass(frozen=True, slots=True)
class ItemGroup:
    """A node of the 1C tree; `parent_id` is None at the top."""

    id: str
    name: str
    parent_id: str | None = None
    deleted: bool = False


@dataclass(frozen=True, slots=True)
class Property:
    """A property of items; `values` is the dictionary value id -> text where 1C keeps one."""

    id: str
    name: str
    values: Mapping[str, str] = field(default_factory=dict)
    deleted: bool = False


@dataclass(frozen=True, slots=True)
class PriceType:
    """A price column. `vat_included` is None where 1C does not say."""

    id: str
    name: str
    currency: str = "RUB"
    vat_included: bool | None = None


@dataclass(frozen=True, slots=True)
class Warehouse:
    id: str
    name: str
    address: str = ""
    deleted: bool = False


@dataclass(frozen=True, slots=True)
class Unit:
    """A unit of measure; `id` is its code (ОКЕИ, or 1C's own), `name` what people see."""

    id: str
    name: str


@dataclass(frozen=True, slots=True)
class Package:
    """A packaging of an item: `quantity` base units in one `name`."""

    name: str
    quantity: Decimal


@dataclass(frozen=True, slots=True)
class Item:
    """One position a dealer can look at; see the module for variants.

    `properties` and `attributes` are (name, text) pairs: 1C's properties with their values resolved, and all further
    requisites carried through as they came. `availability` is the supplier's comment on it ("ждём в мае"). Weight in kg, volume
    in m³, both of one base unit.
    `derived`: 1C sent no card of this variant, it is made of its item's card and its offer.
    """

    id: str
    name: str
    sku: str = ""
    parent_id: str | None = None
    variant: str = ""
    group_ids: tuple[str, ...] = ()
    unit_code: str = ""
    unit: str = ""
    barcodes: tuple[str, ...] = ()
    description: str = ""
    full_name: str = ""
    kind: str = ""
    brand: str = ""
    manufacturer: str = ""
    country: str = ""
    availability: str = ""
    vat_rate: Decimal | None = None
    weight_kg: Decimal | None = None
    volume_m3: Decimal | None = None
    package_quantity: Decimal | None = None
    packages: tuple[Package, ...] = ()
    pictures: tuple[str, ...] = ()
    properties: tuple[tuple[str, str], ...] = ()
    attributes: tuple[tuple[str, str], ...] = ()
    deleted: bool = False
    derived: bool = False


@dataclass(frozen=True, slots=True)
class ItemPrice:
    """A price of one unit under one price type, as 1C sent it (4 digits). `tiers`: (from which quantity, price), ascending."""

    price_type_id: str
    amount: Decimal
    currency: str = "RUB"
    unit: str = ""
    min_quantity: Decimal | None = None
    tiers: tuple[tuple[Decimal, Decimal], ...] = ()


@dataclass(frozen=True, slots=True)
class Offer:
    """What one `Предложение` says. `prices` or `balances` is None where the file does not speak of them.

    `balances` maps warehouse id -> free quantity; a total without warehouses stands under `NO_WAREHOUSE`.
    `item` carries the item fields of the offer (name, variant, barcode …), used where a variant has no card of its own.
    """

    item: Item
    prices: tuple[ItemPrice, ...] | None = None
    balances: Mapping[str, Decimal] | None = None


_OF_THE_PARENT = (
    "sku",
    "group_ids",
    "unit_code",
    "unit",
    "description",
    "full_name",
    "kind",
    "brand",
    "manufacturer",
    "country",
    "availability",
    "vat_rate",
    "weight_kg",
    "volume_m3",
    "package_quantity",
    "packages",
    "pictures",
    "properties",
    "attributes",
)


def completed(variant: Item, parent: Item | None) -> Item:
    """A variant with what it does not say itself taken from its item; barcodes are never shared."""
    if parent is None:
        return variant
    missing = [name for name in _OF_THE_PARENT if getattr(variant, name) in ("", (), None)]
    return replace(variant, **{name: getattr(parent, name) for name in missing})


def with_ancestors(group_ids: Iterable[str], groups: Mapping[str, ItemGroup]) -> tuple[str, ...]:
    """The groups and all above them, each once; groups that are not known stay, a loop in the tree ends."""
    found: dict[str, None] = {}
    for group_id in group_ids:
        above: str | None = group_id
        while above and above not in found:
            found[above] = None
            group = groups.get(above)
            above = group.parent_id if group else None
    return tuple(found)
