"""What a password must be. Length is what counts (NIST SP 800-63B): no demands on letters and digits."""

import re

from chalicelib.domain.errors import InvalidInput

SHORTEST = 10
LONGEST = 128

_COMMON = """
0123456789 1029384756 1111111111 1122334455 1234512345 1234554321 123456789a 1234567890 12345678900 123456789q
123qweasdzxc 1q2w3e4r5t 1q2w3e4r5t6y 1qaz2wsx3edc 9876543210 aa12345678 abcdefghij administrator asdfghjkl1
asdfghjkl; football123 iloveyou12 letmein123 password12 password123 password1234 passw0rd123 q1w2e3r4t5 q1w2e3r4t5y6
qazwsxedcrfv qwerty1234 qwerty12345 qwerty123456 qwertyuiop qwertyuiop1 qwertyuiop[] superman123 welcome123 zaq12wsxcde
zxcvbnm123 йцукенгшщз йцукенгшщзхъ пароль1234 пароль12345 парольпароль фывапролдж фывапролджэ
"""
COMMON = frozenset(_COMMON.split())
"""The commonest of ten characters and more."""


def check_password(password: str, *, phone: str, name: str) -> None:
    """Raises InvalidInput saying what is wrong with the field `password`."""
    wrong = _fault(password, phone, name)
    if wrong:
        raise InvalidInput(wrong, {"password": wrong}, shortest=SHORTEST, longest=LONGEST)


def _fault(password: str, phone: str, name: str) -> str | None:
    folded = password.casefold()
    if len(password) < SHORTEST:
        return "Пароль короче %(shortest)s символов"
    if len(password) > LONGEST:
        return "Пароль длиннее %(longest)s символов"
    if folded in COMMON or len(set(folded)) < 4:
        return "Такой пароль подберут первым: придумайте другой"
    if _is_phone(password, phone) or _is_name(folded, name):
        return "Пароль не должен повторять ваш телефон или имя"
    return None


def _is_phone(password: str, phone: str) -> bool:
    """The phone with any prefix and signs between: its last ten digits make up all the digits there are."""
    digits = re.sub(r"\D", "", password)
    only_a_phone = not re.search(r"[^\d\s()+-]", password)
    return bool(phone) and only_a_phone and len(digits) >= SHORTEST and digits[-10:] == phone[-10:]


def _is_name(folded: str, name: str) -> bool:
    """The words of the name in their order, with or without spaces and digits around."""
    letters = re.sub(r"[\W\d_]", "", folded)
    return bool(letters) and letters == re.sub(r"[\W\d_]", "", name.casefold())
