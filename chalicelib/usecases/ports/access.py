"""People and their sessions, and what the staff did."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Protocol

from chalicelib.domain.access.audit import AuditEntry
from chalicelib.domain.access.users import Session, User
from chalicelib.usecases.ports.orders import OutboxRow


@dataclass(frozen=True, slots=True)
class Beacons:
    """Small marks every page reads with its session: the search snapshot in force, and how fresh the data are.

    `categories` is the revision of the category tree; `terms` grows with every change of what is agreed with more than one
    partner.
    """

    snapshot: str | None = None
    stock_at: datetime | None = None
    prices_at: datetime | None = None
    categories: int = 0
    terms: int = 0


class SessionStore(Protocol):
    def open(self, session: Session) -> None: ...

    def read(self, session_id: str) -> tuple[Session | None, Beacons]:
        """The session (None where there is none; expiry is the caller's to judge) with the beacons, in one call."""
        ...

    def choose(self, session_id: str, *, partner_id: str, contract_id: str | None, warehouse_id: str | None) -> None:
        """Remember the partner, contract and warehouse the person works with."""
        ...

    def choose_cart(self, session_id: str, cart_id: str) -> None:
        """Remember the cart or draft he puts goods in; "" is his own cart."""
        ...

    def close(self, session_id: str) -> None: ...


class AttemptStore(Protocol):
    def count(self, key: str, window: timedelta, now: datetime) -> int:
        """Attempts under the key within the present window, this one included."""
        ...

    def forget(self, key: str, window: timedelta, now: datetime) -> None: ...


class UserStore(Protocol):
    def by_login(self, login: str) -> User | None:
        """`login` is an E.164 phone or a lower-case e-mail."""
        ...

    def read(self, user_id: str) -> User | None: ...

    def add_staff(self, user: User) -> None:
        """Raises Conflict where the phone is taken."""
        ...

    def invite(self, token_hash: str, user_id: str, expires_at: datetime) -> None: ...

    def invited(self, token_hash: str, now: datetime) -> User | None:
        """Whom the link invites; None for one that is used, expired or never was."""
        ...

    def accept(self, token_hash: str, user: User, password_hash: str, now: datetime, outbox: Sequence[OutboxRow] = ()) -> None:
        """Set the password, end the link, his other links and all older sessions, at once. Raises NotFound for a used link."""
        ...

    def disable(self, user: User, now: datetime) -> None:
        """Block the person: his sessions die at once, and he can't sign in."""
        ...


class PasswordHasher(Protocol):
    def hash(self, password: str) -> str: ...

    def verify(self, password_hash: str, password: str) -> bool:
        """False for a wrong password; an empty hash costs the same time and is always False."""
        ...


class AuditStore(Protocol):
    def note(self, entry: AuditEntry) -> None: ...

    def recent(self, now: datetime, limit: int = 10) -> tuple[AuditEntry, ...]:
        """Newest first."""
        ...
