"""The extension's other roads: documents by link, the change feed, the nightly comparison, the button of the form."""

import json
import os
import urllib.request
from collections.abc import Iterator
from datetime import datetime
from types import SimpleNamespace
from typing import Any

import pytest

from chalicelib import runtime
from chalicelib.adapters.dynamo.orders.outbox import to_item
from chalicelib.domain.partners.partners import PartnerScope
from chalicelib.usecases.exchange.snapshots import checksum
from chalicelib.usecases.ports.orders import OutboxRow
from tests.exchange.client import Sender
from tests.infra.bsl.base import Base
from tests.infra.bsl.values import BslError, Structure, number, plain
from tests.infra.bsl.world import PARTNER, SHIPMENT, Line, base_of, line, ref, sent
from tests.people import CountingHasher, Portal


@pytest.fixture
def sender(aws: SimpleNamespace) -> Iterator[Sender]:
    yield Sender(Portal(hasher=CountingHasher()))
    runtime.use(None)


@pytest.fixture
def base(sender: Sender) -> Base:
    return base_of(sender)


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
    changes = {
        "changes": [
            {"number": 41, "entity": "order", "order": {"number": "K-000017"}},
            {"number": 42, "entity": "order", "order": {"number": "K-000018"}},
        ]
    }
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
    assert acknowledged == [{"number": 42, "refused": [{"number": 41, "reason": "Номенклатура не найдена"}], "entities": []}]
    assert base.settings().get("НомерЛенты") == 42


def test_what_a_base_has_no_place_for_is_left_in_its_journal(base: Base, sender: Sender) -> None:
    """NW-05: a base that takes its orders by CommerceML takes the rest of the feed, and leaves the orders where they are."""
    rt = sender.portal.runtime
    receipt = {"news": "n-1", "partner": PARTNER.guid, "contact": "", "name": "Орлова Анна"}
    rt.orders.portal.put(to_item(OutboxRow.of_change("news_receipt", "n-1 u-1", rt.clock(), receipt)))
    rt.outbox.add("orders", "K-000001", {}, rt.clock())
    base.machine.call("кбн_Лента", "Прочитать")
    assert ["Орлова Анна" in line for line in base.log] == [True]
    assert [row.kind for _, row in rt.feed.numbered()] == ["orders"]


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
