"""The body of a batch: one JSON object with one list of records."""

import json
from decimal import Decimal
from typing import TYPE_CHECKING, Any, TypeVar

from chalicelib.domain.errors import BrokenFile
from chalicelib.exchange.faults import faults_of

if TYPE_CHECKING:
    from pydantic import BaseModel

M = TypeVar("M", bound="BaseModel")

SIZE_LIMIT = 4_000_000
RECORD_LIMIT = 5_000


def read_batch(body: bytes, field: str) -> list[Any]:
    """The records under `field`, unchecked. Raises BrokenFile saying what is wrong with the whole."""
    batch = read_object(body)
    if batch is None or not isinstance(batch.get(field), list):
        raise BrokenFile("Ожидается объект с полем «%(field)s» — массивом записей", field=field)
    unknown = sorted(set(batch) - {field})
    if unknown:
        raise BrokenFile("Неизвестное поле «%(field)s»", field=unknown[0])
    if len(batch[field]) > RECORD_LIMIT:
        raise BrokenFile("В пачке больше %(limit)s записей: разделите её", limit=RECORD_LIMIT)
    return list(batch[field])


def read_object(body: bytes) -> dict[str, Any] | None:
    """The object in the body; None where it is other JSON. Raises BrokenFile."""
    if len(body) > SIZE_LIMIT:
        raise BrokenFile("Запрос больше %(limit)s МБ: разделите пачку", limit=SIZE_LIMIT // 1_000_000)
    found = _json(body)
    if not isinstance(found, dict):
        return None
    _check_text(body, found)
    return found


def _check_text(body: bytes, found: Any) -> None:
    """Half of a pair of UTF-16 can be written in JSON and nowhere else. Raises BrokenFile."""
    if b"\\u" not in body:
        return
    try:
        json.dumps(found, ensure_ascii=False, default=str).encode()
    except UnicodeEncodeError as error:
        raise BrokenFile("В тексте есть половина символа (\\ud800–\\udfff): такую строку нельзя сохранить") from error


def read_message(body: bytes, model: type[M]) -> M:
    """A body that is one message. Raises BrokenFile naming the wrong fields."""
    from pydantic import ValidationError

    found = read_object(body)
    if found is None:
        raise BrokenFile("Ожидается объект JSON")
    try:
        return model.model_validate(found)
    except ValidationError as error:
        raise BrokenFile("%(faults)s", faults=faults_of(error)) from error


def _json(body: bytes) -> Any:
    try:
        # utf-8-sig: 1C's ЗаписьJSON into a file starts with a byte order mark
        return json.loads(body.decode("utf-8-sig"), parse_float=Decimal, parse_constant=_no_number)
    except UnicodeDecodeError as error:
        raise BrokenFile("Текст не в кодировке UTF-8: байт %(place)s", place=error.start) from error
    except json.JSONDecodeError as error:
        place = {"line": error.lineno, "column": error.colno}
        raise BrokenFile("Это не JSON: ошибка в строке %(line)s, позиция %(column)s", **place) from error
    except (ValueError, RecursionError) as error:
        raise BrokenFile("Это не JSON, который можно прочитать") from error


def _no_number(text: str) -> Any:
    raise ValueError(text)
