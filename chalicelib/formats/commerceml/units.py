"""Units of measure by their ОКЕИ codes, the money units by all the names 1C knows them under."""

from functools import lru_cache

UNITS = {
    "004": "см",
    "006": "м",
    "018": "пог. м",
    "055": "м²",
    "112": "л",
    "113": "м³",
    "163": "г",
    "166": "кг",
    "168": "т",
    "356": "ч",
    "625": "лист",
    "704": "набор",
    "715": "пар",
    "728": "пач.",
    "736": "рул.",
    "778": "упак.",
    "796": "шт",
    "812": "ящ.",
    "839": "компл.",
    "876": "усл. ед.",
}
"""ОКЕИ code -> the short Russian name."""

MAX_WORD = 100
"""Characters of a unit, a currency, a rate: answers are remembered, and a hostile file could fill the memory with long ones."""

CODES = {name.rstrip("."): code for code, name in UNITS.items()}

_CURRENCIES = {
    "RUR": "RUB",
    "РУБ": "RUB",
    "Р": "RUB",
    "РУБЛЬ": "RUB",
    "РУБЛЕЙ": "RUB",
    "₽": "RUB",
    "643": "RUB",
    "810": "RUB",
    "840": "USD",
    "978": "EUR",
    "156": "CNY",
    "398": "KZT",
    "933": "BYN",
    "980": "UAH",
    "ГРН": "UAH",
}


@lru_cache(256)
def unit_name(code: str, short: str = "", full: str = "") -> str:
    """What to show for a unit: its short name, that of its code, or its full name."""
    return short or UNITS.get(code.zfill(3), "") or full


def unit_code(name: str) -> str:
    """The ОКЕИ code of a short name; "" for one that is not in the list."""
    return CODES.get(name.lower().rstrip("."), "")


@lru_cache(256)
def currency(name: str) -> str:
    """The ISO code of a currency as 1C spells it: руб., RUR, 643 are RUB; an unknown one stays, in capitals."""
    code = name.strip(" .\u00a0").upper()
    return _CURRENCIES.get(code, code)
