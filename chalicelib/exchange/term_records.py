"""Counterparties, contracts, addresses, individual prices, restrictions, credit limits and settlements as records."""

from collections.abc import Callable
from decimal import Decimal
from functools import partial
from typing import Any

from chalicelib.domain.exchange.exchange import Problem
from chalicelib.domain.exchange.records import Record, Reference, part_id
from chalicelib.domain.money import line_amount
from chalicelib.domain.partners.partners import Contract, Counterparty, DeliveryAddress
from chalicelib.domain.partners.settlements import EntryKind, LedgerEntry
from chalicelib.domain.partners.terms import (
    CreditLimit,
    CurrencyRate,
    Discount,
    DiscountKind,
    IndividualPrice,
    Restriction,
    RestrictionMode,
)
from chalicelib.exchange.entity import RECORDS_AT_ONCE, Entity, saved_in
from chalicelib.formats import part_messages as parts
from chalicelib.formats import settlement_messages as settlements
from chalicelib.formats import term_messages as terms

Converted = tuple[Record[Any], tuple[Problem, ...]]
OWN = {"partner_id", "revision", "deletion_mark"}


def _part(kind: Callable[..., Any], message: Any) -> Converted:
    id = part_id(message.partner_id, message.id)
    return Record(id, message.revision, kind(**message.model_dump(exclude=OWN)), active=not message.deletion_mark), ()


def _record(message: Any, value: Any) -> Converted:
    return Record(message.id, message.revision, value, active=not message.deletion_mark), ()


def _price(message: terms.IndividualPriceMessage) -> Converted:
    return _record(message, IndividualPrice(**message.model_dump(exclude={"revision", "deletion_mark"})))


def _restriction(message: terms.RestrictionMessage) -> Converted:
    fields = message.model_dump(exclude={"revision", "deletion_mark", "mode"})
    return _record(message, Restriction(**fields, mode=RestrictionMode(message.mode)))


def _discount(message: terms.DiscountMessage) -> Converted:
    fields = message.model_dump(exclude={"revision", "deletion_mark", "kind"})
    return _record(message, Discount(**fields, kind=DiscountKind(message.kind)))


def _rate(message: terms.CurrencyRateMessage) -> Converted:
    return _record(message, CurrencyRate(message.id, message.currency, message.rate, message.multiplicity, message.date))


def _nothing(_: Any) -> tuple[Reference, ...]:
    return ()


def _limit(message: terms.CreditLimitMessage) -> Converted:
    fields = message.model_dump(exclude={"revision", "deletion_mark", "amount"})
    return _record(message, CreditLimit(**fields, amount=_minor(message.amount)))


def _entry(message: settlements.SettlementMessage) -> Converted:
    fields = message.model_dump(exclude={"revision", "deletion_mark", "amount", "kind", "date", "due_date"})
    fields |= {"on": message.date, "due_on": message.due_date}
    return _record(message, LedgerEntry(**fields, kind=EntryKind(message.kind), amount=_minor(message.amount)))


def _minor(amount: Decimal) -> int:
    return line_amount(amount, Decimal(1))


def _partner(message: Any) -> tuple[Reference, ...]:
    return (Reference("partners", message.partner_id),) if message.partner_id is not None else ()


def _contract(message: Any) -> tuple[Reference, ...]:
    """The partner first: its card may bring the contract."""
    if message.contract_id is None:
        return _partner(message)
    return (*_partner(message), Reference("contracts", part_id(message.partner_id, message.contract_id)))


def _entity(name: str, title: str, called: str, message: Any, example: Any, convert: Any, store: Any, parents: Any) -> Entity:
    return Entity(name, title, called, message, example, convert, saved_in(store), parents, at_once=RECORDS_AT_ONCE)


ENTITIES = (
    _entity(
        "counterparties", "Контрагенты", "Контрагент", parts.CounterpartyRecordMessage, parts.COUNTERPARTY_EXAMPLE,
        partial(_part, Counterparty), lambda now: now.counterparties, _partner,
    ),
    _entity(
        "contracts", "Договоры и соглашения", "Договор", parts.ContractRecordMessage, parts.CONTRACT_EXAMPLE,
        partial(_part, Contract), lambda now: now.contracts, _partner,
    ),
    _entity(
        "delivery_addresses", "Адреса доставки", "Адрес доставки", parts.DeliveryAddressRecordMessage,
        parts.DELIVERY_ADDRESS_EXAMPLE, partial(_part, DeliveryAddress), lambda now: now.delivery_addresses, _partner,
    ),
    _entity(
        "individual_prices", "Индивидуальные цены и скидки", "Индивидуальная цена", terms.IndividualPriceMessage,
        terms.INDIVIDUAL_PRICE_EXAMPLE, _price, lambda now: now.individual_prices, _partner,
    ),
    _entity(
        "discounts", "Акции и скидки за объём", "Скидка", terms.DiscountMessage, terms.DISCOUNT_EXAMPLE,
        _discount, lambda now: now.discounts, _partner,
    ),
    _entity(
        "currency_rates", "Курсы валют", "Курс валюты", terms.CurrencyRateMessage, terms.CURRENCY_RATE_EXAMPLE,
        _rate, lambda now: now.currency_rates, _nothing,
    ),
    _entity(
        "restrictions", "Ограничения продаж", "Ограничение", terms.RestrictionMessage, terms.RESTRICTION_EXAMPLE,
        _restriction, lambda now: now.restrictions, _partner,
    ),
    _entity(
        "credit_limits", "Кредитные лимиты", "Кредитный лимит", terms.CreditLimitMessage, terms.CREDIT_LIMIT_EXAMPLE,
        _limit, lambda now: now.credit_limits, _contract,
    ),
    _entity(
        "settlements", "Взаиморасчёты", "Движение взаиморасчётов", settlements.SettlementMessage,
        settlements.SETTLEMENT_EXAMPLE, _entry, lambda now: now.settlements, _contract,
    ),
)  # fmt: skip
