"""What is indexed of an item, and the card that is kept with it."""

import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from functools import cache
from typing import Any

from chalicelib.adapters.index import words
from chalicelib.domain.catalogue.catalogue import Item
from chalicelib.domain.catalogue.prices import ItemPrices
from chalicelib.domain.catalogue.stock import StockBalance
from chalicelib.usecases.ports.catalogue import ANYWHERE, Card

NAME, REST, WORDS, ARTICLE, BARCODE = "name", "rest", "words", "article", "barcode"
ID, PARENT, GROUP, KIND, CARD, BY_NAME, BY_SKU = "id", "parent", "group", "kind", "card", "by_name", "by_sku"
BRAND, PLACED, CATEGORY, FACET, STOCKED = "brand", "placed", "category", "facet", "stocked"
BY_UNIT, BY_BRAND, PACKAGE, ETA, STOCK = "by_unit", "by_brand", "package", "eta", "stock"

MOST_PICTURES = 12
MAX_DESCRIPTION = 2000
"""Characters of a description that are searched."""


@cache
def schema(price_types: int = 0, warehouses: int = 0) -> Any:
    """`name` keeps places of words for phrases ("m 8"); `words` are unstemmed, for prefixes and typing errors.

    The fields of price types and warehouses stand last, so that a query of all the others is made with any of the schemas.
    """
    from tantivy import SchemaBuilder

    builder = SchemaBuilder()
    builder.add_text_field(NAME, tokenizer_name="whitespace", index_option="position")
    builder.add_text_field(REST, tokenizer_name="whitespace", index_option="freq")
    builder.add_text_field(WORDS, tokenizer_name="whitespace", index_option="basic")
    for field in (ARTICLE, BARCODE, ID, PARENT, KIND, BRAND, PLACED, STOCKED):
        builder.add_text_field(field, tokenizer_name="raw", index_option="basic")
    for field in (GROUP, CATEGORY, FACET):
        builder.add_text_field(field, tokenizer_name="raw", index_option="basic", fast=True)
    builder.add_bytes_field(CARD, stored=True)
    for field in (BY_NAME, BY_SKU, BY_UNIT, BY_BRAND, PACKAGE, ETA, STOCK):
        builder.add_unsigned_field(field, fast=True)
    for field in (*map(price_field, range(price_types)), *map(stock_field, range(warehouses))):
        builder.add_unsigned_field(field, fast=True)
    return builder.build()


def price_field(place: int) -> str:
    """The prices of one price type, in ten-thousandths, as they stood when the snapshot was made: to order by, never to show."""
    return f"price_{place}"


def stock_field(place: int) -> str:
    """What was available at one warehouse then, in thousandths."""
    return f"stock_{place}"


FACET_MARK = "\x1f"
"""Between the name and the value of a facet."""


def facet_term(name: str, value: str) -> str:
    return f"{name}{FACET_MARK}{value}"


@dataclass(frozen=True, slots=True)
class Places:
    """Where an item stands in the orders by name, article, unit and brand."""

    by_name: int
    by_sku: int
    by_unit: int
    by_brand: int


@dataclass(frozen=True, slots=True)
class Columns:
    """Price type id and warehouse id -> number of their field."""

    prices: Mapping[str, int]
    stock: Mapping[str, int]


def document(item: Item, card: Card, category_ids: Sequence[str], facets: Iterable[tuple[str, str]], places: Places) -> Any:
    """`category_ids` from the top down to the one it stands in; `facets`: (name, value) pairs it can be chosen by."""
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
    for facet in facets:
        doc.add_text(FACET, words.encodable(facet_term(*facet)))
    doc.add_bytes(CARD, card_bytes(card))
    for field, number in _orders(card, places):
        doc.add_unsigned(field, number)
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


def _orders(card: Card, places: Places) -> Iterator[tuple[str, int]]:
    yield BY_NAME, places.by_name
    yield BY_SKU, places.by_sku
    yield BY_UNIT, places.by_unit
    yield BY_BRAND, places.by_brand
    if card.package_quantity:
        yield PACKAGE, thousandths(card.package_quantity)


def add_offer(doc: Any, columns: Columns, prices: ItemPrices, balance: StockBalance) -> None:
    """What the item cost and where it lay when the snapshot was made: for filters and orders alone."""
    for price_type_id, price in prices.by_type.items():
        if price_type_id in columns.prices and price.amount > 0:
            doc.add_unsigned(price_field(columns.prices[price_type_id]), ten_thousandths(price.amount))
    for warehouse_id in balance.by_warehouse:
        if warehouse_id in columns.stock:
            doc.add_unsigned(stock_field(columns.stock[warehouse_id]), thousandths(balance.available(warehouse_id)))
        if balance.available(warehouse_id) > 0:
            doc.add_text(STOCKED, warehouse_id)
    if balance.available() > 0:
        doc.add_text(STOCKED, ANYWHERE)
    if balance.known:
        doc.add_unsigned(STOCK, thousandths(balance.available()))
    if coming := [lot.eta for lot in balance.lots if lot.free]:
        doc.add_unsigned(ETA, min(coming).toordinal())


_MOST = Decimal(10) ** 18


def thousandths(quantity: Decimal) -> int:
    return int(min(quantity * 1000, _MOST))


def ten_thousandths(amount: Decimal) -> int:
    return int(min(amount * 10_000, _MOST))


def card_of(item: Item, pictures: Mapping[str, str], group_ids: tuple[str, ...], marks: Iterable[str] = ()) -> Card:
    """`pictures`: 1C's path -> stored name of those that are stored. `group_ids` with all above them."""
    shown = tuple(pictures[path] for path in item.pictures if path in pictures)[:MOST_PICTURES]
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
        picture=next(iter(shown), ""),
        marks=tuple(sorted(set(marks))),
        pictures=shown,
    )


def card_bytes(card: Card) -> bytes:
    numbers = (card.weight_kg, card.volume_m3, card.package_quantity, card.vat_rate)
    texts = (card.id, card.name, card.sku, card.unit, card.brand, card.variant, card.picture)
    row = [*texts, *(None if number is None else str(number) for number in numbers), list(card.group_ids), list(card.marks)]
    row.append(list(card.pictures[1:]))
    return json.dumps(row, ensure_ascii=False, separators=(",", ":")).encode()


def card_from(kept: bytes) -> Card:
    item_id, name, sku, unit, brand, variant, picture, weight, volume, package, vat, groups, marks, more = json.loads(kept)
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
        marks=tuple(marks),
        pictures=(picture, *more) if picture else (),
    )


def _number(text: str | None) -> Decimal | None:
    return None if text is None else Decimal(text)
