"""What the demo supplier consists of, in the words of his 1C."""

from dataclasses import dataclass, field
from decimal import Decimal


@dataclass(frozen=True, slots=True)
class Unit:
    """A unit of measure by the national classifier: `code` "796", `short` "шт", `full` "Штука", `international` "PCE"."""

    code: str
    short: str
    full: str
    international: str


PIECE = Unit("796", "шт", "Штука", "PCE")
SET = Unit("839", "компл", "Комплект", "SET")
PACK = Unit("778", "упак", "Упаковка", "NMP")
METRE = Unit("006", "м", "Метр", "MTR")


@dataclass(frozen=True, slots=True)
class Group:
    """A node of the assortment tree; the tree is three levels deep."""

    id: str
    name: str
    children: tuple["Group", ...] = ()


@dataclass(frozen=True, slots=True)
class Property:
    """`kind`: "Справочник" (its values have ids), "Строка" or "Число"."""

    id: str
    name: str
    kind: str
    values: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True, slots=True)
class PriceType:
    """A price column: `share` of the recommended retail price."""

    id: str
    name: str
    share: Decimal


@dataclass(frozen=True, slots=True)
class Warehouse:
    id: str
    name: str
    address: str
    latitude: str
    longitude: str


@dataclass(frozen=True, slots=True)
class Drawing:
    """How to draw a picture: the `shape` (door, lever …), its colour by name and the number of its design."""

    shape: str
    colour: str
    design: int = 0


@dataclass(frozen=True, slots=True)
class Item:
    """A sellable position. A variant (характеристика) has the id `item#variant` and its name in brackets, as UT 11 writes them.

    Weight in kg and volume in m³ of one unit; `pack` is units in a package; `properties` are (property name, text).
    `prices` and `balances` go by the id of the price type and of the warehouse.
    """

    id: str
    name: str
    sku: str
    group_id: str
    unit: Unit
    kind: str
    brand: str
    maker: str
    country: str
    description: str
    barcode: str
    weight: Decimal
    volume: Decimal
    pack: int
    properties: tuple[tuple[str, str], ...]
    prices: dict[str, Decimal]
    balances: dict[str, Decimal]
    variant: tuple[tuple[str, str], ...] = ()
    picture: str = ""


@dataclass(frozen=True, slots=True)
class Company:
    id: str
    name: str
    full_name: str
    inn: str
    kpp: str
    address: str
    bank_name: str
    bik: str
    correspondent_account: str
    bank_account: str
    director: str
    accountant: str


@dataclass(frozen=True, slots=True)
class Manager:
    id: str
    name: str
    phone: str
    email: str


@dataclass(frozen=True, slots=True)
class Contact:
    id: str
    name: str
    phone: str
    email: str
    head: bool = False


@dataclass(frozen=True, slots=True)
class Counterparty:
    """`kind`: legal_entity or sole_trader."""

    id: str
    name: str
    kind: str
    full_name: str
    inn: str
    kpp: str
    address: str


@dataclass(frozen=True, slots=True)
class Contract:
    id: str
    name: str
    number: str
    price_type_id: str
    counterparty_id: str
    prepayment: int
    payment_deferral: int
    is_default: bool = False


@dataclass(frozen=True, slots=True)
class Address:
    id: str
    name: str
    address: str
    max_load_kg: int
    entry_pass: str
    comment: str
    latitude: str
    longitude: str


@dataclass(frozen=True, slots=True)
class Dealer:
    """A partner with the people, payers, contracts and addresses he has in 1C."""

    id: str
    name: str
    region: str
    price_group: str
    warehouse_id: str
    manager: Manager
    contacts: tuple[Contact, ...]
    counterparties: tuple[Counterparty, ...]
    contracts: tuple[Contract, ...]
    addresses: tuple[Address, ...]


@dataclass(frozen=True, slots=True)
class Supplier:
    """The whole demo. `drawings`: the path of a picture in the exchange -> how it is drawn."""

    company: Company
    catalogue_id: str
    groups: tuple[Group, ...]
    properties: tuple[Property, ...]
    price_types: tuple[PriceType, ...]
    warehouses: tuple[Warehouse, ...]
    items: tuple[Item, ...]
    dealers: tuple[Dealer, ...]
    drawings: dict[str, Drawing] = field(default_factory=dict)
