"""Phones and logins as people write them."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chalicelib.formats import phones


@pytest.mark.parametrize(
    ("typed", "kept"),
    [
        ("8 (916) 123-45-67", "+79161234567"),
        ("+7 916 123 45 67", "+79161234567"),
        ("9161234567", "+79161234567"),
        ("79161234567", "+79161234567"),
        (" 8-916-123-45-67 ", "+79161234567"),
        ("+375 29 123-45-67", "+375291234567"),
        ("+380 44 123 45 67", "+380441234567"),
        ("+7 701 123 45 67", "+77011234567"),
    ],
)
def test_every_writing_of_a_phone_is_one_login(typed: str, kept: str) -> None:
    """AC-07, AC-08: the phone is the login, and it is one however it is written."""
    assert phones.normalise(typed) == kept
    assert phones.login(typed) == kept


@pytest.mark.parametrize("typed", ["", "нет", "12345", "+7 916 123", "8 916 123 45 67 8 9", "+" * 100_000, "9" * 100])
def test_what_is_no_phone_is_not_made_into_one(typed: str) -> None:
    assert phones.normalise(typed) is None


@given(st.text(alphabet="+0123456789 ()-.доб", max_size=30) | st.text(max_size=80))
def test_normalise_is_idempotent(text: str) -> None:
    once = phones.normalise(text)
    if once is not None:
        assert phones.normalise(once) == once


@given(
    st.integers(9_000_000_000, 9_999_999_999),
    st.sampled_from(["{}", "8{}", "+7{}", "7{}", "8 ({0[0]}{0[1]}{0[2]}) {0[3]}{0[4]}{0[5]}-{0[6]}{0[7]}-{0[8]}{0[9]}"]),
)
def test_a_russian_mobile_is_the_same_in_every_writing(number: int, writing: str) -> None:
    plain = phones.normalise(f"+7{number}")
    assert phones.normalise(writing.format(str(number))) == plain


@given(st.text(max_size=100))
def test_login_is_idempotent_whatever_is_typed(text: str) -> None:
    once = phones.login(text)
    assert phones.login(once) == once


@pytest.mark.parametrize(
    ("typed", "kept"),
    [
        ("Ivan@Dealer.Example ", "ivan@dealer.example"),
        ("иван@почта.рф", "иван@почта.рф"),
        ("нет", None),
        ("a@b", None),
        ("a@b@c.example", None),
        ("a b@c.example", None),
        ("@c.example", None),
        ("a@c.example\r\nBcc: x@y.example", None),
        ("a@" + "c" * 300 + ".example", None),
    ],
)
def test_email_is_lower_case_or_refused(typed: str, kept: str | None) -> None:
    assert phones.email(typed) == kept
