"""1C asked by its standard OData interface (version 3, JSON): warehouses and free stock."""

import base64
import http.client
import json
import re
import time
import urllib.error
import urllib.request
from collections import defaultdict
from collections.abc import Iterable, Mapping
from decimal import Decimal
from typing import Any
from urllib.parse import quote, unquote, urlsplit, urlunsplit

from chalicelib.domain.errors import Refused, Unavailable

SERVICE = "odata/standard.odata"
WAREHOUSES = "Catalog_Склады"
FREE_STOCK = "AccumulationRegister_СвободныеОстатки"
DIMENSIONS = "Номенклатура,Характеристика,Склад"
ITEM, VARIANT, ON_HAND, RESERVED = "Номенклатура_Key", "Характеристика_Key", "ВНаличииBalance", "ВРезервеСоСкладаBalance"
NO_VARIANT = "00000000-0000-0000-0000-000000000000"
GUID = re.compile(r"[0-9a-fA-F]{8}(-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}")
PAGE = 1000
SILENCE = 20
"""Seconds without a byte after which 1C is taken to be gone."""
PATIENCE = 90
"""Seconds for one whole answer; below the time of the function that asks."""
LONGEST = 128 * 1024 * 1024
FARTHEST = Decimal(10) ** 15
"""No balance is as large; the figure is garbage."""

Row = Mapping[str, Any]


def odata_erp(url: str) -> "ODataErp":
    """`http(s)://user:password@host/base`; name and password percent-encoded, the base as 1C was published."""
    parts = urlsplit(url)
    if parts.scheme not in ("http", "https") or not parts.hostname:
        raise ValueError("ERP_URL: expected http(s)://user:password@host/base")
    host = parts.netloc.rpartition("@")[2]
    root = urlunsplit((parts.scheme, host, f"{parts.path.rstrip('/')}/{SERVICE}/", "", ""))
    return ODataErp(root, unquote(parts.username or ""), unquote(parts.password or ""))


class _NoRedirects(urllib.request.HTTPRedirectHandler):
    """Whoever answers with another address does not get the password there."""

    def redirect_request(self, *_: Any, **__: Any) -> None:
        return None


class ODataErp:
    """Raises Unavailable whatever 1C does that the interface does not promise."""

    def __init__(self, root: str, user: str, password: str) -> None:
        self.root = root
        self.authorization = "Basic " + base64.b64encode(f"{user}:{password}".encode()).decode()
        self.opener = urllib.request.build_opener(urllib.request.ProxyHandler({}), _NoRedirects())

    def warehouses(self) -> tuple[str, ...]:
        found: list[str] = []
        while True:
            page = [_guid(row, "Ref_Key") for row in self.rows(WAREHOUSES, _page_after(found[-1] if found else ""))]
            found += page
            if len(page) < PAGE:
                return tuple(found)

    def balances(self, warehouse_id: str) -> Iterable[tuple[str, Decimal]]:
        """Free is what is on hand less what is reserved; rows of one item are summed. Raises Refused for an id that is none."""
        if not GUID.fullmatch(warehouse_id):
            raise Refused("Неверный идентификатор склада: %(id)s", id=warehouse_id[:60])
        condition = f"Склад_Key eq guid''{warehouse_id}''"
        rows = self.rows(f"{FREE_STOCK}/Balance(Condition='{condition}',Dimensions='{DIMENSIONS}')", {})
        free: defaultdict[str, Decimal] = defaultdict(Decimal)
        for row in rows:
            free[_item_id(row)] += _figure(row, ON_HAND) - _figure(row, RESERVED)
        return tuple(free.items())

    def rows(self, resource: str, options: Mapping[str, str]) -> list[Row]:
        """The rows of an entity or a virtual table under the service's root."""
        query = "&".join(f"{name}={quote(value, safe=',')}" for name, value in {"$format": "json", **options}.items())
        answer = self._get(f"{self.root}{quote(resource, safe=_IN_PATH)}?{query}")
        rows = answer.get("value") if isinstance(answer, dict) else None
        if not isinstance(rows, list) or not all(isinstance(row, dict) for row in rows):
            raise Unavailable("Ответ 1С не похож на ответ OData")
        return rows

    def _get(self, url: str) -> Any:
        headers = {"Authorization": self.authorization, "Accept": "application/json"}
        request = urllib.request.Request(url, headers=headers)  # noqa: S310 - the scheme is checked in odata_erp
        try:
            with self.opener.open(request, timeout=SILENCE) as answer:
                return json.loads(_whole(answer), parse_float=Decimal, parse_int=Decimal, parse_constant=_no_number)
        except urllib.error.HTTPError as error:
            with error:
                raise Unavailable(_REASONS.get(error.code, "1С ответила ошибкой HTTP %(code)s"), code=error.code) from error
        except (OSError, http.client.HTTPException) as error:
            raise Unavailable("1С не отвечает: %(reason)s", reason=type(error).__name__) from error
        except (ValueError, RecursionError) as error:
            raise Unavailable("Ответ 1С не читается: %(reason)s", reason=type(error).__name__) from error


_IN_PATH = "/()=,'"
_REASONS = {
    401: "1С не принимает имя или пароль пользователя OData",
    403: "У пользователя OData нет прав на чтение в 1С",
    404: "В 1С нет такого объекта: проверьте публикацию и состав стандартного интерфейса OData",
}


def _page_after(last: str) -> dict[str, str]:
    """By key and not by $skip, which drifts when somebody adds a warehouse meanwhile."""
    beyond = f" and Ref_Key gt guid'{last}'" if last else ""
    return {
        "$select": "Ref_Key,Description,DeletionMark",
        "$filter": "DeletionMark eq false" + beyond,
        "$orderby": "Ref_Key",
        "$top": str(PAGE),
    }


def _whole(answer: Any) -> bytes:
    """The body, unless it is too long or drips too slowly."""
    until = time.monotonic() + PATIENCE
    body = bytearray()
    while chunk := answer.read1(1 << 16):
        body += chunk
        if len(body) > LONGEST or time.monotonic() > until:
            raise TimeoutError
    if answer.length:  # the connection closed before all that was promised had come
        raise http.client.IncompleteRead(bytes(body[:0]), answer.length)
    return bytes(body)


def _no_number(text: str) -> None:
    raise ValueError(text)


def _guid(row: Row, name: str) -> str:
    value = row.get(name)
    if not isinstance(value, str) or not GUID.fullmatch(value):
        raise Unavailable("В ответе 1С нет поля «%(field)s»", field=name)
    return value.lower()


def _item_id(row: Row) -> str:
    variant = _guid(row, VARIANT) if row.get(VARIANT) else NO_VARIANT
    return _guid(row, ITEM) + ("" if variant == NO_VARIANT else f"#{variant}")


def _figure(row: Row, name: str) -> Decimal:
    value = row.get(name)
    if not isinstance(value, Decimal) or not abs(value) < FARTHEST:
        raise Unavailable("В ответе 1С нет количества «%(field)s»", field=name)
    return value
