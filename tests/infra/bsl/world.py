"""A partner of УТ and all that hangs on it, in a base whose requests go to the real portal."""

import json
from typing import Any
from uuid import NAMESPACE_URL, uuid5

from tests.exchange.client import Sender, basic
from tests.infra.bsl.base import Base
from tests.infra.bsl.values import Ref, number


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


def base_of(sender: Sender) -> Base:
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
