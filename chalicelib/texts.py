"""Texts for people: Russian msgids, translated by gettext into the language of the present request."""

import gettext
from collections.abc import Mapping
from contextvars import ContextVar
from functools import cache
from pathlib import Path

LOCALES = Path(__file__).parent / "locale"
DOMAIN = "kabinet"
LANGUAGES: Mapping[str, str] = {"ru": "Русский", "en": "English"}
DEFAULT_LANGUAGE = "ru"

_language: ContextVar[str] = ContextVar("language", default=DEFAULT_LANGUAGE)


def use_language(code: str) -> None:
    """Speak this language from here on in the present request; an unknown one is Russian."""
    _language.set(code if code in LANGUAGES else DEFAULT_LANGUAGE)


def current_language() -> str:
    return _language.get()


def gettext_text(msgid: str) -> str:
    """The text of a msgid, its `%(name)s` places unfilled."""
    return _catalogue(_language.get()).gettext(msgid) if msgid else ""


def ngettext_text(one: str, many: str, number: int) -> str:
    """The form of a text that goes with a number; Russian has three: 1 строка, 2 строки, 5 строк."""
    return _catalogue(_language.get()).ngettext(one, many, number)


def _(msgid: str, **params: object) -> str:
    """The text with its places filled."""
    text = gettext_text(msgid)
    return text % params if params else text


def N_(msgid: str) -> str:
    """Marks a msgid that is translated later, where it is shown."""
    return msgid


@cache
def _catalogue(language: str) -> gettext.NullTranslations:
    return gettext.translation(DOMAIN, LOCALES, [language], fallback=True)
