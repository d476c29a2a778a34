"""The CommerceML conversation: every reply to the byte, sessions, chunks, verdicts."""

import io
import zipfile
from dataclasses import replace
from hashlib import sha256

import pytest
from PIL import Image

from chalicelib.domain.catalogue.prices import recommended_price
from chalicelib.domain.exchange.exchange import ExchangeNode, FileState, Tally
from chalicelib.domain.exchange.node_settings import NodeSettings
from chalicelib.usecases.catalogue.store_picture import store_picture
from tests.exchange import commerceml as cml
from tests.exchange.conversation import LOGIN, Session, Site, basic
from tests.exchange.test_erp_orders import placed

PLAIN = "text/plain; charset=utf-8"


def zipped(**entries: bytes) -> bytes:
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in entries.items():
            archive.writestr(name.replace("__", "/"), content)
    return packed.getvalue()


def png(colour: str) -> bytes:
    file = io.BytesIO()
    Image.new("RGB", (40, 30), colour).save(file, "PNG")
    return file.getvalue()


# --- the letter of the protocol ---------------------------------------------------------------------------------------


@pytest.mark.parametrize("path", ["/exchange/1c", "/bitrix/admin/1c_exchange.php"])
def test_checkauth_is_four_lines_and_init_is_two(site: Site, path: str) -> None:
    """IN-03: УТ takes the token from line 4 and counts the lines of `init`; УНФ asks at Битрикс's own address."""
    session = Session(site, path=path)
    answer = session.ask("checkauth")
    word, name, value, last = answer.text.split("\n")
    assert (answer.status, answer.headers["content-type"], word) == (200, PLAIN, "success")
    assert name == "kabinet_1c" and value.isascii() and len(value) >= 32 and last == f"sessid={value}"
    assert b"\r" not in answer.body
    assert session.check_in().ask("init").body == b"zip=no\nfile_limit=4000000"


def test_a_node_may_pack(site: Site) -> None:
    node = site.runtime.exchange.node(LOGIN)
    assert node
    site.runtime.exchange.save_node(ExchangeNode(LOGIN, node.password_hash, zip_allowed=True))
    assert Session(site).check_in().ask("init").body == b"zip=yes\nfile_limit=4000000"


def test_a_stranger_gets_401_that_does_not_begin_with_success(site: Site) -> None:
    for headers in ({}, basic(password="мимо"), basic(login="nobody"), {"Cookie": "kabinet_1c=guessed"}):
        answer = Session(site, headers=headers).ask("checkauth")
        assert answer.status == 401 and answer.verdict == "failure" and answer.headers["content-type"] == PLAIN
        assert answer.headers["www-authenticate"].startswith("Basic")
        assert Session(site, headers=headers, extra={"sessid": "guessed"}).ask("init").status == 401


def test_what_is_not_understood_is_a_verdict_not_a_page(site: Site) -> None:
    session = Session(site).check_in()
    for kind, mode in (("catalog", "teleport"), ("crm", "query"), ("catalog", ""), ("", "import")):
        session.kind = kind
        answer = session.ask(mode)
        assert (answer.status, answer.verdict, answer.headers["content-type"]) == (200, "failure", PLAIN)
    session.kind = "catalog"
    assert session.ask("file", b"x").text == "failure\nНе указано имя файла (filename)"
    assert session.ask("import", filename="import0_1.xml").text == "failure\nФайл «import0_1.xml» не был передан"
    for word in ("deactivate", "complete"):
        assert session.ask(word).body == b"success"


def test_names_can_not_leave_their_run(site: Site) -> None:
    session = Session(site).check_in()
    for name in ("../../catalogue.xml", "/etc/passwd.xml", "a/../../b.xml"):
        answer = session.ask("file", b"<x/>", filename=name)
        kept = list(site.runtime.files.keys(""))
        assert answer.verdict == "failure" or all(key.startswith("exchange/") and ".." not in key for key in kept)


def test_replies_in_windows_1251_for_an_old_1c(site: Site) -> None:
    node = site.runtime.exchange.node(LOGIN)
    assert node
    site.runtime.exchange.save_node(ExchangeNode(LOGIN, node.password_hash, reply_encoding="windows-1251"))
    answer = Session(site).check_in().ask("import", filename="нет.xml")
    assert answer.headers["content-type"] == "text/plain; charset=windows-1251"
    assert answer.body.decode("windows-1251") == "failure\nФайл «нет.xml» не был передан"


def settle(site: Site, **settings: object) -> None:
    node = site.runtime.exchange.node(LOGIN)
    assert node
    site.runtime.exchange.save_node(replace(node, settings=NodeSettings(**settings)))  # type: ignore[arg-type]  # fields by name


def test_a_node_may_do_without_sessid_and_with_small_chunks(site: Site) -> None:
    """IN-03, IN-06: УТ before 11.4 takes three lines; a base behind a narrow line sends small parts."""
    settle(site, sessid=False, file_limit=500_000)
    session = Session(site)
    assert len(session.ask("checkauth").text.split("\n")) == 3
    assert session.ask("init").body == b"zip=no\nfile_limit=500000"
    session.send("import_files/0a/one.jpg", b"\xff\xd8" + b"x" * 600_000, limit=500_000)
    assert len(site.messages("pictures")) == 1, "the second part is not full: it is the last"


def test_a_bus_module_that_asks_again_instead_of_success(site: Site) -> None:
    """IN-03, OR-01: in the same session only; another session is given what nobody has acknowledged."""
    settle(site, query_acknowledges=True)
    order = placed(site)
    site.runtime.outbox.add("orders", order.number, {}, site.runtime.clock())
    for _ in range(2):
        session = Session(site, kind="sale").check_in()
        assert "<Номер>K-000017</Номер>" in session.ask("query").text
    assert "<Номер>" not in session.ask("query").text
    assert "<Номер>" not in Session(site, kind="sale").check_in().ask("query").text


def test_settings_of_a_node_map_what_its_files_bring(site: Site) -> None:
    """CT-09, CT-10, IN-06, ST-01, ST-08: requisites, the recommended price, a warehouse that is not for dealers."""
    settle(
        site, requisites={"Гарантия": "availability"}, rrp_price_type=cml.RETAIL, warehouses={cml.KAZAN: "-", cml.MOSCOW: "Химки"}
    )
    session = Session(site).check_in()
    session.load("import.xml", cml.catalogue(cml.item("i1", "Дрель")))
    rows = cml.offers(cml.offer("i1", prices={cml.RETAIL: "199.9", cml.DEALER: "150"}, stock={cml.MOSCOW: "7", cml.KAZAN: "5"}))
    assert session.load("offers.xml", rows).body == b"success"
    assert site.runtime.catalogue.cards(["i1"])["i1"].availability == "12 месяцев"
    prices, stock = site.runtime.offers.read(["i1"])["i1"]
    recommended = recommended_price(prices)
    assert recommended and str(recommended.amount) == "199.9"
    assert str(stock.available()) == "7"
    assert {one.name for one in site.runtime.catalogue.classifier().warehouses.values()} == {"Химки"}


# --- a whole exchange -------------------------------------------------------------------------------------------------


def test_a_catalogue_with_prices_and_stock_arrives(site: Site) -> None:
    """CT-01, CT-03, CT-04, CT-05, CT-06, CT-07, CT-08, CT-09, CT-10, CT-11, ST-01, ST-08, IN-08: all of it by the exchange."""
    session = Session(site).check_in()
    session.ask("init")
    assert session.load("import0_1.xml", cml.catalogue(cml.item("i1", "Дрель «Тайга» & Co", sku="Д-1"))).body == b"success"
    rows = cml.offers(
        cml.offer("i1", prices={cml.RETAIL: "199.9", cml.DEALER: "150.1234"}, stock={cml.MOSCOW: "7", cml.KAZAN: "0.5"})
    )
    assert session.load("offers0_1.xml", rows).body == b"success"

    card = site.runtime.catalogue.cards(["i1"])["i1"]
    assert (card.name, card.sku, card.unit, card.group_ids) == ("Дрель «Тайга» & Co", "Д-1", "шт", (cml.DRILLS,))
    assert (str(card.weight_kg), str(card.volume_m3), str(card.package_quantity)) == ("1.75", "0.025", "12")
    assert card.properties == (("Цвет", "Красный"), ("Объём, м³", "0,025"), ("p-unheard-of", "нечто"))
    assert (card.attributes, card.availability) == ((("Гарантия", "12 месяцев"),), "Ждём в мае")
    known = site.runtime.catalogue.classifier()
    assert known.groups[cml.PAINTS].parent_id == cml.DRILLS
    assert [one.name for one in known.price_types.values()] == ["Дилерская", "Розничная"]
    assert {one.name for one in known.warehouses.values()} == {"Москва", "Казань"}
    prices, stock = site.runtime.offers.read(["i1"])["i1"]
    assert str(prices.by_type[cml.DEALER].amount) == "150.1234"
    assert (str(stock.available(cml.MOSCOW)), str(stock.available())) == ("7", "7.5")
    assert site.messages("snapshot")


def test_a_file_cut_anywhere_is_one_file(site: Site) -> None:
    """Chunks have the same name and no number: they are joined in the order they came, through letters and tags."""
    content = cml.catalogue(*cml.many(f"i{n}" for n in range(40)))
    session = Session(site).check_in()
    assert session.load("import.xml", content, limit=997).body == b"success"
    assert len(site.runtime.catalogue.cards([f"i{n}" for n in range(40)])) == 40


def test_windows_1251_is_read(site: Site) -> None:
    """IN-03: home-made exporters of УПП write it."""
    content = cml.catalogue(cml.item("i1", "Шуруповёрт"), encoding="windows-1251")
    assert Session(site).check_in().load("import.xml", content).body == b"success"
    assert site.runtime.catalogue.cards(["i1"])["i1"].name == "Шуруповёрт"


def test_an_archive_is_unpacked_and_asked_for_by_its_inner_names(site: Site) -> None:
    """УТ with zip=yes sends everything in one archive, in chunks, and imports the names inside."""
    packed = zipped(
        **{
            "import0_1.xml": cml.catalogue(cml.item("i1", "Дрель", more="<Картинка>import_files/ab/i1.jpg</Картинка>")),
            "offers0_1.xml": cml.offers(cml.offer("i1", prices={cml.RETAIL: "10"})),
            "import_files__ab__i1.jpg": b"\xff\xd8picture\xff\xd9",
        }
    )
    session = Session(site).check_in()
    session.send("v8_4F2A_1.zip", packed, limit=300)
    for name in ("import0_1.xml", "offers0_1.xml"):
        for _ in range(3):
            answer = session.ask("import", filename=name)
            if answer.verdict != "progress":
                break
            site.work()
        assert answer.body == b"success"
    assert site.runtime.offers.read(["i1"])["i1"][0].by_type
    assert [message["file"] for message in site.messages("pictures")] == ["import_files/ab/i1.jpg"]


def test_pictures_go_to_their_own_workers(site: Site) -> None:
    session = Session(site).check_in()
    session.send("import_files/0a/one.jpg", b"\xff\xd8 small \xff\xd9")
    session.send("import_files/0b/two.jpg", b"\xff\xd8" + b"x" * 4_500_000 + b"\xff\xd9")
    assert [message["file"] for message in site.messages("pictures")] == ["import_files/0a/one.jpg", "import_files/0b/two.jpg"]
    assert session.ask("import", filename="import_files/0a/one.jpg").body == b"success"


def test_a_picture_sent_again_is_the_new_one(site: Site) -> None:
    picture, other = png("red"), png("blue")
    session = Session(site).check_in()
    for content in (picture, other):
        session.send("import_files/0a/one.png", content)
        now = site.runtime
        stores = (now.files, now.catalogue, now.exchange, now.picture_maker, now.queues)
        store_picture(*stores, clock=now.clock, run="00000001", file="import_files/0a/one.png")
    assert now.catalogue.pictures() == {"import_files/0a/one.png": sha256(other).hexdigest()[:32]}


# --- waiting ----------------------------------------------------------------------------------------------------------


def test_import_is_progress_until_the_worker_is_done(site: Site) -> None:
    session = Session(site).check_in()
    session.send("import.xml", cml.catalogue(cml.item("i1", "Дрель")))
    for _ in range(3):
        answer = session.ask("import", filename="import.xml")
        assert answer.verdict == "progress" and answer.headers["content-type"] == PLAIN
    assert len(site.work()) == 1, "however often it is asked for, a file is queued once"
    for _ in range(2):
        assert session.ask("import", filename="import.xml").body == b"success"
    assert site.work() == [], "a repeated `import` answers the old verdict"


def test_a_file_sent_again_is_loaded_again(site: Site) -> None:
    session = Session(site).check_in()
    assert session.load("import.xml", cml.catalogue(cml.item("i1", "Было"))).body == b"success"
    assert session.load("import.xml", cml.catalogue(cml.item("i1", "Стало")), limit=500).body == b"success"
    assert site.runtime.catalogue.cards(["i1"])["i1"].name == "Стало"


def test_a_client_that_never_says_import_is_served_too(site: Site) -> None:
    """УТ with «без ожидания подтверждения» sends files and goes away."""
    session = Session(site).check_in()
    session.send("import.xml", cml.catalogue(cml.item("i1", "Дрель")), limit=100)
    session.send("offers.xml", cml.offers(cml.offer("i1", prices={cml.RETAIL: "5"})), limit=100)
    site.work()
    assert site.runtime.offers.read(["i1"])["i1"][0].by_type


def test_an_interrupted_file_is_not_mixed_with_the_next_attempt(site: Site) -> None:
    session = Session(site).check_in()
    content = cml.catalogue(cml.item("i1", "Дрель"))
    session.ask("init")
    session.ask("file", content[:200], filename="import.xml")
    session.ask("init")
    assert session.load("import.xml", content).body == b"success"


# --- sessions ---------------------------------------------------------------------------------------------------------


def test_two_sessions_at_once_do_not_mix(site: Site) -> None:
    one, two = Session(site).check_in(), Session(site).check_in()
    first, second = cml.catalogue(cml.item("i1", "Первая")), cml.catalogue(cml.item("i2", "Вторая"))
    half = len(first) // 2
    one.ask("file", first[:half], filename="import.xml")
    two.ask("file", second[:half], filename="import.xml")
    one.ask("file", first[half:], filename="import.xml")
    two.ask("file", second[half:], filename="import.xml")
    site.work()
    for session in (one, two):
        assert session.ask("import", filename="import.xml").body == b"success"
    assert {card.name for card in site.runtime.catalogue.cards(["i1", "i2"]).values()} == {"Первая", "Вторая"}


def test_the_cookie_alone_is_enough(site: Site) -> None:
    session = Session(site).check_in()
    session.headers = {"Cookie": session.headers["Cookie"]}
    session.extra = {}
    assert session.load("import.xml", cml.catalogue(cml.item("i1", "Дрель"))).body == b"success"


@pytest.mark.parametrize("sessid", [True, False])
def test_a_client_without_cookies_is_known_by_its_account(site: Site, sessid: bool) -> None:
    session = Session(site).check_in()
    session.headers = basic()
    session.extra = session.extra if sessid else {}
    assert session.ask("init").body == b"zip=no\nfile_limit=4000000"
    assert session.load("import.xml", cml.catalogue(cml.item("i1", "Дрель")), limit=500).body == b"success"


def test_the_session_in_the_address_alone_opens_nothing(site: Site) -> None:
    session = Session(site).check_in()
    session.headers = {}
    assert session.ask("init").status == 401


# --- bad input --------------------------------------------------------------------------------------------------------


def test_a_broken_file_fails_with_its_name_and_line_and_keeps_what_was_whole(site: Site) -> None:
    session = Session(site).check_in()
    rows = cml.many(f"i{n}" for n in range(3000))
    broken = cml.catalogue(*rows)[:-2000]
    session.send("import0_1.xml", broken)
    session.ask("import", filename="import0_1.xml")
    site.work()
    answer = session.ask("import", filename="import0_1.xml")
    assert answer.verdict == "failure"
    assert "import0_1.xml" in answer.text and "строк" in answer.text and "Журнал обмена: № 1" in answer.text
    file = site.runtime.exchange.file("00000001", "import0_1.xml")
    assert file and file.state is FileState.FAILED and file.tallies["items"].written > 2000
    assert session.ask("import", filename="import0_1.xml").text == answer.text


def test_what_is_no_xml_at_all_fails(site: Site) -> None:
    session = Session(site).check_in()
    for name, content in (("a.xml", b""), ("b.xml", b"<html>502 Bad Gateway</html>"), ("c.xml", b"\x00\x01\x02")):
        session.send(name, content)
        session.ask("import", filename=name)
        site.work()
        answer = session.ask("import", filename=name)
        assert answer.verdict == "failure" and name in answer.text


def test_an_entity_bomb_is_refused(site: Site) -> None:
    bomb = b'<?xml version="1.0"?><!DOCTYPE x [<!ENTITY a "aaaaaaaaaa"><!ENTITY b "&a;&a;&a;&a;">]>'
    session = Session(site).check_in()
    answer = session.load("import.xml", bomb + "<КоммерческаяИнформация>&b;</КоммерческаяИнформация>".encode())
    assert answer.verdict == "failure" and "DOCTYPE" in answer.text


def test_an_unknown_group_is_named_and_the_item_is_loaded_without_it(site: Site) -> None:
    answer = (
        Session(site)
        .check_in()
        .load("import.xml", cml.catalogue(cml.item("i1", "Дрель", group=cml.LOST), cml.item("i2", "Краска", group=cml.PAINTS)))
    )
    assert answer.verdict == "success"
    assert "Товар «Дрель» (i1)" in answer.text and cml.LOST in answer.text and "Краска" not in answer.text
    cards = site.runtime.catalogue.cards(["i1", "i2"])
    assert (cards["i1"].group_ids, cards["i2"].group_ids) == ((), (cml.PAINTS,))


def test_a_price_for_a_missing_item_is_named_and_the_others_are_loaded(site: Site) -> None:
    session = Session(site).check_in()
    session.load("import.xml", cml.catalogue(cml.item("i1", "Дрель")))
    rows = cml.offers(
        cml.offer("ghost", "Призрак", prices={cml.RETAIL: "1"}, stock={cml.MOSCOW: "1"}),
        cml.offer("i1", prices={cml.RETAIL: "2"}, stock={cml.MOSCOW: "3"}),
    )
    answer = session.load("offers.xml", rows)
    assert answer.verdict == "success" and "«Призрак» (ghost): Такого товара нет в каталоге" in answer.text
    assert "отказано 2" in answer.text
    prices, stock = site.runtime.offers.read(["i1"])["i1"]
    assert prices.by_type and stock.known
    file = site.runtime.exchange.file("00000001", "offers.xml")
    assert file and file.tallies["prices"] == Tally(2, 1, 0, 1) and file.tallies["stock"] == Tally(2, 1, 0, 1)


def test_a_negative_quantity_is_named_and_nothing_is_left_to_sell(site: Site) -> None:
    """ST-08, ST-09."""
    session = Session(site).check_in()
    session.load("import.xml", cml.catalogue(cml.item("i1", "Дрель")))
    assert session.load("offers.xml", cml.offers(cml.offer("i1", stock={cml.MOSCOW: "9"}))).body == b"success"
    bad = cml.offers(cml.offer("i1", "Дрель", stock={cml.MOSCOW: "-4", cml.KAZAN: "2"}, prices={cml.RETAIL: "7"}))
    answer = session.load("offers.xml", bad)
    assert answer.verdict == "success" and "Дрель" in answer.text and "-4" in answer.text
    prices, stock = site.runtime.offers.read(["i1"])["i1"]
    assert (str(stock.available(cml.MOSCOW)), str(stock.available(cml.KAZAN))) == ("0", "2")
    assert str(prices.by_type[cml.RETAIL].amount) == "7"


def test_every_row_of_every_file_is_in_the_journal(site: Site) -> None:
    """The counts of a kind add up: read = written + unchanged + refused."""
    session = Session(site).check_in()
    rows = [*cml.many(f"i{n}" for n in range(700)), cml.item("", "Без Ид"), cml.item("i3", "Дрель i3 последняя")]
    session.load("import.xml", cml.catalogue(*rows))
    run = site.runtime.exchange.runs()[0]
    (file,) = site.runtime.exchange.run(run.id).files  # type: ignore[union-attr]
    assert file.tallies["items"] == Tally(read=702, written=701, unchanged=0, refused=1)
    assert all(one.read == one.written + one.unchanged + one.refused for one in file.tallies.values())
    assert site.runtime.catalogue.cards(["i3"])["i3"].name == "Дрель i3 последняя"


# --- orders -----------------------------------------------------------------------------------------------------------


def test_an_empty_queue_of_orders_is_a_valid_document(site: Site) -> None:
    """OR-01: УТ reads anything that does not begin with these five characters as an error."""
    session = Session(site, kind="sale").check_in()
    answer = session.ask("query")
    assert answer.status == 200 and answer.body.startswith(b"<?xml") and "КоммерческаяИнформация" in answer.text
    assert session.ask("success").body == b"success"


def test_states_for_unf_stand_under_a_latin_letter(site: Site) -> None:
    """IN-03: УНФ reads the mapping of states from here."""
    answer = Session(site, kind="sale", path="/bitrix/admin/1c_exchange.php").check_in().ask("info")
    assert (
        answer.body.startswith(b"<?xml")
        and "<C\u0442атусы>" in answer.text
        and "<Название>Ожидает подтверждения</Название>" in answer.text
    )


def test_an_answer_to_an_order_nobody_placed_is_named(site: Site) -> None:
    """УПП sends the file and never says `import`: the journal has the verdict."""
    order = (
        "<Документ><Ид>d1</Ид><Номер>Д-777</Номер><Дата>2026-11-21</Дата>"
        "<ХозОперация>Заказ товара</ХозОперация><Валюта>RUB</Валюта>"
        "<Товары><Товар><Ид>i1</Ид><Наименование>Дрель</Наименование><ЦенаЗаЕдиницу>10</ЦенаЗаЕдиницу><Количество>1</Количество>"
        "<Сумма>10</Сумма></Товар></Товары></Документ>"
    )
    session = Session(site, kind="sale").check_in()
    session.send("1cbitrix-1.xml", cml.document(order), limit=50)
    assert len(site.work()) == 1
    (run,) = site.runtime.exchange.runs()
    (file,) = site.runtime.exchange.run(run.id).files  # type: ignore[union-attr]
    assert file.tallies["orders"] == Tally(read=1, waiting=1) and file.problems[0].id == "Д-777"
    assert "Д-777" in session.ask("import", filename="1cbitrix-1.xml").text


def test_a_session_that_brought_nothing_is_not_in_the_journal(site: Site) -> None:
    Session(site).check_in().ask("init")
    assert site.runtime.exchange.runs() == ()
