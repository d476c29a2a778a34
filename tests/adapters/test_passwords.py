"""Password hashes."""

import argon2

from chalicelib.adapters import passwords
from chalicelib.adapters.passwords import Argon2Hasher


def test_hash_is_argon2id_with_the_agreed_cost() -> None:
    """AC-06: a personal password, kept as a slow hash alone."""
    kept = Argon2Hasher().hash("зимний вечер")
    assert kept.startswith("$argon2id$v=19$m=19456,t=2,p=1$")
    assert Argon2Hasher().verify(kept, "зимний вечер")
    assert not Argon2Hasher().verify(kept, "зимний вечер ")


def test_nobody_costs_what_somebody_costs_and_never_fits() -> None:
    real = argon2.extract_parameters(Argon2Hasher().hash("зимний вечер"))
    assert argon2.extract_parameters(passwords.NOBODY) == real
    assert not Argon2Hasher().verify("", "")
    assert not Argon2Hasher().verify("", "зимний вечер")


def test_what_is_no_hash_fits_nothing() -> None:
    assert not Argon2Hasher().verify("зимний вечер", "зимний вечер")
