"""What the four clients do each in their way, to the letter, and how each reads the orders of a site."""

from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl, urlsplit

import pytest
from lxml import etree

from infra.demo.supplier import Supplier
from infra.simulator.book import OrderBook
from infra.simulator.client import ExchangeRefused, PortalUnavailable, Said, Site
from infra.simulator.clients import CLIENTS, Configuration, Unf
from infra.simulator.play import VARIANTS
from infra.simulator.play import main as play
from infra.simulator.state import State
from tests.clients.real_portal import RealPortal
from tests.infra.strict_portal import NO_ORDERS, StrictPortal

NOW = datetime(2026, 11, 21, 9, 5, 7)


@pytest.fixture
def portal() -> Iterator[StrictPortal]:
    portal = StrictPortal()
    yield portal
    portal.close()


@pytest.fixture
def heard() -> list[Said]:
    return []


Make = Callable[[str], Configuration]


@pytest.fixture
def client(portal: StrictPortal, small: Supplier, tmp_path: Path, heard: list[Said]) -> Make:
    def make(name: str) -> Configuration:
        book = OrderBook(State(tmp_path / "book.json"), small, lambda: NOW)
        made = VARIANTS[name](Site(portal.address, "1c", "1c", heard.append), small, book, lambda: NOW)
        made.pictures, made.portion = False, 10
        if isinstance(made, Unf):
            made.manners = replace(made.manners, pause=0.01, retry_after=0.01 if made.new else None)
        return made

    return make


def asked(heard: list[Said]) -> list[dict[str, str]]:
    """Every address as its parameters, the path under `path`."""
    return [
        dict(parse_qsl(urlsplit(one.address).query, keep_blank_values=True)) | {"path": urlsplit(one.address).path}
        for one in heard
    ]


def modes(heard: list[Said]) -> list[str]:
    return [" ".join(filter(None, (one["mode"], one.get("filename", "").partition("___")[0]))) for one in asked(heard)]


def root(portal: StrictPortal, name: str) -> Any:
    body = next(body for file, body in portal.files.items() if file.startswith(name))
    return etree.fromstring(body.removeprefix(b"\xef\xbb\xbf"))


# --- dialogues --------------------------------------------------------------------------------------------------------


def test_old_ut_knows_no_sessid_and_new_ut_sends_it_always(client: Make, heard: list[Said]) -> None:
    """IN-03."""
    client("ut-11.4").send_goods()
    assert not any("sessid" in one for one in asked(heard))
    heard.clear()
    client("ut").send_goods()
    assert all("sessid" in one for one in asked(heard) if one["mode"] != "checkauth")
    assert modes(heard).count("checkauth") == 3, "a session for each portion"


def test_ut_without_confirmation_never_asks_for_import(client: Make, heard: list[Said]) -> None:
    client("ut-no-import").send_goods()
    assert "import" not in {one["mode"] for one in asked(heard)}


def test_ut_polls_without_a_pause(client: Make, portal: StrictPortal, heard: list[Said]) -> None:
    portal.progress = 25
    client("ut").send_changes([])
    assert modes(heard).count("import offers0_1.xml") == 26


def test_unf_asks_for_states_at_the_address_of_bitrix_and_tells_its_version(
    client: Make, portal: StrictPortal, heard: list[Said]
) -> None:
    """IN-03: whatever address it was given."""
    one = client("unf")
    with pytest.raises(ValueError, match="не читаются"):
        one.test_connection()  # this portal knows no `info`
    last = asked(heard)[-1]
    assert (last["path"], last["mode"], last["type"]) == ("/bitrix/admin/1c_exchange.php", "info", "sale")
    assert (last["version"], last["cmlVersion"]) == ("2.09", "2.10")
    assert last["sessid"] == "token-0123456789", "line 4 of checkauth as it stands"
    heard.clear()
    client("unf-205").send_goods()
    assert not any("version" in address for address in asked(heard))


def test_unf_says_a_call_that_was_cut_short_once_more(client: Make, portal: StrictPortal) -> None:
    portal.lost.add("import")
    client("unf").send_changes([])
    portal.lost.add("import")
    with pytest.raises(PortalUnavailable):
        client("unf-208").send_changes([])


def test_upp_sends_everything_in_one_session_and_its_orders_without_import(
    client: Make, portal: StrictPortal, heard: list[Said], small: Supplier
) -> None:
    """IN-03: no namespace, no warehouses, a quantity only above zero."""
    one = client("upp")
    one.send_goods()
    said = list(dict.fromkeys(modes(heard)))  # a file comes in pieces
    assert said == ["checkauth", "init", "file import.xml", "file offers.xml", "import import.xml", "import offers.xml"]
    assert not any("sessid" in address for address in asked(heard))
    offers = root(portal, "offers.xml")
    assert (offers.tag, offers.get("ВерсияСхемы")) == ("КоммерческаяИнформация", "2.05")
    assert offers.find(".//Склады") is None and offers.find(".//Склад") is None
    empty = [item for item in small.items if not sum(item.balances.values())]
    assert len(offers.findall(".//Предложение/Количество")) == len(small.items) - len(empty)
    assert not portal.files["import.xml"].startswith(b"\xef\xbb\xbf")
    portal.orders = order()
    one.take_orders()
    heard.clear()
    one.answer_orders()
    assert [mode.partition(" ")[0] for mode in modes(heard)] == ["checkauth", "init", "file"]
    assert "T" not in root(portal, "1cbitrix-").xpath("string(.//ЗначениеРеквизита[Наименование='Дата по 1С']/Значение)")


def test_upp_of_older_days_writes_windows_1251(client: Make, portal: StrictPortal) -> None:
    client("upp-1251").send_goods()
    body = portal.files["import.xml"]
    assert body.startswith(b'<?xml version="1.0" encoding="windows-1251"?>')
    assert "Наименование" in body.decode("cp1251")


def test_upp_reads_replies_in_windows_1251(real_portal: RealPortal, small: Supplier, tmp_path: Path) -> None:
    """IN-03: the node's own encoding, in words and in orders."""
    real_portal.node(reply_encoding="windows-1251")
    book = OrderBook(State(tmp_path / "book.json"), small, lambda: NOW)
    one = VARIANTS["upp"](Site(real_portal.address, "1c", "1c"), small, book, lambda: NOW)
    one.pictures = False
    with one.site.open("catalog", one.manners) as session, pytest.raises(ExchangeRefused, match="не был передан"):
        session.import_all(["never-sent.xml"])
    one.push_people()
    one.send_goods()
    number = real_portal.order(real_portal.dealer(), (small.items[0].id, 1), comment="Привет из Твери")
    (taken,) = one.take_orders()
    assert (taken.number, taken.site.comment) == (number, "Привет из Твери")


def test_bus_imports_each_file_before_the_next_and_marks_the_end(client: Make, portal: StrictPortal, heard: list[Said]) -> None:
    """IN-03: one kind of object in a file."""
    with pytest.raises(ExchangeRefused, match="deactivate"):  # this portal knows no marks of the end
        client("bus").send_goods()
    said = modes(heard)
    files = [mode.removeprefix("file ") for mode in said if mode.startswith("file ")]
    assert files[:5] == ["groups.xml", "propertiesGoods_1.xml", "priceLists.xml", "units.xml", "storages.xml"]
    assert said[2:-1] == [f"{mode} {name}" for name in files for mode in ("file", "import")]
    assert asked(heard)[-1]["mode"] == "deactivate" and asked(heard)[-1]["timestamp"].isdigit()
    for name in ("groups", "import___", "offers___", "prices___", "rests___"):
        assert root(portal, name).get("ВерсияСхемы") == "3.1"
    assert root(portal, "prices___").find(".//{*}Остатки") is None and root(portal, "rests___").find(".//{*}Цены") is None


def test_with_zip_every_client_sends_one_archive(real_portal: RealPortal, small: Supplier, tmp_path: Path) -> None:
    """The portal unpacks it and knows the names inside."""
    real_portal.node(zip_allowed=True)
    for name in ("ut", "unf", "upp"):
        book = OrderBook(State(tmp_path / name), small, lambda: NOW)
        one = VARIANTS[name](Site(real_portal.address, "1c", "1c"), small, book, lambda: NOW)
        one.pictures = False
        if isinstance(one, Unf):
            one.manners = replace(one.manners, pause=0.01)
        one.send_goods()
    real_portal.settle()
    files = [file for run in real_portal.runs() for file in run.files]
    assert sum(file.name.endswith(".zip") for file in files) == 3
    assert [file.error for file in files if file.error] == []


def test_a_portal_that_is_asked_again_and_again_says_progress(real_portal: RealPortal, small: Supplier, tmp_path: Path) -> None:
    """УТ asks without a pause: the portal holds each question back for a while, and the answer comes when the file is loaded."""
    real_portal.runtime.exchange_patience = timedelta(seconds=0.3)
    real_portal.paused.set()
    heard: list[Said] = []

    def hear(said: Said) -> None:
        heard.append(said)
        if modes(heard)[-1].startswith("import") and len(heard) > 8:
            real_portal.paused.clear()

    book = OrderBook(State(tmp_path / "book"), small, lambda: NOW)
    one = VARIANTS["ut"](Site(real_portal.address, "1c", "1c", hear), small, book, lambda: NOW)
    one.pictures, one.portion = False, 100
    one.send_goods()
    answers = [said.reply.verdict for said, mode in zip(heard, modes(heard), strict=True) if mode == "import import0_1.xml"]
    assert answers[0] == "progress" and answers[-1] == "success" and set(answers) == {"progress", "success"}


# --- reading orders ---------------------------------------------------------------------------------------------------


def order(**changes: str) -> str:
    """An order every client can read, with parts of it written otherwise."""
    parts = {
        "number": "<Номер>K-000001</Номер>",
        "date": "<Дата>2026-11-21</Дата>",
        "time": "<Время>09:01:00</Время>",
        "operation": "<ХозОперация>Заказ товара</ХозОперация>",
        "currency": "<Валюта>RUB</Валюта>",
        "buyer": "<Контрагент><Ид>c-1</Ид><Наименование>ИП Громова Е. В.</Наименование><Роль>Покупатель</Роль></Контрагент>",
        "warehouse": "",
        "line": "<Ид>i-1</Ид><Наименование>Дверь</Наименование>",
        "price": "<ЦенаЗаЕдиницу>100</ЦенаЗаЕдиницу><Количество>2</Количество><Сумма>200</Сумма>",
        "vat": "<Налоги><Налог><Наименование>НДС</Наименование><Ставка>22</Ставка></Налог></Налоги>",
    } | changes
    document = (
        "<Документ><Ид>K-000001</Ид>{number}{date}{operation}{currency}<Контрагенты>{buyer}</Контрагенты>{time}{warehouse}"
        "<Товары><Товар>{line}{price}{vat}</Товар></Товары></Документ>"
    ).format(**parts)
    return NO_ORDERS.replace("/>", ">") + document + "</КоммерческаяИнформация>"


NAMED = order().replace("<КоммерческаяИнформация", '<КоммерческаяИнформация xmlns="urn:1C.ru:commerceml_2"')
BARE_WAREHOUSE = order(warehouse="<Склады><Склад><Ид>w-1</Ид></Склад></Склады>")
TRADER = "<Контрагент><Наименование>ИП Громова</Наименование><ОфициальноеНаименование>ИП</ОфициальноеНаименование></Контрагент>"
EVERYBODY, TYPED = {"ut", "unf", "upp", "bus"}, {"ut", "unf"}
STUMBLES: list[tuple[str, str, set[str]]] = [
    ("пространство имён", NAMED, TYPED),
    ("пустой элемент", order(currency="<Валюта>RUB</Валюта><Комментарий/>"), TYPED),
    ("валюта дважды", order(currency="<Валюта>RUB</Валюта><Валюта>RUB</Валюта>"), TYPED),
    ("склад без адреса", BARE_WAREHOUSE, {"ut"}),
    ("длинный номер", order(number="<Номер>K-0000000001</Номер>"), {"ut", "unf", "upp"}),
    ("нет номера", order(number=""), EVERYBODY),
    ("нет ставки НДС", order(vat="<Налоги><Налог><Наименование>НДС</Наименование></Налог></Налоги>"), EVERYBODY),
    ("дата с временем", order(date="<Дата>2026-11-21T09:00:00</Дата>"), EVERYBODY),
    ("время с зоной", order(time="<Время>09:01:00+03:00</Время>"), EVERYBODY),
    ("запятая в цене", order(price="<ЦенаЗаЕдиницу>100,5</ЦенаЗаЕдиницу><Количество>2</Количество>"), EVERYBODY),
    ("нет валюты", order(currency=""), EVERYBODY),
    ("счёт вместо заказа", order(operation="<ХозОперация>Счет на оплату</ХозОперация>"), {"ut", "unf", "upp"}),
    ("ИП как юрлицо", order(buyer=TRADER), EVERYBODY),
    ("нет контрагента", order(buyer=""), EVERYBODY),
    ("строка без Ид", order(line="<Наименование>Дверь</Наименование>"), EVERYBODY),
]  # fmt: skip


@pytest.mark.parametrize("name", list(CLIENTS))
@pytest.mark.parametrize(("xml", "who"), [row[1:] for row in STUMBLES], ids=[row[0] for row in STUMBLES])
def test_each_stumbles_over_what_the_real_one_does(
    client: Make, portal: StrictPortal, name: str, xml: str, who: set[str]
) -> None:
    """OR-02: nothing of the batch is loaded, and `success` is not said."""
    one = client(name)
    portal.orders = xml
    if name in who:
        with pytest.raises(ExchangeRefused, match="Заказы не загружены"):
            one.take_orders()
        assert one.book.orders() == [] and portal.acknowledged == 0
    else:
        one.take_orders()
        assert portal.acknowledged > 0


@pytest.mark.parametrize("name", list(VARIANTS))
def test_a_good_order_is_taken_once(client: Make, portal: StrictPortal, name: str) -> None:
    one = client(name)
    portal.orders = order()
    assert [taken.number for taken in one.take_orders()] == ["K-000001"]
    assert one.take_orders() == []
    assert portal.acknowledged == (0 if name == "bus-no-success" else 3 if name == "bus" else 2)


# --- the command ------------------------------------------------------------------------------------------------------


def test_make_simulate_tells_the_exchange_in_russian(
    real_portal: RealPortal, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """IN-04: `make simulate CLIENT=bus` against any portal."""
    given = ["--client", "bus", "--portal", real_portal.address, "--items", "12", "--no-pictures"]
    assert play(given) == 0
    said = capsys.readouterr().out
    for words in (
        "Модуль 1С-Битрикс",
        "▸ Номенклатура, цены и остатки",
        "→ POST /exchange/1c catalog file groups.xml",
        "✓ выполнено",
    ):
        assert words in said
    assert "Обмен завершён: запросов" in said
    assert play([*given, "--password", "мимо"]) == 1
    assert "✗ checkauth: 401" in capsys.readouterr().out
