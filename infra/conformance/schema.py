"""A JSON value against its schema of the OpenAPI document; faults in Russian by their path."""

import re
from collections.abc import Iterator, Mapping
from typing import Any

Schema = Mapping[str, Any]
_KINDS: dict[str, tuple[type, ...]] = {
    "string": (str,),
    "integer": (int,),
    "number": (int, float),
    "boolean": (bool,),
    "array": (list,),
    "object": (dict,),
    "null": (type(None),),
}
_WORDS = {
    "string": "строка",
    "integer": "целое число",
    "number": "число",
    "boolean": "true или false",
    "array": "массив",
    "object": "объект",
}


class Schemas:
    """`document` is the whole OpenAPI."""

    def __init__(self, document: Mapping[str, Any]) -> None:
        self.document = document

    @property
    def paths(self) -> Mapping[str, Any]:
        found: Mapping[str, Any] = self.document.get("paths", {})
        return found

    def record(self, path: str) -> tuple[str, Schema] | None:
        """(the field with the records, the schema of one) of a POST; None where it is no batch."""
        name = path.rpartition("/")[2]
        field = self.body(path).get("properties", {}).get(name)
        items = self._resolved(field).get("items") if field else None
        return (name, items) if items else None

    def body(self, path: str) -> Schema:
        """Of the whole body of a POST; empty where nothing is said of it."""
        content = self.paths.get(path, {}).get("post", {}).get("requestBody", {}).get("content", {})
        return self._resolved(content.get("application/json", {}).get("schema", {}))

    def _resolved(self, schema: Schema) -> Schema:
        reference = schema.get("$ref")
        if not reference:
            return schema
        here: Any = self.document
        for step in reference.removeprefix("#/").split("/"):
            here = here[step]
        found: Schema = here
        return found

    def faults(self, value: Any, schema: Schema, path: str = "") -> Iterator[str]:
        """`contracts[0].price_type_id: не указано` …"""
        schema = self._resolved(schema)
        if "anyOf" in schema:
            yield from self._any_of(value, schema["anyOf"], path)
            return
        kind = schema.get("type")
        if kind and not _is(value, kind):
            yield f"{path or 'запись'}: ожидается {_WORDS.get(kind, kind)}"
            return
        yield from _plain_faults(value, schema, path or "запись")
        if isinstance(value, dict):
            yield from self._object(value, schema, path)
        if isinstance(value, list) and "items" in schema:
            for place, one in enumerate(value):
                yield from self.faults(one, schema["items"], f"{path}[{place}]")

    def _any_of(self, value: Any, choices: list[Schema], path: str) -> Iterator[str]:
        """The faults of the choice that comes nearest: the one of the value's own kind."""
        found = [list(self.faults(value, choice, path)) for choice in choices]
        if all(found):
            fitting = [
                faults
                for faults, choice in zip(found, choices, strict=True)
                if _is(value, self._resolved(choice).get("type", ""))
            ]
            yield from (fitting or found)[0]

    def _object(self, value: dict[str, Any], schema: Schema, path: str) -> Iterator[str]:
        known = schema.get("properties", {})
        before = f"{path}." if path else ""
        yield from (f"{before}{name}: не указано" for name in schema.get("required", ()) if name not in value)
        for name, inner in value.items():
            if name in known:
                yield from self.faults(inner, known[name], f"{before}{name}")
            elif schema.get("additionalProperties") is False:
                yield f"{before}{name}: неизвестное поле"


def _is(value: Any, kind: str) -> bool:
    if kind in ("integer", "number") and isinstance(value, bool):
        return False
    return isinstance(value, _KINDS.get(kind, (object,)))


def _plain_faults(value: Any, schema: Schema, path: str) -> Iterator[str]:
    if "enum" in schema and value not in schema["enum"]:
        yield f"{path}: «{value}» не из перечня {', '.join(map(str, schema['enum']))}"
    if isinstance(value, str):
        yield from _text_faults(value, schema, path)
    elif isinstance(value, int | float) and not isinstance(value, bool):
        if value < schema.get("minimum", value) or value > schema.get("maximum", value):
            yield f"{path}: {value} вне пределов {schema.get('minimum', '')}…{schema.get('maximum', '')}"
    elif isinstance(value, list) and len(value) > schema.get("maxItems", len(value)):
        yield f"{path}: больше {schema['maxItems']} записей"


def _text_faults(value: str, schema: Schema, path: str) -> Iterator[str]:
    text = value.strip()
    if len(text) > schema.get("maxLength", len(text)):
        yield f"{path}: длиннее {schema['maxLength']} знаков"
    if len(text) < schema.get("minLength", 0):
        yield f"{path}: пустая строка"
    if "pattern" in schema and not re.search(schema["pattern"], text):
        yield f"{path}: «{value[:80]}» не подходит под {schema['pattern']}"
