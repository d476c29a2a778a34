"""A 1C with its standard OData interface on 127.0.0.1, for the tests of what asks it; it can be told to misbehave."""

import base64
import json
import re
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qsl, unquote, urlsplit

USER, PASSWORD = "Обмен", "пароль:@/1"
NO_VARIANT = "00000000-0000-0000-0000-000000000000"
BASE = "/ut11/odata/standard.odata/"
PRICES = r"InformationRegister_ЦеныНоменклатуры/SliceLast\(Condition='ВидЦены_Key eq guid''([0-9a-f-]{36})'''\)"


def guid(number: int) -> str:
    return f"{number:08x}-1111-4222-8333-{number:012x}"


@dataclass
class OneC:
    """`warehouses`: id -> deletion mark; `balances`: warehouse -> (item, variant) -> (on hand, reserved); `entities`: what is
    published of other catalogues; `prices`: kind of price -> item -> price."""

    warehouses: dict[str, bool] = field(default_factory=dict)
    balances: dict[str, dict[tuple[str, str], tuple[float, float]]] = field(default_factory=dict)
    fault: str = ""
    url: str = ""
    asked: list[str] = field(default_factory=list)
    entities: dict[str, list[dict[str, Any]]] = field(default_factory=dict)
    prices: dict[str, dict[str, float]] = field(default_factory=dict)

    def set(self, warehouse: str, **free: float) -> None:
        """Balances of items `i1`, `i2` …; nothing is reserved."""
        self.warehouses.setdefault(warehouse, False)
        self.balances[warehouse] = {(guid(int(name[1:])), NO_VARIANT): (amount, 0) for name, amount in free.items()}

    def rows(self, resource: str, options: dict[str, str]) -> list[dict[str, Any]] | None:
        """None for what is not published."""
        if resource == "Catalog_Склады":
            return self._catalog(options)
        if resource in self.entities:
            return self._entity(self.entities[resource], options)
        if slice_last := re.fullmatch(PRICES, resource):
            assert not options, "a virtual table takes no $top"
            return self._slice_last(slice_last[1])
        found = re.fullmatch(
            r"AccumulationRegister_СвободныеОстатки/Balance\(Condition='Склад_Key eq guid''([0-9a-f-]{36})''',"
            r"Dimensions='Номенклатура,Характеристика,Склад'\)",
            resource,
        )
        return self._balance(found[1]) if found else None

    def _catalog(self, options: dict[str, str]) -> list[dict[str, Any]]:
        after = re.search(r"Ref_Key gt guid'([0-9a-f-]{36})'", options["$filter"])
        assert "DeletionMark eq false" in options["$filter"]
        assert options["$orderby"] == "Ref_Key"
        found = [id for id, deleted in sorted(self.warehouses.items()) if not deleted and (not after or id > after[1])]
        return [{"Ref_Key": id, "Description": "Склад", "DeletionMark": False} for id in found[: int(options["$top"])]]

    def _entity(self, rows: list[dict[str, Any]], options: dict[str, str]) -> list[dict[str, Any]] | None:
        """None for a field that is not there: 1C answers with an error."""
        assert options["$orderby"] == "Ref_Key" and "$skip" not in options
        found = [row for row in sorted(rows, key=lambda row: str(row["Ref_Key"])) if _fits(row, options.get("$filter", ""))]
        names = options["$select"].split(",")
        if any(name not in row for row in rows for name in names):
            return None
        return [{name: row[name] for name in names} for row in found[: int(options["$top"])]]

    def _slice_last(self, kind: str) -> list[dict[str, Any]]:
        return [
            {
                "Period": "2026-11-01T00:00:00",
                "Номенклатура_Key": item.partition("#")[0],
                "Характеристика_Key": item.partition("#")[2] or NO_VARIANT,
                "ВидЦены_Key": kind,
                "Упаковка_Key": NO_VARIANT,
                "Цена": price,
            }
            for item, price in self.prices.get(kind, {}).items()
        ]

    def _balance(self, warehouse: str) -> list[dict[str, Any]]:
        """A balance register leaves out what is used up."""
        return [
            {
                "Номенклатура_Key": item,
                "Характеристика_Key": variant,
                "Склад_Key": warehouse,
                "ВНаличииBalance": on_hand,
                "ВРезервеСоСкладаBalance": reserved,
            }
            for (item, variant), (on_hand, reserved) in self.balances.get(warehouse, {}).items()
            if on_hand or reserved
        ]


def _fits(row: dict[str, Any], condition: str) -> bool:
    """Conditions joined by `and`, one of which may be several in parentheses joined by `or`."""
    terms = re.split(r" and (?![^()]*\))", condition) if condition else []
    return all(any(_holds(row, one) for one in re.split(" or ", term.strip("()"))) for term in terms)


def _holds(row: dict[str, Any], term: str) -> bool:
    found = re.fullmatch(r"(\w+) (eq|gt) (?:(true|false)|guid'([0-9a-f-]{36})')", term)
    assert found, f"a filter 1C would not understand: {term}"
    name, operator, flag, key = found.groups()
    value = row[name]
    if flag:
        return bool(value) is (flag == "true")
    return bool(value > key) if operator == "gt" else bool(value == key)


@contextmanager
def serving(one_c: OneC) -> Iterator[OneC]:
    """The 1C answers at `one_c.url`, name and password in it."""

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_GET(self) -> None:
            _answer(one_c, self)

        def log_message(self, *_: object) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    threading.Thread(target=server.serve_forever, args=(0.05,), daemon=True).start()
    one_c.url = one_c.url or f"http://%D0%9E%D0%B1%D0%BC%D0%B5%D0%BD:{quoted(PASSWORD)}@127.0.0.1:{server.server_port}/ut11"
    try:
        yield one_c
    finally:
        server.shutdown()
        server.server_close()


def quoted(text: str) -> str:
    return "".join(f"%{byte:02X}" for byte in text.encode())


def _answer(one_c: OneC, request: BaseHTTPRequestHandler) -> None:
    parts = urlsplit(request.path)
    assert parts.path.startswith(BASE) and request.path.isascii()
    one_c.asked.append(unquote(parts.path.removeprefix(BASE)))
    expected = "Basic " + base64.b64encode(f"{USER}:{PASSWORD}".encode()).decode()
    if request.headers["Authorization"] != expected:
        return _send(request, 401, b"")
    if one_c.fault:
        return _misbehave(one_c.fault, request)
    options = dict(parse_qsl(parts.query))
    assert options.pop("$format") == "json"
    rows = one_c.rows(one_c.asked[-1], options)
    if rows is None:
        return _send(request, 404, b'{"odata.error": {"code": "8"}}')
    _send(request, 200, json.dumps({"odata.metadata": "...", "value": rows}, ensure_ascii=False).encode())


def _misbehave(fault: str, request: BaseHTTPRequestHandler) -> None:
    if fault == "cut short":
        request.send_response(200)
        request.send_header("Content-Length", "1000")
        request.end_headers()
        request.wfile.write(b'{"value": [')
        request.close_connection = True
    elif fault == "hangs up":
        request.connection.close()
        request.close_connection = True
    elif fault == "redirect":
        request.send_response(302)
        request.send_header("Location", "http://127.0.0.1:9/odata")
        request.send_header("Content-Length", "0")
        request.end_headers()
    elif fault.isdigit():
        _send(request, int(fault), b"error")
    else:
        _send(request, 200, fault.encode())


def _send(request: BaseHTTPRequestHandler, status: int, body: bytes) -> None:
    request.send_response(status)
    request.send_header("Content-Type", "application/json;charset=utf-8")
    request.send_header("Content-Length", str(len(body)))
    request.end_headers()
    request.wfile.write(body)
