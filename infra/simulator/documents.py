"""Orders on the wire: what the portal gives at `mode=query`, and the changed document UT sends back."""

import hashlib
import re
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime
from decimal import ROUND_HALF_UP, Decimal

from lxml import etree

from infra.demo.supplier import Supplier
from infra.simulator.commerceml import VAT_RATE, Element, add, requisites, root, written

_KOPECK = Decimal("0.01")
_DECLARATION = re.compile(r"^<\?xml[^>]*\?>")


@dataclass(frozen=True, slots=True)
class Line:
    """A line of an order: `price` of one unit, VAT in the price or on top of it."""

    item_id: str
    name: str
    sku: str
    unit: str
    quantity: Decimal
    price: Decimal
    vat_rate: Decimal = VAT_RATE
    vat_included: bool = True

    @property
    def amount(self) -> Decimal:
        return (self.price * self.quantity).quantize(_KOPECK, ROUND_HALF_UP)

    @property
    def vat(self) -> Decimal:
        base = 100 + self.vat_rate if self.vat_included else Decimal(100)
        return (self.amount * self.vat_rate / base).quantize(_KOPECK, ROUND_HALF_UP)


@dataclass(frozen=True, slots=True)
class Buyer:
    """The payer. `official_name` is a legal entity's, `full_name` anybody else's, as in the document."""

    id: str
    name: str
    official_name: str = ""
    full_name: str = ""
    inn: str = ""
    kpp: str = ""


@dataclass(frozen=True, slots=True)
class SiteOrder:
    """An order as the portal gives it. `requisites` by name; `print` is equal where nothing in it has changed."""

    number: str
    date: str
    time: str
    currency: str
    comment: str
    buyer: Buyer
    warehouse_id: str
    lines: tuple[Line, ...]
    requisites: dict[str, str]
    print: str


def parsed(xml: str) -> Element:
    """The tree of a text: what its declaration says of an encoding does not hold any more. Raises ValueError."""
    parser = etree.XMLParser(resolve_entities=False, no_network=True, remove_blank_text=True)
    try:
        return etree.fromstring(_DECLARATION.sub("", xml, count=1).encode(), parser)
    except etree.XMLSyntaxError as error:
        raise ValueError(f"заказы сайта не читаются: {error}") from error


def read_orders(xml: str) -> Iterator[SiteOrder]:
    """The orders of the answer to `mode=query`. Raises ValueError for what is no XML."""
    document = parsed(xml)
    for element in document.iter("{*}Документ"):
        if _text(element, "ХозОперация") == "Заказ товара":
            yield _order(element)


def _order(element: Element) -> SiteOrder:
    return SiteOrder(
        number=_text(element, "Номер"),
        date=_text(element, "Дата"),
        time=_text(element, "Время"),
        currency=_text(element, "Валюта") or "RUB",
        comment=_text(element, "Комментарий"),
        buyer=_buyer(element),
        warehouse_id=_text(element, "Склады/Склад/Ид"),
        lines=tuple(_line(row) for row in element.iterfind("{*}Товары/{*}Товар")),
        requisites=_requisites(element),
        print=hashlib.sha256(etree.tostring(element, method="c14n")).hexdigest()[:16],
    )


def _buyer(element: Element) -> Buyer:
    names = ("Ид", "Наименование", "ОфициальноеНаименование", "ПолноеНаименование", "ИНН", "КПП")
    found = [_text(element, f"Контрагенты/Контрагент/{name}") for name in names]
    return Buyer(*found)


def _line(row: Element) -> Line:
    rate = _text(row, "Налоги/Налог/Ставка") or _text(row, "СтавкиНалогов/СтавкаНалога/Ставка")
    return Line(
        item_id=_text(row, "Ид"),
        name=_text(row, "Наименование"),
        sku=_text(row, "Артикул"),
        unit=_text(row, "БазоваяЕдиница") or _text(row, "Единица"),
        quantity=Decimal(_text(row, "Количество") or "0"),
        price=Decimal(_text(row, "ЦенаЗаЕдиницу") or "0"),
        vat_rate=Decimal(rate) if rate.replace(".", "", 1).isdigit() else Decimal(0),
        vat_included=_text(row, "Налоги/Налог/УчтеноВСумме") != "false",
    )


def _requisites(element: Element) -> dict[str, str]:
    rows = element.iterfind("{*}ЗначенияРеквизитов/{*}ЗначениеРеквизита")
    return {_text(row, "Наименование"): _text(row, "Значение") for row in rows}


def _text(element: Element, path: str) -> str:
    found = element.find("/".join(f"{{*}}{name}" for name in path.split("/")))
    return (found.text or "").strip() if found is not None else ""


@dataclass(frozen=True, slots=True)
class Answer:
    """1C's document of an order: `id` is its GUID, number and date are the site's. Moments as 1C's own clock shows them."""

    id: str
    order: SiteOrder
    lines: tuple[Line, ...]
    erp_number: str
    erp_date: datetime
    state: str
    comment: str = ""
    cancelled: bool = False


Requisites = Callable[[Answer], list[tuple[str, object]]]


def answer_file(supplier: Supplier, answers: Iterable[Answer], *, at: datetime) -> bytes:
    """`orders-<UUID>_1.xml` of the demo: typical UT does not tell the state of an order, this one does."""
    document = root(at)
    for answer in answers:
        add_document(document, supplier, answer, answer_requisites)
    return written(document)


def add_document(parent: Element, supplier: Supplier, answer: Answer, requisites_of: Requisites) -> Element:
    """Документ of an order. `requisites_of` is what the configuration says of it."""
    order = answer.order
    element = add(parent, "Документ")
    add(element, "Ид", answer.id)
    add(element, "Номер", order.number)
    add(element, "Дата", order.date)
    add(element, "ХозОперация", "Заказ товара")
    add(element, "Роль", "Продавец")
    add(element, "Валюта", order.currency)
    add(element, "Курс", 1)
    add(element, "Сумма", sum((line.amount for line in answer.lines), Decimal(0)))
    _parties(element, order.buyer)
    add(element, "Время", order.time)
    if answer.comment:
        add(element, "Комментарий", answer.comment)
    _order_vat(element, answer.lines)
    goods = add(element, "Товары")
    for line in answer.lines:
        _goods_line(goods, supplier, line)
    requisites(element, requisites_of(answer))
    return element


def answer_requisites(answer: Answer) -> list[tuple[str, object]]:
    moment = answer.erp_date
    return [
        ("Номер по 1С", answer.erp_number),
        ("Дата по 1С", f"{moment:%Y-%m-%d}T{moment.hour}:{moment:%M:%S}"),  # 1C does not pad the hour
        ("ПометкаУдаления", False),
        ("Проведен", not answer.cancelled),
        ("Отменен", answer.cancelled),
        ("Статус заказа", answer.state),
    ]


def _parties(element: Element, buyer: Buyer) -> None:
    party = add(add(element, "Контрагенты"), "Контрагент")
    add(party, "Ид", buyer.id)
    add(party, "Наименование", buyer.name)
    for name, value in (
        ("ОфициальноеНаименование", buyer.official_name),
        ("ПолноеНаименование", buyer.full_name),
        ("ИНН", buyer.inn),
        ("КПП", buyer.kpp),
    ):
        if value:
            add(party, name, value)
    add(party, "Роль", "Покупатель")


def _order_vat(element: Element, lines: Iterable[Line]) -> None:
    tax = add(add(element, "Налоги"), "Налог")
    add(tax, "Наименование", "НДС")
    add(tax, "УчтеноВСумме", all(line.vat_included for line in lines))
    add(tax, "Сумма", sum((line.vat for line in lines), Decimal(0)))


def _goods_line(goods: Element, supplier: Supplier, line: Line) -> None:
    row = add(goods, "Товар")
    add(row, "Ид", line.item_id)
    add(row, "ИдКаталога", supplier.catalogue_id)
    add(row, "Артикул", line.sku)
    add(row, "Наименование", line.name)
    add(row, "БазоваяЕдиница", line.unit)
    add(row, "ЦенаЗаЕдиницу", line.price)
    add(row, "Количество", line.quantity)
    add(row, "Сумма", line.amount)
    add(row, "Единица", line.unit)
    add(row, "Коэффициент", 1)
    tax = add(add(row, "Налоги"), "Налог")
    add(tax, "Наименование", "НДС")
    add(tax, "УчтеноВСумме", line.vat_included)
    add(tax, "Сумма", line.vat)
    add(tax, "Ставка", line.vat_rate)
    requisites(row, [("ВидНоменклатуры", "Товар"), ("ТипНоменклатуры", "Товар")])
