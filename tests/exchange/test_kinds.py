"""Files of every 1C we know of, in its own handwriting: each row of each is accounted for, none is taken for another.

What stands in a file is counted by a reader of its own (`infra.bench.real_files`) that shares nothing with the portal's.
"""

import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from chalicelib import runtime
from chalicelib.domain.exchange.exchange import ExchangeFile, FileState, Tally
from infra.bench.real_files import elements_in, missing
from tests.exchange.crash_site import CrashSite
from tests.formats.commerceml_files import BUS, OLD, UNF, UPP, UT, file

GUID = "6f87e83f-722c-11df-b336-0011955cba6b"
GROUPS = """<Группы><Группа><Ид>g-1</Ид><Наименование>Двери</Наименование><Группы><Группа><Ид>g-2</Ид>
    <Наименование>Межкомнатные</Наименование></Группа></Группы></Группа></Группы>"""
OWNER = "<Владелец><Ид>o-1</Ид><Наименование>ИП Петров П. П.</Наименование><ИНН>770123456789</ИНН></Владелец>"
ITEM = """<Товар><Ид>i-1</Ид><Артикул>А-1</Артикул><Наименование>Дверь</Наименование>
    <БазоваяЕдиница Код="796 " НаименованиеПолное="Штука">шт</БазоваяЕдиница><Группы><Ид>g-2</Ид></Группы></Товар>"""
PRICE = "<Цены><Цена><ИдТипаЦены>t-1</ИдТипаЦены><ЦенаЗаЕдиницу>1 250,50</ЦенаЗаЕдиницу><Валюта>руб</Валюта></Цена></Цены>"
TYPES = "<ТипыЦен><ТипЦены><Ид>t-1</Ид><Наименование>Опт</Наименование><Валюта>RUB</Валюта></ТипЦены></ТипыЦен>"
STORES = "<Склады><Склад><Ид>w-1</Ид><Наименование>Москва</Наименование></Склад></Склады>"


def catalogue(*parts: str, root: str = UT) -> bytes:
    """A catalogue without a classifier, `parts` before its goods."""
    return file(f"<Каталог><Ид>k</Ид>{''.join(parts)}<Товары>{ITEM}</Товары></Каталог>", root)


def goods(*items: str, root: str = UT, more: str = "", encoding: str = "utf-8", declared: str = "") -> bytes:
    head = f"<Классификатор><Ид>k</Ид><Наименование>Основной</Наименование>{OWNER}{GROUPS}{more}</Классификатор>"
    rows = f'<Каталог СодержитТолькоИзменения="false"><Ид>k</Ид><Товары>{"".join(items) or ITEM}</Товары></Каталог>'
    return file(head + rows, root, encoding, declared or encoding)


def prefixed(content: bytes) -> bytes:
    return re.sub(rb"<(/?)(?=[^?/])", rb"<\1c:", content)


def offers(*rows: str, root: str = UT, head: str = TYPES + STORES, section: str = "ПакетПредложений") -> bytes:
    body = "".join(f"<Предложение><Ид>i-1</Ид>{row}</Предложение>" for row in rows)
    return file(f"<{section}><Ид>k#</Ид>{head}<Предложения>{body}</Предложения></{section}>", root)


def document(number: str, operation: str = "Заказ товара", more: str = "") -> str:
    line = """<Товары><Товар><Ид>i-1</Ид><Наименование>Дверь</Наименование><ЦенаЗаЕдиницу>10</ЦенаЗаЕдиницу>
        <Количество>2</Количество><Сумма>20</Сумма></Товар></Товары>"""
    head = f"<Ид>d-{number}</Ид><Номер>{number}</Номер><Дата>2026-11-21</Дата><Время>9:15:30</Время>"
    return f"<Документ>{head}<ХозОперация>{operation}</ХозОперация><Валюта>руб</Валюта><Сумма>20</Сумма>{line}{more}</Документ>"


PAYER = """<Контрагенты><Контрагент><Ид>p-1</Ид><Наименование>ИП Сидоров</Наименование><ИНН>770123456789</ИНН>
    <Роль>Покупатель</Роль></Контрагент></Контрагенты>"""
PAYMENT = document("7", "Выплата безналичных денег").replace("Документ>", "ПодчиненныйДокумент>")
SUBORDINATE = f"<ПодчиненныеДокументы>{PAYMENT}</ПодчиненныеДокументы>"

FIRST = {"groups": 2, "companies": 1, "items": 1}
GOODS = {
    "УТ 11": (goods(), FIRST),
    "УТ 11, the mark of a byte order": (b"\xef\xbb\xbf" + goods(), FIRST),
    "УТ 11, a later portion without the classifier": (catalogue(OWNER), {"companies": 1, "items": 1}),
    "УТ 11 of 2015, changes as an element": (
        catalogue("<СодержитТолькоИзменения>false</СодержитТолькоИзменения>", root=OLD), {"items": 1},
    ),
    "УТ 10.3": (goods(root='ВерсияСхемы="2.04"', encoding="windows-1251"), FIRST),
    "УПП 1.3": (goods(root=UPP), FIRST),
    "УПП 1.3, home-made, UTF-16": (goods(root=UPP, encoding="utf-16"), FIRST),
    "home-made, KOI8-R": (goods(root=OLD, encoding="koi8-r", declared="KOI8-R"), FIRST),
    "home-made, cp1251 by its other name": (goods(root=OLD, encoding="cp1251", declared="CP1251"), FIRST),
    "home-made, blank lines before the declaration": (b"\r\n\r\n" + goods(root=OLD), FIRST),
    "УНФ": (
        goods(
            ITEM.replace("<Артикул>", "<Код>НФ-1</Код><Категория>cat-1</Категория><Вес>1,5</Вес><ИдСайта>9</ИдСайта><Артикул>"),
            root=UNF,
            more="""<Категории><Категория><Ид>cat-1</Ид><Наименование>Двери</Наименование><Свойства><Ид>p-1</Ид></Свойства></Категория></Категории>
            <ЕдиницыИзмерения><ЕдиницаИзмерения><Код>796</Код><НаименованиеКраткое>шт</НаименованиеКраткое></ЕдиницаИзмерения></ЕдиницыИзмерения>
            <Ресурсы><Ресурс><Ид>r-1</Ид><Наименование>Цех</Наименование></Ресурс></Ресурсы>""",
        ),
        FIRST | {"units": 1},
    ),
    "УНФ of the second generation": (goods(root='xmlns="urn:1C.ru:commerceml_205" ВерсияСхемы="2.05"'), FIRST),
    "a namespace nobody has heard of": (goods(root='xmlns="urn:1C.ru:commerceml_311" ВерсияСхемы="3.11"'), FIRST),
    "prefixes": (prefixed(goods(root='xmlns:c="urn:1C.ru:commerceml_2" ВерсияСхемы="2.10"')), FIRST),
    "a bare catalogue": (f"<Каталог><Ид>k</Ид><Товары>{ITEM}</Товары></Каталог>".encode(), {"items": 1}),
    "BUS goods": (catalogue(root=BUS), {"items": 1}),
    "three marks of deletion, and an unreadable row": (
        goods(
            ITEM, '<Товар Статус="Удален"><Ид>i-2</Ид></Товар>', "<Товар><Ид>i-3</Ид><Статус>Удалён</Статус></Товар>",
            "<Товар><Ид>i-4</Ид><ПометкаУдаления>true</ПометкаУдаления></Товар>", "<Товар><Ид>i-5</Ид></Товар>",
        ),
        FIRST | {"items": 5},
    ),
    "variants and packagings": (
        goods(
            ITEM.replace(">шт<", ">шт<Пересчет><Единица>778</Единица><Коэффициент>12</Коэффициент></Пересчет><"),
            ITEM.replace("i-1", f"i-1#{GUID}").replace(">Дверь<", ">Дверь (белая)<"),
        ),
        FIRST | {"items": 2},
    ),
}  # fmt: skip
STOCK = {
    "the quantity alone": "<Количество>5</Количество>",
    "Склад": '<Склад ИдСклада="w-1" КоличествоНаСкладе="5"/>',
    "Склады": '<Склады ИдСклада="w-1" КоличествоНаСкладе="5"/>',
    "Остатки by warehouse": "<Остатки><Остаток><Склад><Ид>w-1</Ид><Количество>5</Количество></Склад></Остаток></Остатки>",
    "Остатки without": "<Остатки><Остаток><Количество>5</Количество></Остаток></Остатки>",
}
ROOTS = {"УТ": UT, "УНФ": UNF, "УПП": UPP, "BUS": BUS, "2.03": OLD}


@pytest.fixture
def site() -> Iterator[CrashSite]:
    yield CrashSite()
    runtime.use(None)


def loaded(site: CrashSite, tmp_path: Path, name: str, content: bytes, kind: str = "catalog") -> ExchangeFile:
    """What the journal says of the file; nothing of it may be missing."""
    session = site.begun()
    session.kind = kind
    session.send(name, content)
    if content.startswith("<Каталог".encode()):  # its end can't be told from that of a section: 1C has to ask
        session.ask("import", filename=name)
    site.drain()
    (run,) = site.runtime.exchange.runs(1)
    found = site.runtime.exchange.file(run.id, name)
    assert found and found.state is FileState.DONE and not found.error, found
    path = tmp_path / "file.xml"
    path.write_bytes(content.lstrip())
    assert missing(elements_in(path), found.tallies) == []
    return found


@pytest.mark.parametrize("kind", GOODS)
def test_goods_of_every_1c(site: CrashSite, tmp_path: Path, kind: str) -> None:
    """CT-01, CT-05, IN-03, IN-08."""
    content, counts = GOODS[kind]
    found = loaded(site, tmp_path, "file.xml", content)
    assert {name: tally.read for name, tally in found.tallies.items()} == counts
    card = site.runtime.catalogue.cards(["i-1"])["i-1"]
    assert (card.name, card.unit, card.deleted) == ("Дверь", "шт", False)
    again = loaded(site, tmp_path, "file.xml", content)
    assert all(tally.written == 0 for tally in again.tallies.values()), "a repeat changes nothing"


@pytest.mark.parametrize("form", STOCK)
@pytest.mark.parametrize("client", ROOTS)
def test_offers_with_every_form_of_stock(site: CrashSite, tmp_path: Path, client: str, form: str) -> None:
    """CT-08, CT-10, ST-01, ST-03, IN-03: from whole packages and from changes alone."""
    loaded(site, tmp_path, "import.xml", goods())
    found = loaded(site, tmp_path, "offers.xml", offers(PRICE + STOCK[form], root=ROOTS[client]))
    assert (found.tallies["prices"], found.tallies["stock"], found.problem_count) == (Tally(1, 1), Tally(1, 1), 0)
    prices, stock = site.runtime.offers.read(["i-1"])["i-1"]
    assert (str(prices.by_type["t-1"].amount), str(stock.available())) == ("1250.50", "5")
    news = offers(STOCK[form].replace("5", "3"), root=ROOTS[client], head="", section="ИзмененияПакетаПредложений")
    assert loaded(site, tmp_path, "rests.xml", news).tallies == {"stock": Tally(1, 1)}
    assert str(site.runtime.offers.read(["i-1"])["i-1"][1].available()) == "3"


def test_a_characteristic_apart_is_the_one_in_the_id(site: CrashSite, tmp_path: Path) -> None:
    """CT-05: УТ writes it apart in changes, and names the card's own variant in offers."""
    loaded(site, tmp_path, "import.xml", goods())
    whole = offers(PRICE + STOCK["Склад"]).replace(b"i-1<", f"i-1#{GUID}<".encode())
    assert loaded(site, tmp_path, "offers.xml", whole).tallies["variants"] == Tally(1, 1)
    apart = f"<ИдХарактеристики>{GUID}</ИдХарактеристики>" + STOCK["Склады"].replace("5", "2")
    news = offers(apart, head="", section="ИзмененияПакетаПредложений")
    assert loaded(site, tmp_path, "rests.xml", news).tallies["stock"] == Tally(1, 1)
    assert str(site.runtime.offers.read([f"i-1#{GUID}"])[f"i-1#{GUID}"][1].available("w-1")) == "2"


@pytest.mark.parametrize(
    ("rows", "counts"),
    [
        (document("1", more=PAYER), {"orders": 1}),
        (document("1", more=PAYER + SUBORDINATE), {"orders": 1}),
        (f"<Контейнер>{document('1', more=PAYER)}{document('2', 'Отпуск товара')}</Контейнер>", {"orders": 1}),
        (document("1", "Выплата наличных денег", "<Основание>K-1</Основание>"), {"papers": 1}),
        (document("1", "Поступление денежных средств", "<Основание>K-1</Основание>"), {"papers": 1}),
        (document("1", "Счет-фактура"), {"orders": 1}),
        (PAYER, {"counterparties": 1}),
    ],
)  # fmt: skip
@pytest.mark.parametrize("root", [UT, UNF, UPP, BUS])
def test_documents_of_every_operation(site: CrashSite, tmp_path: Path, root: str, rows: str, counts: dict[str, int]) -> None:
    """OR-06, OR-07, DC-08, IN-03: each document is taken, waits for its dealer, or is refused by its name."""
    found = loaded(site, tmp_path, "orders.xml", file(rows, root), "sale")
    assert {name: tally.read for name, tally in found.tallies.items()} == counts
    assert sum(tally.refused + tally.waiting for tally in found.tallies.values()) <= found.problem_count
