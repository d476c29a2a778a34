"""Values of the 1C platform that the package uses. Methods are called by their Russian names, as the modules do."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from datetime import datetime
from decimal import Decimal
from typing import Any
from uuid import uuid4


class BslError(Exception):
    """ВызватьИсключение, or what the platform itself would raise."""


class Null:
    """NULL of a query."""


EMPTY_DATE = datetime(1, 1, 1)
Value = Any


def number(value: int | str | Decimal) -> Decimal:
    return Decimal(value)


@dataclass(frozen=True)
class Ref:
    """A reference: the full name of its table and a GUID; the empty GUID is the empty reference."""

    table: str
    guid: str
    shown: str = field(default="", compare=False)

    def УникальныйИдентификатор(self) -> "Guid":
        return Guid(self.guid)

    def Метаданные(self) -> "Metadata":
        return Metadata(self.table)

    def __str__(self) -> str:
        return self.shown or self.guid


@dataclass(frozen=True)
class Metadata:
    name: str

    def ПолноеИмя(self) -> str:
        return self.name


class Guid:
    def __init__(self, text: str | None = None) -> None:
        self.text = text or str(uuid4())

    def __str__(self) -> str:
        return self.text


class Structure:
    def __init__(self, names: str | None = None, *values: Value) -> None:
        listed = [name.strip() for name in (names or "").split(",") if name.strip()]
        self.fields: dict[str, Value] = dict.fromkeys(listed) | dict(zip(listed, values, strict=False))

    def Вставить(self, name: str, value: Value = None) -> None:
        self.fields[self._known(name)] = value

    def Свойство(self, name: str) -> bool:
        return self._known(name) in self.fields

    def Удалить(self, name: str) -> None:
        self.fields.pop(self._known(name), None)

    def Количество(self) -> Decimal:
        return number(len(self.fields))

    def get(self, name: str) -> Value:
        known = self._known(name)
        if known not in self.fields:
            raise BslError(f"Поле объекта не обнаружено ({name})")
        return self.fields[known]

    def put(self, name: str, value: Value) -> None:
        self.get(name)
        self.fields[self._known(name)] = value

    def __iter__(self) -> Iterator["Pair"]:
        return iter([Pair(name, value) for name, value in self.fields.items()])

    def _known(self, name: str) -> str:
        """The field's name as it was first written: 1C's names know no case."""
        return next((one for one in self.fields if one.casefold() == name.casefold()), name)


class Map:
    def __init__(self, entries: dict[Value, Value] | None = None) -> None:
        self.entries = dict(entries or {})

    def Вставить(self, key: Value, value: Value = None) -> None:
        self.entries[key] = value

    def Получить(self, key: Value) -> Value:
        return self.entries.get(key)

    def Удалить(self, key: Value) -> None:
        self.entries.pop(key, None)

    def Количество(self) -> Decimal:
        return number(len(self.entries))

    def get(self, key: Value) -> Value:
        return self.entries.get(key)

    def put(self, key: Value, value: Value) -> None:
        self.entries[key] = value

    def __iter__(self) -> Iterator["Pair"]:
        return iter([Pair(key, value) for key, value in self.entries.items()])


class Pair(Structure):
    def __init__(self, key: Value, value: Value) -> None:
        super().__init__("Ключ, Значение", key, value)


class Array:
    def __init__(self, items: Iterable[Value] = ()) -> None:
        self.items = list(items)

    def Добавить(self, value: Value = None) -> None:
        self.items.append(value)

    def Количество(self) -> Decimal:
        return number(len(self.items))

    def ВГраница(self) -> Decimal:
        return number(len(self.items) - 1)

    def get(self, place: Decimal) -> Value:
        if not 0 <= place < len(self.items):
            raise BslError("Индекс находится за границами массива")
        return self.items[int(place)]

    def __iter__(self) -> Iterator[Value]:
        return iter(self.items)


class ValueList:
    def __init__(self) -> None:
        self.values: list[Value] = []

    def Добавить(self, value: Value) -> None:
        self.values.append(value)

    def СортироватьПоЗначению(self) -> None:
        # a Russian collation, which is not the order of bytes
        self.values.sort(key=lambda text: (str(text).casefold(), text))

    def ВыгрузитьЗначения(self) -> Array:
        return Array(self.values)


class Table:
    """ТаблицаЗначений: rows of a query."""

    def __init__(self, rows: Iterable[dict[str, Value]]) -> None:
        self.rows = [_row(row) for row in rows]

    def ВыгрузитьКолонку(self, name: str) -> Array:
        return Array(row.get(name) for row in self.rows)

    def Количество(self) -> Decimal:
        return number(len(self.rows))

    def get(self, place: Decimal) -> Structure:
        return self.rows[int(place)]

    def __iter__(self) -> Iterator[Structure]:
        return iter(self.rows)


def _row(fields: dict[str, Value]) -> Structure:
    return Structure(", ".join(fields), *fields.values())


class Result:
    """РезультатЗапроса and its selection at once."""

    def __init__(self, rows: Iterable[dict[str, Value]]) -> None:
        self.table, self.place = Table(rows), -1

    def Выгрузить(self) -> Table:
        return self.table

    def Выбрать(self) -> "Result":
        return self

    def Следующий(self) -> bool:
        self.place += 1
        return self.place < len(self.table.rows)

    def get(self, name: str) -> Value:
        return self.table.rows[self.place].get(name)


def plain(value: Value) -> Any:
    """What JSON would hold of it."""
    if isinstance(value, Structure):
        return {name: plain(one) for name, one in value.fields.items()}
    if isinstance(value, Map):
        return {str(key): plain(one) for key, one in value.entries.items()}
    if isinstance(value, Array):
        return [plain(one) for one in value.items]
    if isinstance(value, Decimal):
        return int(value) if value == value.to_integral_value() else float(value)
    return value


def from_plain(value: Any) -> Value:
    """As ПрочитатьJSON(…, Истина) gives it."""
    if isinstance(value, dict):
        return Map({key: from_plain(one) for key, one in value.items()})
    if isinstance(value, list):
        return Array(from_plain(one) for one in value)
    if isinstance(value, int | float) and not isinstance(value, bool):
        return number(str(value))
    return value


def is_filled(value: Value) -> bool:
    """ЗначениеЗаполнено."""
    if value is None or value is Null:
        return False
    if isinstance(value, str):
        return value.strip() != ""
    if isinstance(value, bool):
        return True
    if isinstance(value, Decimal):
        return value != 0
    if isinstance(value, datetime):
        return value != EMPTY_DATE
    if isinstance(value, Ref):
        return value.guid != "00000000-0000-0000-0000-000000000000"
    return not isinstance(value, Array | Map) or value.Количество() > 0
