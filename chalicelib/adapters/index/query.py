"""A search as a tantivy query, built term by term: what people type is never parsed as a language."""

from collections.abc import Iterable, Iterator, Sequence
from decimal import Decimal
from typing import Any

from chalicelib.adapters.index import words
from chalicelib.adapters.index.schema import (
    ARTICLE,
    BARCODE,
    BRAND,
    CATEGORY,
    FACET,
    GROUP,
    ID,
    NAME,
    PARENT,
    PLACED,
    REST,
    STOCKED,
    WORDS,
    Columns,
    facet_term,
    price_field,
    schema,
    ten_thousandths,
)
from chalicelib.domain.catalogue.visibility import Visibility
from chalicelib.usecases.ports.catalogue import STOCK_FACET, Search

MAX_TEXT = 200
MAX_WORDS = 12
SHORTEST_MISSPELT = 5
"""Letters of a word in which one typing error is forgiven."""

EXACT_ARTICLE, EXACT_SQUEEZED, ARTICLE_PREFIX = 100_000.0, 50_000.0, 1_000.0
_WORD_IS_ARTICLE, _WORD_BEGINS_ARTICLE, _IN_NAME, _BEGINS_WORD = 60.0, 20.0, 3.0, 0.5


def readings(search: Search) -> Iterator[tuple[Any, str]]:
    """Queries to try one after another until one finds something, each with the text in the other keyboard layout ("" for
    the text as typed)."""
    text = search.text.strip()[:MAX_TEXT]
    yield _scoped(_matching(text), search), ""
    if not text:
        return
    for other in words.other_layout(text):
        yield _scoped(_matching(other), search), other
    yield _scoped(_misspelt(text), search), ""


def _scoped(query: Any, search: Search) -> Any:
    from tantivy import Occur, Query

    scopes = ((GROUP, search.group_id), (CATEGORY, search.category_id), (PARENT, search.parent_id))
    filters = [(Occur.Must, Query.const_score_query(_term(field, value), 0.0)) for field, value in scopes if value]
    filters += [(Occur.MustNot, hidden) for hidden in _kept_from(search.visibility)]
    return Query.boolean_query([(Occur.Must, query), *filters]) if filters else query


def _kept_from(visibility: Visibility) -> Iterator[Any]:
    """What the visitor may not see, as the snapshot knows it."""
    hidden = visibility.hidden
    if hidden.everything:
        yield _everything()
    for field, values in (
        (PLACED, visibility.closed),
        (GROUP, hidden.group_ids),
        (BRAND, hidden.brands),
        (ID, hidden.item_ids),
        (PARENT, hidden.item_ids),
    ):
        if values:
            yield _any_of(field, values)


def _everything() -> Any:
    from tantivy import Query

    return Query.all_query()


ONLY, PRICE = "@only", "@price"


def filters_of(search: Search, columns: Columns, asked: Any) -> dict[str, Any]:
    """A query for every facet that something is chosen in, by its name; `asked` is the schema of the snapshot itself."""
    found = {name: _any_of(FACET, [facet_term(name, value) for value in values]) for name, values in search.chosen if values}
    if STOCK_FACET in found:
        found[STOCK_FACET] = _any_of(STOCKED, next(values for name, values in search.chosen if name == STOCK_FACET))
    if search.only is not None:
        found[ONLY] = _any_of(ID, search.only) if search.only else _nothing()
    place = columns.prices.get(search.price_type_id)
    if place is not None and (search.price_from is not None or search.price_to is not None):
        found[PRICE] = _between(asked, price_field(place), search.price_from, search.price_to)
    return found


def _nothing() -> Any:
    from tantivy import Query

    return Query.empty_query()


def _between(asked: Any, field: str, least: Decimal | None, most: Decimal | None) -> Any:
    from tantivy import FieldType, Query

    lower, upper = (None if one is None else ten_thousandths(max(one, Decimal(0))) for one in (least, most))
    return Query.range_query(asked, field, FieldType.Unsigned, lower, upper)


def narrowed(query: Any, filters: Iterable[Any]) -> Any:
    """Filters do not count in the ranking."""
    from tantivy import Occur, Query

    musts = [(Occur.Must, Query.const_score_query(one, 0.0)) for one in filters]
    return Query.boolean_query([(Occur.Must, query), *musts]) if musts else query


def in_stock(warehouse_id: str) -> Any:
    """What lies at the warehouse, or anywhere."""
    return _any_of(STOCKED, [warehouse_id])


def _any_of(field: str, values: Iterable[str]) -> Any:
    from tantivy import Query

    return Query.term_set_query(schema(), field, [words.encodable(value) for value in values])


def _matching(text: str) -> Any:
    """Everything without a text; else the article or barcode that the whole text is, or all the words."""
    from tantivy import Query

    plain = words.plain(text)
    if not plain.strip():
        return Query.all_query()
    runs = _meaningful(plain)
    parts = list(_whole(plain))
    if runs:
        parts.append(_all([_word(run, last=place == len(runs) - 1) for place, run in enumerate(runs)]))
    return _any(parts)


def _meaningful(plain: str) -> list[str]:
    """The words without prepositions, unless nothing else was typed."""
    runs = list(words.runs(plain))[:MAX_WORDS]
    return [run for run in runs if run not in words.STOP_WORDS] or runs


def _whole(plain: str) -> Iterator[Any]:
    """The text as one article or barcode; an exact one stands above one that begins so, that above the words."""
    squeezed = words.squeezed(plain)
    if not squeezed:
        return
    yield _constant(_term(ARTICLE, plain.strip()[: words.MAX_WORD]), EXACT_ARTICLE)
    yield _constant(_any([_term(ARTICLE, squeezed), _term(ARTICLE, squeezed.lstrip("0"))]), EXACT_SQUEEZED)
    barcode = words.barcode_term(plain)
    if barcode:
        yield _constant(_term(BARCODE, barcode), EXACT_ARTICLE)
    if len(squeezed) > 1:
        yield _constant(_prefix(ARTICLE, squeezed), ARTICLE_PREFIX)


def _word(run: str, *, last: bool) -> Any:
    """One of the words: in the name or elsewhere in any form, or an article or barcode; the last one may be unfinished."""
    squeezed = words.squeezed(run)
    parts = [_boosted(_in_name(run), _IN_NAME), _all([_term(REST, piece) for piece in words.pieces(run)])]
    parts.append(_constant(_term(ARTICLE, squeezed), _WORD_IS_ARTICLE))
    parts.append(_constant(_term(BARCODE, words.barcode_term(run)), _WORD_IS_ARTICLE))
    if len(squeezed) > 1:
        parts.append(_constant(_prefix(ARTICLE, squeezed), _WORD_BEGINS_ARTICLE))
    if last:
        parts += [_constant(_prefix(WORDS, start), _BEGINS_WORD) for start in {run, words.folded(run)}]
    return _any(parts)


def _in_name(run: str) -> Any:
    from tantivy import Query

    pieces = words.pieces(run)
    return Query.phrase_query(schema(), NAME, [*pieces]) if len(pieces) > 1 else _term(NAME, pieces[0])


def _misspelt(text: str) -> Any:
    """All the words, each long one with at most one letter wrong, missing, extra or swapped with its neighbour."""
    from tantivy import Query

    runs = _meaningful(words.plain(text))
    if not any(map(_may_be_misspelt, runs)):
        return Query.empty_query()
    return _all([_close_to(run) if _may_be_misspelt(run) else _word(run, last=False) for run in runs])


def _may_be_misspelt(run: str) -> bool:
    return words.is_word(run) and len(run) >= SHORTEST_MISSPELT


def _close_to(run: str) -> Any:
    """As it stands, or its stem where that is long enough too: «плат» of «платье» is close to too much."""
    stem = words.pieces(run)[0]
    stems = [_fuzzy(NAME, stem)] if len(stem) >= SHORTEST_MISSPELT else []
    return _any([_fuzzy(WORDS, run), *stems])


def _fuzzy(field: str, term: str) -> Any:
    from tantivy import Query

    return Query.fuzzy_term_query(schema(), field, term, distance=1)


def _prefix(field: str, term: str) -> Any:
    """An automaton of distance 0 walks the terms that begin so: several times faster than a pattern."""
    from tantivy import Query

    return Query.fuzzy_term_query(schema(), field, term, distance=0, prefix=True)


def _term(field: str, term: str) -> Any:
    from tantivy import Query

    return Query.term_query(schema(), field, words.encodable(term))


def _constant(query: Any, score: float) -> Any:
    from tantivy import Query

    return Query.const_score_query(query, score)


def _boosted(query: Any, boost: float) -> Any:
    from tantivy import Query

    return Query.boost_query(query, boost)


def _any(queries: Sequence[Any]) -> Any:
    from tantivy import Occur, Query

    return Query.boolean_query([(Occur.Should, query) for query in queries]) if queries else Query.empty_query()


def _all(queries: Sequence[Any]) -> Any:
    from tantivy import Occur, Query

    return Query.boolean_query([(Occur.Must, query) for query in queries]) if queries else Query.empty_query()
