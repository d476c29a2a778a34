"""Prices and the five forms of stock."""

from decimal import Decimal

import pytest

from chalicelib.domain.catalogue.catalogue import NO_WAREHOUSE, ItemPrice, Offer
from tests.formats.commerceml_files import BUS, OLD, UPP, UT, file, of, offer, only, package, price, prices, problems, records

GUID = "00000000-0000-0000-0000-000000000000"


def changes(*offers: str) -> bytes:
    body = f"<Ид>c#</Ид><ИдКаталога>c</ИдКаталога><Предложения>{''.join(offers)}</Предложения>"
    return file(f"<ИзмененияПакетаПредложений>{body}</ИзмененияПакетаПредложений>")


@pytest.mark.parametrize(
    ("inside", "balances"),
    [
        ("<Количество>20</Количество>", {NO_WAREHOUSE: Decimal(20)}),
        (
            """<Количество>7</Количество><Склад ИдСклада="w-1" КоличествоНаСкладе="3"/>
            <Склад ИдСклада="w-2" КоличествоНаСкладе="4,5"/>""",
            {"w-1": Decimal(3), "w-2": Decimal("4.5")},
        ),
        (
            '<Склады ИдСклада="w-1" КоличествоНаСкладе="3"/><Склады ИдСклада="w-2" КоличествоНаСкладе="0"/>',
            {"w-1": Decimal(3), "w-2": Decimal(0)},
        ),
        (
            """<Остатки><Остаток><Склад><Ид>w-1</Ид><Количество>3</Количество></Склад></Остаток>
            <Остаток><Склад><Ид>w-2</Ид><Количество>1 000</Количество></Склад></Остаток></Остатки>""",
            {"w-1": Decimal(3), "w-2": Decimal(1000)},
        ),
        ("<Остатки><Остаток><Количество>5.000</Количество></Остаток></Остатки>", {NO_WAREHOUSE: Decimal("5.000")}),
        (
            "<Остатки><Остаток><Количество>5</Количество></Остаток><Остаток><Склад><Ид>w</Ид><Количество>5</Количество></Склад></Остаток></Остатки>",
            {"w": Decimal(5)},
        ),
        ("<Склады><Склад><Ид>w</Ид><Количество>2</Количество></Склад></Склады>", {"w": Decimal(2)}),
        ("<Количество/>", None),
        ("<Остатки/>", None),
        ("", None),
    ],
)
def test_stock_in_all_its_forms(inside: str, balances: dict[str, Decimal] | None) -> None:
    """CT-08, IN-08."""
    for data in (package(offer(inside)), package(offer(inside), root=BUS), changes(offer(inside))):
        assert only(Offer, data).balances == balances


def test_a_price_as_it_is_kept() -> None:
    full = "<Представление> 1\u00a0250,50 руб за шт</Представление><Валюта>руб</Валюта><Единица>шт</Единица>"
    full += "<Коэффициент>1</Коэффициент><МинКоличество>10</МинКоличество>"
    found = only(Offer, package(offer(prices(price("1250,50", more=full), price("0", "t-2", "")))))
    assert found.prices == (
        ItemPrice("t-1", Decimal("1250.50"), "RUB", "шт", Decimal(10)),
        ItemPrice("t-2", Decimal(0), "", "", None),
    )
    assert found.balances is None


@pytest.mark.parametrize(
    ("spelled", "code"),
    [
        ("RUB", "RUB"),
        ("RUR", "RUB"),
        ("руб", "RUB"),
        ("Руб.", "RUB"),
        ("643", "RUB"),
        ("usd", "USD"),
        ("EUR ", "EUR"),
        ("KGS", "KGS"),
    ],
)
def test_spellings_of_currencies(spelled: str, code: str) -> None:
    (found,) = only(Offer, package(offer(prices(price(more=f"<Валюта>{spelled}</Валюта>"))))).prices or ()
    assert found.currency == code


def test_the_price_of_a_package_is_brought_to_the_base_unit() -> None:
    packed = "<Единица>упак</Единица><Коэффициент>12</Коэффициент>"
    (alone,) = only(Offer, package(offer(prices(price("100", more=packed))))).prices or ()
    assert alone.amount == Decimal("8.3333")
    for order in ((price("9"), price("100", more=packed)), (price("100", more=packed), price("9"))):
        (base,) = only(Offer, package(offer(prices(*order)))).prices or ()
        assert base.amount == Decimal(9)


def test_prices_are_none_only_where_the_file_is_silent() -> None:
    assert only(Offer, package(offer())).prices is None
    assert only(Offer, package(offer("<Цены/>"))).prices == ()


def test_the_variant_by_either_spelling() -> None:
    whole = only(Offer, package(offer(id="i-1#v-1")))
    apart = only(Offer, changes(offer("<ИдХарактеристики>v-1</ИдХарактеристики>")))
    assert whole.item.id == apart.item.id == "i-1#v-1"
    assert (whole.item.parent_id, apart.item.parent_id) == ("i-1", "i-1")
    assert only(Offer, changes(offer(f"<ИдХарактеристики>{GUID}</ИдХарактеристики>"))).item.id == "i-1"


def test_a_variant_that_has_no_card_brings_its_own_fields() -> None:
    """Older УТ writes variants into the offers alone."""
    inside = """<Артикул>Б-1</Артикул><Наименование>Ботинки (40, кожа)</Наименование><Штрихкод>2000000000015</Штрихкод>
        <БазоваяЕдиница Код="715 " НаименованиеПолное="Пара (2 шт.)"/><ХарактеристикиТовара>
        <ХарактеристикаТовара><Ид>x</Ид><Наименование>Размер</Наименование><Значение>40</Значение></ХарактеристикаТовара>
        </ХарактеристикиТовара>"""
    found = only(Offer, package(offer(inside, id="i-1#v-1", mark='Статус="Удален"'))).item
    assert (found.sku, found.name, found.variant, found.unit) == ("Б-1", "Ботинки (40, кожа)", "40", "пар")
    assert (found.barcodes, found.deleted) == (("2000000000015",), True)


def test_upp_says_nothing_of_what_is_not_there() -> None:
    """УПП 1.3 leaves the quantity out where nothing is left; УТ leaves it out where it speaks of prices alone."""
    silent = offer(prices(price()))
    assert only(Offer, package(silent, root=UPP)).balances == {NO_WAREHOUSE: Decimal(0)}
    assert only(Offer, package(silent, root=UT)).balances is None
    assert only(Offer, package(silent, root=OLD)).balances is None
    assert only(Offer, package(offer(), root=UPP)).balances is None


def test_a_negative_balance_is_none_left_and_is_named() -> None:
    """ST-08: 1C has reserved more than there is; what was told before must not stay on sale."""
    rows = '<Склад ИдСклада="w-1" КоличествоНаСкладе="-3"/><Склад ИдСклада="w-2" КоличествоНаСкладе="4"/>'
    found = records(package(offer(rows + prices(price("5")) + "<Наименование>Дрель</Наименование>"), offer(id="i-2")))
    first, second = of(Offer, found)
    assert (first.balances, first.prices) == ({"w-1": Decimal(0), "w-2": Decimal(4)}, (ItemPrice("t-1", Decimal(5)),))
    (problem,) = problems(package(offer(rows + "<Наименование>Дрель</Наименование>")))
    assert (problem.kind, problem.id, problem.name) == ("offer", "i-1", "Дрель")
    assert problem.reason % dict(problem.params) == "Количество на складе: -3 меньше нуля, принято за 0"
    assert second.item.id == "i-2"


def test_a_refused_balance_is_not_a_zero_and_not_the_total() -> None:
    rows = '<Количество>9</Количество><Склад ИдСклада="w-1" КоличествоНаСкладе="много"/>'
    (found,) = of(Offer, records(package(offer(rows), root=UPP)))
    assert found.balances is None


@pytest.mark.parametrize(
    ("inside", "kind", "text"),
    [
        (prices(price("дорого")), "price", "Цена за единицу: «дорого» — не число"),
        (prices(price("-1")), "price", "Цена за единицу: отрицательное число -1"),
        (prices(price("")), "price", "Цена за единицу: «» — не число"),
        (prices(price("1" * 400)), "price", f"Цена за единицу: «{'1' * 80}» — не число"),
        (prices(price("5", "")), "price", "Цена 5 без вида цен: не указан реквизит «ИдТипаЦены»"),
        ("<Количество>-1</Количество>", "offer", "Количество: -1 меньше нуля, принято за 0"),
        ("<Количество>Infinity</Количество>", "stock", "Количество: «Infinity» — не число"),
        ('<Склад ИдСклада="w"/>', "stock", "Количество на складе: «» — не число"),
        ("<Остатки><Остаток><Склад><Ид>w</Ид></Склад></Остаток></Остатки>", "stock", "Количество на складе: «» — не число"),
    ],
)
def test_a_figure_that_is_none(inside: str, kind: str, text: str) -> None:
    (problem,) = problems(package(offer(inside)))
    assert (problem.kind, problem.id, problem.reason % dict(problem.params)) == (kind, "i-1", text)


def test_an_offer_without_an_id() -> None:
    data = package("<Предложение><Наименование>Ничья</Наименование><Количество>1</Количество></Предложение>", offer())
    (problem,) = problems(data)
    assert (problem.kind, problem.name, problem.params) == ("offer", "Ничья", (("field", "Ид"),))
    assert [one.item.id for one in of(Offer, records(data))] == ["i-1"]


def test_minus_zero_is_a_zero() -> None:
    assert only(Offer, package(offer("<Количество>-0</Количество>"))).balances == {NO_WAREHOUSE: Decimal(0)}
