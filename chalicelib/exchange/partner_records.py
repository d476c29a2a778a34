"""Partners with all that is nested in them, and our companies."""

from collections.abc import Callable, Sequence
from typing import Any

from chalicelib.domain.access.users import Membership
from chalicelib.domain.exchange.exchange import Problem
from chalicelib.domain.exchange.records import Reference, part_id
from chalicelib.domain.partners.partners import AccountManager, Company, Contract, Counterparty, DeliveryAddress, Partner
from chalicelib.exchange.entity import Entity
from chalicelib.formats import phones
from chalicelib.formats.messages import (
    COMPANY_EXAMPLE,
    PARTNER_EXAMPLE,
    CompanyMessage,
    ContactMessage,
    PartnerMessage,
)
from chalicelib.runtime import Runtime
from chalicelib.usecases.exchange.import_records import Save, Taken, one_by_one
from chalicelib.usecases.exchange.snapshots import Hide
from chalicelib.usecases.partners.import_partners import hide_partners, save_company, save_partner
from chalicelib.usecases.ports.partners import PartnerRecord


def _save_partner(now: Runtime) -> Save:
    def save(record: PartnerRecord) -> Taken:
        stores = (now.partners, now.users, now.outbox, now.queues, now.clock)
        return save_partner(*stores, record=record, public_url=now.settings.public_url)

    return one_by_one(save)


def _hide_partners(now: Runtime) -> Hide:
    return lambda marks, revision: hide_partners(now.partners, now.clock, marks=marks, revision=revision)


def _save_company(now: Runtime) -> Save:
    def save(company: Company) -> Taken:
        return save_company(now.partners, company=company)

    return one_by_one(save)


def _partner(message: PartnerMessage) -> tuple[PartnerRecord, tuple[Problem, ...]]:
    manager = AccountManager(**message.account_manager.model_dump()) if message.account_manager else None
    contacts = [_contact(message.id, contact) for contact in message.contacts]
    record = PartnerRecord(
        partner=Partner(
            id=message.id,
            name=message.name,
            portal_access=message.portal_access and not message.deletion_mark,
            region=message.region,
            price_group=message.price_group,
            segments=message.segments,
            warehouse_id=message.warehouse_id,
            manager_id=manager.id if manager else None,
            revision=message.revision,
        ),
        contacts=tuple(contact for contact, _ in contacts),
        counterparties=_parts(message.counterparties, Counterparty),
        contracts=_parts(message.contracts, Contract),
        addresses=_parts(message.delivery_addresses, DeliveryAddress),
        manager=manager,
    )
    return record, tuple(problem for _, problems in contacts for problem in problems)


def _parts(messages: Sequence[Any] | None, kind: Callable[..., Any]) -> tuple[Any, ...] | None:
    return None if messages is None else tuple(kind(**message.model_dump()) for message in messages)


def _contact(partner_id: str, message: ContactMessage) -> tuple[Membership, list[Problem]]:
    phone, email = phones.normalise(message.phone), phones.email(message.email)
    contact = Membership(
        user_id="",
        partner_id=partner_id,
        name=message.name,
        phone=phone or "",
        email=email or "",
        portal_access=message.portal_access and not message.deletion_mark,
        contact_id=message.id,
    )
    faults = {
        "Нет мобильного телефона: без него в кабинет не войти": not message.phone,
        "Телефон «%(phone)s» не похож на номер": bool(message.phone) and phone is None,
        "Почта «%(email)s» не похожа на адрес": bool(message.email) and email is None,
    }
    given = (("phone", message.phone), ("email", message.email))
    told = [Problem("contact", message.id, message.name, reason, given) for reason, wrong in faults.items() if wrong]
    return contact, told if contact.portal_access else []


def _brings(message: PartnerMessage) -> tuple[Reference, ...]:
    """What is nested has come too, for records that hang on it."""
    nested = {
        "counterparties": message.counterparties,
        "contracts": message.contracts,
        "delivery_addresses": message.delivery_addresses,
    }
    return tuple(Reference(name, part_id(message.id, part.id)) for name, parts in nested.items() for part in parts or ())


def _company(message: CompanyMessage) -> tuple[Company, tuple[Problem, ...]]:
    return Company(**message.model_dump()), ()


ENTITIES = (
    Entity(
        "partners", "Партнёры", "Партнёр", PartnerMessage, PARTNER_EXAMPLE, _partner, _save_partner,
        brings=_brings, hide=_hide_partners, parts={"contact": "Контактное лицо"},
    ),
    Entity(
        "companies", "Наши организации", "Организация", CompanyMessage, COMPANY_EXAMPLE, _company, _save_company,
        unlisted="У организаций нет номера изменения: сверять нечего, отправьте их все заново",
    ),
)  # fmt: skip
