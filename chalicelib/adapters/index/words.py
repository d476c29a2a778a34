"""Texts as search terms: the same folding for what is indexed and what is asked."""

import re
import unicodedata
from collections.abc import Iterator
from functools import cache, lru_cache
from typing import Any

MAX_WORD = 64
"""Characters of a word that count."""

_RUN = re.compile(r"(?:[^\W_]|(?<=\d)[.,](?=\d))+")
_PIECE = re.compile(r"\d+(?:[.,]\d+)*|[^\W\d_]+")
_NOT_SPOKEN = re.compile(r"[\W_]+")

# Letters that look the same: people type an article in whichever layout is on.
_LOOK_ALIKES = str.maketrans("авекмнорстухіјѕ", "abekmhopctyxijs")
_TO_CYRILLIC = str.maketrans("abekmhopctyx", "авекмнорстух")
_BOTH_ALPHABETS = re.compile(r"[a-z].*[а-я]|[а-я].*[a-z]")

_LATIN_KEYS = "qwertyuiop[]asdfghjkl;'zxcvbnm,.`QWERTYUIOP{}ASDFGHJKL:\"ZXCVBNM<>~"
_RUSSIAN_KEYS = "йцукенгшщзхъфывапролджэячсмитьбюёЙЦУКЕНГШЩЗХЪФЫВАПРОЛДЖЭЯЧСМИТЬБЮЁ"
_TO_RUSSIAN = str.maketrans(_LATIN_KEYS, _RUSSIAN_KEYS)
_TO_LATIN = str.maketrans(_RUSSIAN_KEYS, _LATIN_KEYS)

# Vowels that come and go with the case ending, which the Snowball stemmer leaves: плиток/плитка, уголок/уголки, гаек/гайка.
_FLEETING_Y = re.compile(r"(?<=[аеиоуыюя])ек$")
_FLEETING = re.compile(r"(?<=[бвгджзклмнпрстфхцчшщ])[ео](?=[клнрц]$)")
_SHORTEST_FLEETING = 4

STOP_WORDS = frozenset({"и", "в", "во", "на", "по", "с", "со", "к", "ко", "о", "об", "от", "до"})
STOP_WORDS |= {"из", "за", "у", "для", "при", "без", "под", "над", "или"}


def encodable(text: str) -> str:
    """Without the half characters that can't leave Python."""
    return text.encode("utf-8", "ignore").decode()


def plain(text: str) -> str:
    """Lower case, ё as е, compatible characters as one."""
    return unicodedata.normalize("NFKC", encodable(text)).lower().replace("ё", "е")


def runs(text: str) -> Iterator[str]:
    """The words as typed, of a `plain` text: "болт", "м8х40", "3.5"."""
    for run in _RUN.findall(text):
        yield run[:MAX_WORD].replace(",", ".")


def pieces(run: str) -> list[str]:
    """Letters and numbers of a run apart, words stemmed: "m8x40" -> m 8 x 40, "саморезы" -> саморез."""
    return [_term(piece.replace(",", ".")) for piece in _PIECE.findall(run)]


def stems(text: str) -> Iterator[str]:
    """The pieces of a `plain` text in order."""
    for piece in _PIECE.findall(text):
        yield _term(piece[:MAX_WORD].replace(",", "."))


def squeezed(text: str) -> str:
    """An article without punctuation, spaces and the difference between Latin and Cyrillic look-alikes."""
    return _NOT_SPOKEN.sub("", text).translate(_LOOK_ALIKES)[:MAX_WORD]


def article_terms(sku: str) -> set[str]:
    """What an article is found by: as written, squeezed, and without the leading zeros of a 1C code."""
    text = plain(sku).strip()
    bare = squeezed(text)
    return {text[:MAX_WORD], bare, bare.lstrip("0")} - {""} if bare else set()


def barcode_term(barcode: str) -> str:
    """Digits (or letters) without leading zeros: a 12-digit UPC is an EAN-13 that begins with one."""
    return squeezed(plain(barcode)).lstrip("0")


def other_layout(text: str) -> Iterator[str]:
    """The text as if typed with the other keyboard layout on."""
    for table in (_TO_RUSSIAN, _TO_LATIN):
        other = text.translate(table)
        if other != text:
            yield other


def is_word(run: str) -> bool:
    """Letters alone: may be misspelt and has forms."""
    return run.isalpha()


def folded(run: str) -> str:
    """A run with digits, or of one or two letters (units and signs: м, мм, х), in one alphabet: people write both."""
    return run.translate(_LOOK_ALIKES) if len(run) <= 2 or not run.isalpha() else _unmixed(run)


def _unmixed(word: str) -> str:
    """A Russian word into which a Latin letter slipped: "Cмеситель" with a Latin C."""
    return word.translate(_TO_CYRILLIC) if _BOTH_ALPHABETS.search(word) else word


def _term(piece: str) -> str:
    return folded(piece) if len(piece) <= 2 or not piece.isalpha() else _stem(piece)


@lru_cache(maxsize=20_000)
def _stem(word: str) -> str:
    stem: str = next(iter(_stemmer().analyze(_unmixed(word))), word)
    if len(stem) < _SHORTEST_FLEETING:
        return stem
    return _FLEETING.sub("", _FLEETING_Y.sub("йк", stem))


@cache
def _stemmer() -> Any:
    from tantivy import Filter, TextAnalyzerBuilder, Tokenizer

    return TextAnalyzerBuilder(Tokenizer.whitespace()).filter(Filter.stemmer("russian")).build()


_DIGITS = re.compile(r"\d+|[^\W\d_]+")


def collation(text: str) -> str:
    """A key that sorts names as a Russian expects: case aside, ё beside е, М8 before М10, leading quotes ignored."""
    lower = unicodedata.normalize("NFKC", text).casefold()
    words = (word.zfill(12) if word.isdigit() else word for word in _DIGITS.findall(lower.replace("ё", "е")))
    return f"{' '.join(words)}\0{lower}"
