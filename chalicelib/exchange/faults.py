"""What is wrong with a JSON value, in Russian, by the path of the field."""

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pydantic import ValidationError
    from pydantic_core import ErrorDetails

FAULTS_TOLD = 5
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


def faults_of(error: "ValidationError") -> str:
    """The first faults by their path: `contracts[0].price_type_id: не указано`."""
    faults = error.errors(include_url=False, include_input=False)
    told = "; ".join(f"{_path(fault['loc'])}: {_fault(fault)}" for fault in faults[:FAULTS_TOLD])
    return told + (f"; и ещё ошибок: {len(faults) - FAULTS_TOLD}" if len(faults) > FAULTS_TOLD else "")


def _fault(fault: "ErrorDetails") -> str:
    return FAULTS.get(fault["type"], "недопустимое значение").format(**fault.get("ctx", {}))


def _path(place: tuple[int | str, ...]) -> str:
    steps = "".join(f"[{step}]" if isinstance(step, int) else f".{step}" for step in place)
    return steps.lstrip(".") or "запись"
