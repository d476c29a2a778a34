"""The tables of the simulated 1C that the nightly reconcile reads, named as УТ 11.5 names them: dealers with their payers and
agreements, people and points of delivery, kinds of prices and the prices themselves."""

from collections.abc import Callable, Mapping
from typing import Any

from infra.demo.supplier import Dealer, Supplier

NO_REFERENCE = "00000000-0000-0000-0000-000000000000"
Row = dict[str, Any]
_KINDS = {"sole_trader": "ИндивидуальныйПредприниматель"}


def _row(id: str, name: str, **more: Any) -> Row:
    return {"Ref_Key": id, "DataVersion": "AAAAAQAAAAA=", "DeletionMark": False, "Description": name} | more


def _partners(supplier: Supplier) -> list[Row]:
    """Points of delivery stand below their dealer."""
    points = [
        _row(one.id, one.name, Клиент=False, Parent_Key=dealer.id, КонтактнаяИнформация=[_detail("Адрес", one.address)])
        for dealer in supplier.dealers
        for one in dealer.addresses
    ]
    none = {"Parent_Key": NO_REFERENCE, "КонтактнаяИнформация": list[Row]()}
    return [_row(dealer.id, dealer.name, Клиент=True, **none) for dealer in supplier.dealers] + points


def _people(supplier: Supplier) -> list[Row]:
    return [
        _row(
            one.id,
            one.name,
            Owner_Key=dealer.id,
            КонтактнаяИнформация=[_detail("Телефон", one.phone), _detail("АдресЭлектроннойПочты", one.email)],
        )
        for dealer in supplier.dealers
        for one in dealer.contacts
    ]


def _detail(kind: str, text: str) -> Row:
    return {"Тип": kind, "Представление": text}


def _payers(supplier: Supplier) -> list[Row]:
    return [
        _row(
            one.id,
            one.name,
            Партнер_Key=dealer.id,
            НаименованиеПолное=one.full_name,
            ИНН=one.inn,
            КПП=one.kpp,
            ЮрФизЛицо=_KINDS.get(one.kind, "ЮрЛицо"),
        )
        for dealer in supplier.dealers
        for one in dealer.counterparties
    ]


def _agreements(supplier: Supplier) -> list[Row]:
    return [_agreement(supplier, dealer, n) for dealer in supplier.dealers for n in range(len(dealer.contracts))]


def _agreement(supplier: Supplier, dealer: Dealer, n: int) -> Row:
    contract = dealer.contracts[n]
    references = {
        "Партнер_Key": dealer.id,
        "Контрагент_Key": contract.counterparty_id or NO_REFERENCE,
        "Организация_Key": supplier.company.id,
        "ВидЦен_Key": contract.price_type_id,
    }
    return _row(contract.id, contract.name, ЦенаВключаетНДС=True, Типовое=False, **references)


def _price_kinds(supplier: Supplier) -> list[Row]:
    return [_row(one.id, one.name) for one in supplier.price_types]


TABLES: Mapping[str, Callable[[Supplier], list[Row]]] = {
    "Catalog_Партнеры": _partners,
    "Catalog_КонтактныеЛицаПартнеров": _people,
    "Catalog_Контрагенты": _payers,
    "Catalog_СоглашенияСКлиентами": _agreements,
    "Catalog_ВидыЦен": _price_kinds,
}


def prices(supplier: Supplier, price_kind_id: str) -> list[Row]:
    """Rows of the register's last slice, of one kind of prices."""
    return [
        {
            "ВидЦены_Key": price_kind_id,
            "Номенклатура_Key": item.id.partition("#")[0],
            "Характеристика_Key": item.id.partition("#")[2] or NO_REFERENCE,
            "Упаковка_Key": NO_REFERENCE,
            "Цена": float(item.prices[price_kind_id]),
        }
        for item in supplier.items
        if price_kind_id in item.prices
    ]
