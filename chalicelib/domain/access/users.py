"""People: one `User` per phone, a `Membership` per partner he works for, a `Session` while he is signed in."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum


class Role(StrEnum):
    """What a person is. Staff roles have no partner."""

    ACCOUNT_HEAD = "account_head"
    EMPLOYEE = "employee"
    MANAGER = "manager"
    ADMINISTRATOR = "administrator"
    FINANCE = "finance"


STAFF_ROLES = frozenset({Role.MANAGER, Role.ADMINISTRATOR, Role.FINANCE})

_DEALER = frozenset(
    {
        "catalog.view",
        "price.view",
        "cart.edit",
        "draft.share",
        "order.create",
        "order.view",
        "order.confirm",
        "order.edit",
        "order.cancel",
        "document.view",
        "news.view",
        "message.write",
    }
)

_MANAGER = frozenset({"order.moderate", "message.write", "document.view.all", "news.view.all"})

PERMISSIONS: dict[Role, frozenset[str]] = {
    Role.ACCOUNT_HEAD: _DEALER,
    Role.EMPLOYEE: _DEALER,
    Role.MANAGER: _MANAGER,
    Role.ADMINISTRATOR: _MANAGER
    | {
        "exchange.view",
        "exchange.retry",
        "mapping.manage",
        "setting.manage",
        "restriction.manage",
    },
    Role.FINANCE: frozenset({"document.view.all"}),
}


@dataclass(frozen=True, slots=True)
class User:
    """A person. `phone` is E.164 and the login; `email` an optional second one. No hash: he has not set a password yet.

    A session opened before `sessions_valid_from` is dead: a new password or blocking the person moves it.
    """

    id: str
    name: str
    phone: str
    email: str = ""
    password_hash: str = ""
    staff_role: Role | None = None
    partner_ids: tuple[str, ...] = ()
    disabled: bool = False
    sessions_valid_from: datetime | None = None


@dataclass(frozen=True, slots=True)
class Membership:
    """A user's place at a partner: he gets in while this and the partner both have `portal_access`.

    A session opened before `sessions_valid_from` is dead: a cleared flag or a new password moves it.
    """

    user_id: str
    partner_id: str
    name: str
    phone: str
    email: str = ""
    role: Role = Role.EMPLOYEE
    portal_access: bool = True
    contact_id: str = ""
    sessions_valid_from: datetime | None = None


@dataclass(frozen=True, slots=True)
class Session:
    """A sign-in. `id` is the hash of the cookie's token; the choices of contract, warehouse and cart live here, on the server."""

    id: str
    user_id: str
    partner_id: str | None
    csrf: str
    opened_at: datetime
    expires_at: datetime
    contract_id: str | None = None
    warehouse_id: str | None = None
    cart_id: str | None = None
