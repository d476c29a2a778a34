"""Whom we sell to: partners with their counterparties, contracts and addresses; our own companies."""

from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum


@dataclass(frozen=True, slots=True)
class PartnerScope:
    """The partner a caller may see. Every read of a partner's data takes one; there is no other way to ask."""

    partner_id: str


@dataclass(frozen=True, slots=True)
class SupplierScope:
    """A supplier's employee or 1C: sees every partner. Made only at the entry, from a staff session or an exchange account."""

    actor: str


Scope = PartnerScope | SupplierScope


@dataclass(frozen=True, slots=True)
class Partner:
    """`id` is 1C's GUID. Without `portal_access` none of its people gets in. `segments`: what terms may be told for."""

    id: str
    name: str
    portal_access: bool
    region: str = ""
    price_group: str = ""
    warehouse_id: str | None = None
    manager_id: str | None = None
    revision: int = 0
    segments: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Counterparty:
    """A payer: legal entity, sole trader or individual (`kind`)."""

    id: str
    name: str
    kind: str = "legal_entity"
    full_name: str = ""
    inn: str = ""
    kpp: str = ""
    address: str = ""


class VatMode(StrEnum):
    """By the rates of the items, at 0 % (export), or without VAT at all."""

    STANDARD = "standard"
    ZERO = "zero"
    NONE = "none"


class Confirmation(StrEnum):
    """Who confirms an order (OP-04). AUTO: the check of stock, dates and limits, a manager where it fails; the dealer where 1C
    changes it for the worse. MANAGER: always a manager. CLIENT_ON_CHANGE: as AUTO, and the dealer after any change."""

    AUTO = "auto"
    MANAGER = "manager"
    CLIENT_ON_CHANGE = "client_on_change"


@dataclass(frozen=True, slots=True)
class Contract:
    """Terms under which a partner buys. `payment_deferral` in days; `prepayment` in per cent.

    `discount_percent` is off every price of its price type, negative is a markup. `discounts_allowed`: promotions and prices
    for quantity come on top of that. `base_price_type_id` gives the price where its own price type has none. Goods that come
    can leave the warehouse `inbound_buffer_days` later.
    """

    id: str
    name: str
    price_type_id: str
    counterparty_id: str | None = None
    company_id: str | None = None
    currency: str = "RUB"
    vat_included: bool = True
    prepayment: int = 100
    payment_deferral: int = 0
    is_default: bool = False
    number: str = ""
    vat_mode: VatMode = VatMode.STANDARD
    discount_percent: Decimal = Decimal(0)
    discounts_allowed: bool = True
    base_price_type_id: str | None = None
    confirmation: Confirmation = Confirmation.AUTO
    inbound_buffer_days: int = 0


@dataclass(frozen=True, slots=True)
class DeliveryAddress:
    """A sub-partner of 1C: where goods go. Shown only with `portal_access`."""

    id: str
    name: str
    address: str
    portal_access: bool = True
    max_load_kg: Decimal | None = None
    entry_pass: str = ""
    comment: str = ""
    latitude: Decimal | None = None
    longitude: Decimal | None = None


@dataclass(frozen=True, slots=True)
class Company:
    """Our own legal entity, which issues invoices."""

    id: str
    name: str
    full_name: str = ""
    inn: str = ""
    kpp: str = ""
    address: str = ""
    bank_name: str = ""
    bik: str = ""
    correspondent_account: str = ""
    bank_account: str = ""
    director: str = ""
    accountant: str = ""


@dataclass(frozen=True, slots=True)
class AccountManager:
    """The supplier's employee who looks after a partner; his contacts stand in the header of every page."""

    id: str
    name: str
    phone: str = ""
    email: str = ""
    photo_document_id: str = ""


@dataclass(frozen=True, slots=True)
class ManagerRecord:
    """An account manager as 1C sends him under a revision. `partner_ids` are all he is assigned to by this record; None was
    not told. One that is not `active` has left."""

    manager: AccountManager
    revision: int
    partner_ids: tuple[str, ...] | None = None
    active: bool = True
