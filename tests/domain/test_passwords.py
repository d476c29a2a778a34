"""What a password must be."""

import pytest

from chalicelib.domain.access.passwords import COMMON, SHORTEST, check_password
from chalicelib.domain.errors import InvalidInput


def refused(password: str) -> str:
    with pytest.raises(InvalidInput) as caught:
        check_password(password, phone="+79161234567", name="Кузнецов Иван")
    assert set(caught.value.fields) == {"password"}
    return str(caught.value)


def test_short_is_refused_with_the_length_told() -> None:
    assert refused("короткий9") == "Пароль короче 10 символов"


@pytest.mark.parametrize("password", ["79161234567", "8 (916) 123-45-67", "9161234567", "+7 916 123-45-67"])
def test_the_own_phone_is_refused(password: str) -> None:
    assert "телефон" in refused(password)


@pytest.mark.parametrize("password", ["кузнецовиван", "Кузнецов Иван", "КузнецовИван1985"])
def test_the_own_name_is_refused(password: str) -> None:
    assert "имя" in refused(password)


@pytest.mark.parametrize("password", ["qwertyuiop", "QwertyUiop", "1234567890", "пароль12345", "aaaaaaaaaaaa", "1212121212"])
def test_the_commonest_are_refused(password: str) -> None:
    assert "подберут" in refused(password)


def test_the_list_of_the_commonest_has_none_that_length_refuses_anyway() -> None:
    assert [password for password in COMMON if len(password) < SHORTEST] == []


def test_endless_is_refused() -> None:
    assert refused("длинный пароль " * 20) == "Пароль длиннее 128 символов"


@pytest.mark.parametrize("password", ["зимний вечер", "correct horse battery", "9161234568", "Кузнецов любит чай"])
def test_a_phrase_is_enough(password: str) -> None:
    check_password(password, phone="+79161234567", name="Кузнецов Иван")
