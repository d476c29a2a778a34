"""Payments, shipments and other documents of an order, in all the places where 1C writes them."""

from datetime import date
from decimal import Decimal

from chalicelib.domain.orders.order_papers import ErpPaper, OrderPaper, PaperKind
from chalicelib.domain.orders.orders import ErpOrder
from tests.formats.commerceml_files import BUS, UNF, UT, file, of, only, problems, records, requisites

LINE = "<Товар><Ид>i-1</Ид><Наименование>Дрель</Наименование><ЦенаЗаЕдиницу>50</ЦенаЗаЕдиницу><Количество>{}</Количество></Товар>"


def goods(quantity: int = 2) -> str:
    return f"<Товары>{LINE.format(quantity)}</Товары>"


def paper(tag: str, id: str, operation: str, inside: str = "", amount: str = "100.50") -> str:
    head = f"<Ид>{id}</Ид><Номер>{id}</Номер><Дата>2026-11-21</Дата><ХозОперация>{operation}</ХозОперация><Сумма>{amount}</Сумма>"
    return f"<{tag}>{head}{inside}</{tag}>"


def order(inside: str = "") -> str:
    return f"<Документ><Ид>d-1</Ид><Номер>K-17</Номер><ХозОперация>Заказ товара</ХозОперация>{goods()}{inside}</Документ>"


def test_ut_names_payment_and_shipment_in_requisites() -> None:
    """OR-12, OR-15: УТ writes them only when nothing is left to pay, or to ship; the hour has no leading zero."""
    marks = requisites(
        Номер_оплаты_по_1С="ТД-1",
        Дата_оплаты_по_1С="2026-11-20T9:51:39",
        Номер_отгрузки_по_1С="ТД-3",
        Дата_отгрузки_по_1С="2026-11-21",
    )
    found = only(ErpOrder, file(order(marks), UT))
    assert [(p.kind, p.number, p.made_on, p.whole) for p in found.papers] == [
        (PaperKind.PAYMENT, "ТД-1", date(2026, 11, 20), True),
        (PaperKind.SHIPMENT, "ТД-3", date(2026, 11, 21), True),
    ]
    assert (found.paid, found.shipped, found.attributes) == (None, None, ())


def test_an_empty_date_is_no_payment() -> None:
    marks = requisites(Номер_оплаты_по_1С="", Дата_оплаты_по_1С="0001-01-01T00:00:00")
    assert only(ErpOrder, file(order(marks), UT)).papers == ()


def test_unf_says_it_with_flags_and_subordinate_documents() -> None:
    """OR-12, OR-15, DC-08: each payment with its amount, each shipment with its goods, whatever else with its name."""
    inside = (
        requisites(Оплачен="false", Отгружен="true")
        + "<ПодчиненныеДокументы>"
        + paper("ПодчиненныйДокумент", "p-1", "Выплата безналичных денег")
        + paper("ПодчиненныйДокумент", "p-2", "Возврат безналичных денег", requisites(Проведен="true"))
        + paper("ПодчиненныйДокумент", "s-1", "Отпуск товара", goods(1))
        + paper("ПодчиненныйДокумент", "s-2", "Возврат товара", goods(1) + "<ПометкаУдаления>true</ПометкаУдаления>")
        + paper("ПодчиненныйДокумент", "a-1", "Счет на оплату")
        + "</ПодчиненныеДокументы>"
    )
    found = only(ErpOrder, file(order(inside), UNF))
    assert (found.paid, found.shipped) == (False, True)
    assert [(p.id, p.kind, p.amount, p.void) for p in found.papers] == [
        ("p-1", PaperKind.PAYMENT, 10050, False),
        ("p-2", PaperKind.REFUND, 10050, False),
        ("s-1", PaperKind.SHIPMENT, 10050, False),
        ("s-2", PaperKind.RETURN, 10050, True),
        ("a-1", PaperKind.OTHER, 10050, False),
    ]
    assert found.papers[2].quantities == (("i-1", Decimal(1)),) and found.papers[4].operation == "Счет на оплату"


def test_the_bus_module_puts_them_side_by_side_in_a_container() -> None:
    """A payment that is only planned, and a shipment not posted, are void."""
    container = (
        "<Контейнер>"
        + paper("Документ", "p-1", "Выплата безналичных денег", requisites(Оплачен="false"))
        + order()
        + paper("Документ", "p-2", "Эквайринговая операция", requisites(Оплачена="true"))
        + paper("Документ", "s-1", "Отпуск товара", requisites(Проведен="false"))
        + "</Контейнер>"
    )
    (found,) = of(ErpOrder, records(file(container, BUS)))
    assert [(p.id, p.void) for p in found.papers] == [("p-1", True), ("p-2", False), ("s-1", True)]
    assert problems(file(container, BUS)) == []


def test_a_document_that_comes_alone_names_its_order_or_is_refused() -> None:
    alone = paper("Документ", "p-1", "Выплата наличных денег", "<Основание>d-1</Основание><Номер1С>БС-9</Номер1С>")
    told = only(ErpPaper, file(alone, BUS))
    assert told == ErpPaper(
        "d-1", OrderPaper("p-1", PaperKind.PAYMENT, "Выплата наличных денег", "БС-9", date(2026, 11, 21), 10050)
    )
    (problem,) = problems(file(paper("Документ", "p-1", "Отпуск товара"), BUS))
    assert (problem.id, problem.reason % dict(problem.params)) == (
        "p-1",
        "«Отпуск товара» без заказа-основания: документ не загружен",
    )
