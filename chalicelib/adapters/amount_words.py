"""Amounts as people read them on paper: figures in Russian notation and the sum in words."""

from datetime import date
from decimal import Decimal

from chalicelib.domain.money import major

NBSP = "\N{NO-BREAK SPACE}"
MONTHS = ["января", "февраля", "марта", "апреля", "мая", "июня", "июля", "августа", "сентября", "октября", "ноября", "декабря"]
CURRENCY_MARKS = {"RUB": "руб.", "USD": "долл. США", "EUR": "евро", "KZT": "тенге", "BYN": "бел. руб."}


def figures(value: Decimal, digits: int = 0) -> str:
    """`1 234,5`: at least `digits` after the comma, the rest as far as it is not zero."""
    whole, _, fraction = f"{value:f}".partition(".")
    fraction = fraction.rstrip("0").ljust(digits, "0")
    return f"{int(whole):,}".replace(",", NBSP) + ("," + fraction if fraction else "")


def amount_figures(amount: int) -> str:
    """Minor units as `1 234,50`."""
    return figures(major(amount), 2)


def currency_mark(currency: str) -> str:
    return CURRENCY_MARKS.get(currency, currency)


def long_date(day: date) -> str:
    """`21 ноября 2026 г.`"""
    return f"{day.day} {MONTHS[day.month - 1]} {day.year}{NBSP}г."


def amount_in_words(amount: int, currency: str) -> str:
    """Minor units as «Одна тысяча двести рублей 50 копеек»; a currency without Russian names keeps its code."""
    from num2words import num2words

    value = major(amount)
    try:
        # A Decimal with two places is taken as major units, an int as kopecks. The comma is not how invoices are written.
        words = num2words(value, lang="ru", to="currency", currency=currency, cents=False).replace(",", "")
    except NotImplementedError:
        words = f"{num2words(int(value), lang='ru')} {currency} {value % 1:.2f}".replace(" 0.", " ")
    return words[:1].upper() + words[1:]
