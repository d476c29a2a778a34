"""Orders of the site as УТ 11, УНФ and УПП can read them.

Their readers are loose trees without a schema, and each child has a trap: an `xmlns` would make the platform validate
strictly, an empty element is an object where a text is expected, and what stands where is found by exact names.
"""

import re
from collections.abc import Iterable
from datetime import datetime, timedelta, timezone
from decimal import Decimal
from typing import TYPE_CHECKING, Protocol

from chalicelib.domain.catalogue.catalogue import NO_WAREHOUSE
from chalicelib.domain.errors import InvalidInput
from chalicelib.domain.money import major
from chalicelib.domain.orders.orders import Approval, DeliveryMethod, Order, OrderLine
from chalicelib.domain.partners.partners import Contract, Counterparty
from chalicelib.formats.commerceml.units import unit_code

if TYPE_CHECKING:
    from lxml.etree import _Element

SCHEMA = "2.07"
MAX_NUMBER = 11
_MOSCOW = timezone(timedelta(hours=3))  # no summer time there: no need of a zone database, which Lambda may lack
_CONTROLS = re.compile("[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")

STATUSES = {
    Approval.SUBMITTED: "Принят",
    Approval.ON_MODERATION: "На модерации",
    Approval.AWAITING_CLIENT: "Ожидает подтверждения",
    Approval.MODERATED: "Отмодерирован",
    Approval.CONFIRMED: "Подтверждён",
    Approval.REJECTED: "Отклонён",
    Approval.CANCELLED: "Отменён",
}
"""What the supplier maps to the states of his 1C in its exchange settings."""

METHODS = {DeliveryMethod.PICKUP: "Самовывоз", DeliveryMethod.DELIVERY: "Доставка"}


class OrderForErp(Protocol):
    """An order with those 1C needs to know it by."""

    @property
    def order(self) -> Order: ...

    @property
    def partner_name(self) -> str: ...

    @property
    def counterparty(self) -> Counterparty | None: ...

    @property
    def contract(self) -> Contract | None: ...


def write_orders(orders: Iterable[OrderForErp], formed_at: datetime, encoding: str = "utf-8") -> bytes:
    """Whole documents at once; see `write_order` and `in_one`."""
    return in_one([write_order(outgoing, encoding) for outgoing in orders], formed_at, encoding)


def in_one(documents: Iterable[bytes], formed_at: datetime, encoding: str = "utf-8") -> bytes:
    """The answer to `mode=query`: it begins with `<?xml` to the letter; without orders it is the valid empty document."""
    formed = f"{formed_at.astimezone(_MOSCOW):%Y-%m-%dT%H:%M:%S}"
    root = f'КоммерческаяИнформация ВерсияСхемы="{SCHEMA}" ДатаФормирования="{formed}"'
    head = f'<?xml version="1.0" encoding="{encoding.upper() if encoding == "utf-8" else encoding}"?>\n'
    inside = b"".join(documents)
    body = f"<{root}>".encode(encoding) + inside + b"</" + "КоммерческаяИнформация>".encode(encoding) if inside else b""
    return head.encode() + (body or f"<{root}/>".encode(encoding))


def write_order(outgoing: OrderForErp, encoding: str = "utf-8") -> bytes:
    """One Документ. `encoding` is "utf-8" or "windows-1251" (letters it lacks become character references).

    Raises InvalidInput for a number 1C can't keep.
    """
    from lxml import etree

    element = etree.Element("Документ")
    _document(element, outgoing)
    written: bytes = etree.tostring(element, encoding=encoding, xml_declaration=False)  # type: ignore[assignment] # of any codec
    return written


def _document(element: "_Element", outgoing: OrderForErp) -> None:
    order, placed = outgoing.order, outgoing.order.placed_at.astimezone(_MOSCOW)
    if len(order.number) > MAX_NUMBER:
        message = "Номер заказа %(number)s длиннее %(limit)s знаков: 1С его не примет"
        raise InvalidInput(message, number=order.number, limit=MAX_NUMBER)
    _add(element, "Ид", order.number)
    _add(element, "Номер", order.number)
    _add(element, "Дата", f"{placed:%Y-%m-%d}")
    _add(element, "ХозОперация", "Заказ товара")
    _add(element, "Роль", "Продавец")
    _add(element, "Валюта", order.currency)
    _add(element, "Курс", "1")
    _add(element, "Сумма", f"{major(order.sums.amount):f}")
    _counterparty(_branch(_branch(element, "Контрагенты"), "Контрагент"), outgoing)
    _add(element, "Время", f"{placed:%H:%M:%S}")
    _add(element, "Комментарий", order.comment)
    _tax(_branch(_branch(element, "Налоги"), "Налог"), order.vat_included, order.sums.vat_amount)
    if order.warehouse_id and order.warehouse_id != NO_WAREHOUSE:
        _warehouse(_branch(_branch(element, "Склады"), "Склад"), order.warehouse_id)
    if any(line.quantity for line in order.lines):
        goods = _branch(element, "Товары")
        for line in order.lines:
            if line.quantity:
                _line(_branch(goods, "Товар"), order, line)
    _requisites(element, _order_requisites(outgoing))


def _counterparty(element: "_Element", outgoing: OrderForErp) -> None:
    """The payer. 1C takes ОфициальноеНаименование for the mark of a legal entity: a sole trader sent with it is made anew."""
    order, payer = outgoing.order, outgoing.counterparty
    name = payer.name if payer else outgoing.partner_name
    legal = payer is not None and payer.kind == "legal_entity"
    _add(element, "Ид", payer.id if payer else order.counterparty_id or order.partner_id)
    _add(element, "Наименование", name or order.partner_id)
    _add(element, "Роль", "Покупатель")
    _add(element, "ОфициальноеНаименование" if legal else "ПолноеНаименование", (payer and payer.full_name) or name)
    if payer:
        _add(element, "ИНН", payer.inn)
        _add(element, "КПП", payer.kpp if legal else "")
        _address(element, "ЮридическийАдрес" if legal else "АдресРегистрации", payer.address)
    if order.delivery_method is DeliveryMethod.DELIVERY:
        _address(element, "Адрес", order.address)  # УТ takes the delivery address of the order from here
    if order.user_name:
        contact = _branch(_branch(_branch(element, "Представители"), "Представитель"), "Контрагент")
        _add(contact, "Отношение", "Контактное лицо")
        _add(contact, "Ид", order.user_id)
        _add(contact, "Наименование", order.user_name)


def _address(element: "_Element", name: str, value: str) -> None:
    if value.strip():
        _add(_branch(element, name), "Представление", value)


def _warehouse(element: "_Element", warehouse_id: str) -> None:
    """УТ finds it by Ид, but not before it has read exactly one address field and one contact."""
    _add(element, "Ид", warehouse_id)
    _add(element, "Наименование", warehouse_id)
    for place, field in (("Адрес", "АдресноеПоле"), ("Контакты", "Контакт")):
        inner = _branch(_branch(element, place), field)
        _add(inner, "Тип", "Прочее")
        _add(inner, "Значение", warehouse_id)


def _line(element: "_Element", order: Order, line: OrderLine) -> None:
    """In base units, without Единица: 1C would look for, or make, a packaging of that name."""
    _add(element, "Ид", line.item_id)
    _add(element, "Артикул", line.sku)
    _add(element, "Наименование", line.name)
    _unit(element, line.unit)
    _add(element, "ЦенаЗаЕдиницу", _figure(line.price))
    _add(element, "Количество", _figure(line.quantity))
    _add(element, "Сумма", f"{major(line.amount):f}")
    _tax(_branch(_branch(element, "Налоги"), "Налог"), order.vat_included, line.vat_amount, _rate(line.vat_rate))
    _requisites(element, [("ВидНоменклатуры", "Товар"), ("ТипНоменклатуры", "Товар"), ("Комментарий", line.comment)])


def _unit(element: "_Element", name: str) -> None:
    if name:
        unit = _add(element, "БазоваяЕдиница", name)
        if unit is not None and (code := unit_code(name)):
            unit.set("Код", code)


def _tax(element: "_Element", included: bool, amount: int, rate: str = "") -> None:
    _add(element, "Наименование", "НДС")
    _add(element, "УчтеноВСумме", _flag(included))
    _add(element, "Сумма", f"{major(amount):f}")
    _add(element, "Ставка", rate)


def _rate(rate: Decimal | None) -> str:
    """Never left out: УТ gives a line without one the rate of the line before."""
    return "Без НДС" if rate is None else _figure(rate)


def _order_requisites(outgoing: OrderForErp) -> list[tuple[str, str]]:
    order, contract = outgoing.order, outgoing.contract
    return [
        ("Статус заказа", STATUSES[order.approval]),
        ("Отменен", _flag(order.approval is Approval.CANCELLED)),
        ("Способ доставки", METHODS[order.delivery_method]),
        ("Адрес доставки", order.address if order.delivery_method is DeliveryMethod.DELIVERY else ""),
        ("Дата отгрузки", f"{order.desired_date:%Y-%m-%d}T00:00:00" if order.desired_date else ""),
        ("Комментарии покупателя", order.comment),
        ("Номер заказа покупателя", order.client_reference),
        ("Договор контрагента", contract.name if contract else ""),
        ("Партнер", outgoing.partner_name),
    ]


def _requisites(element: "_Element", pairs: list[tuple[str, str]]) -> None:
    block = _branch(element, "ЗначенияРеквизитов")
    for name, value in pairs:
        if _clean(value):
            row = _branch(block, "ЗначениеРеквизита")
            _add(row, "Наименование", name)
            _add(row, "Значение", value)


def _branch(parent: "_Element", name: str) -> "_Element":
    from lxml.etree import SubElement

    return SubElement(parent, name)


def _add(parent: "_Element", name: str, value: str) -> "_Element | None":
    """A text; nothing at all for an empty one."""
    clean = _clean(value)
    if not clean:
        return None
    element = _branch(parent, name)
    element.text = clean
    return element


def _clean(value: str) -> str:
    """Without the control characters XML has no way to write."""
    return _CONTROLS.sub("", value).strip()


def _figure(value: Decimal) -> str:
    return f"{value.normalize():f}"


def _flag(value: bool) -> str:
    return "true" if value else "false"
