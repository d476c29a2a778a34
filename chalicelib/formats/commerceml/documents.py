"""Документ: what 1C says of an order (and, for a look at our own output, the order itself), with its payments and shipments."""

import re
from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING

from chalicelib.domain.orders.orders import ErpLine, ErpOrder
from chalicelib.domain.partners.partners import Counterparty
from chalicelib.formats.commerceml.companies import counterparty
from chalicelib.formats.commerceml.document_lines import order_lines
from chalicelib.formats.commerceml.items import requisites
from chalicelib.formats.commerceml.papers import folded, instant, named_papers, paper_records, papers_of, spoken_flag
from chalicelib.formats.commerceml.records import Record
from chalicelib.formats.commerceml.units import currency
from chalicelib.formats.commerceml.values import Row, child, children, flag, is_deleted, texts

if TYPE_CHECKING:
    from lxml.etree import _Element

_ORDERS = frozenset({"", "заказ товара", "заказ клиента", "заказ покупателя", "order"})
_STATE_MARK = re.compile(r"^\[[^\]]{1,8}\]\s*")
_TAKEN = frozenset(
    {
        "номер по 1с", "номер1с", "статус заказа", "проведен", "пометкаудаления", "отменен", "оплачен", "отгружен",
        "номер оплаты по 1с", "дата оплаты по 1с", "номер отгрузки по 1с", "дата отгрузки по 1с",
    }
)  # fmt: skip


def container_records(element: "_Element") -> Iterator[Record]:
    """An order with the documents made on its basis, as the BUS module and УНФ write them side by side."""
    documents = children(element, "Документ")
    orders = [one for one in documents if _is_order(one)]
    others = [one for one in documents if not _is_order(one)]
    for order in orders:
        yield from order_records(order, others if len(orders) == 1 else [])
    for one in others if len(orders) != 1 else []:
        yield from order_records(one)


def order_records(element: "_Element", beside: Iterable["_Element"] = ()) -> Iterator[Record]:
    """1C's order. One line that can't be understood refuses the whole: an order without it would read as a cut.

    `beside` are documents of the same container. A payment or shipment that comes by itself names its order, or is refused.
    """
    found = texts(element)
    if not _is_order(element):
        yield from paper_records(element)
        return
    row = Row("order", found.get("Номер", ""), found.get("Номер1С", ""))
    if not row.id and not row.name:
        row.refuse("Не указан реквизит «%(field)s»", field="Номер")
    lines = order_lines(row, element)
    if row.problems:
        yield from row.problems
        return
    yield _order(element, found, lines, beside)


def _is_order(element: "_Element") -> bool:
    return texts(element).get("ХозОперация", "").lower() in _ORDERS


def _order(element: "_Element", found: dict[str, str], lines: tuple[ErpLine, ...], beside: Iterable["_Element"]) -> ErpOrder:
    block = child(element, "ЗначенияРеквизитов")
    pairs = tuple(requisites(block)) if block is not None else ()
    known = {folded(name): value for name, value in pairs}
    erp_number = found.get("Номер1С") or known.get("номер по 1с") or known.get("номер1с", "")
    paid, shipped = spoken_flag(found, known, "Оплачен"), spoken_flag(found, known, "Отгружен")
    store = child(element, "Склады", "Склад")
    return ErpOrder(
        number=found.get("Номер") or erp_number,
        erp_id=found.get("Ид", ""),
        lines=lines,
        erp_number=erp_number,
        state=_STATE_MARK.sub("", known.get("статус заказа", "")),
        posted=flag(found.get("Проведен") or known.get("проведен")),
        deleted=is_deleted(element, found) or flag(known.get("пометкаудаления")),
        cancelled=flag(found.get("Отменен") or known.get("отменен")),
        comment=found.get("Комментарий", ""),
        attributes=tuple((name, value) for name, value in pairs if folded(name) not in _TAKEN),
        papers=(*named_papers(known, paid, shipped), *papers_of(element, beside)),
        paid=paid,
        shipped=shipped,
        placed_at=instant(found.get("Дата1С") or found.get("Дата", ""), found.get("Время", "")),
        payer=_payer(element),
        currency=currency(found["Валюта"]) if "Валюта" in found else "",
        vat_included=_vat_included(element),
        warehouse_id=texts(store).get("Ид") if store is not None else None,
    )


def _payer(element: "_Element") -> Counterparty | None:
    """Who buys: the one in that role, else the first. By Ид or, where 1C tells none, by ИНН."""
    parties = children(child(element, "Контрагенты"), "Контрагент")
    parties.sort(key=lambda party: texts(party).get("Роль", "") not in ("Покупатель", "Плательщик"))
    payer = counterparty(parties[0]) if parties else None
    return payer if payer and (payer.id or payer.inn) else None


def _vat_included(element: "_Element") -> bool | None:
    taxes = (texts(tax) for tax in children(child(element, "Налоги"), "Налог"))
    return next((flag(tax["УчтеноВСумме"]) for tax in taxes if "УчтеноВСумме" in tax), None)
