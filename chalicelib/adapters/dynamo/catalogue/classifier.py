"""Groups, properties, price types and warehouses as rows. Long dictionaries of values are cut in pieces: an item holds 400 KB."""

import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import chain
from typing import Any

from chalicelib.adapters.dynamo.catalogue.cards import packed, unpacked
from chalicelib.adapters.dynamo.rows import Row, digest, read_some
from chalicelib.adapters.dynamo.table import Item, Key, Table, to_wire
from chalicelib.domain.catalogue.catalogue import ItemGroup, PriceType, Property, Unit, Warehouse
from chalicelib.usecases.ports.catalogue import Classifier, ClassifierEntry

PARTITION = "CLASSIFIER"
PIECE_SIZE = 100_000
"""Characters of JSON in one piece of a dictionary: packed or not, far below DynamoDB's limit."""


def classifier_rows(entries: Sequence[ClassifierEntry]) -> tuple[list[Row], list[Row]]:
    """Pieces of dictionaries, and one row for each entry."""
    pieces = list(chain.from_iterable(_value_rows(entry) for entry in entries if isinstance(entry, Property)))
    return pieces, [_head_row(entry) for entry in entries]


def _head_row(entry: ClassifierEntry) -> Row:
    fields: list[Any]
    match entry:
        case ItemGroup():
            kind, fields = "GROUP", [entry.name, entry.parent_id, entry.deleted]
        case Property():
            pieces = [piece.digest for piece in _value_rows(entry)]
            kind, fields = "PROPERTY", [entry.name, pieces, entry.deleted]
        case PriceType():
            kind, fields = "PRICETYPE", [entry.name, entry.currency, entry.vat_included]
        case Warehouse():
            kind, fields = "WAREHOUSE", [entry.name, entry.address, entry.deleted]
        case Unit():
            kind, fields = "UNIT", [entry.name]
    return _row(f"{kind}#{entry.id}", fields)


def _value_rows(entry: Property) -> Iterator[Row]:
    """A piece is named by what it holds, so that a head never finds another run's piece under the same name."""
    for values in _pieces(entry.values):
        text = json.dumps(values, ensure_ascii=False, separators=(",", ":"))
        name = digest(entry.id + text)
        yield Row((PARTITION, f"VALUES#{entry.id}#{name}"), packed(text), name)


def _pieces(values: Mapping[str, str]) -> Iterator[dict[str, str]]:
    piece: dict[str, str] = {}
    size = 0
    for value_id, text in values.items():
        piece[value_id] = text
        size += len(value_id) + len(text) + 6
        if size >= PIECE_SIZE:
            yield piece
            piece, size = {}, 0
    if piece:
        yield piece


def kept_pieces(table: Table, property_ids: Sequence[str]) -> set[Key]:
    """Keys of the pieces that the kept heads of these properties count."""
    found = read_some(table, [(PARTITION, f"PROPERTY#{id}") for id in property_ids], "PK, SK, #d", {"#d": "data"})
    heads = {sort.removeprefix("PROPERTY#"): json.loads(unpacked(row["data"])) for (_, sort), row in found.items()}
    return {(PARTITION, f"VALUES#{id}#{piece}") for id, (_, pieces, _) in heads.items() for piece in pieces}


def _row(sort: str, fields: list[Any]) -> Row:
    text = json.dumps(fields, ensure_ascii=False, separators=(",", ":"))
    return Row((PARTITION, sort), packed(text), digest(text))


def classifier_of(items: Iterable[Item]) -> Classifier:
    """From all rows of the partition, in any order."""
    kinds: dict[str, dict[str, Any]] = {"GROUP": {}, "PROPERTY": {}, "PRICETYPE": {}, "WAREHOUSE": {}, "UNIT": {}, "VALUES": {}}
    for item in items:
        kind, _, entry_id = item["SK"].partition("#")
        kinds[kind][entry_id] = json.loads(unpacked(to_wire(item["data"])))
    return Classifier(
        groups={id: ItemGroup(id, name, parent, deleted) for id, (name, parent, deleted) in kinds["GROUP"].items()},
        properties={
            id: Property(id, name, _joined(kinds["VALUES"], id, pieces), deleted)
            for id, (name, pieces, deleted) in kinds["PROPERTY"].items()
        },
        price_types={id: PriceType(id, name, currency, vat) for id, (name, currency, vat) in kinds["PRICETYPE"].items()},
        warehouses={id: Warehouse(id, name, address, deleted) for id, (name, address, deleted) in kinds["WAREHOUSE"].items()},
        units={id: Unit(id, name) for id, (name,) in kinds["UNIT"].items()},
    )


def _joined(values: Mapping[str, dict[str, str]], property_id: str, pieces: Sequence[str]) -> dict[str, str]:
    joined: dict[str, str] = {}
    for piece in pieces:
        joined |= values.get(f"{property_id}#{piece}", {})
    return joined
