"""JSON messages of 1C -> records to save. What can't be read is refused alone, in Russian, by the name of the object."""

import json
from collections.abc import Callable, Sequence
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from chalicelib.domain.errors import BrokenFile
from chalicelib.domain.exchange import Problem
from chalicelib.domain.partners import AccountManager, Company, Contract, Counterparty, DeliveryAddress, Partner
from chalicelib.domain.users import Membership
from chalicelib.formats import phones
from chalicelib.usecases.import_partners import Row
from chalicelib.usecases.ports import PartnerRecord

if TYPE_CHECKING:
    from pydantic import ValidationError
    from pydantic_core import ErrorDetails

    from chalicelib.formats.messages import ContactMessage, PartnerMessage

SIZE_LIMIT = 4_000_000
RECORD_LIMIT = 5_000
FAULTS_TOLD = 5


def read_batch(body: bytes, field: str) -> list[Any]:
    """The records under `field`, unchecked. Raises BrokenFile saying what is wrong with the whole."""
    if len(body) > SIZE_LIMIT:
        raise BrokenFile("Запрос больше %(limit)s МБ: разделите пачку", limit=SIZE_LIMIT // 1_000_000)
    batch = _json(body)
    if not isinstance(batch, dict) or not isinstance(batch.get(field), list):
        raise BrokenFile("Ожидается объект с полем «%(field)s» — массивом записей", field=field)
    unknown = sorted(set(batch) - {field})
    if unknown:
        raise BrokenFile("Неизвестное поле «%(field)s»", field=unknown[0])
    if len(batch[field]) > RECORD_LIMIT:
        raise BrokenFile("В пачке больше %(limit)s записей: разделите её", limit=RECORD_LIMIT)
    return list(batch[field])


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


def partner_rows(records: Sequence[Any]) -> list[Row[PartnerRecord]]:
    from chalicelib.formats.messages import PartnerMessage

    return [_row(raw, "partners", PartnerMessage.model_validate, _partner) for raw in records]


def company_rows(records: Sequence[Any]) -> list[Row[Company]]:
    from chalicelib.formats.messages import CompanyMessage

    return [
        _row(raw, "companies", CompanyMessage.model_validate, lambda one: (Company(**one.model_dump()), ())) for raw in records
    ]


def _row(raw: Any, kind: str, parse: Callable[[Any], Any], convert: Callable[[Any], tuple[Any, tuple[Problem, ...]]]) -> Row[Any]:
    from pydantic import ValidationError

    record_id, name = _named(raw)
    long = _too_long(raw)
    if long:
        return Row(record_id, name, None, (Problem(kind, record_id, name, "%(faults)s", (("faults", long),)),))
    try:
        message = parse(raw)
    except ValidationError as error:
        fault = Problem(kind, record_id, name, "%(faults)s", (("faults", _faults(error)),))
        return Row(record_id, name, None, (fault,))
    record, problems = convert(message)
    return Row(message.id, message.name, record, problems)


def _too_long(raw: Any) -> str:
    """Looked at first: pydantic would collect the faults of a million entries."""
    from chalicelib.formats.messages import LIST_LIMIT

    lists = raw.items() if isinstance(raw, dict) else ()
    long = [name for name, value in lists if isinstance(value, list) and len(value) > LIST_LIMIT]
    return f"{long[0]}: больше {LIST_LIMIT} записей" if long else ""


def _named(raw: Any) -> tuple[str, str]:
    """What to call a record that may be anything."""
    fields = raw if isinstance(raw, dict) else {}
    return str(fields.get("id", ""))[:64], str(fields.get("name", ""))[:300]


def _partner(message: "PartnerMessage") -> tuple[PartnerRecord, tuple[Problem, ...]]:
    manager = AccountManager(**message.account_manager.model_dump()) if message.account_manager else None
    contacts = [_contact(message.id, contact) for contact in message.contacts]
    record = PartnerRecord(
        partner=Partner(
            id=message.id,
            name=message.name,
            portal_access=message.portal_access and not message.deletion_mark,
            region=message.region,
            price_group=message.price_group,
            warehouse_id=message.warehouse_id,
            manager_id=manager.id if manager else None,
            revision=message.revision,
        ),
        contacts=tuple(contact for contact, _ in contacts),
        counterparties=_parts(message.counterparties, Counterparty),
        contracts=_parts(message.contracts, Contract),
        addresses=_parts(message.delivery_addresses, DeliveryAddress),
        manager=manager,
    )
    return record, tuple(problem for _, problems in contacts for problem in problems)


def _parts(messages: Sequence[Any] | None, kind: Callable[..., Any]) -> tuple[Any, ...] | None:
    return None if messages is None else tuple(kind(**message.model_dump()) for message in messages)


def _contact(partner_id: str, message: "ContactMessage") -> tuple[Membership, list[Problem]]:
    phone, email = phones.normalise(message.phone), phones.email(message.email)
    contact = Membership(
        user_id="",
        partner_id=partner_id,
        name=message.name,
        phone=phone or "",
        email=email or "",
        portal_access=message.portal_access and not message.deletion_mark,
        contact_id=message.id,
    )
    faults = {
        "Нет мобильного телефона: без него в кабинет не войти": not message.phone,
        "Телефон «%(phone)s» не похож на номер": bool(message.phone) and phone is None,
        "Почта «%(email)s» не похожа на адрес": bool(message.email) and email is None,
    }
    given = (("phone", message.phone), ("email", message.email))
    told = [Problem("contact", message.id, message.name, reason, given) for reason, wrong in faults.items() if wrong]
    return contact, told if contact.portal_access else []


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
    "decimal_type": "нужно число",
    "decimal_parsing": "нужно число",
    "finite_number": "нужно число",
    "greater_than_equal": "меньше {ge}",
    "less_than_equal": "больше {le}",
    "too_long": "больше {max_length} записей",
    "tuple_type": "нужен массив",
    "model_type": "нужен объект",
    "model_attributes_type": "нужен объект",
}


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
