"""Makers of partners, contacts and signed-in people for the tests, over the real stores."""

import re
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from typing import Any

from chalicelib.domain.access.users import Membership
from chalicelib.domain.partners.partners import AccountManager, Contract, Counterparty, DeliveryAddress, Partner
from chalicelib.runtime import Runtime
from chalicelib.usecases.access.invitations import accept_invitation, invite
from chalicelib.usecases.access.sign_in import SignedIn, sign_in
from chalicelib.usecases.ports.partners import PartnerRecord, Saved
from infra.watched import watched

PASSWORD = "зимний вечер 42"


@dataclass
class TestClock:
    """Stands still until a test moves it."""

    __test__ = False
    now: datetime = field(default_factory=lambda: datetime(2026, 11, 21, 10, 0, tzinfo=UTC))

    def __call__(self) -> datetime:
        return self.now

    def pass_by(self, **time: float) -> None:
        self.now += timedelta(**time)


@dataclass
class CountingHasher:
    """Keeps the contract of PasswordHasher for nothing, and counts: a "hash" is the password itself."""

    compared: int = 0

    def hash(self, password: str) -> str:
        return password

    def verify(self, password_hash: str, password: str) -> bool:
        self.compared += 1
        return bool(password_hash) and password_hash == password


def contact(number: int = 1, partner_id: str = "p1", **changes: Any) -> Membership:
    made = Membership(
        user_id="",
        partner_id=partner_id,
        name=f"Контакт {number}",
        phone=f"+7916000{number:04d}",
        email=f"c{number}@dealer.example",
        contact_id=f"contact-{number}",
    )
    return replace(made, **changes)


CONTRACTS = (
    Contract("k-deferral", "Отсрочка 30 дней", "wholesale", prepayment=0, payment_deferral=30),
    Contract("k-prepaid", "Предоплата 100 %", "dealer"),
)
COUNTERPARTIES = (Counterparty("c1", "ООО «Дилер»", inn="7701234560"),)
ADDRESSES = (DeliveryAddress("a1", "Склад", "Тверь, Луговая, 1"), DeliveryAddress("a2", "Магазин", "Клин, Гагарина, 2"))


def record(revision: int = 1, partner_id: str = "p1", *, access: bool = True, **changes: Any) -> PartnerRecord:
    partner = Partner(partner_id, "Дилер", access, region="Тверь", price_group="Опт", warehouse_id="w1", revision=revision)
    made = PartnerRecord(
        partner=replace(partner, manager_id="m1"),
        contacts=(contact(partner_id=partner_id),),
        counterparties=COUNTERPARTIES,
        contracts=CONTRACTS,
        addresses=ADDRESSES,
        manager=AccountManager("m1", "Смирнова Ольга", "+7 495 000-00-01", "smirnova@supplier.example"),
    )
    return replace(made, **changes)


class Portal:
    """The runtime of a test with the verbs that the tests of people use."""

    def __init__(self, **stand_ins: Any) -> None:
        self.clock = TestClock()
        self.runtime = Runtime(clock=self.clock)
        for name, value in stand_ins.items():
            setattr(self.runtime, name, value)

    def save(self, sent: PartnerRecord) -> Saved:
        return self.runtime.partners.save(sent, self.clock())

    def dealer(self, sent: PartnerRecord | None = None) -> SignedIn:
        """The first contact of a new partner, invited and signed in."""
        return self.accept(self.link(self.save(sent or record()).invited[0]))

    def link(self, user: Any) -> str:
        """The token of an invitation, as it stands in the letter."""
        now = self.runtime
        rows = invite(now.users, now.outbox, self.clock, user=user, public_url="https://b2b.example")
        return token_in(rows[0].body["text"])

    def accept(self, token: str, password: str = PASSWORD) -> SignedIn:
        now = self.runtime
        return accept_invitation(now.users, now.sessions, now.partners, now.hasher, self.clock, token=token, password=password)

    def sign_in(self, login: str = "+79160000001", password: str = PASSWORD, address: str = "10.0.0.1") -> SignedIn:
        now = self.runtime
        stores = (now.users, now.attempts, now.sessions, now.partners, now.hasher, self.clock)
        return sign_in(*stores, login=login, password=password, address=address)


def token_in(text: str) -> str:
    found = re.search(r"https://\S+?/invite/([\w-]+)", text)
    assert found, text
    return found[1]


@contextmanager
def aws_calls(*clients: Any) -> Iterator[list[str]]:
    """Names of the operations the clients send meanwhile."""
    calls: list[str] = []
    with watched(*clients, see=lambda _service, operation, _request: calls.append(operation)):
        yield calls
