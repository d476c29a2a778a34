"""Prices, restrictions, limits, settlements and parts of partners as records of `/exchange/v1`."""

from collections.abc import Iterator
from datetime import date
from decimal import Decimal
from typing import Any

import pytest

from chalicelib.domain.partners.partners import PartnerScope
from chalicelib.domain.partners.settlements import turnover
from chalicelib.domain.partners.terms import RestrictionMode, in_force
from chalicelib.formats.messages import PARTNER_EXAMPLE
from chalicelib.formats.part_messages import CONTRACT_EXAMPLE, COUNTERPARTY_EXAMPLE, DELIVERY_ADDRESS_EXAMPLE
from chalicelib.formats.settlement_messages import SETTLEMENT_EXAMPLE
from chalicelib.formats.term_messages import (
    CREDIT_LIMIT_EXAMPLE,
    CURRENCY_RATE_EXAMPLE,
    DISCOUNT_EXAMPLE,
    INDIVIDUAL_PRICE_EXAMPLE,
    RESTRICTION_EXAMPLE,
)
from tests.exchange.client import Sender
from tests.exchange.memory import memory_sender, outcomes

SCOPE = PartnerScope(PARTNER_EXAMPLE["id"])
OTHER = PartnerScope("другой")


@pytest.fixture
def sender() -> Iterator[Sender]:
    with memory_sender() as made:
        made.partners(PARTNER_EXAMPLE)
        yield made


def test_an_individual_discount_is_read_by_its_partner_alone(sender: Sender) -> None:
    """PR-06, IN-12: a discount of a partner on a group, from 1C."""
    assert outcomes(sender.post("individual_prices", [INDIVIDUAL_PRICE_EXAMPLE])) == ["written"]
    store = sender.portal.runtime.individual_prices
    (price,) = store.of(SCOPE)
    assert (price.percent, price.price, price.group_id) == (Decimal("7.5"), None, INDIVIDUAL_PRICE_EXAMPLE["group_id"])
    assert in_force(price, date(2026, 12, 31)) and not in_force(price, date(2027, 1, 1))
    assert store.of(OTHER) == ()


def test_a_discount_of_a_segment_reaches_the_partners_in_it(sender: Sender) -> None:
    """PR-06: by segment, beside the partner's own, which comes first."""
    segment = {"id": "s1", "revision": 1, "segment": "Сети", "item_id": "item-1", "price": "1234.5678"}
    foreign = segment | {"id": "s2", "segment": "Розница"}
    sender.post("individual_prices", [segment, foreign, INDIVIDUAL_PRICE_EXAMPLE])
    found = sender.portal.runtime.individual_prices.of(SCOPE)
    assert [price.id for price in found] == [INDIVIDUAL_PRICE_EXAMPLE["id"], "s1"]
    assert found[1].price == Decimal("1234.5678")


def test_promotions_and_rates_reach_the_prices_of_those_they_are_for(sender: Sender) -> None:
    """PR-06, PR-08, PR-16, C-23, IN-12: everything 1C sends of prices is in the partner's terms at the next page."""
    everybodys = DISCOUNT_EXAMPLE | {"id": "d-all"}
    regional = DISCOUNT_EXAMPLE | {"id": "d-region", "region": PARTNER_EXAMPLE["region"], "kind": "volume", "min_quantity": 10}
    foreign = DISCOUNT_EXAMPLE | {"id": "d-other", "segment": "Чужие"}
    assert outcomes(sender.post("discounts", [everybodys, regional, foreign])) == ["written"] * 3
    assert outcomes(sender.post("currency_rates", [CURRENCY_RATE_EXAMPLE])) == ["written"]
    rt = sender.portal.runtime
    account = rt.partners.account(SCOPE)
    assert account is not None
    before = rt.terms.of(account.partner, account.terms, 1)
    found = [one.id for some in before.discounts.values() for one in some]
    assert sorted(found) == ["d-all", "d-region"] and before.rates["USD"].rate == Decimal("90.5")
    sender.post("individual_prices", [INDIVIDUAL_PRICE_EXAMPLE | {"contract_id": "c", "min_quantity": 2}])
    moved = rt.partners.account(SCOPE)
    assert moved is not None and moved.terms == account.terms + 1, "the partner's own terms have a version of their own"
    after = rt.terms.of(moved.partner, moved.terms, 1)
    assert len(after.prices) == 1 and rt.terms.of(moved.partner, moved.terms, 1) is after


def test_a_price_that_moves_to_another_partner_leaves_the_first(sender: Sender) -> None:
    sender.partners(PARTNER_EXAMPLE | {"id": "другой", "contacts": []})
    sender.post("individual_prices", [INDIVIDUAL_PRICE_EXAMPLE])
    moved = INDIVIDUAL_PRICE_EXAMPLE | {"partner_id": "другой", "revision": INDIVIDUAL_PRICE_EXAMPLE["revision"] + 1}
    assert outcomes(sender.post("individual_prices", [moved])) == ["written"]
    assert outcomes(sender.post("individual_prices", [INDIVIDUAL_PRICE_EXAMPLE])) == ["unchanged"]
    store = sender.portal.runtime.individual_prices
    assert store.of(SCOPE) == () and len(store.of(OTHER)) == 1


def test_a_regional_restriction_is_kept_with_its_reason(sender: Sender) -> None:
    """PR-11, IN-12: an exclusive of a region, on a brand; it ends with its deletion mark."""
    own = {"id": "r2", "revision": 1, "partner_id": SCOPE.partner_id, "item_id": "i", "mode": "hide"}
    assert outcomes(sender.post("restrictions", [RESTRICTION_EXAMPLE, own])) == ["written", "written"]
    mine, regional = sender.portal.runtime.restrictions.of(SCOPE)
    assert (mine.mode, regional.mode) == (RestrictionMode.HIDE, RestrictionMode.BLOCK)
    assert (regional.region, regional.brand, regional.reason) == (
        "Санкт-Петербург", "Нордика", "Эксклюзив регионального дистрибьютора",
    )  # fmt: skip
    ended = RESTRICTION_EXAMPLE | {"revision": RESTRICTION_EXAMPLE["revision"] + 1, "deletion_mark": True}
    sender.post("restrictions", [ended])
    assert [one.id for one in sender.portal.runtime.restrictions.of(SCOPE)] == ["r2"]


def test_a_credit_limit_is_kept_in_kopecks(sender: Sender) -> None:
    """IN-09, IN-12."""
    assert outcomes(sender.post("credit_limits", [CREDIT_LIMIT_EXAMPLE | {"amount": "500000.15"}])) == ["written"]
    (limit,) = sender.portal.runtime.credit_limits.of(SCOPE)
    assert (limit.amount, limit.contract_id) == (50_000_015, CREDIT_LIMIT_EXAMPLE["contract_id"])


def entry(id: str, day: str, kind: str, amount: Any, **more: Any) -> dict[str, Any]:
    return SETTLEMENT_EXAMPLE | {"id": id, "date": day, "kind": kind, "amount": amount} | more


def test_settlements_of_all_years_add_up(sender: Sender) -> None:
    """SE-02, SE-03, IN-09, IN-12: entries from the beginning, and what a period of them comes to (SE-01)."""
    rows = [
        entry("1", "2024-01-01", "opening_balance", 1000),
        entry("2", "2024-06-01", "shipment", "2500.50"),
        entry("3", "2025-02-01", "payment", -3000),
        entry("4", "2026-01-10", "shipment", 700),
        entry("5", "2026-03-01", "payment", "-200.25"),
        entry("6", "2026-03-02", "return", -50),
        entry("7", "2026-04-01", "shipment", 10_000),
    ]
    assert set(outcomes(sender.post("settlements", rows))) == {"written"}
    store = sender.portal.runtime.settlements
    entries = list(store.entries(SCOPE, SETTLEMENT_EXAMPLE["contract_id"], date(2026, 3, 31)))
    assert [one.id for one in entries] == ["1", "2", "3", "4", "5", "6"]
    quarter = turnover(entries, date(2026, 1, 1), date(2026, 3, 31))
    assert (quarter.opening, quarter.shipped, quarter.paid, quarter.returned) == (50_050, 70_000, 20_025, 5_000)
    assert quarter.closing == 95_025
    assert list(store.entries(OTHER)) == [] and len(list(store.entries(SCOPE))) == 7


def test_an_entry_that_1c_dates_otherwise_or_marks_deleted_moves_and_goes(sender: Sender) -> None:
    """SE-03."""
    first = SETTLEMENT_EXAMPLE["revision"]
    sender.post("settlements", [SETTLEMENT_EXAMPLE])
    sender.post("settlements", [SETTLEMENT_EXAMPLE | {"date": "2025-12-31", "revision": first + 1}])
    store = sender.portal.runtime.settlements
    assert [one.on for one in store.entries(SCOPE)] == [date(2025, 12, 31)]
    sender.post("settlements", [SETTLEMENT_EXAMPLE | {"deletion_mark": True, "revision": first + 2}])
    assert list(store.entries(SCOPE)) == []


PARTS = [
    ("counterparties", COUNTERPARTY_EXAMPLE, lambda account: account.counterparties),
    ("contracts", CONTRACT_EXAMPLE, lambda account: account.contracts),
]


@pytest.mark.parametrize(("kind", "example", "listed"), PARTS, ids=[kind for kind, *_ in PARTS])
def test_a_part_comes_alone_and_wins_over_an_older_card(sender: Sender, kind: str, example: Any, listed: Any) -> None:
    """PT-01, PT-02, PT-03: a payer and a contract of a partner as records of their own."""
    revision = PARTNER_EXAMPLE["revision"]
    renamed = example | {"name": "Новое имя", "revision": revision + 10}
    extra = example | {"id": "second", "name": "Второй", "revision": revision + 11}
    assert outcomes(sender.post(kind, [renamed, extra])) == ["written", "written"]

    def names() -> list[str]:
        account = sender.portal.runtime.partners.account(SCOPE)
        assert account
        return sorted(part.name for part in listed(account))

    assert names() == ["Второй", "Новое имя"]
    sender.partners(PARTNER_EXAMPLE | {"revision": revision + 5})  # knows neither the name nor the second one
    assert names() == ["Второй", "Новое имя"]
    assert outcomes(sender.post(kind, [example])) == ["unchanged"]
    sender.partners(PARTNER_EXAMPLE | {"revision": revision + 20})
    assert names() == [example["name"]]
    sender.post(kind, [example | {"revision": revision + 21, "deletion_mark": True}])
    assert names() == []


def test_a_delivery_address_comes_alone(sender: Sender) -> None:
    """PT-05, PT-06, PT-07, PT-08."""
    second = DELIVERY_ADDRESS_EXAMPLE | {"id": "a-2", "name": "Склад", "entry_pass": "Через проходную № 2", "max_load_kg": 1500}
    assert outcomes(sender.post("delivery_addresses", [second])) == ["written"]
    by_name = {address.name: address for address in sender.portal.runtime.partners.addresses(SCOPE)}
    assert by_name["Склад"].entry_pass == "Через проходную № 2" and by_name["Склад"].max_load_kg == 1500
    assert len(by_name) == 2


def test_a_typical_agreement_is_one_contract_per_partner(sender: Sender) -> None:
    """PT-09: many partners buy on one agreement of УТ."""
    sender.partners(PARTNER_EXAMPLE | {"id": "p2", "contacts": [], "contracts": []})
    sender.post("contracts", [CONTRACT_EXAMPLE | {"partner_id": "p2", "name": "У второго"}])
    runtime = sender.portal.runtime
    first, second = runtime.partners.account(SCOPE), runtime.partners.account(PartnerScope("p2"))
    assert first and second
    assert [contract.name for contract in first.contracts] == [CONTRACT_EXAMPLE["name"]]
    assert [contract.name for contract in second.contracts] == ["У второго"]


WRONG = [
    ("individual_prices", INDIVIDUAL_PRICE_EXAMPLE, {"price": 5}, "укажите одно из полей percent, price"),
    ("individual_prices", INDIVIDUAL_PRICE_EXAMPLE, {"percent": None}, "укажите percent или price"),
    ("individual_prices", INDIVIDUAL_PRICE_EXAMPLE, {"partner_id": None}, "укажите partner_id или segment"),
    ("individual_prices", INDIVIDUAL_PRICE_EXAMPLE, {"percent": 101}, "percent: больше 100"),
    ("individual_prices", INDIVIDUAL_PRICE_EXAMPLE, {"valid_to": "2025-01-01"}, "valid_to раньше valid_from"),
    ("individual_prices", INDIVIDUAL_PRICE_EXAMPLE, {"valid_to": "31.12.2026"}, "valid_to: нужна дата ГГГГ-ММ-ДД"),
    ("individual_prices", INDIVIDUAL_PRICE_EXAMPLE, {"percent": None, "price": 5}, "укажите item_id"),
    ("restrictions", RESTRICTION_EXAMPLE, {"region": None}, "укажите partner_id, segment или region"),
    ("restrictions", RESTRICTION_EXAMPLE, {"mode": "запрет"}, "mode: допустимо 'block' or 'hide'"),
    ("credit_limits", CREDIT_LIMIT_EXAMPLE, {"amount": -1}, "amount: меньше 0"),
    ("settlements", SETTLEMENT_EXAMPLE, {"amount": "1.234"}, "amount: больше 2 знаков после запятой"),
    ("settlements", SETTLEMENT_EXAMPLE, {"amount": -5}, "сумма не может быть меньше 0"),
    ("settlements", SETTLEMENT_EXAMPLE, {"amount": "1e400"}, "amount: больше"),
    ("contracts", CONTRACT_EXAMPLE, {"partner_id": ""}, "partner_id: недопустимое значение"),
]


@pytest.mark.parametrize(("kind", "example", "change", "reason"), WRONG, ids=[reason for *_, reason in WRONG])
def test_a_wrong_record_is_refused_by_its_name(sender: Sender, kind: str, example: Any, change: Any, reason: str) -> None:
    """IN-04: every refusal names the object and the field in Russian."""
    (result,) = sender.post(kind, [example | change]).body["results"]
    assert (result["id"], result["outcome"]) == (example["id"], "refused")
    assert reason in result["reasons"][0] and f"«{example.get('name', example['id'])}»" in result["reasons"][0]
