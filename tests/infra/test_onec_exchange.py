"""The modules of the 1C extension at work: they run as they are, and talk to the real portal over its routes."""

import json
import os
import urllib.request
from collections.abc import Iterator
from datetime import datetime
from types import SimpleNamespace
from typing import Any
from uuid import NAMESPACE_URL, uuid5

import pytest

from chalicelib import runtime
from chalicelib.domain.partners import PartnerScope
from chalicelib.usecases.snapshots import checksum
from tests.exchange.client import Sender, basic
from tests.infra.bsl.base import Base
from tests.infra.bsl.values import BslError, Ref, Structure, number, plain
from tests.people import CountingHasher, Portal


def ref(table: str, name: str) -> Ref:
    return Ref(table, str(uuid5(NAMESPACE_URL, f"{table}/{name}")), name)


PARTNER, PAYER = ref("Справочник.Партнеры", "Северный крепёж"), ref("Справочник.Контрагенты", "ООО «Крепёж»")
PERSON, MANAGER = ref("Справочник.КонтактныеЛицаПартнеров", "Кузнецов И. А."), ref("Справочник.Пользователи", "Смирнова О. П.")
AGREEMENT, PRICES = ref("Справочник.СоглашенияСКлиентами", "№ 15"), ref("Справочник.СоглашенияСКлиентами", "Опт")
POINT, COMPANY = ref("Справочник.Партнеры", "Магазин"), ref("Справочник.Организации", "ООО «Оптовик»")
NOTHING = Ref("Справочник.Контрагенты", "00000000-0000-0000-0000-000000000000")
DOOR, STORE = ref("Справочник.Номенклатура", "Дверь"), ref("Справочник.Склады", "Основной")
GREY = ref("Справочник.ХарактеристикиНоменклатуры", "серая")
ORDERED, SHIPMENT = ref("Документ.ЗаказПоставщику", "ЗП-1"), ref("Документ.РеализацияТоваровУслуг", "УТ-000123")


def partner_rows() -> dict[str, list[dict[str, Any]]]:
    """A partner as the queries of УТ find it."""
    card = {"Ссылка": PARTNER, "Наименование": "Северный крепёж", "ПометкаУдаления": False, "Регион": "Санкт-Петербург"}
    terms = {"Номер": "15", "ВидЦен": PRICES, "Контрагент": PAYER, "Организация": NOTHING, "Валюта": "руб.", "ПоУмолчанию": True}
    return {
        "Партнеры": [card | {"ЦеноваяГруппа": "", "Склад": None, "Менеджер": MANAGER, "МенеджерНаименование": "Смирнова О. П."}],
        "КонтактныеЛица": [{"Владелец": PARTNER, "Ссылка": PERSON, "Наименование": "Кузнецов И. А.", "ПометкаУдаления": False}],
        "Контрагенты": [
            {"Владелец": PARTNER, "Ссылка": PAYER, "Наименование": "ООО «Крепёж»", "НаименованиеПолное": "Общество «Крепёж»"}
            | {"ИНН": "7801234564", "КПП": "780101001", "Вид": "legal_entity"}
        ],
        "Договоры": [
            {"Владелец": PARTNER, "Ссылка": AGREEMENT, "Наименование": "Договор № 15", "ЦенаВключаетНДС": True}
            | terms
            | {"Предоплата": number(30), "Отсрочка": number(14)}
        ],
        "АдресаДоставки": [{"Владелец": PARTNER, "Ссылка": POINT, "Наименование": "Магазин", "ПометкаУдаления": False}],
    }


@pytest.fixture
def sender(aws: SimpleNamespace) -> Iterator[Sender]:
    yield Sender(Portal(hasher=CountingHasher()))
    runtime.use(None)


class Line:
    """The wire between the base and the portal. It can be cut, before the portal or on the way back."""

    def __init__(self, sender: Sender) -> None:
        self.sender, self.cut, self.requests = sender, list[str](), list[tuple[str, str, Any]]()

    def __call__(self, method: str, path: str, headers: dict[str, str], body: bytes) -> tuple[int, bytes]:
        fault = self.cut.pop(0) if self.cut else ""
        if fault == "before":
            raise ConnectionError("Couldn't resolve host name")
        sent = basic(headers.pop("login"), headers.pop("password")) | headers
        self.requests.append((method, path, json.loads(body) if body else None))
        answer = self.sender.call(method, path, body, headers=sent)
        if fault == "after":
            raise ConnectionError("Failure when receiving data from the peer")
        return answer.status, json.dumps(answer.body).encode()


@pytest.fixture
def base(sender: Sender) -> Base:
    made = Base(Line(sender), partner_rows())
    made.contact_info = [
        {"Объект": PERSON, "Тип": "phone", "Вид": "Телефон рабочий", "Представление": "+7 (812) 555-01-00"},
        {"Объект": PERSON, "Тип": "phone", "Вид": "Мобильный телефон", "Представление": "+7 (921) 555-01-22"},
        {"Объект": PERSON, "Тип": "mail", "Вид": "Email", "Представление": "kuznetsov@krepezh.example"},
        {"Объект": PAYER, "Тип": "address", "Вид": "Юридический адрес", "Представление": "Санкт-Петербург, 5-я линия, 10"},
        {"Объект": POINT, "Тип": "address", "Вид": "Адрес доставки", "Представление": "Софийская ул., 60"},
    ]
    made.extra = [extra(PARTNER, "Доступ в личный кабинет", True), extra(PERSON, "Доступ в личный кабинет", True)]
    made.extra += [extra(POINT, "Грузоподъемность машины, кг", number(5000)), extra(POINT, "Широта", number("59.844112"))]
    return made


def extra(owner: Ref, title: str, value: Any) -> dict[str, Any]:
    return {"ВладелецСвойств": owner, "Свойство": ref("ПланВидовХарактеристик.Свойства", title), "Значение": value}


def line(base: Base) -> Line:
    assert isinstance(base.send, Line)
    return base.send


def sent(base: Base, entity: str) -> list[Any]:
    """Records that went to the entity's address, in order."""
    return [one for method, path, body in line(base).requests if path == f"/exchange/v1/{entity}" for one in body[entity]]


def test_a_written_partner_reaches_the_portal_with_all_that_hangs_on_it(base: Base, sender: Sender) -> None:
    """IN-05, PT-01, PT-02: saving the card in 1C sends partner, person, payer, terms, address and manager."""
    base.changed("Партнеры", PARTNER)
    base.exchange()
    assert (base.waiting(), base.log) == ([], [])
    assert base.outcome(PARTNER.guid)["Итог"] == "written"
    scope = PartnerScope(PARTNER.guid)
    account = sender.portal.runtime.partners.account(scope)
    assert account and account.manager
    assert (account.partner.portal_access, account.partner.region, account.manager.name) == (
        True,
        "Санкт-Петербург",
        "Смирнова О. П.",
    )
    contract = account.contracts[0]
    assert (contract.price_type_id, contract.counterparty_id, contract.company_id) == (PRICES.guid, PAYER.guid, None)
    assert (contract.currency, contract.prepayment, contract.payment_deferral) == ("RUB", 30, 14)
    assert account.counterparties[0].address == "Санкт-Петербург, 5-я линия, 10"
    (address,) = sender.portal.runtime.partners.addresses(scope)
    assert (address.address, str(address.max_load_kg), str(address.latitude)) == ("Софийская ул., 60", "5000", "59.844112")


def test_the_mobile_phone_is_taken_before_the_office_one(base: Base) -> None:
    """AC-07."""
    base.changed("Партнеры", PARTNER)
    base.exchange()
    assert sent(base, "partners")[0]["contacts"][0]["phone"] == "+7 (921) 555-01-22"


def test_what_did_not_change_is_not_sent_again(base: Base) -> None:
    base.changed("Партнеры", PARTNER)
    base.exchange()
    base.changed("Партнеры", PARTNER)
    base.exchange()
    assert (len(sent(base, "partners")), base.waiting()) == (1, [])


def test_a_changed_partner_goes_with_a_greater_revision(base: Base, sender: Sender) -> None:
    base.changed("Партнеры", PARTNER)
    base.exchange()
    base.rows["Партнеры"][0]["Наименование"] = "Северный крепёж и метиз"
    base.now = datetime(2020, 1, 1)  # the server's clock was set back
    base.changed("Партнеры", PARTNER)
    base.exchange()
    first, second = sent(base, "partners")
    assert second["revision"] > first["revision"]
    account = sender.portal.runtime.partners.account(PartnerScope(PARTNER.guid))
    assert account and account.partner.name == "Северный крепёж и метиз"


def test_a_reply_that_got_lost_is_asked_for_again_with_the_same_key(base: Base) -> None:
    line(base).cut = ["after"]
    base.changed("Партнеры", PARTNER)
    base.exchange()
    bodies = sent(base, "partners")
    assert bodies == [bodies[0]] * 2
    assert (base.outcome(PARTNER.guid)["Итог"], base.waiting(), base.log) == ("written", [], [])


def test_while_the_portal_is_away_everything_waits(base: Base) -> None:
    line(base).cut = ["before"] * 4
    base.changed("Партнеры", PARTNER)
    base.exchange()
    assert base.waiting() == [PARTNER.guid]
    assert "Нет связи с порталом" in base.log[0]
    base.exchange()
    assert (base.outcome(PARTNER.guid)["Итог"], base.waiting()) == ("written", [])


def test_a_refusal_is_kept_in_the_journal_in_russian(base: Base) -> None:
    base.rows["Контрагенты"][0]["Вид"] = "другой"
    base.changed("Партнеры", PARTNER)
    base.exchange()
    row = base.outcome(PARTNER.guid)
    assert (row["Итог"], base.waiting()) == ("refused", [])
    assert "Северный крепёж" in row["Причина"] and "counterparties[0].kind" in row["Причина"]
    base.rows["Контрагенты"][0]["Вид"] = "legal_entity"
    base.changed("Партнеры", PARTNER)
    base.exchange()
    assert base.outcome(PARTNER.guid)["Итог"] == "written"


def test_a_partner_that_is_no_customer_any_more_is_marked_deleted(base: Base, sender: Sender) -> None:
    """AC-10: the portal closes the access; 1C never simply falls silent about a record."""
    base.changed("Партнеры", PARTNER)
    base.exchange()
    base.rows["Партнеры"].clear()
    base.changed("Партнеры", PARTNER)
    base.exchange()
    base.changed("Партнеры", PARTNER)
    base.exchange()
    assert [record["deletion_mark"] for record in sent(base, "partners")] == [False, True]
    account = sender.portal.runtime.partners.account(PartnerScope(PARTNER.guid))
    assert account and not account.partner.portal_access


def test_an_object_written_while_it_is_being_sent_is_sent_again(base: Base) -> None:
    base.changed("Партнеры", PARTNER)
    send = line(base)

    def slow(*request: Any) -> tuple[int, bytes]:
        if base.rows["Партнеры"][0]["Наименование"] == "Северный крепёж":
            base.rows["Партнеры"][0]["Наименование"] = "Северный крепёж и метиз"
            base.changed("Партнеры", PARTNER)
        return send(*request)

    base.send = slow
    base.exchange()
    base.send = send
    assert [record["name"] for record in sent(base, "partners")] == ["Северный крепёж", "Северный крепёж и метиз"]
    assert base.waiting() == []


def test_our_company_goes_with_its_bank(base: Base, sender: Sender) -> None:
    bank = {"Банк": "ПАО Сбербанк", "БИК": "044525225", "КоррСчет": "3" * 20, "РасчетныйСчет": "4" * 20}
    card = {"Ссылка": COMPANY, "Наименование": "ООО «Оптовик»", "НаименованиеПолное": "Общество «Оптовик»"}
    base.rows["Организации"] = [
        card | {"ИНН": "7701234560", "КПП": "770101001", "Руководитель": "Орлов С. В.", "Бухгалтер": None} | bank
    ]
    base.changed("Организации", COMPANY)
    base.exchange()
    company = sender.portal.runtime.partners.company(COMPANY.guid)
    assert company and (company.bik, company.bank_account, company.accountant) == ("044525225", "4" * 20, "")


def test_terms_and_settlements_follow_their_partner(base: Base) -> None:
    """PT-09: individual prices, a credit limit, what was shipped and paid."""
    price = {"Ссылка": AGREEMENT, "Партнер": PARTNER, "Номенклатура": DOOR, "Валюта": "RUB", "Окончание": datetime(2027, 1, 1)}
    base.rows["ИндивидуальныеЦены"] = [
        price | {"Характеристика": None, "Цена": number("4500.505"), "Начало": datetime(1, 1, 1)},
        price | {"Характеристика": GREY, "Цена": number(4700), "Начало": datetime(2026, 11, 1)},
    ]
    base.rows["КредитныеЛимиты"] = [
        {"Ссылка": PAYER, "Партнер": PARTNER, "Договор": None, "Сумма": number(500000), "Валюта": "RUB"}
    ]
    movement = {"Партнер": PARTNER, "Договор": AGREEMENT, "Контрагент": PAYER, "Валюта": "RUB", "Документ": "Реализация"}
    base.rows["Взаиморасчеты"] = [
        movement
        | {
            "Ссылка": SHIPMENT,
            "Дата": datetime(2026, 11, 20, 15, 30),
            "Номер": "УТ-000123",
            "Вид": "shipment",
            "Сумма": number(-5),
        }
    ]
    for entity, changed in [
        ("Партнеры", PARTNER),
        ("ИндивидуальныеЦены", AGREEMENT),
        ("КредитныеЛимиты", PAYER),
        ("Взаиморасчеты", SHIPMENT),
    ]:
        base.changed(entity, changed)
    base.exchange()
    assert (base.waiting(), base.log) == ([], [])
    first, second = sent(base, "individual_prices")
    assert (first["id"], second["id"]) == (AGREEMENT.guid, f"{AGREEMENT.guid}#2")
    assert (first["price"], first["valid_from"], first["valid_to"]) == (4500.505, None, "2027-01-01")
    assert second["item_id"] == f"{DOOR.guid}#{GREY.guid}"
    (movement_sent,) = sent(base, "settlements")
    assert (movement_sent["kind"], movement_sent["date"]) == ("correction", "2026-11-20")
    assert {base.outcome(one)["Итог"] for one in (first["id"], second["id"], SHIPMENT.guid)} == {"written"}


def test_a_line_removed_from_an_agreement_takes_its_price_away(base: Base) -> None:
    row = {"Ссылка": AGREEMENT, "Партнер": PARTNER, "Номенклатура": DOOR, "Валюта": "RUB", "Начало": None, "Окончание": None}
    base.rows["ИндивидуальныеЦены"] = [row | {"Характеристика": one, "Цена": number(10)} for one in (None, GREY)]
    base.changed("Партнеры", PARTNER)
    base.changed("ИндивидуальныеЦены", AGREEMENT)
    base.exchange()
    base.rows["ИндивидуальныеЦены"].pop()
    base.changed("ИндивидуальныеЦены", AGREEMENT)
    base.exchange()
    gone = sent(base, "individual_prices")[-1]
    assert (gone["id"], gone["deletion_mark"]) == (f"{AGREEMENT.guid}#2", True)
    assert (base.outcome(gone["id"])["Итог"], base.waiting()) == ("written", [])


def test_a_settlement_that_comes_before_its_partner_waits_on_the_portal(base: Base) -> None:
    base.rows["КредитныеЛимиты"] = [
        {"Ссылка": PAYER, "Партнер": PARTNER, "Договор": None, "Сумма": number(1000), "Валюта": "RUB"}
    ]
    base.changed("КредитныеЛимиты", PAYER)
    base.exchange()
    assert (base.outcome(PAYER.guid)["Итог"], base.waiting()) == ("waiting", [])


def test_supply_is_compared_with_what_was_sent_and_what_vanished_is_emptied(base: Base) -> None:
    """SE-03, CT-09: lots on their way; a lot that came is not promised any more."""
    lot = {"Номенклатура": DOOR, "Характеристика": None, "Партия": ORDERED, "Склад": STORE, "Дата": datetime(2027, 4, 15)}
    base.rows["ОжидаемыеПоставки"] = [lot | {"Количество": number(70), "Зарезервировано": number(0)}]
    base.exchange()
    base.exchange()
    (told,) = sent(base, "incoming_supply")
    assert told["lots"] == [{"id": ORDERED.guid, "warehouse_id": STORE.guid, "eta": "2027-04-15", "quantity": 70, "reserved": 0}]
    base.rows["ОжидаемыеПоставки"].clear()
    base.exchange()
    base.exchange()
    assert [record["lots"] for record in sent(base, "incoming_supply")] == [told["lots"], []]


def test_an_order_tells_the_states_it_knows_and_leaves_out_the_others(base: Base) -> None:
    order = ref("Документ.ЗаказКлиента", "К-17")
    base.rows["СостоянияЗаказов"] = [{"Ссылка": order, "Состояние": "Ожидается обеспечение", "Оплачено": number("150.005")}]
    row = {"Владелец": order, "Номенклатура": DOOR, "Характеристика": None, "Этап": "", "Дата": datetime(2027, 4, 15)}
    base.rows["СтрокиЗаказов"] = [
        row | {"Состояние": "К обеспечению", "Количество": number(3)},
        row | {"Состояние": "Отгрузить", "Количество": number(2)},
        row | {"Состояние": "Своё состояние базы", "Количество": number(1)},
    ]
    base.changed("СостоянияЗаказов", order)
    base.exchange()
    (told,) = sent(base, "order_states")
    assert (told["id"], told["paid_amount"]) == (order.guid, 150.01)
    assert [(part["status"], part["quantity"]) for part in told["lines"][0]["buckets"]] == [("shortage", 3), ("ready", 2)]
    assert base.outcome(order.guid)["Итог"] == "waiting"


def test_a_document_is_announced_uploaded_by_the_link_and_shown(base: Base, sender: Sender) -> None:
    """DC-03, DC-08."""
    file = ref("Справочник.Файлы", "УПД.pdf")
    base.files = {SHIPMENT: [(file, b"%PDF-1.4 upd")]}
    base.rows["Документы"] = [
        {"Ссылка": SHIPMENT, "Вид": "upd", "Номер": "УТ-000123", "Дата": datetime(2026, 11, 20), "Партнер": PARTNER}
        | {"КонтрагентНаименование": "ООО «Крепёж»", "Сумма": number(100), "Валюта": "RUB", "ПометкаУдаления": False}
    ]
    storage = Storage(line(base), sender)
    base.send = storage
    base.changed("Партнеры", PARTNER)
    base.changed("Документы", SHIPMENT)
    base.exchange()
    assert (base.outcome(file.guid)["Итог"], base.waiting(), base.log) == ("written", [], [])
    (document,) = sender.portal.runtime.documents.of_partner(PartnerScope(PARTNER.guid))
    assert (document.kind, document.number, document.size) == ("upd", "УТ-000123", 12)
    base.changed("Документы", SHIPMENT)
    base.exchange()
    assert storage.uploads == 1


class Storage(Line):
    """The portal, with the storage that its links lead to."""

    def __init__(self, portal: Line, sender: Sender) -> None:
        super().__init__(sender)
        self.uploads, self.requests = 0, portal.requests

    def __call__(self, method: str, path: str, headers: dict[str, str], body: bytes) -> tuple[int, bytes]:
        if method != "PUT":
            return super().__call__(method, path, headers, body)
        assert (headers.pop("login"), headers.pop("password")) == ("", "")
        self.uploads += 1
        return put(path, headers | {"host": headers["host"]}, body)


def put(path: str, headers: dict[str, str], body: bytes) -> tuple[int, bytes]:
    url = os.environ["AWS_ENDPOINT_URL"] + path
    named = {name: value for name, value in headers.items() if name != "host"}
    with urllib.request.urlopen(urllib.request.Request(url, body, named, method="PUT")) as reply:
        return reply.status, reply.read()


def test_orders_are_taken_from_the_feed_once_and_acknowledged(base: Base) -> None:
    """OR-01: the JSON road for bases without the exchange with a site."""
    taken: list[Any] = []
    base.setting("ЗагружатьЗаказы", True)
    changes = {"changes": [{"number": 41, "order": {"number": "K-000017"}}, {"number": 42, "order": {"number": "K-000018"}}]}
    acknowledged: list[Any] = []

    def feed(method: str, path: str, headers: dict[str, str], body: bytes) -> tuple[int, bytes]:
        if path.startswith("/exchange/v1/changes?after="):
            left = [one for one in changes["changes"] if one["number"] > int(path.partition("=")[2])]
            return 200, json.dumps({"changes": left, "more": False}).encode()
        if path == "/exchange/v1/changes/acknowledged":
            acknowledged.append(json.loads(body))
            return 200, b'{"taken": 1, "refused": 1}'
        return 200, b'{"equal": true, "differences": {"missing": {"ids": []}, "stale": {"ids": []}}}'

    def load(order: Any) -> None:
        taken.append(plain(order)["number"])
        if taken[-1] == "K-000017":
            raise BslError("Номенклатура не найдена")

    base.send = feed
    base.machine.modules = {name: one for name, one in base.machine.modules.items() if name != "кбн_ЗагрузкаЗаказов"}
    base.machine.globals["кбн_ЗагрузкаЗаказов"] = SimpleNamespace(Загрузить=load)  # documents of a base are beyond the machine
    base.machine.call("кбн_Лента", "Прочитать")
    base.machine.call("кбн_Лента", "Прочитать")
    assert taken == ["K-000017", "K-000018"]
    assert acknowledged == [{"number": 42, "refused": [{"number": 41, "reason": "Номенклатура не найдена"}]}]
    assert base.settings().get("НомерЛенты") == 42


def test_the_night_finds_what_the_portal_lost_and_sends_it_again(base: Base, sender: Sender) -> None:
    """IN-08: ids and revisions are compared; what the portal does not know goes once more."""
    base.changed("Партнеры", PARTNER)
    base.exchange()
    lost = ref("Справочник.Партнеры", "Потерянный")
    base.rows["Партнеры"].append(base.rows["Партнеры"][0] | {"Ссылка": lost, "Наименование": "Потерянный"})
    base.rows["ВсеПартнеры"] = [{"Ссылка": PARTNER}, {"Ссылка": lost}]
    record = {"Ревизия": number(5), "Хеш": "f" * 64, "Текст": "{}", "Удалена": False, "Итог": "written", "Причина": ""}
    base.machine.call("кбн_Ревизии", "Записать", "Партнеры", lost.guid, Structure(", ".join(record), *record.values()))
    base.machine.call("кбн_Сверка", "Сверить", "Партнеры")
    base.exchange()
    assert [one["name"] for one in sent(base, "partners")] == ["Северный крепёж", "Потерянный"]
    assert sender.portal.runtime.partners.account(PartnerScope(lost.guid))


def test_the_checksum_of_a_list_is_the_portals_own(base: Base) -> None:
    revisions = {"b2": 1, "a1": 10**13, "a1#2": 7, "a1#10": 3, "A9": 4}
    records = [Structure("id, revision", name, number(revision)) for name, revision in revisions.items()]
    assert base.machine.call("кбн_Сверка", "КонтрольнаяСумма", records) == checksum(revisions)


def test_the_button_tells_what_is_wrong_with_the_connection(base: Base) -> None:
    assert plain(base.machine.call("кбн_Соединение", "Проверить")) == {
        "Успех": True,
        "Текст": "Соединение установлено, вход выполнен.",
    }
    base.password = "не тот"
    told = plain(base.machine.call("кбн_Соединение", "Проверить"))
    assert not told["Успех"] and "Неверный логин, пароль или ключ обмена" in told["Текст"]


def test_batches_keep_to_the_portals_limits(base: Base) -> None:
    parcels = [Structure("Текст", "я" * length) for length in (1_000_000, 1_000_000, 10)]
    batches = base.machine.call("кбн_Пачки", "Разделить", parcels)
    assert [len(batch.items) for batch in batches] == [1, 2]
    small = [Structure("Текст", "{}")] * 1201
    assert [len(batch.items) for batch in base.machine.call("кбн_Пачки", "Разделить", small)] == [500, 500, 201]
