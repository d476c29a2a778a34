"""Контрагент in all its roles: our own company (Владелец) and the counterparties of the BUS module's contragents files."""

import re
from collections.abc import Iterator
from typing import TYPE_CHECKING

from chalicelib.domain.exchange.exchange import Problem
from chalicelib.domain.partners.partners import Company, Counterparty
from chalicelib.formats.commerceml.classifier import address_of
from chalicelib.formats.commerceml.records import Record, Seller
from chalicelib.formats.commerceml.values import child, texts

if TYPE_CHECKING:
    from lxml.etree import _Element

_SOLE_TRADER = re.compile(r"\b(ИП|Индивидуальный предприниматель)\b", re.IGNORECASE)


def seller_records(element: "_Element") -> Iterator[Record]:
    """Our company; nothing where 1C left the owner empty."""
    found = texts(element)
    if "Ид" not in found:
        return
    account = child(element, "РасчетныеСчета", "РасчетныйСчет")
    bank = _texts_at(account, "Банк")
    yield Seller(
        Company(
            id=found["Ид"],
            name=found.get("Наименование", ""),
            full_name=_full_name(found),
            inn=found.get("ИНН", ""),
            kpp=found.get("КПП", ""),
            address=_address(element),
            bank_name=bank.get("Наименование", ""),
            bik=bank.get("БИК", ""),
            correspondent_account=bank.get("СчетКорреспондентский", ""),
            bank_account=texts(account).get("НомерСчета", "") if account is not None else "",
            director=_director(element),
        )
    )


def counterparty_records(element: "_Element") -> Iterator[Record]:
    payer = counterparty(element)
    if payer.id and payer.name:
        yield payer
        return
    field = "Наименование" if payer.id else "Ид"
    yield Problem("counterparty", payer.id, payer.name, "Не указан реквизит «%(field)s»", (("field", field),))


def counterparty(element: "_Element") -> Counterparty:
    """As far as 1C tells of him."""
    found = texts(element)
    return Counterparty(
        id=found.get("Ид", ""),
        name=found.get("Наименование") or _full_name(found),
        kind=_kind(found),
        full_name=_full_name(found),
        inn=found.get("ИНН", ""),
        kpp=found.get("КПП", ""),
        address=_address(element),
    )


def _kind(found: dict[str, str]) -> str:
    """1C marks a legal entity by ОфициальноеНаименование; of the others the one with an ИНН of 12 digits trades."""
    if _SOLE_TRADER.search(f"{found.get('Наименование', '')} {_full_name(found)}") or len(found.get("ИНН", "")) == 12:
        return "sole_trader"
    if "ОфициальноеНаименование" in found or len(found.get("ИНН", "")) == 10 or "КПП" in found:
        return "legal_entity"
    return "individual"


def _full_name(found: dict[str, str]) -> str:
    return found.get("ОфициальноеНаименование") or found.get("ПолноеНаименование", "")


def _address(element: "_Element") -> str:
    places = (child(element, name) for name in ("ЮридическийАдрес", "АдресРегистрации", "Адрес"))
    return next((address for place in places if (address := address_of(place))), "")


def _director(element: "_Element") -> str:
    director = child(element, "Руководитель")
    if director is None:
        return ""
    found = texts(director) | _texts_at(director, "Контрагент") | _texts_at(director, "ФизЛицо")
    return found.get("ПолноеНаименование") or found.get("Наименование", "")


def _texts_at(element: "_Element | None", name: str) -> dict[str, str]:
    place = child(element, name) if element is not None else None
    return texts(place) if place is not None else {}
