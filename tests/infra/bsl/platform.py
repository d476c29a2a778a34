"""Functions and types of the 1C platform and of its Library of Standard Subsystems, as far as the package calls them."""

import hashlib
import json
from collections.abc import Callable
from datetime import datetime
from decimal import ROUND_HALF_UP, Decimal
from pathlib import Path
from types import SimpleNamespace
from typing import Any

from tests.infra.bsl.machine import shown
from tests.infra.bsl.values import (
    EMPTY_DATE,
    Array,
    BslError,
    Guid,
    Map,
    Null,
    Structure,
    Value,
    ValueList,
    from_plain,
    is_filled,
    number,
    plain,
)

KINDS: dict[str, tuple[type, ...]] = {
    "Строка": (str,),
    "Число": (Decimal,),
    "Булево": (bool,),
    "Дата": (datetime,),
    "Массив": (Array,),
    "Структура": (Structure,),
    "Соответствие": (Map,),
}


def type_of(value: Value) -> str:
    return next((name for name, kinds in KINDS.items() if isinstance(value, kinds)), type(value).__name__)


def formatted(value: Value, pattern: str) -> str:
    if isinstance(value, datetime):
        assert pattern == "ДФ=yyyy-MM-dd"
        return f"{value:%Y-%m-%d}"
    assert "ЧГ=0" in pattern, "without it the thousands are set apart"
    if value == 0 and "ЧН=0" not in pattern:
        return ""
    text = f"{value.normalize():f}"
    return text if "ЧРД=." in pattern else text.replace(".", ",")


def xml_text(value: Value) -> str:
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, datetime):
        return f"{value:%Y-%m-%dT%H:%M:%S}"
    return f"{value:f}" if isinstance(value, Decimal) else str(value)


def xml_value(kind: str, text: str) -> Value:
    makers: dict[str, Callable[[str], Value]] = {"Число": number, "Булево": lambda one: one == "true", "Строка": str}
    return datetime.fromisoformat(text) if kind == "Дата" else makers[kind](text)


def filled_from(receiver: Any, source: Any, names: str = "") -> None:
    """ЗаполнитьЗначенияСвойств: the fields that both have."""
    wanted = [name.strip() for name in names.split(",") if name.strip()]
    theirs = source.table.rows[source.place].fields if hasattr(source, "table") else source.fields
    for name, value in theirs.items():
        if name in receiver.fields and (not wanted or name in wanted):
            receiver.fields[name] = value


def as_json(value: Value) -> str:
    return json.dumps(plain(value), ensure_ascii=False, separators=(",", ":"))


class JsonWriter:
    def __init__(self) -> None:
        self.text = ""

    def УстановитьСтроку(self, settings: Value = None) -> None:
        self.text = ""

    def Закрыть(self) -> str:
        return self.text


class JsonReader(JsonWriter):
    def УстановитьСтроку(self, text: Value = None) -> None:
        self.text = text


def read_json(reader: JsonReader, as_map: bool) -> Value:
    assert as_map
    try:
        return from_plain(json.loads(reader.text, parse_float=str, parse_int=int))
    except ValueError as error:
        raise BslError("Непредвиденный символ при чтении JSON") from error


class Hasher:
    def __init__(self, function: str) -> None:
        self.hash = hashlib.new(function)

    def Добавить(self, content: str | bytes) -> None:
        self.hash.update(content.encode() if isinstance(content, str) else content)

    @property
    def ХешСумма(self) -> bytes:
        return self.hash.digest()


class TextWriter:
    """ЗаписьТекста of 8.2: a byte order mark first."""

    def __init__(self, name: str, _encoding: str) -> None:
        self.path, self.text = Path(name), ""

    def Записать(self, text: str) -> None:
        self.text += text

    def Закрыть(self) -> None:
        self.path.write_text(self.text, encoding="utf-8-sig")


class TextReader:
    def __init__(self, name: str, _encoding: str) -> None:
        self.text = Path(name).read_text(encoding="utf-8-sig")

    def Прочитать(self) -> str:
        return self.text

    def Закрыть(self) -> None:
        pass


def rounded(value: Decimal, digits: Decimal = Decimal(0)) -> Decimal:
    return value.quantize(Decimal(1).scaleb(-int(digits)), ROUND_HALF_UP)


def _middle(text: str, start: Decimal, length: Decimal | None = None) -> str:
    return text[int(start) - 1 :] if length is None else text[int(start) - 1 : int(start - 1 + length)]


def _filled_template(template: str, *values: Value) -> str:
    for place, value in reversed(list(enumerate(values, 1))):
        template = template.replace(f"%{place}", shown(value))
    return template


def _localised(text: str, _language: str = "") -> str:
    """НСтр: `ru = 'текст'`."""
    assert text.startswith("ru = '"), text
    return text.removeprefix("ru = '").removesuffix("'")


def _parts(text: str, separator: str, with_empty: bool = True) -> Array:
    return Array(part for part in text.split(separator) if part or with_empty)


def _number(text: str) -> Decimal:
    try:
        return number(text)
    except ArithmeticError as error:
        raise BslError("Преобразование значения к типу Число не может быть выполнено") from error


FUNCTIONS: dict[str, Any] = {
    "ТипЗнч": type_of,
    "Тип": str,
    "Строка": shown,
    "Число": _number,
    "Формат": formatted,
    "XMLСтрока": xml_text,
    "XMLЗначение": xml_value,
    "ЗначениеЗаполнено": is_filled,
    "ЗаполнитьЗначенияСвойств": filled_from,
    "СокрЛП": lambda value: shown(value).strip(),
    "НРег": lambda value: shown(value).lower(),
    "ВРег": lambda value: shown(value).upper(),
    "Лев": lambda text, length: text[: int(length)],
    "Прав": lambda text, length: text[-int(length) :],
    "Сред": _middle,
    "СтрДлина": lambda text: number(len(text)),
    "СтрЗаменить": lambda text, old, new: text.replace(old, new),
    "СтрНайти": lambda text, part, _way=None, start=Decimal(1): number(text.find(part, int(start) - 1) + 1),
    "Найти": lambda text, part: number(text.find(part) + 1),
    "СтрЗаканчиваетсяНа": lambda text, part: text.endswith(part),
    "СтрРазделить": _parts,
    "СтрСоединить": lambda parts, separator="": separator.join(shown(part) for part in parts),
    "СтрШаблон": _filled_template,
    "НСтр": _localised,
    "Символ": lambda code: chr(int(code)),
    "Окр": rounded,
    "Цел": lambda value: number(int(value)),
    "Макс": max,
    "Мин": min,
    "Pow": lambda base, power: number(int(base) ** int(power)),
    "Дата": lambda year, month, day: datetime(int(year), int(month), int(day)),
    "НачалоДня": lambda at: at.replace(hour=0, minute=0, second=0, microsecond=0),
    "НачалоГода": lambda at: datetime(at.year, 1, 1),
    "Час": lambda at: number(at.hour),
    "УстановитьПривилегированныйРежим": lambda _on: None,
    "НачатьТранзакцию": lambda: None,
    "ЗафиксироватьТранзакцию": lambda: None,
    "ОтменитьТранзакцию": lambda: None,
    "ИнформацияОбОшибке": lambda: None,
    "ПолучитьHexСтрокуИзДвоичныхДанных": lambda data: data.hex().upper(),
    "ПолучитьДвоичныеДанныеИзHexСтроки": bytes.fromhex,
    "ПолучитьДвоичныеДанныеИзСтроки": str.encode,
    "ПрочитатьJSON": read_json,
    "ЗаписатьJSON": lambda writer, value: setattr(writer, "text", as_json(value)),
    "УдалитьФайлы": lambda name: Path(name).unlink(missing_ok=True),
    "ПустаяДата": EMPTY_DATE,
}
OBJECTS: dict[str, Any] = {
    "Символы": SimpleNamespace(ПС="\n", ВК="\r", Таб="\t"),
    "КодировкаТекста": SimpleNamespace(UTF8="utf-8"),
    "ИспользованиеByteOrderMark": SimpleNamespace(НеИспользовать=False),
    "ПереносСтрокJSON": SimpleNamespace(Нет=None),
    "НаправлениеПоиска": SimpleNamespace(СНачала=None),
    "ХешФункция": SimpleNamespace(SHA256="sha256"),
    "УровеньЖурналаРегистрации": SimpleNamespace(Ошибка="error", Предупреждение="warning", Информация="information"),
    "Null": Null,
}
TYPES: dict[str, Callable[..., Value]] = {
    "Структура": Structure,
    "Соответствие": Map,
    "Массив": Array,
    "СписокЗначений": ValueList,
    "УникальныйИдентификатор": Guid,
    "ЗаписьJSON": JsonWriter,
    "ЧтениеJSON": JsonReader,
    "ПараметрыЗаписиJSON": lambda *_: None,
    "ХешированиеДанных": Hasher,
    "ЗаписьТекста": TextWriter,
    "ЧтениеТекста": TextReader,
}
