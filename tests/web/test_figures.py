"""Figures, amounts and forms of words as wholesale buyers read them."""

from datetime import UTC, date, datetime, timedelta
from decimal import Decimal

import pytest

from chalicelib.domain.errors import InvalidInput
from chalicelib.domain.partners.partners import Contract
from chalicelib.web import figures, forms, labels

NBSP = "\u00a0"


def test_figures_are_russian() -> None:
    assert figures.money(123450) == f"1{NBSP}234,50{NBSP}₽"
    assert figures.money(-5, "USD") == f"−0,05{NBSP}$"
    assert figures.price(Decimal("18804.0195")) == f"18{NBSP}804,0195{NBSP}₽"
    assert figures.price(Decimal("10.5000")) == f"10,50{NBSP}₽"
    assert figures.weight(Decimal("12.44")) == f"12,4{NBSP}кг" and figures.weight(Decimal("0.036")) == f"0,036{NBSP}кг"
    assert figures.volume(Decimal("0.0361")) == f"0,036{NBSP}м³"
    assert figures.quantity(Decimal("5.000"), "шт") == f"5{NBSP}шт"
    assert figures.number(None) == figures.money(None) == figures.day(None) == "—"
    assert figures.phone("+79161234567") == f"+7{NBSP}916{NBSP}123-45-67"


def test_time_is_moscows() -> None:
    late = datetime(2026, 11, 21, 22, 30, tzinfo=UTC)
    assert figures.moment(late) == "22.11.2026 01:30" and figures.day(late) == "22.11.2026"
    assert figures.day(date(2026, 4, 9)) == "09.04.2026"
    assert figures.seen_at(late, late) == "01:30" and figures.seen_at(late, late + timedelta(days=1)) == "22.11.2026 01:30"


@pytest.mark.parametrize(
    ("age", "state"), [(timedelta(minutes=15), "fresh"), (timedelta(minutes=16), "late"), (timedelta(hours=2, seconds=1), "old")]
)
def test_freshness(age: timedelta, state: str) -> None:
    now = datetime(2026, 11, 21, tzinfo=UTC)
    assert figures.freshness(now - age, now) == state
    assert figures.freshness(None, now) == "old"


@pytest.mark.parametrize(("days", "words"), [(1, "1 день"), (3, "3 дня"), (11, "11 дней"), (21, "21 день"), (30, "30 дней")])
def test_terms_have_the_right_form(days: int, words: str) -> None:
    contract = Contract("k", "Договор", "p", prepayment=0, payment_deferral=days)
    assert labels.terms(contract) == f"Отсрочка {words}"
    assert labels.terms(Contract("k", "Договор", "p")) == "Предоплата 100 %"
    assert labels.terms(Contract("k", "Д", "p", prepayment=30, payment_deferral=days)) == f"Предоплата 30 %, отсрочка {words}"


@pytest.mark.parametrize(
    ("typed", "value"), [("1 234,5", "1234.5"), ("1\u00a0000", "1000"), ("", "0"), (" 7 ", "7"), ("0,125", "0.125"), ("-3", "-3")]
)
def test_quantities_are_read_as_people_type_them(typed: str, value: str) -> None:
    assert forms.quantity(typed) == Decimal(value)


@pytest.mark.parametrize("typed", ["две", "1,2,3", "NaN", "Infinity", "1e999999999", "٣" * 30])
def test_what_is_no_quantity(typed: str) -> None:
    with pytest.raises(InvalidInput):
        forms.quantity(typed)


def test_days_are_read_both_ways() -> None:
    assert forms.day("2026-12-01", "d") == forms.day("01.12.2026", "d") == date(2026, 12, 1)
    assert forms.day("", "d") is None
    with pytest.raises(InvalidInput):
        forms.day("31.02.2026", "d")


def test_an_id_of_1c_becomes_an_element_id() -> None:
    assert labels.key("a#{b}").isalnum() and labels.key("a") != labels.key("b")
