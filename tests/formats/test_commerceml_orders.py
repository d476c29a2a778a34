"""Orders both ways: what 1C answers, what 1C is given, and the one read back from the other."""

from dataclasses import dataclass, replace
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any

import pytest
from lxml import etree

from chalicelib.domain.errors import InvalidInput
from chalicelib.domain.orders.orders import Agreed, Approval, DeliveryMethod, ErpLine, ErpOrder, Order, OrderLine
from chalicelib.domain.partners.partners import Contract, Counterparty
from chalicelib.formats.commerceml import Head, write_orders
from tests.formats.commerceml_files import BUS, OLD, UNF, UPP, UT, file, of, only, problems, records, requisites

# --- what 1C answers --------------------------------------------------------------------------------------------------


def document(inside: str = "", number: str = "K-17", operation: str = "Заказ товара") -> str:
    return f"<Документ><Ид>d-1</Ид><Номер>{number}</Номер><ХозОперация>{operation}</ХозОперация>{inside}</Документ>"


def line(inside: str = "", id: str = "i-1", quantity: str = "2", price: str = "100.00", amount: str = "200.00") -> str:
    figures = f"<ЦенаЗаЕдиницу>{price}</ЦенаЗаЕдиницу><Количество>{quantity}</Количество><Сумма>{amount}</Сумма>"
    return f"<Товар><Ид>{id}</Ид><Наименование>Дрель</Наименование>{figures}{inside}</Товар>"


def goods(*lines: str) -> str:
    return f"<Товары>{''.join(lines)}</Товары>"


@pytest.mark.parametrize("root", [UT, UNF, UPP, BUS, OLD])
def test_an_answer_of_ut(root: str) -> None:
    """OR-04, OR-06, OR-08, OR-23: lines, states and numbers come back from 1C."""
    tax = """<Артикул>Д-1</Артикул><БазоваяЕдиница Код="796 ">шт</БазоваяЕдиница><Налоги><Налог><Наименование>НДС</Наименование>
        <УчтеноВСумме>true</УчтеноВСумме><Сумма>36.07</Сумма><Ставка>22</Ставка></Налог></Налоги>"""
    marks = requisites(
        Номер_по_1С="ТД00-000017",
        Дата_по_1С="2026-11-21T9:51:39",
        ПометкаУдаления="false",
        Проведен="true",
        Статус_заказа="Ожидает подтверждения",
        Отменен="false",
    )
    inside = f"<Дата>2026-11-21</Дата><Время>10:00:00</Время><Комментарий>Позвоните</Комментарий>{goods(line(tax))}{marks}"
    assert only(ErpOrder, file(document(inside), root)) == ErpOrder(
        number="K-17",
        erp_id="d-1",
        lines=(ErpLine("i-1", "Дрель", Decimal(2), Decimal(100), 20000, "Д-1", "шт", Decimal(22), 3607),),
        erp_number="ТД00-000017",
        state="Ожидает подтверждения",
        posted=True,
        comment="Позвоните",
        attributes=(("Дата по 1С", "2026-11-21T9:51:39"),),
        placed_at=datetime(2026, 11, 21, 7, 0, tzinfo=UTC),
    )


def test_an_answer_of_the_bus_module() -> None:
    """Container, numbers as elements, Единица with elements, `Цена`, and payments in between that are no orders."""
    unit = (
        "<Единица><Ид>796</Ид><НаименованиеКраткое>шт</НаименованиеКраткое><Код>796</Код></Единица><Коэффициент>1</Коэффициент>"
    )
    rate = "<СтавкиНалогов><СтавкаНалога><Наименование>НДС</Наименование><Ставка>20</Ставка></СтавкаНалога></СтавкиНалогов>"
    row = (
        f"<Товар><Ид>i-1#v-1</Ид><Наименование>Дрель</Наименование>{rate}{unit}<Количество>2</Количество><Цена>50</Цена></Товар>"
    )
    inside = f"<Номер1С>БС-3</Номер1С><ПометкаУдаления>true</ПометкаУдаления>{goods(row)}{requisites(Проведен='true')}"
    payment = document("", "1", "Выплата безналичных денег")
    found = only(ErpOrder, file(f"<Контейнер>{document(inside)}{payment}</Контейнер>", BUS))
    assert (found.erp_number, found.posted, found.deleted) == ("БС-3", True, True)
    assert found.lines == (ErpLine("i-1#v-1", "Дрель", Decimal(2), Decimal(50), 10000, "", "шт", Decimal(20), 0),)


def test_packages_are_counted_in_base_units() -> None:
    (found,) = only(ErpOrder, file(document(goods(line("<Коэффициент>12</Коэффициент>", quantity="3", price="120"))))).lines
    assert (found.quantity, found.price, found.amount) == (Decimal(36), Decimal(10), 20000)


@pytest.mark.parametrize(
    ("marks", "deleted", "cancelled"),
    [
        (requisites(ПометкаУдаления="true"), True, False),
        (requisites(Отменен="true"), False, True),
        (requisites(Отменён="Да"), False, True),
        ("<Отменен>true</Отменен>", False, True),
        (requisites(Отменен="false"), False, False),
        ("", False, False),
    ],
)
def test_marks_of_an_order(marks: str, deleted: bool, cancelled: bool) -> None:
    found = only(ErpOrder, file(document(marks)))
    assert (found.deleted, found.cancelled, found.lines) == (deleted, cancelled, ())


def test_the_code_before_a_state_is_left_out() -> None:
    assert only(ErpOrder, file(document(requisites(Статус_заказа="[F] Доставлен")))).state == "Доставлен"


@pytest.mark.parametrize(
    ("row", "text"),
    [
        (line(quantity="-1"), "Строка 2, Количество: отрицательное число -1"),
        (line(quantity="два"), "Строка 2, Количество: «два» — не число"),
        (line(price=""), "Строка 2, Цена: «» — не число"),
        (line(amount="1e3"), "Строка 2, Сумма: «1e3» — не число"),
        (line(id=""), "Строка 2: не указан реквизит «Ид»"),
    ],
)
def test_one_bad_line_refuses_the_order_and_no_other(row: str, text: str) -> None:
    """An order without the line would read as if 1C had cut it out."""
    data = file(document(goods(line(), row)) + document(goods(line()), "K-18"))
    (problem,) = problems(data)
    assert (problem.kind, problem.id, problem.reason % dict(problem.params)) == ("order", "K-17", text)
    assert [one.number for one in of(ErpOrder, records(data))] == ["K-18"]


def test_an_order_without_a_number() -> None:
    (problem,) = problems(file(document("", number="")))
    assert problem.reason % dict(problem.params) == "Не указан реквизит «Номер»"
    found = only(ErpOrder, file(document("<Номер1С>Т-5</Номер1С>", number="")))
    assert (found.number, found.erp_number) == ("Т-5", "Т-5"), "1C made it itself and knows no number of the portal's"


# --- what 1C is given -------------------------------------------------------------------------------------------------

PAYER = Counterparty("k-1", "Дилер", "legal_entity", "ООО «Дилер»", "7700000017", "770001001", "Тула, Лесная, 1")
CONTRACT = Contract("c-1", "Договор № 5", "t-1")
FORMED = datetime(2026, 11, 21, 7, 15, 30, tzinfo=UTC)
ORDER = Order(
    number="K-000000017",
    partner_id="p-1",
    user_id="u-1",
    user_name="Пётр Кузнецов",
    counterparty_id="k-1",
    contract_id="c-1",
    price_type_id="t-1",
    company_id=None,
    currency="RUB",
    placed_at=datetime(2026, 11, 20, 22, 5, 9, 123456, tzinfo=UTC),
    lines=(
        OrderLine(
            number=1,
            item_id="i-1#v-1",
            name="Дрель «Ударная» & Co",
            sku="Д-1",
            unit="шт",
            quantity=Decimal("2.500"),
            price=Decimal("1234.5600"),
            amount=308640,
            agreed=Agreed(Decimal("2.5"), Decimal("1234.56"), 308640),
            vat_rate=Decimal(22),
            vat_amount=55656,
        ),
        OrderLine(2, "i-2", "Пила", "", "м", Decimal(1000), Decimal("0.5"), 50000, None),
        OrderLine(3, "i-3", "Убрано", "", "шт", Decimal(0), Decimal(1), 0, None),
    ),
    warehouse_id="w-1",
    comment="Позвоните заранее",
    approval=Approval.CONFIRMED,
    desired_date=date(2026, 12, 1),
    client_reference="З-99",
)


@dataclass(frozen=True)
class Outgoing:
    order: Order = ORDER
    partner_name: str = "Торговый дом «Дилер»"
    counterparty: Counterparty | None = PAYER
    contract: Contract | None = CONTRACT


def written(*orders: Outgoing) -> Any:
    return etree.fromstring(write_orders(orders, FORMED))


def value(tree: Any, path: str) -> str:
    return str(tree.findtext(path))


def requisite(tree: Any, name: str) -> list[str]:
    rows = tree.findall("Документ/ЗначенияРеквизитов/ЗначениеРеквизита")
    return [value(row, "Значение") for row in rows if value(row, "Наименование") == name]


def test_an_empty_queue_is_a_whole_document() -> None:
    data = write_orders([], FORMED)
    assert (
        data
        == (
            '<?xml version="1.0" encoding="UTF-8"?>\n'
            '<КоммерческаяИнформация ВерсияСхемы="2.07" ДатаФормирования="2026-11-21T10:15:30"/>'
        ).encode()
    )
    assert records(data) == [Head("2.07", datetime(2026, 11, 21, 10, 15, 30))]


def test_what_every_reader_of_1c_needs() -> None:
    """OR-01, OR-02: no namespace, no empty element, no mark of byte order, business time without a zone."""
    data = write_orders([Outgoing(), Outgoing(counterparty=None, contract=None, partner_name="")], FORMED)
    tree = etree.fromstring(data)
    assert data.startswith(b"<?xml ") and b"xmlns" not in data
    assert [one.tag for one in tree.iter() if not len(one) and not (one.text or "").strip()] == []
    assert value(tree, "Документ/Дата") == "2026-11-21"
    assert value(tree, "Документ/Время") == "01:05:09"
    assert value(tree, "Документ/ХозОперация") == "Заказ товара"
    assert value(tree, "Документ/Роль") == "Продавец"
    assert value(tree, "Документ/Сумма") == "3586.40"


def test_every_line_has_its_sku_exact_name_and_vat_rate() -> None:
    first, second = written(Outgoing()).findall("Документ/Товары/Товар")
    fields = ("Ид", "Артикул", "Наименование", "ЦенаЗаЕдиницу", "Количество", "Сумма", "Налоги/Налог/Ставка")
    assert [value(first, field) for field in fields] == [
        "i-1#v-1",
        "Д-1",
        "Дрель «Ударная» & Co",
        "1234.56",
        "2.5",
        "3086.40",
        "22",
    ]
    assert [value(second, field) for field in fields[3:]] == ["0.5", "1000", "500.00", "Без НДС"]
    assert (first.find("БазоваяЕдиница").get("Код"), value(second, "БазоваяЕдиница")) == ("796", "м")
    assert first.find("Единица") is None


def test_vat_on_top_is_in_the_sum_and_not_in_the_lines() -> None:
    tree = written(Outgoing(replace(ORDER, vat_included=False)))
    assert value(tree, "Документ/Сумма") == "4142.96"
    assert value(tree, "Документ/Налоги/Налог/УчтеноВСумме") == "false"
    assert value(tree, "Документ/Товары/Товар/Сумма") == "3086.40"
    assert {one.text for one in tree.iter("УчтеноВСумме")} == {"false"}


def test_a_legal_entity_is_told_by_its_official_name() -> None:
    """OR-03: the order comes from the dealer's company; the employee is its contact."""
    payer = written(Outgoing()).find("Документ/Контрагенты/Контрагент")
    fields = ("Ид", "Наименование", "ОфициальноеНаименование", "ИНН", "КПП", "ЮридическийАдрес/Представление")
    assert [value(payer, field) for field in fields] == [
        "k-1",
        "Дилер",
        "ООО «Дилер»",
        "7700000017",
        "770001001",
        "Тула, Лесная, 1",
    ]
    assert value(payer, "Представители/Представитель/Контрагент/Наименование") == "Пётр Кузнецов"
    assert payer.find("ПолноеНаименование") is None


@pytest.mark.parametrize("kind", ["sole_trader", "individual"])
def test_a_sole_trader_has_none(kind: str) -> None:
    """1C would make a second counterparty, a legal entity, otherwise."""
    payer = written(Outgoing(counterparty=replace(PAYER, kind=kind))).find("Документ/Контрагенты/Контрагент")
    assert payer.find("ОфициальноеНаименование") is None
    assert payer.find("КПП") is None
    assert value(payer, "ПолноеНаименование") == "ООО «Дилер»"
    assert value(payer, "АдресРегистрации/Представление") == "Тула, Лесная, 1"


def test_where_and_when_it_goes() -> None:
    delivered = written(Outgoing(replace(ORDER, delivery_method=DeliveryMethod.DELIVERY, address="Тула, Заводская, 3")))
    assert value(delivered, "Документ/Контрагенты/Контрагент/Адрес/Представление") == "Тула, Заводская, 3"
    assert requisite(delivered, "Адрес доставки") == ["Тула, Заводская, 3"]
    assert requisite(delivered, "Способ доставки") == ["Доставка"]
    assert requisite(delivered, "Дата отгрузки") == ["2026-12-01T00:00:00"]
    picked = written(Outgoing(replace(ORDER, address="старый адрес", desired_date=None)))
    assert requisite(picked, "Адрес доставки") == requisite(picked, "Дата отгрузки") == []
    assert picked.find("Документ/Контрагенты/Контрагент/Адрес") is None
    assert requisite(picked, "Договор контрагента") == ["Договор № 5"]


def test_a_warehouse_is_given_whole_or_not_at_all() -> None:
    paths = ("Ид", "Наименование", "Адрес/АдресноеПоле/Тип", "Адрес/АдресноеПоле/Значение", "Контакты/Контакт/Тип")
    place = written(Outgoing()).find("Документ/Склады/Склад")
    assert all(value(place, path) for path in paths) and value(place, "Ид") == "w-1"
    for warehouse in (None, "", "-"):
        assert written(Outgoing(replace(ORDER, warehouse_id=warehouse))).find("Документ/Склады") is None


@pytest.mark.parametrize(
    ("approval", "status", "cancelled"), [(Approval.CONFIRMED, "Подтверждён", "false"), (Approval.CANCELLED, "Отменён", "true")]
)
def test_the_state_goes_to_1c(approval: Approval, status: str, cancelled: str) -> None:
    """OR-10: the confirmation is transferred to 1C."""
    tree = written(Outgoing(replace(ORDER, approval=approval)))
    assert (requisite(tree, "Статус заказа"), requisite(tree, "Отменен")) == ([status], [cancelled])


def test_a_number_1c_cannot_keep() -> None:
    with pytest.raises(InvalidInput, match="K-0000000018 длиннее 11 знаков"):
        write_orders([Outgoing(replace(ORDER, number="K-0000000018"))], FORMED)


@pytest.mark.parametrize("encoding", ["utf-8", "windows-1251"])
def test_what_is_written_is_read_back(encoding: str) -> None:
    """Names with every trap of XML, letters windows-1251 lacks, and control characters XML can't have."""
    hard = replace(ORDER.lines[0], name='<Дрель> & "Co" ✓ 中文 ]]>')
    order = replace(ORDER, lines=(hard, *ORDER.lines[1:]), comment="до\x00\x1b[31mм\ud800а\nвторая строка")
    data = write_orders([Outgoing(order), Outgoing()], FORMED, encoding)
    assert encoding.upper() in data.partition(b"\n")[0].decode("ascii").upper()
    first, second = of(ErpOrder, records(data))
    assert first == ErpOrder(
        number="K-000000017",
        erp_id="K-000000017",
        lines=(
            ErpLine("i-1#v-1", hard.name, Decimal("2.5"), Decimal("1234.56"), 308640, "Д-1", "шт", Decimal(22), 55656),
            ErpLine("i-2", "Пила", Decimal(1000), Decimal("0.5"), 50000, "", "м", Decimal(0), 0),
        ),
        state="Подтверждён",
        comment="до[31mма\nвторая строка",
        attributes=(
            ("Способ доставки", "Самовывоз"),
            ("Дата отгрузки", "2026-12-01T00:00:00"),
            ("Комментарии покупателя", "до[31mма\nвторая строка"),
            ("Номер заказа покупателя", "З-99"),
            ("Договор контрагента", "Договор № 5"),
            ("Партнер", "Торговый дом «Дилер»"),
        ),
        placed_at=first.placed_at,
        payer=first.payer,
        currency="RUB",
        vat_included=True,
        warehouse_id="w-1",
    )
    assert (first.placed_at, first.payer) == (ORDER.placed_at.replace(microsecond=0), Outgoing(order).counterparty)
    assert (second.number, second.comment, problems(data)) == ("K-000000017", "Позвоните заранее", [])
