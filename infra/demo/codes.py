"""Identifiers of the demo: GUIDs that never change and codes whose check digits are right, though nobody owns them."""

from uuid import UUID, uuid5

_SPACE = UUID("6f2f3d57-5f0c-5b0a-9d1e-0d3a5f1c7e21")

_BANK_WEIGHTS = (7, 1, 3)
_INN10_WEIGHTS = (2, 4, 10, 3, 5, 9, 4, 6, 8)
_INN12_WEIGHTS = ((7, 2, 4, 10, 3, 5, 9, 4, 6, 8), (3, 7, 2, 4, 10, 3, 5, 9, 4, 6, 8))


def guid(*path: str) -> str:
    """The same GUID for the same path of words, on every machine."""
    return str(uuid5(_SPACE, "/".join(path)))


def ean13(digits: str) -> str:
    """12 digits with their check digit. Prefixes 20-29 are for use inside a shop: no real goods carry them."""
    weighted = sum(int(digit) * (3 if place % 2 else 1) for place, digit in enumerate(digits))
    return f"{digits}{-weighted % 10}"


def legal_entity_inn(digits: str) -> str:
    """A 10-digit INN out of its first 9 digits."""
    return digits + _inn_digit(digits, _INN10_WEIGHTS)


def person_inn(digits: str) -> str:
    """A 12-digit INN of a sole trader out of its first 10 digits."""
    for weights in _INN12_WEIGHTS:
        digits += _inn_digit(digits, weights)
    return digits


def _inn_digit(digits: str, weights: tuple[int, ...]) -> str:
    return str(sum(int(digit) * weight for digit, weight in zip(digits, weights, strict=True)) % 11 % 10)


def bank_account(account: str, bik: str) -> str:
    """A settlement account of 20 digits with its key (the 9th digit) put right for the bank."""
    return _keyed(account, bik[-3:])


def correspondent_account(account: str, bik: str) -> str:
    """The bank's own account at the central bank, put right in the same way."""
    return _keyed(account, f"0{bik[4:6]}")


def _keyed(account: str, prefix: str) -> str:
    unkeyed = f"{account[:8]}0{account[9:]}"
    key = account_sum(prefix + unkeyed) * 3 % 10
    return f"{account[:8]}{key}{account[9:]}"


def account_sum(digits: str) -> int:
    """The control sum of a prefixed account: its last digit is 0 where the key is right."""
    return sum(int(digit) * _BANK_WEIGHTS[place % 3] % 10 for place, digit in enumerate(digits))
