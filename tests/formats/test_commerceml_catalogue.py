"""Items, groups, properties, price types, warehouses and companies in the forms the different 1C write."""

from datetime import datetime
from decimal import Decimal

import pytest

from chalicelib.domain.catalogue.catalogue import Item, ItemGroup, Package, PriceType, Property, Warehouse
from chalicelib.domain.exchange.exchange import Problem
from chalicelib.domain.partners.partners import Company, Counterparty
from chalicelib.formats.commerceml import Head, Record, Seller, read
from tests.formats.commerceml_files import (
    BUS,
    OLD,
    UNF,
    UPP,
    UT,
    Trickle,
    catalogue,
    classifier,
    file,
    heads,
    item,
    of,
    only,
    package,
    problems,
    records,
    requisites,
)

FULL = item(
    """<Штрихкод>4600000000017</Штрихкод><Артикул> Д-100 </Артикул>
    <БазоваяЕдиница Код="796 " НаименованиеПолное="Штука" МеждународноеСокращение="PCE">
      <Пересчет><Единица>796</Единица><Коэффициент>1</Коэффициент></Пересчет>
      <Пересчет><Единица>778</Единица><Коэффициент>12</Коэффициент></Пересчет></БазоваяЕдиница>
    <Группы><Ид>g-1</Ид><Ид>g-2</Ид></Группы><Описание>Ударная &amp; тихая</Описание>
    <Картинка>import_files/ab/one.jpg</Картинка><Картинка>import_files\\ab\\two.png</Картинка><Картинка/>
    <Страна>Россия</Страна><ТорговаяМарка>Зубр</ТорговаяМарка>
    <Изготовитель><Ид>m-1</Ид><Наименование>ООО «Завод»</Наименование></Изготовитель>
    <ЗначенияСвойств><ЗначенияСвойства><Ид>p-1</Ид><Значение>v-1</Значение><Значение>v-2</Значение></ЗначенияСвойства>
      <ЗначенияСвойства><Ид>p-2</Ид><Значение>1,4</Значение></ЗначенияСвойства>
      <ЗначенияСвойства><Ид>p-3</Ид><Значение/></ЗначенияСвойства></ЗначенияСвойств>
    <СтавкиНалогов><СтавкаНалога><Наименование>НДС</Наименование><Ставка>22</Ставка></СтавкаНалога></СтавкиНалогов>"""
    + requisites(
        ВидНоменклатуры="Инструмент",
        ТипНоменклатуры="Товар",
        Полное_наименование="Дрель ударная",
        Вес="1,75",
        Объём="0.025",
        Количество_в_упаковке="6",
        Гарантия="12 месяцев",
        ОписаниеФайла="import_files/ab/one.jpg#Вид сбоку",
    )
)


def test_an_item_with_every_field() -> None:
    """CT-03, CT-04, CT-05, CT-06, CT-07, CT-11, CT-14: what a card shows comes from 1C."""
    assert only(Item, catalogue(FULL)) == Item(
        id="i-1",
        name="Дрель",
        sku="Д-100",
        group_ids=("g-1", "g-2"),
        unit_code="796",
        unit="шт",
        barcodes=("4600000000017",),
        description="Ударная & тихая",
        full_name="Дрель ударная",
        kind="Инструмент",
        brand="Зубр",
        manufacturer="ООО «Завод»",
        country="Россия",
        vat_rate=Decimal(22),
        weight_kg=Decimal("1.75"),
        volume_m3=Decimal("0.025"),
        package_quantity=Decimal(6),
        packages=(Package("упак.", Decimal(12)),),
        pictures=("import_files/ab/one.jpg", "import_files/ab/two.png"),
        properties=(("p-1", "v-1"), ("p-1", "v-2"), ("p-2", "1,4")),
        attributes=(("Гарантия", "12 месяцев"),),
    )


@pytest.mark.parametrize("root", [UT, UNF, UPP, BUS, OLD])
def test_the_namespace_and_the_schema_change_nothing(root: str) -> None:
    """IN-03: УТ, УНФ, УПП and the BUS module."""
    assert only(Item, catalogue(FULL, root=root)) == only(Item, catalogue(FULL))


def test_prefixed_elements_are_the_same_elements() -> None:
    plain = file("<Каталог><Товары><Товар><Ид>i</Ид><Наименование>Н</Наименование></Товар></Товары></Каталог>", UPP).decode()
    prefixed = plain.replace("</", "</c:").replace("<К", "<c:К").replace("<Т", "<c:Т").replace("<И", "<c:И").replace("<Н", "<c:Н")
    prefixed = prefixed.replace("ВерсияСхемы", 'xmlns:c="urn:1C.ru:commerceml_2" ВерсияСхемы')
    assert only(Item, prefixed.encode()).name == "Н"


@pytest.mark.parametrize("size", [1, 7, 64, 1000])
def test_where_the_chunks_are_cut_changes_nothing(size: int) -> None:
    data = classifier("<Группы><Группа><Ид>g</Ид><Наименование>Г</Наименование></Группа></Группы>") + b"\n"
    whole = [records(catalogue(FULL, FULL)), records(data)]
    pieces: list[list[Record]] = [list(read(Trickle(one, size), "")) for one in (catalogue(FULL, FULL), data)]
    assert pieces == whole


def test_a_long_file_comes_whole_and_in_order() -> None:
    """CT-01, CT-16: the complete list, with every chunk border somewhere inside an item."""
    count = 3000
    data = catalogue(*(item("<Артикул>А</Артикул>" + "\n" * (n % 50), f"i-{n}", f"Товар {n}") for n in range(count)))
    found = of(Item, records(data))
    assert [one.id for one in found] == [f"i-{n}" for n in range(count)]
    assert {one.sku for one in found} == {"А"}


@pytest.mark.parametrize(
    ("unit", "code", "name"),
    [
        ('<БазоваяЕдиница Код="796 " НаименованиеПолное="Штука" МеждународноеСокращение="PCE"/>', "796", "шт"),
        ('<БазоваяЕдиница Код="796" НаименованиеПолное="Штука">шт</БазоваяЕдиница>', "796", "шт"),
        ('<БазоваяЕдиница Код="999" НаименованиеПолное="Бухта"/>', "999", "Бухта"),
        ('<БазоваяЕдиница Код="006 " НаименованиеКраткое="пм" НаименованиеПолное="Метр"/>', "006", "пм"),
        ("<БазоваяЕдиница>796 </БазоваяЕдиница>", "796", "шт"),
        ("<БазоваяЕдиница>пара</БазоваяЕдиница>", "", "пара"),
        ("<БазоваяЕдиница/>", "", ""),
    ],
)
def test_units_of_all_generations(unit: str, code: str, name: str) -> None:
    found = only(Item, catalogue(item(unit)))
    assert (found.unit_code, found.unit) == (code, name)


def test_a_packaging_gives_the_package_quantity() -> None:
    """CT-05."""
    unit = '<БазоваяЕдиница Код="796"><Пересчет><Единица>796</Единица><Коэффициент>24,0</Коэффициент></Пересчет></БазоваяЕдиница>'
    found = only(Item, catalogue(item(unit)))
    assert (found.packages, found.package_quantity) == ((Package("упак.", Decimal("24.0")),), Decimal("24.0"))


@pytest.mark.parametrize(
    ("rate", "expected"), [("20", "20"), ("20%", "20"), ("20/120", "20"), ("Без НДС", "0"), ("Без налога", "0"), ("0", "0")]
)
def test_vat_rates(rate: str, expected: str) -> None:
    taxes = f"<СтавкиНалогов><СтавкаНалога><Наименование>НДС</Наименование><Ставка>{rate}</Ставка></СтавкаНалога></СтавкиНалогов>"
    assert only(Item, catalogue(item(taxes))).vat_rate == Decimal(expected)


def test_numbers_of_russian_hands() -> None:
    found = only(Item, catalogue(item(requisites(Вес="1\u00a0250,5", Объем=" 0,1 "))))
    assert (found.weight_kg, found.volume_m3) == (Decimal("1250.5"), Decimal("0.1"))


def test_the_fields_only_one_configuration_has() -> None:
    unf = only(Item, catalogue(item("<Код>НФ-01</Код><Вес>0.350</Вес><Категория>k</Категория>"), root=UNF))
    assert (unf.attributes, unf.weight_kg) == ((("Код", "НФ-01"),), Decimal("0.350"))
    english = only(Item, catalogue(item(requisites(Name="Full name"))))
    assert english.full_name == "Full name"
    rich = only(Item, catalogue(item(requisites(ОписаниеВФорматеHTML="&lt;p&gt;Тихая &amp;amp; лёгкая&lt;/p&gt;"))))
    assert rich.description == "Тихая & лёгкая"
    paper = only(Item, catalogue(item(requisites(ОписаниеФайла="import_files/ab/passport.pdf#Паспорт"))))
    assert paper.attributes == (("ОписаниеФайла", "import_files/ab/passport.pdf#Паспорт"),)


@pytest.mark.parametrize(
    ("mark", "inside"),
    [
        ('Статус="Удален"', ""),
        ('Статус="Удалён"', ""),
        ("", "<Статус>Удален</Статус>"),
        ("", "<ПометкаУдаления>true</ПометкаУдаления>"),
        ("", "<ПометкаУдаления>Да</ПометкаУдаления>"),
    ],
)
def test_deletion_marks(mark: str, inside: str) -> None:
    assert only(Item, catalogue(item(inside, mark=mark))).deleted
    assert not only(Item, catalogue(item("<ПометкаУдаления>false</ПометкаУдаления>", mark='Статус="Изменен"'))).deleted


def test_a_deleted_item_may_be_nothing_but_its_id() -> None:
    found = only(Item, catalogue('<Товар Статус="Удален"><Ид>i-9</Ид></Товар>'))
    assert (found.id, found.name, found.deleted) == ("i-9", "", True)


def test_variants() -> None:
    """УТ 11.5 writes each variant as an item of its own."""
    rows = (("Цвет", "Белый"), ("Размер", "40"))
    inside = "".join(
        f"<ХарактеристикаТовара><Наименование>{name}</Наименование><Значение>{value}</Значение></ХарактеристикаТовара>"
        for name, value in rows
    )
    full = only(Item, catalogue(item(f"<ХарактеристикиТовара>{inside}</ХарактеристикиТовара>", id="i-1#v-1")))
    assert (full.id, full.parent_id, full.variant, full.attributes) == ("i-1#v-1", "i-1", "Белый, 40", rows)
    named = only(Item, catalogue(item(id="i-1#v-2", name="Ботинки (35, 5, кожа)")))
    assert (named.parent_id, named.variant) == ("i-1", "35, 5, кожа")
    empty = only(Item, catalogue(item(id="i-1#00000000-0000-0000-0000-000000000000", name="Ботинки (летние)")))
    assert (empty.id, empty.parent_id, empty.variant) == ("i-1", None, "")


def test_the_tree_of_groups_comes_parents_first() -> None:
    """CT-01."""
    tree = """<Группы><Группа><Ид>a</Ид><Наименование>А</Наименование><Группы>
        <Группа><Ид>b</Ид><НомерВерсии>x</НомерВерсии><ПометкаУдаления>true</ПометкаУдаления><Наименование>Б</Наименование>
          <Группы><Группа><Ид>c</Ид><Наименование>В</Наименование></Группа></Группы></Группа></Группы></Группа>
        <Группа><Ид>d</Ид><Наименование>Г</Наименование></Группа></Группы>"""
    assert of(ItemGroup, records(classifier(tree))) == [
        ItemGroup("a", "А"),
        ItemGroup("b", "Б", "a", deleted=True),
        ItemGroup("c", "В", "b"),
        ItemGroup("d", "Г"),
    ]


def test_properties_with_and_without_a_dictionary() -> None:
    rows = """<Свойства><Свойство><Ид>p-1</Ид><Наименование>Цвет</Наименование><ТипЗначений>Справочник</ТипЗначений>
        <ВариантыЗначений><Справочник><ИдЗначения>v-1</ИдЗначения><Значение>Красный</Значение></Справочник>
        <Справочник><ИдЗначения>v-2</ИдЗначения><Значение>Синий</Значение></Справочник></ВариантыЗначений></Свойство>
        <Свойство><Ид>p-2</Ид><Наименование>Длина</Наименование><ТипЗначений>Число</ТипЗначений></Свойство>
        <СвойствоНоменклатуры><Ид>p-3</Ид><Наименование>Старое</Наименование><ТипыЗначений><ТипЗначений><ВариантыЗначений>
        <ВариантЗначения><Ид>v-3</Ид><Значение>Да</Значение></ВариантЗначения></ВариантыЗначений></ТипЗначений></ТипыЗначений>
        </СвойствоНоменклатуры></Свойства>"""
    assert of(Property, records(classifier(rows))) == [
        Property("p-1", "Цвет", {"v-1": "Красный", "v-2": "Синий"}),
        Property("p-2", "Длина"),
        Property("p-3", "Старое", {"v-3": "Да"}),
    ]


def test_price_types_and_warehouses_wherever_they_stand() -> None:
    """CT-08. УТ writes them into the package of offers, the BUS module into the classifier."""
    rows = """<ТипыЦен><ТипЦены><Ид>t-1</Ид><Наименование>Дилерская</Наименование><Валюта>руб.</Валюта>
        <Налог><Наименование>НДС</Наименование><УчтеноВСумме>true</УчтеноВСумме><Акциз>false</Акциз></Налог></ТипЦены>
        <ТипЦены><Ид>t-2</Ид><Наименование>Экспорт</Наименование><Валюта>usd</Валюта></ТипЦены></ТипыЦен>
        <Склады><Склад><Ид>w-1</Ид><Наименование>Центральный</Наименование>
        <Адрес><Представление>РОССИЯ ,Москва г ,Москва г ,34 ,</Представление></Адрес></Склад>
        <Склад><Ид>w-2</Ид><ПометкаУдаления>true</ПометкаУдаления><Наименование>Старый</Наименование><Адрес>
        <АдресноеПоле><Тип>Город</Тип><Значение>Тула</Значение></АдресноеПоле></Адрес></Склад></Склады>"""
    in_package, in_classifier = records(package(before=rows)), records(classifier(rows, BUS))
    for found in (in_package, in_classifier):
        assert of(PriceType, found) == [PriceType("t-1", "Дилерская", "RUB", True), PriceType("t-2", "Экспорт", "USD", None)]
        assert of(Warehouse, found) == [
            Warehouse("w-1", "Центральный", "РОССИЯ, Москва г, 34"),
            Warehouse("w-2", "Старый", "Тула", deleted=True),
        ]


OWNER = """<Владелец><Ид>o-1</Ид><Наименование>Строй</Наименование><ОфициальноеНаименование>ООО «Строй»</ОфициальноеНаименование>
    <ЮридическийАдрес><Представление>Москва, Лесная, 1</Представление></ЮридическийАдрес><ИНН>7700000016</ИНН><КПП>770001001</КПП>
    <РасчетныеСчета><РасчетныйСчет><НомерСчета>40702810000000000001</НомерСчета><Банк><Наименование>Банк</Наименование>
    <СчетКорреспондентский>30101810000000000002</СчетКорреспондентский><БИК>044525225</БИК></Банк></РасчетныйСчет></РасчетныеСчета>
    <Руководитель><Контрагент><Наименование>Иванов И. И.</Наименование></Контрагент></Руководитель></Владелец>"""


def test_the_owner_comes_once_though_every_section_repeats_it() -> None:
    data = file(f"<Классификатор><Ид>k</Ид>{OWNER}</Классификатор><Каталог><Ид>c</Ид>{OWNER}<Товары>{item()}</Товары></Каталог>")
    assert of(Seller, records(data)) == [
        Seller(
            Company(
                id="o-1",
                name="Строй",
                full_name="ООО «Строй»",
                inn="7700000016",
                kpp="770001001",
                address="Москва, Лесная, 1",
                bank_name="Банк",
                bik="044525225",
                correspondent_account="30101810000000000002",
                bank_account="40702810000000000001",
                director="Иванов И. И.",
            )
        )
    ]


def test_counterparties_of_the_bus_module() -> None:
    rows = """<Контрагенты>
        <Контрагент><Ид>k-1</Ид><Наименование>Дилер</Наименование><ОфициальноеНаименование>ООО «Дилер»</ОфициальноеНаименование>
          <ИНН>7700000017</ИНН><КПП>770001001</КПП><Адрес><Представление>Тула</Представление></Адрес></Контрагент>
        <Контрагент><Ид>k-2</Ид><Наименование>ИП Петров</Наименование><ИНН>770000000018</ИНН></Контрагент>
        <Контрагент><Ид>k-3</Ид><Наименование>Сидоров</Наименование><Фамилия>Сидоров</Фамилия><Имя>Пётр</Имя></Контрагент>
        </Контрагенты>"""
    assert of(Counterparty, records(file(rows, BUS))) == [
        Counterparty("k-1", "Дилер", "legal_entity", "ООО «Дилер»", "7700000017", "770001001", "Тула"),
        Counterparty("k-2", "ИП Петров", "sole_trader", inn="770000000018"),
        Counterparty("k-3", "Сидоров", "individual"),
    ]


def test_the_head_comes_first_and_again_when_a_section_says_more() -> None:
    formed = datetime(2026, 11, 21, 10, 15, 30)
    assert heads(catalogue(item(), mark='СодержитТолькоИзменения="true"')) == [Head("2.07", formed), Head("2.07", formed, True)]
    assert heads(package(mark='СодержитТолькоИзменения="false"'))[-1] == Head("2.07", formed, False, "c-1")
    assert heads(file("<ИзмененияПакетаПредложений><Ид>x</Ид></ИзмененияПакетаПредложений>"))[-1].only_changes is True
    old = file("<Каталог><СодержитТолькоИзменения>true</СодержитТолькоИзменения></Каталог>", OLD)
    assert heads(old) == [Head("2.03", datetime(2008, 3, 28)), Head("2.03", datetime(2008, 3, 28), True)]
    assert heads(file("", 'ВерсияСхемы="2.07" ДатаФормирования="вчера"')) == [Head("2.07")]


def test_a_bare_classifier_is_a_file_too() -> None:
    bare = "<Классификатор><Ид>k</Ид><Группы><Группа><Ид>g</Ид><Наименование>Г</Наименование></Группа></Группы></Классификатор>"
    assert only(ItemGroup, bare.encode()) == ItemGroup("g", "Г")


def test_sections_nobody_knows_are_passed_over() -> None:
    strange = "<Ресурсы><Ресурс><Ид>r</Ид><Части><Часть>1</Часть></Части></Ресурс></Ресурсы>"
    found = records(file(f"{strange}<Каталог>{strange}<Товары>{item(strange)}</Товары>{strange}</Каталог>{strange}"))
    assert [type(one).__name__ for one in found] == ["Head", "Item"]


def test_a_file_of_nothing_but_sections_nobody_knows_says_so() -> None:
    """IN-03: the BUS module carries catalogues of its users' own. An empty package is none of them."""
    own = "<ПользовательскиеСправочники><Справочник><Ид>1</Ид></Справочник></ПользовательскиеСправочники>"
    (problem,) = problems(file(own * 3))
    assert (problem.kind, problem.name) == ("section", "ПользовательскиеСправочники")
    assert problems(file("")) == [] and problems(package()) == [] and problems(catalogue()) == []
    assert len(problems(file("".join(f"<Р{n}><а/></Р{n}>" for n in range(100))))) == 10


@pytest.mark.parametrize(
    ("inside", "kind", "id", "name", "text"),
    [
        ("<Товар><Наименование>Дрель</Наименование></Товар>", "item", "", "Дрель", "Не указан реквизит «Ид»"),
        ("<Товар><Ид> </Ид></Товар>", "item", "", "", "Не указан реквизит «Ид»"),
        ("<Товар><Ид>i-2</Ид></Товар>", "item", "i-2", "", "Не указан реквизит «Наименование»"),
        (item(requisites(Вес="тяжёлая")), "item", "i-1", "Дрель", "Вес: «тяжёлая» — не число"),
        (item(requisites(Объем="-1")), "item", "i-1", "Дрель", "Объём: отрицательное число -1"),
        (item(requisites(Вес="NaN")), "item", "i-1", "Дрель", "Вес: «NaN» — не число"),
        (item(requisites(Вес="1e5")), "item", "i-1", "Дрель", "Вес: «1e5» — не число"),
        (item(requisites(Вес="٣")), "item", "i-1", "Дрель", "Вес: «٣» — не число"),
        (item(requisites(Вес="1" * 33)), "item", "i-1", "Дрель", f"Вес: «{'1' * 33}» — не число"),
        (
            item(
                "<СтавкиНалогов><СтавкаНалога><Наименование>НДС</Наименование><Ставка>много</Ставка></СтавкаНалога></СтавкиНалогов>"
            ),
            "item",
            "i-1",
            "Дрель",
            "Ставка НДС: «много» — не число",
        ),
    ],
)
def test_a_row_that_cannot_be_understood_names_itself(inside: str, kind: str, id: str, name: str, text: str) -> None:
    """The object and the reason in Russian; the items before and after it go on."""
    found = records(catalogue(item(id="before"), inside, item(id="after")))
    (problem,) = of(Problem, found)
    assert (problem.kind, problem.id, problem.name, problem.reason % dict(problem.params)) == (kind, id, name, text)
    assert {"before", "after"} <= {one.id for one in of(Item, found)}


def test_a_bad_part_does_not_take_the_item_with_it() -> None:
    (found,) = of(Item, records(catalogue(item("<Артикул>А-1</Артикул>" + requisites(Вес="много", Гарантия="год")))))
    assert (found.sku, found.weight_kg, found.attributes) == ("А-1", None, (("Гарантия", "год"),))


def test_classifier_rows_without_an_id() -> None:
    rows = """<Группы><Группа><Наименование>Без ида</Наименование><Группы>
        <Группа><Ид>g</Ид><Наименование>Внутри</Наименование></Группа></Группы></Группа></Группы>
        <Свойства><Свойство><Наименование>П</Наименование></Свойство></Свойства>
        <ТипыЦен><ТипЦены><Наименование>Т</Наименование></ТипЦены></ТипыЦен>
        <Склады><Склад><Наименование>С</Наименование></Склад></Склады>
        <Контрагенты><Контрагент><Ид>k</Ид></Контрагент></Контрагенты>"""
    found = problems(classifier(rows))
    kinds = [(one.kind, one.params) for one in found]
    assert kinds == [
        ("group", (("field", "Ид"),)),
        ("property", (("field", "Ид"),)),
        ("price_type", (("field", "Ид"),)),
        ("warehouse", (("field", "Ид"),)),
        ("counterparty", (("field", "Наименование"),)),
    ]
    assert of(ItemGroup, records(classifier(rows))) == [ItemGroup("g", "Внутри")]
