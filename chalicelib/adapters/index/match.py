"""Goods by an exact code: for rows that name their goods and do not search for them."""

from collections.abc import Iterator
from typing import Any

from chalicelib.adapters.index import words
from chalicelib.adapters.index.schema import ARTICLE, BARCODE, ID, schema
from chalicelib.usecases.ports.catalogue import Card

SHORTEST_BARCODE = 8


def code_queries(code: str) -> Iterator[tuple[Any, bool]]:
    """Queries to try one after another until one finds something: 1C's id, the article as written, the barcode, the article
    without punctuation. True beside one whose finds must have the very article."""
    from tantivy import Query

    def term(field: str, value: str) -> Any:
        return Query.term_query(schema(), field, words.encodable(value))

    yield term(ID, code.strip()), False
    plain = words.plain(code).strip()
    squeezed = words.squeezed(plain)
    if not squeezed:
        return
    yield term(ARTICLE, plain[: words.MAX_WORD]), True
    barcode = words.barcode_term(plain)
    if len(barcode) >= SHORTEST_BARCODE:
        yield term(BARCODE, barcode), False
    yield term(ARTICLE, squeezed), False
    if squeezed.lstrip("0") not in ("", squeezed):
        yield term(ARTICLE, squeezed.lstrip("0")), False


def has_article(card: Card, code: str) -> bool:
    return words.plain(card.sku).strip() == words.plain(code).strip()


def same_name(one: str, other: str) -> bool:
    return list(words.runs(words.plain(one))) == list(words.runs(words.plain(other)))
