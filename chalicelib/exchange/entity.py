"""What `/exchange/v1/<entity>` knows of an entity, and how a JSON value becomes a row of its import."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from functools import partial
from typing import TYPE_CHECKING, Any

from chalicelib.domain.exchange import Problem
from chalicelib.domain.records import Record, Reference
from chalicelib.runtime import Runtime
from chalicelib.usecases.import_records import Kind, Row, Save, Taken

if TYPE_CHECKING:
    from pydantic import ValidationError
    from pydantic_core import ErrorDetails

    from chalicelib.formats.messages import Message
    from chalicelib.usecases.ports import RecordStore

FAULTS_TOLD = 5
Converted = tuple[Any, tuple[Problem, ...]]
"""A record to save, and what is wrong with it though it is taken."""


def no_parents(_: Any) -> tuple[Reference, ...]:
    """It hangs on nothing."""
    return ()


@dataclass(frozen=True)
class Entity:
    """A resource of the protocol: `POST /exchange/v1/<name>` takes `{"<name>": [record, …]}`.

    `title` heads it in the OpenAPI document, `called` names one object in the reasons ("Договор"). `message` is the pydantic
    model of one record: its docstring and its fields' descriptions are the documentation, `example` must be taken as it
    stands (after the examples of the entities before it in the table). `convert` makes of a message what `save` takes,
    up to `at_once` records a call. `parents` must exist before: until they do the record waits. `brings`: what comes nested
    in it. `parts`: names of objects within a record by the `kind` of a Problem.
    """

    name: str
    title: str
    called: str
    message: type["Message"]
    example: Mapping[str, Any]
    convert: Callable[[Any], Converted]
    save: Callable[[Runtime], Save]
    parents: Callable[[Any], tuple[Reference, ...]] = no_parents
    brings: Callable[[Any], tuple[Reference, ...]] = no_parents
    at_once: int = 1
    parts: Mapping[str, str] = field(default_factory=dict)

    def kind(self, now: Runtime) -> Kind[Any]:
        return Kind(self.name, partial(read, self), self.save(now), self.at_once)


def read(entity: Entity, raw: Any) -> Row[Any]:
    """Whatever the value is, a row: of what can't be read the faults are told."""
    from pydantic import ValidationError

    record_id, name = _named(raw)
    faults = _too_long(raw)
    if not faults:
        try:
            message = entity.message.model_validate(raw)
        except ValidationError as error:
            faults = _faults(error)
    if faults:
        return Row(record_id, name, None, (Problem(entity.name, record_id, name, "%(faults)s", (("faults", faults),)),))
    return _row(entity, message, record_id, name)


def _row(entity: Entity, message: Any, record_id: str, name: str) -> Row[Any]:
    record, problems = entity.convert(message)
    key = record.id if isinstance(record, Record) else record_id
    parents = entity.parents(message)
    return Row(
        record_id,
        name,
        record,
        problems,
        revision=int(getattr(message, "revision", 0)),
        parents=parents,
        brings=(Reference(entity.name, key), *entity.brings(message)),
        raw=message.model_dump_json() if parents else "",
        key=key,
    )


def _too_long(raw: Any) -> str:
    """Looked at first: pydantic would collect the faults of a million entries."""
    from chalicelib.formats.messages import LIST_LIMIT

    lists = raw.items() if isinstance(raw, dict) else ()
    long = [name for name, value in lists if isinstance(value, list) and len(value) > LIST_LIMIT]
    return f"{long[0]}: больше {LIST_LIMIT} записей" if long else ""


def _named(raw: Any) -> tuple[str, str]:
    """What to call a record that may be anything."""
    fields = raw if isinstance(raw, dict) else {}
    return str(fields.get("id", "")).strip()[:64], str(fields.get("name", "")).strip()[:300]


FAULTS = {
    "missing": "не указано",
    "extra_forbidden": "неизвестное поле",
    "string_type": "нужна строка",
    "string_too_short": "пустая строка",
    "string_too_long": "длиннее {max_length} символов",
    "string_pattern_mismatch": "недопустимое значение",
    "bool_type": "нужно true или false",
    "int_type": "нужно целое число",
    "int_parsing": "нужно целое число",
    "int_from_float": "нужно целое число",
    "int_parsing_size": "слишком большое число",
    "decimal_type": "нужно число",
    "decimal_parsing": "нужно число",
    "decimal_max_digits": "больше {max_digits} цифр",
    "decimal_max_places": "больше {decimal_places} знаков после запятой",
    "decimal_whole_digits": "больше {whole_digits} цифр до запятой",
    "finite_number": "нужно число",
    "greater_than": "не больше {gt}",
    "greater_than_equal": "меньше {ge}",
    "less_than_equal": "больше {le}",
    "too_short": "меньше {min_length} записей",
    "too_long": "больше {max_length} записей",
    "tuple_type": "нужен массив",
    "list_type": "нужен массив",
    "model_type": "нужен объект",
    "model_attributes_type": "нужен объект",
    "date_type": "нужна дата ГГГГ-ММ-ДД",
    "date_parsing": "нужна дата ГГГГ-ММ-ДД",
    "date_from_datetime_parsing": "нужна дата ГГГГ-ММ-ДД",
    "date_from_datetime_inexact": "нужна дата без времени",
    "datetime_type": "нужны дата и время по ISO 8601",
    "datetime_parsing": "нужны дата и время по ISO 8601",
    "datetime_from_date_parsing": "нужны дата и время по ISO 8601",
    "timezone_aware": "нужно время с часовым поясом",
    "literal_error": "допустимо {expected}",
    "enum": "допустимо {expected}",
    "value_error": "{error}",
}
"""Why pydantic refuses a field, by its own names of errors. A `value_error` is a validator of ours: its text is Russian."""


def _faults(error: "ValidationError") -> str:
    """The first faults by their path: `contracts[0].price_type_id: не указано`."""
    faults = error.errors(include_url=False, include_input=False)
    told = "; ".join(f"{_path(fault['loc'])}: {_fault(fault)}" for fault in faults[:FAULTS_TOLD])
    return told + (f"; и ещё ошибок: {len(faults) - FAULTS_TOLD}" if len(faults) > FAULTS_TOLD else "")


def _fault(fault: "ErrorDetails") -> str:
    return FAULTS.get(fault["type"], "недопустимое значение").format(**fault.get("ctx", {}))


def _path(place: tuple[int | str, ...]) -> str:
    steps = "".join(f"[{step}]" if isinstance(step, int) else f".{step}" for step in place)
    return steps.lstrip(".") or "запись"


RECORDS_AT_ONCE = 25
"""Records of a store of records that fit into one transaction."""


def saved_in(store: Callable[[Runtime], "RecordStore[Any]"]) -> Callable[[Runtime], Save]:
    """The `save` of an entity whose records are kept in a store of records as they are."""

    def save(now: Runtime) -> Save:
        return lambda records: [Taken(outcome) for outcome in store(now).save(records)]

    return save
