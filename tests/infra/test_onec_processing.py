"""The processing for УПП 1.3 and УТ 10.3 at work: its own JSON, the file kind of HTTP of platform 8.2, the real portal behind."""

import json
import pickle
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chalicelib import runtime
from chalicelib.domain.partners.partners import PartnerScope
from tests.exchange.client import Sender, basic
from tests.infra.bsl import platform
from tests.infra.bsl.machine import Machine
from tests.infra.bsl.syntax import PROCESSING, read
from tests.infra.bsl.values import BslError, Map, Ref, Result, from_plain, number, plain
from tests.people import CountingHasher, Portal

PARTNER = Ref("Справочник.Контрагенты", "5f1c0c0e-7d0b-11ee-9a52-00155d012345")
CONTRACT = Ref("Справочник.ДоговорыКонтрагентов", "d1d2d3d4-7d0c-11ee-9a52-00155d012345")
PRICES = Ref("Справочник.ТипыЦенНоменклатуры", "e0e1e2e3-7d0c-11ee-9a52-00155d012345")
MODULE = "КабинетОбмен"


class Processing:
    """The processing opened in a base whose queries find `rows`."""

    def __init__(self, folder: Path, sender: Sender | None = None) -> None:
        self.sender, self.folder = sender, folder
        self.rows: dict[str, list[dict[str, Any]]] = {}
        self.log: list[str] = []
        self.requests: list[tuple[str, Any]] = []
        self.files = 0
        self.machine = Machine({MODULE: read(PROCESSING)}, platform.FUNCTIONS | platform.OBJECTS | self._own(), self._types())

    def call(self, method: str, *arguments: Any) -> Any:
        return self.machine.call(MODULE, method, *arguments)

    def _own(self) -> dict[str, Any]:
        sent = self.folder / "sent"
        return {
            "Адрес": "https://b2b.example/",
            "Логин": "1c",
            "Пароль": "пароль обмена",
            "КаталогОбмена": str(self.folder),
            "ПолучитьИмяВременногоФайла": self._temporary,
            "ОписаниеОшибки": lambda: self.machine.last_error[0],
            "ТекущаяДата": lambda: datetime(2026, 11, 21, 12),
            "ЗаписьЖурналаРегистрации": lambda *told: self.log.append(f"{told[1]}: {told[4]}"),
            "ЗначениеВФайл": lambda _name, value: sent.write_bytes(pickle.dumps(value)),
            "ЗначениеИзФайла": lambda _name: pickle.loads(sent.read_bytes()),  # noqa: S301 — our own file
            "ПланыВидовХарактеристик": SimpleNamespace(
                СвойстваОбъектов=SimpleNamespace(НайтиПоНаименованию=lambda title, _exact: title)
            ),
        }

    def _types(self) -> dict[str, Any]:
        own = {
            "Запрос": lambda text: SimpleNamespace(
                УстановитьПараметр=lambda _name, _value: None, Выполнить=lambda: Result(self._found(text))
            ),
            "ИнтернетПрокси": lambda: None,
            "Файл": lambda _name: SimpleNamespace(Существует=(self.folder / "sent").exists),
            "HTTPСоединение": lambda *where: SimpleNamespace(ОтправитьДляОбработки=lambda *what: self._send(where, *what)),
        }
        return platform.TYPES | own

    def _temporary(self, kind: str) -> str:
        self.files += 1
        return str(self.folder / f"{self.files}.{kind}")

    def _found(self, text: str) -> list[dict[str, Any]]:
        texts: Map = self.call("ТекстыЗапросов")
        return [dict(row) for row in self.rows.get(next(name for name, one in texts.entries.items() if one == text), [])]

    def _send(self, where: tuple[Any, ...], name: str, path: str, reply: str, headers: Map) -> None:
        host, port, login, password, _proxy, secure = where
        assert (host, port, secure) == ("b2b.example", 443, True)
        assert self.sender
        body = Path(name).read_bytes()
        self.requests.append((path, json.loads(body.decode("utf-8-sig"))))
        answer = self.sender.call("POST", path, body, headers=basic(login, password) | headers.entries)
        Path(reply).write_text(json.dumps(answer.body, ensure_ascii=False), encoding="utf-8")


@pytest.fixture
def processing(aws: SimpleNamespace, tmp_path: Path) -> Iterator[Processing]:
    opened = Processing(tmp_path, Sender(Portal(hasher=CountingHasher())))
    card = {"Ссылка": PARTNER, "Наименование": 'ООО "Север\\Юг"', "ПометкаУдаления": False, "Регион": "Тверь", "Доступ": True}
    opened.rows = {
        "Партнеры": [card | dict.fromkeys(("Менеджер", "МенеджерНаименование", "МенеджерТелефон", "МенеджерПочта"))],
        "Договоры": [
            {"Владелец": PARTNER, "Ссылка": CONTRACT, "Наименование": "Основной", "Номер": "7", "ВидЦен": PRICES}
            | {"Контрагент": PARTNER, "Организация": None, "Валюта": "руб", "ЦенаВключаетНДС": True}
            | {"Предоплата": number(0), "Отсрочка": number(30), "ПоУмолчанию": True}
        ],
        "КредитныеЛимиты": [{"Ссылка": CONTRACT, "Партнер": PARTNER, "Сумма": number("250000.5"), "Валюта": "RUB"}],
    }
    yield opened
    runtime.use(None)


def test_the_processing_sends_partners_with_their_terms(processing: Processing) -> None:
    """IN-03, IN-05: УПП, an ordinary application without JSON and without HTTPЗапрос."""
    told = processing.call("ОтправитьИзменения")
    assert "partners: отправлено 1, не принято 0" in told and "credit_limits: отправлено 1" in told
    assert processing.sender
    account = processing.sender.portal.runtime.partners.account(PartnerScope(PARTNER.guid))
    assert account and account.partner.name == 'ООО "Север\\Юг"'
    assert (account.contracts[0].payment_deferral, account.contracts[0].is_default) == (30, True)


def test_only_what_changed_is_sent_and_what_vanished_is_marked(processing: Processing) -> None:
    processing.call("ОтправитьИзменения")
    processing.requests.clear()
    processing.call("ОтправитьИзменения")
    assert processing.requests == []
    processing.rows["КредитныеЛимиты"].clear()
    processing.call("ОтправитьИзменения")
    processing.call("ОтправитьИзменения")
    ((path, body),) = processing.requests
    assert (path, body["credit_limits"][0]["deletion_mark"]) == ("/exchange/v1/credit_limits", True)


def test_a_refusal_stands_in_the_event_log(processing: Processing) -> None:
    processing.rows["Договоры"][0]["Валюта"] = "рубли"
    assert "partners: отправлено 0, не принято 1" in processing.call("ОтправитьИзменения")
    assert "contracts[0].currency" in processing.log[0]


def test_everything_can_be_sent_anew(processing: Processing) -> None:
    processing.call("ОтправитьИзменения")
    first = next(body["partners"][0]["revision"] for path, body in processing.requests if path.endswith("/partners"))
    processing.requests.clear()
    processing.call("ОтправитьВсе")
    again = next(body["partners"][0]["revision"] for path, body in processing.requests if path.endswith("/partners"))
    assert again > first


def test_a_wrong_password_is_told_in_russian(processing: Processing) -> None:
    assert processing.call("ПроверитьСоединение") == "Соединение установлено, вход выполнен."
    processing.machine.globals["Пароль"] = "не тот"
    assert "Неверный логин, пароль или ключ обмена" in processing.call("ПроверитьСоединение")


LETTERS = st.text(st.characters(codec="utf-8", max_codepoint=0xFFFF), max_size=20)
"""1C's strings are UTF-16: beyond that plane a letter is two of its characters, and the machine's strings are not."""

JSON_VALUES = st.recursive(
    st.none() | st.booleans() | st.integers(-(10**15), 10**15) | LETTERS,
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(LETTERS, inner, max_size=4),
    max_leaves=12,
)


@pytest.fixture(scope="module")
def writer(tmp_path_factory: pytest.TempPathFactory) -> Processing:
    return Processing(tmp_path_factory.mktemp("json"))


@given(value=JSON_VALUES)
def test_its_json_is_read_by_everybody(writer: Processing, value: Any) -> None:
    assert json.loads(writer.call("ЗаписатьJSON", from_plain(value))) == value


@given(value=JSON_VALUES, spaced=st.booleans())
def test_it_reads_everybodys_json(writer: Processing, value: Any, spaced: bool) -> None:
    text = json.dumps(value, indent=1 if spaced else None, ensure_ascii=spaced)
    assert plain(writer.call("ПрочитатьJSON", text)) == value


@pytest.mark.parametrize("text", ["", "<html>502</html>", '{"a": ', '{"a" 1}', "[1, 2", '"не закрыта'])
def test_what_is_no_json_is_nothing(writer: Processing, text: str) -> None:
    try:
        assert writer.call("ПрочитатьJSON", text) is None
    except BslError:
        pytest.fail("the page of a proxy must not stop the exchange")
