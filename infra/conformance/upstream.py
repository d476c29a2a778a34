"""Who answers the contractor's 1C: a stand-in for the portal, or the real one behind us."""

import json
import secrets
from base64 import b64encode
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from decimal import Decimal
from hmac import compare_digest
from http.client import HTTPConnection, HTTPException, HTTPSConnection
from typing import Any, Protocol
from urllib.parse import parse_qsl, urlsplit
from xml.sax.saxutils import escape

from infra.conformance.dialogue import PATHS
from infra.conformance.messages import PREFIX
from infra.conformance.package import ADDRESS
from infra.conformance.schema import Schemas

LIMIT = 4_000_000
COOKIE = "kabinet_1c"
ORDER = "K-000001"
_HOP = frozenset({"host", "connection", "content-length", "transfer-encoding", "accept-encoding", "keep-alive"})


@dataclass(frozen=True)
class Answer:
    status: int
    body: bytes
    headers: Mapping[str, str] = field(default_factory=dict)


class Upstream(Protocol):
    def answer(self, method: str, target: str, headers: Mapping[str, str], body: bytes) -> Answer:
        """`headers` by lower-case name."""


class Behind:
    """The portal at `url`, asked with what the contractor's 1C said."""

    def __init__(self, url: str) -> None:
        self.url = urlsplit(url)

    def answer(self, method: str, target: str, headers: Mapping[str, str], body: bytes) -> Answer:
        make = HTTPSConnection if self.url.scheme == "https" else HTTPConnection
        connection = make(self.url.hostname or "", self.url.port, timeout=180)
        passed = {name: value for name, value in headers.items() if name not in _HOP}
        try:
            connection.request(method, self.url.path.rstrip("/") + target, body or None, passed)
            answer = connection.getresponse()
            given = {name: value for name, value in answer.getheaders() if name.lower() not in _HOP}
            return Answer(answer.status, answer.read(), given)
        except (OSError, HTTPException) as error:
            return Answer(502, f"failure\nПортал не отвечает: {error}".encode(), {"Content-Type": "text/plain; charset=utf-8"})
        finally:
            connection.close()


class StandIn:
    """A portal that takes everything. It says `progress` once to each file, and has one order until it is acknowledged.

    The order is for two goods out of what 1C has sent; before that there is none.
    """

    def __init__(self, user: str, password: str, schemas: Schemas) -> None:
        self.authorization = "Basic " + b64encode(f"{user}:{password}".encode()).decode()
        self.schemas = schemas
        self.goods: list[tuple[str, str]] = []
        self.tokens: set[str] = set()
        self.taken = False
        self._asked: set[tuple[str, str]] = set()

    def answer(self, method: str, target: str, headers: Mapping[str, str], body: bytes) -> Answer:
        url = urlsplit(target)
        if not compare_digest(headers.get("authorization", "").encode(), self.authorization.encode()) and url.path != ADDRESS:
            return _plain("failure\nНеверный логин или пароль", 401)
        if PREFIX in url.path:
            return self._message(method, url.path, body)
        if not any(url.path.endswith(path) for path in PATHS):
            return _plain("failure\nНет такого адреса", 404)
        return self._exchange(dict(parse_qsl(url.query)), headers.get("cookie", ""))

    def _exchange(self, query: dict[str, str], cookie: str) -> Answer:
        match query.get("mode"):
            case "checkauth":
                token = secrets.token_urlsafe(24)
                return _plain(f"success\n{COOKIE}\n{token}\nsessid={token}")
            case "init":
                return _plain(f"zip=no\nfile_limit={LIMIT}")
            case "import":
                return self._import(cookie, query.get("filename", ""))
            case "query":
                return Answer(200, self._orders().encode(), {"Content-Type": "application/xml; charset=utf-8"})
            case "info":
                return Answer(200, _INFO.encode(), {"Content-Type": "application/xml; charset=utf-8"})
            case "success":
                self.taken = self.taken or bool(self.goods)
        return _plain("success")

    def _import(self, cookie: str, name: str) -> Answer:
        if (cookie, name) in self._asked:
            return _plain("success")
        self._asked.add((cookie, name))
        return _plain(f"progress\nЗагружается «{name}»")

    def _orders(self) -> str:
        now = datetime.now()
        rows = "" if self.taken or not self.goods else _document(self.goods[:2], now)
        return (
            '<?xml version="1.0" encoding="UTF-8"?>\n<КоммерческаяИнформация ВерсияСхемы="2.07" '
            f'ДатаФормирования="{now:%Y-%m-%dT%H:%M:%S}">{rows}</КоммерческаяИнформация>'
        )

    def _message(self, method: str, path: str, body: bytes) -> Answer:
        path = path[path.index(PREFIX) :]
        if method == "GET":
            given = self.schemas.document if path == ADDRESS else _example(self.schemas.paths.get(path, {}).get("get", {}))
            return _json(200, given)
        found = self.schemas.record(path)
        if found is None and path in self.schemas.paths:
            return _json(200, _example(self.schemas.paths[path].get("post", {})))
        if found is None:
            return _json(404, {"title": "Нет такого адреса", "status": 404, "detail": path})
        try:
            records = json.loads(body.decode("utf-8-sig"))[found[0]]
            return _json(200, {"run": "00000001", "results": [_result(record) for record in records]})
        except (ValueError, KeyError, TypeError):
            return _json(422, {"title": "Запрос не разобран", "status": 422, "detail": "Это не та пачка записей"})


def _example(operation: Mapping[str, Any]) -> object:
    """What the description shows as the answer."""
    content = operation.get("responses", {}).get("200", {}).get("content", {})
    return content.get("application/json", {}).get("example", {})


def _result(record: Any) -> dict[str, Any]:
    return {"id": record.get("id", "") if isinstance(record, dict) else "", "outcome": "written", "reasons": []}


def _plain(text: str, status: int = 200) -> Answer:
    headers = {"Content-Type": "text/plain; charset=utf-8"}
    if status == 401:
        headers["WWW-Authenticate"] = 'Basic realm="1C"'
    return Answer(status, text.encode(), headers)


def _json(status: int, value: object) -> Answer:
    return Answer(status, json.dumps(value, ensure_ascii=False).encode(), {"Content-Type": "application/json; charset=utf-8"})


def _document(goods: list[tuple[str, str]], now: datetime) -> str:
    """An order as the portal writes it: two of each good at 100 roubles, VAT inside."""
    price, quantity, rate = Decimal(100), Decimal(2), Decimal(22)
    amount = price * quantity
    tax = (amount * rate / (100 + rate)).quantize(Decimal("0.01"))
    rows = "".join(
        f"<Товар><Ид>{escape(id)}</Ид><Наименование>{escape(name)}</Наименование>"
        f'<БазоваяЕдиница Код="796">шт</БазоваяЕдиница><ЦенаЗаЕдиницу>{price}</ЦенаЗаЕдиницу>'
        f"<Количество>{quantity}</Количество><Сумма>{amount}</Сумма><Налоги><Налог><Наименование>НДС</Наименование>"
        f"<УчтеноВСумме>true</УчтеноВСумме><Сумма>{tax}</Сумма><Ставка>{rate}</Ставка></Налог></Налоги></Товар>"
        for id, name in goods
    )
    return (
        f"<Документ><Ид>{ORDER}</Ид><Номер>{ORDER}</Номер><Дата>{now:%Y-%m-%d}</Дата><ХозОперация>Заказ товара</ХозОперация>"
        f"<Роль>Продавец</Роль><Валюта>RUB</Валюта><Курс>1</Курс><Сумма>{amount * len(goods)}</Сумма><Контрагенты><Контрагент>"
        "<Ид>proverka</Ид><Наименование>ООО «Проверка обмена»</Наименование><Роль>Покупатель</Роль>"
        "<ОфициальноеНаименование>ООО «Проверка обмена»</ОфициальноеНаименование><ИНН>9999011119</ИНН></Контрагент>"
        f"</Контрагенты><Время>{now:%H:%M:%S}</Время><Товары>{rows}</Товары><ЗначенияРеквизитов><ЗначениеРеквизита>"
        "<Наименование>Статус заказа</Наименование><Значение>Принят</Значение></ЗначениеРеквизита></ЗначенияРеквизитов>"
        "</Документ>"
    )


_STATES = "\u0043татусы"
"""УНФ looks for it under a Latin C."""
_INFO = (
    f'<?xml version="1.0" encoding="UTF-8"?>\n<Справочник><{_STATES}><Элемент><Ид>submitted</Ид><Название>Принят</Название>'
    f"</Элемент></{_STATES}><ПлатежныеСистемы/></Справочник>"
)
