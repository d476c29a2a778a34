"""The standard OData interface of 1C as far as the portal asks it, and the levers for whoever shows the demo."""

import json
import re
from base64 import b64encode
from collections.abc import Callable, Iterator
from dataclasses import asdict
from decimal import Decimal
from hmac import compare_digest
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from operator import itemgetter
from typing import Any, ClassVar
from urllib.parse import parse_qs, unquote, urlsplit

from infra.demo.supplier import Supplier
from infra.simulator.book import OrderBook, UnknownOrder
from infra.simulator.client import ExchangeError
from infra.simulator.odata_tables import TABLES, prices

SERVICE = "odata/standard.odata"
NO_VARIANT = "00000000-0000-0000-0000-000000000000"
_GUID = r"guid'([0-9a-fA-F]{8}(?:-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12})'"
_CALL = re.compile(r"([^(/]+)/([^(]+)\((.*)\)$", re.DOTALL)
_PARAMETER = re.compile(r"\s*(\w+)='((?:[^']|'')*)'\s*(?:,|$)")
_TERM = re.compile(rf"(\w+) (eq|gt) (?:(true|false)|{_GUID}|'((?:[^']|'')*)')$")
_DIMENSIONS = {"Номенклатура": "Номенклатура_Key", "Характеристика": "Характеристика_Key", "Склад": "Склад_Key"}
Row = dict[str, Any]


class Wrong(Exception):
    """A request 1C does not carry out: HTTP status, 1C's code and its words."""

    def __init__(self, status: int, code: int, message: str) -> None:
        super().__init__(message)
        self.status, self.code, self.message = status, code, message


class Interface:
    """Entities by path. Unlike a real 1C it knows those alone that the portal asks for."""

    def __init__(self, supplier: Supplier, book: OrderBook) -> None:
        self._supplier = supplier
        self._book = book

    def answer(self, path: str, options: dict[str, str]) -> Row:
        """The JSON of a resource under the service root. Raises Wrong."""
        call = _CALL.match(path)
        if path == "Catalog_Склады":
            return _selected(path, self._warehouses(), options)
        if path in TABLES:
            return _selected(path, sorted(TABLES[path](self._supplier), key=itemgetter("Ref_Key")), options)
        if call and call[1] == "InformationRegister_ЦеныНоменклатуры":
            return self._last_slice(call[2], call[3])
        if call and call[1] == "AccumulationRegister_СвободныеОстатки":
            return self._virtual_table(call[2], call[3])
        raise Wrong(404, 8, f"Сущность «{path.partition('(')[0]}» не найдена")

    def _warehouses(self) -> list[Row]:
        rows = [
            {
                "Ref_Key": one.id,
                "DataVersion": "AAAAAQAAAAA=",
                "DeletionMark": False,
                "Parent_Key": NO_VARIANT,
                "IsFolder": False,
                "Description": one.name,
                "ТипСклада": "ОптовыйСклад",
            }
            for one in self._supplier.warehouses
        ]
        return sorted(rows, key=lambda row: str(row["Ref_Key"]))

    def _virtual_table(self, name: str, arguments: str) -> Row:
        if name != "Balance":
            raise Wrong(404, 8, f"Функция «{name}» не найдена")
        given = _parameters(arguments)
        dimensions = given.get("Dimensions", ",".join(_DIMENSIONS)).split(",")
        if unknown := [one for one in dimensions if one not in _DIMENSIONS]:
            raise Wrong(400, 14, f"Неверное измерение «{unknown[0]}» в параметре Dimensions")
        rows = [
            {_DIMENSIONS[name]: row[_DIMENSIONS[name]] for name in dimensions} | _figures(row) for row in self._balance(given)
        ]
        return {"odata.metadata": "$metadata#Collection(StandardODATA.СвободныеОстатки_Balance)", "value": rows}

    def _last_slice(self, name: str, arguments: str) -> Row:
        if name != "SliceLast":
            raise Wrong(404, 8, f"Функция «{name}» не найдена")
        condition = _parameters(arguments).get("Condition", "")
        wanted = re.fullmatch(rf"ВидЦены_Key eq {_GUID}", condition)
        if wanted is None:
            raise Wrong(400, 14, f"Ошибка разбора условия «{condition}»")
        rows = prices(self._supplier, wanted[1].lower())
        return {"odata.metadata": "$metadata#Collection(StandardODATA.ЦеныНоменклатуры)", "value": rows}

    def _balance(self, given: dict[str, str]) -> Iterator[Row]:
        """Rows with something in them: like every register, it has none for what is neither there nor reserved."""
        condition = given.get("Condition", "")
        wanted = re.fullmatch(rf"Склад_Key eq {_GUID}", condition) if condition else None
        if condition and not wanted:
            raise Wrong(400, 14, f"Ошибка разбора условия «{condition}»")
        reserved = self._book.reserved()
        for warehouse in self._supplier.warehouses:
            if wanted and warehouse.id != wanted[1].lower():
                continue
            for item in self._supplier.items:
                on_hand, kept = self._book.on_hand(item.id, warehouse.id), reserved.get((item.id, warehouse.id), Decimal(0))
                if on_hand or kept:
                    yield _balance_row(item.id, warehouse.id, on_hand, kept)


def _balance_row(whole_id: str, warehouse_id: str, on_hand: Decimal, reserved: Decimal) -> Row:
    item_id, _, variant_id = whole_id.partition("#")
    return {
        "Номенклатура_Key": item_id,
        "Характеристика_Key": variant_id or NO_VARIANT,
        "Склад_Key": warehouse_id,
        "ВНаличииBalance": _figure(on_hand),
        "ВРезервеСоСкладаBalance": _figure(reserved),
        "ВРезервеПодЗаказBalance": 0,
    }


def _figures(row: Row) -> Row:
    return {name: value for name, value in row.items() if name.endswith("Balance")}


def _figure(value: Decimal) -> int | float:
    return int(value) if value == value.to_integral_value() else float(value)


def _parameters(arguments: str) -> dict[str, str]:
    """`Name='text'` pairs; a quote inside a text is doubled."""
    found: dict[str, str] = {}
    place = 0
    while place < len(arguments):
        match = _PARAMETER.match(arguments, place)
        if match is None:
            raise Wrong(400, 14, f"Ошибка разбора параметров «{arguments[place : place + 80]}»")
        found[match[1]] = match[2].replace("''", "'")
        place = match.end()
    return found


def _selected(path: str, rows: list[Row], options: dict[str, str]) -> Row:
    for term in filter(None, options.get("$filter", "").split(" and ")):
        either = term.strip().removeprefix("(").removesuffix(")").split(" or ")
        rows = [row for row in rows if any(_holds(row, one) for one in either)]
    skip, top = int(options.get("$skip", 0)), int(options.get("$top", len(rows)))
    rows = rows[skip : skip + top]
    if fields := options.get("$select", ""):
        rows = [{name: _property(row, name) for name in fields.split(",")} for row in rows]
    return {"odata.metadata": f"$metadata#{path}", "value": rows}


def _holds(row: Row, term: str) -> bool:
    match = _TERM.match(term.strip())
    if match is None:
        raise Wrong(400, 14, f"Ошибка разбора отбора «{term}»")
    name, operator, flag, guid, text = match.groups()
    value = _property(row, name)
    wanted = flag == "true" if flag else (guid.lower() if guid else text.replace("''", "'"))
    return bool(value > wanted) if operator == "gt" else bool(value == wanted)


def _property(row: Row, name: str) -> Any:
    if name not in row:
        raise Wrong(400, 6, f"Свойство «{name}» не найдено")
    return row[name]


class Server(ThreadingHTTPServer):
    """`exchange` sends changed balances to the portal at once. Bound to this machine only."""

    daemon_threads = True

    def __init__(self, port: int, credentials: str, interface: Interface, book: OrderBook, exchange: Callable[[], int]) -> None:
        super().__init__(("127.0.0.1", port), _Handler)
        self.authorization = "Basic " + b64encode(credentials.encode()).decode()
        self.interface = interface
        self.book = book
        self.exchange = exchange


class _Handler(BaseHTTPRequestHandler):
    server: Server
    protocol_version = "HTTP/1.1"
    server_version = "1C:Enterprise"
    levers: ClassVar[dict[str, str]] = {"/control/state": "_set_state", "/control/exchange": "_exchange"}

    def do_GET(self) -> None:
        self._answer(self._read)

    def do_POST(self) -> None:
        self._answer(self._pull)

    def _answer(self, act: Callable[[], Row]) -> None:
        body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
        if not compare_digest(self.headers.get("Authorization", "").encode(), self.server.authorization.encode()):
            self._send(401, {"odata.error": _error(1, "Идентификация пользователя не выполнена")})
            return
        self._body = body
        try:
            answer = act()
        except Wrong as error:
            self._send(error.status, {"odata.error": _error(error.code, error.message)})
        except (UnknownOrder, ValueError, KeyError, TypeError) as error:
            self._send(400, {"odata.error": _error(14, str(error))})
        except ExchangeError as error:
            self._send(502, {"odata.error": _error(0, str(error))})
        else:
            self._send(200, answer)

    def _read(self) -> Row:
        url = urlsplit(self.path)
        if url.path == "/control/orders":
            return {"orders": [asdict(order) for order in self.server.book.orders()]}
        _, found, resource = unquote(url.path).partition(f"/{SERVICE}/")
        options = {name: values[-1] for name, values in parse_qs(url.query).items()}
        if not found:
            raise Wrong(404, 8, f"Не найдено: {unquote(url.path)}")
        if options.get("$format") != "json" and "application/json" not in self.headers.get("Accept", ""):
            raise Wrong(406, 18, "Формат ответа не поддерживается: укажите $format=json")
        return self.server.interface.answer(resource, options)

    def _pull(self) -> Row:
        lever = self.levers.get(urlsplit(self.path).path)
        if lever is None:
            raise Wrong(404, 8, f"Не найдено: {self.path}")
        answer: Row = getattr(self, lever)(json.loads(self._body or b"{}"))
        return answer

    def _set_state(self, wish: Row) -> Row:
        order = self.server.book.set_state(str(wish["number"]), str(wish["state"]))
        return {"number": order.number, "erp_number": order.erp_number, "state": order.state}

    def _exchange(self, _: Row) -> Row:
        return {"sent": self.server.exchange()}

    def _send(self, status: int, answer: Row) -> None:
        body = json.dumps(answer, ensure_ascii=False, default=str).encode()
        self.send_response(status)
        if status == 401:
            self.send_header("WWW-Authenticate", 'Basic realm="1C:Enterprise 8.3"')
        self.send_header("Content-Type", "application/json;odata=minimalmetadata;charset=utf-8")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_: object) -> None:
        """Quiet: the simulator says in its own words what it does."""


def _error(code: int, message: str) -> Row:
    return {"code": str(code), "message": {"lang": "ru", "value": message}}
