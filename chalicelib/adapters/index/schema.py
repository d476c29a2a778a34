"""What is indexed of an item, and the card that is kept with it."""

import json
from collections.abc import Iterable, Mapping, Sequence
from decimal import Decimal
from functools import cache
from typing import Any

from chalicelib.adapters.index import words
from chalicelib.domain.catalogue.catalogue import Item
from chalicelib.usecases.ports.catalogue import Card

NAME, REST, WORDS, ARTICLE, BARCODE = "name", "rest", "words", "article", "barcode"
ID, PARENT, GROUP, KIND, CARD, BY_NAME, BY_SKU = "id", "parent", "group", "kind", "card", "by_name", "by_sku"
BRAND, PLACED, CATEGORY = "brand", "placed", "category"

MAX_DESCRIPTION = 2000
"""Characters of a description that are searched."""


@cache
def schema() -> Any:
    """`name` keeps places of words for phrases ("m 8"); `words` are unstemmed, for prefixes and typing errors."""
    from tantivy import SchemaBuilder

    builder = SchemaBuilder()
    builder.add_text_field(NAME, tokenizer_name="whitespace", index_option="position")
    builder.add_text_field(REST, tokenizer_name="whitespace", index_option="freq")
    builder.add_text_field(WORDS, tokenizer_name="whitespace", index_option="basic")
    for field in (ARTICLE, BARCODE, ID, PARENT, GROUP, KIND, BRAND, PLACED, CATEGORY):
        builder.add_text_field(field, tokenizer_name="raw", index_option="basic")
    builder.add_bytes_field(CARD, stored=True)
    for field in (BY_NAME, BY_SKU):
        builder.add_unsigned_field(field, fast=True)
    return builder.build()


def document(item: Item, card: Card, category_ids: Sequence[str], by_name: int, by_sku: int) -> Any:
    """`category_ids` from the top down to the one it stands in; `by_name` and `by_sku` are places in the two orders."""
    from tantivy import Document

    named = words.plain(f"{item.name} {item.variant} {item.brand} {item.manufacturer} {item.sku}")
    full_name = words.plain(item.full_name)
    doc = Document()
    doc.add_text(NAME, " ".join(words.stems(named)))
    doc.add_text(REST, " ".join(words.stems(f"{full_name} {_further(item)}")))
    doc.add_text(WORDS, " ".join({words.folded(run) for run in words.runs(f"{named} {full_name}")}))
    for field, terms in _terms(item, card, category_ids):
        for term in terms:
            doc.add_text(field, term)
    doc.add_bytes(CARD, card_bytes(card))
    doc.add_unsigned(BY_NAME, by_name)
    doc.add_unsigned(BY_SKU, by_sku)
    return doc


def _terms(item: Item, card: Card, category_ids: Sequence[str]) -> Iterable[tuple[str, Iterable[str]]]:
    yield ID, (item.id,)
    yield PARENT, (item.parent_id,) if item.parent_id else ()
    yield GROUP, card.group_ids
    yield CATEGORY, category_ids
    yield PLACED, category_ids[-1:]
    yield BRAND, (card.brand,) if card.brand else ()
    yield KIND, (item.kind,) if item.kind else ()
    yield ARTICLE, words.article_terms(item.sku)
    yield BARCODE, {words.barcode_term(barcode) for barcode in item.barcodes} - {""}


def _further(item: Item) -> str:
    properties = " ".join(text for _, text in item.properties)
    return words.plain(f"{properties} {item.kind} {item.country} {item.description[:MAX_DESCRIPTION]}")


def card_of(item: Item, pictures: Mapping[str, str], group_ids: tuple[str, ...]) -> Card:
    """`pictures`: 1C's path -> stored name; the first that is stored is shown. `group_ids` with all above them."""
    return Card(
        id=item.id,
        name=item.name,
        sku=item.sku,
        unit=item.unit,
        brand=item.brand or item.manufacturer,
        variant=item.variant,
        group_ids=group_ids,
        weight_kg=item.weight_kg,
        volume_m3=item.volume_m3,
        package_quantity=item.package_quantity,
        vat_rate=item.vat_rate,
        picture=next((pictures[path] for path in item.pictures if path in pictures), ""),
    )


def card_bytes(card: Card) -> bytes:
    numbers = (card.weight_kg, card.volume_m3, card.package_quantity, card.vat_rate)
    texts = (card.id, card.name, card.sku, card.unit, card.brand, card.variant, card.picture)
    row = [*texts, *(None if number is None else str(number) for number in numbers), list(card.group_ids)]
    return json.dumps(row, ensure_ascii=False, separators=(",", ":")).encode()


def card_from(kept: bytes) -> Card:
    item_id, name, sku, unit, brand, variant, picture, weight, volume, package, vat, groups = json.loads(kept)
    return Card(
        id=item_id,
        name=name,
        sku=sku,
        unit=unit,
        brand=brand,
        variant=variant,
        group_ids=tuple(groups),
        weight_kg=_number(weight),
        volume_m3=_number(volume),
        package_quantity=_number(package),
        vat_rate=_number(vat),
        picture=picture,
    )


def _number(text: str | None) -> Decimal | None:
    return None if text is None else Decimal(text)
