"""A Bitrix24 on 127.0.0.1 that answers REST calls as its documentation says, and refuses what it does not know.

Pages of 50, `next` and `total`, `start=-1`, batches of 50 query strings, numbers as texts, empty dictionaries as lists, and a
bucket of requests that leaks while its client waits: `leak` is that wait.
"""

import json
import re
import threading
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qsl

CODE = "k0d-w3bhook"
TOKEN = "t0ken-of-the-outgoing-webhook"
PAGE = 50
Row = dict[str, Any]

FIELDS = {
    "company": {"ID", "TITLE", "DATE_MODIFY", "UF_CRM_KABINET"},
    "contact": {
        *("ID", "NAME", "LAST_NAME", "SECOND_NAME", "COMPANY_ID", "PHONE", "EMAIL", "DATE_MODIFY", "UF_CRM_KABINET"),
    },
    "requisite": {
        *("ID", "ENTITY_TYPE_ID", "ENTITY_ID", "NAME", "RQ_NAME", "RQ_COMPANY_NAME", "RQ_COMPANY_FULL_NAME", "RQ_INN", "RQ_KPP"),
    },
    "productsection": {"ID", "NAME", "SECTION_ID", "CATALOG_ID", "XML_ID"},
    "product": {
        *("ID", "NAME", "CODE", "XML_ID", "ACTIVE", "SECTION_ID", "PRICE", "CURRENCY_ID", "MEASURE", "VAT_ID", "DESCRIPTION"),
        *("TIMESTAMP_X", "PROPERTY_98"),
    },
    "deal": {
        *("ID", "TITLE", "STAGE_ID", "STAGE_SEMANTIC_ID", "CATEGORY_ID", "ORIGINATOR_ID", "ORIGIN_ID", "COMPANY_ID", "COMMENTS"),
        *("CURRENCY_ID", "OPPORTUNITY", "DATE_MODIFY"),
    },
    "measure": {"ID", "CODE", "SYMBOL_RUS", "SYMBOL_INTL"},
    "vat": {"ID", "NAME", "RATE"},
}
MULTIPLE = {"PHONE", "EMAIL"}
"""Left out of an answer unless they are asked for by name."""
SEMANTICS = {"WON": "S", "LOSE": "F", "APOLOGY": "F"}


class Wrong(Exception):
    def __init__(self, status: int, code: str, description: str = "") -> None:
        super().__init__(code)
        self.status, self.code, self.description = status, code, description


@dataclass
class Bitrix24Portal:
    """`tables`: entity -> rows as texts; `rows`: deal -> its products. `faults` are used up one by one, a request each:
    an HTTP status, "hangs up", or "commits, hangs up" after the work is done. `bucket`: requests before the limit, 0 for none."""

    tables: dict[str, dict[str, Row]] = field(default_factory=lambda: {name: {} for name in FIELDS})
    rows: dict[str, list[Row]] = field(default_factory=dict)
    faults: list[str] = field(default_factory=list)
    calls: Counter[str] = field(default_factory=Counter)
    bucket: int = 0
    level: float = 0
    waited: list[float] = field(default_factory=list)
    documents: dict[str, Row] = field(default_factory=dict)
    may_read_documents: bool = True
    port: int = 0

    def __post_init__(self) -> None:
        self.put("measure", ID="9", CODE="796", SYMBOL_RUS="шт", SYMBOL_INTL="pc. 1")
        self.put("vat", ID="1", NAME="НДС 20%", RATE="20.00")
        self.put("vat", ID="3", NAME="Без НДС", RATE="")

    def url(self, more: str = "") -> str:
        return f"bitrix24+http://127.0.0.1:{self.port}/rest/1/{CODE}/?token={TOKEN}{more}"

    def put(self, entity: str, **fields: Any) -> str:
        id = str(fields.get("ID") or len(self.tables[entity]) + 1)
        assert fields.keys() <= FIELDS[entity] | {"ID"}, fields.keys() - FIELDS[entity]
        self.tables[entity][id] = {"ID": id, "DATE_MODIFY": "2026-11-21T12:00:00+03:00"} | fields
        return id

    def deals(self) -> list[Row]:
        return list(self.tables["deal"].values())

    def leak(self, seconds: float) -> None:
        self.waited.append(seconds)
        self.level = max(0, self.level - 2 * seconds)

    # --- methods ------------------------------------------------------------------------------------------------------

    def answer(self, method: str, params: Row) -> Row:
        self.calls[method] += 1
        if method == "batch":
            return {"result": self._batch(params)}
        if found := re.fullmatch(r"crm\.deal\.productrows\.(get|set)", method):
            return {"result": self._product_rows(found[1], params)}
        if method.startswith("crm.documentgenerator.document."):
            return {"result": self._documents(method.rpartition(".")[2], params)}
        found = re.fullmatch(r"crm\.(\w+)\.(list|get|add|update)", method)
        if not found or found[1] not in FIELDS:
            raise Wrong(404, "ERROR_METHOD_NOT_FOUND", "Method not found!")
        act: Callable[[str, Row], Row] = getattr(self, f"_{found[2]}")
        return act(found[1], params)

    def _list(self, entity: str, params: Row) -> Row:
        assert params.keys() <= {"filter", "select", "order", "start"}, params
        assert params.get("order", {"ID": "ASC"}) == {"ID": "ASC"}
        found = [row for row in self._sorted(entity) if all(_fits(row, *term) for term in params.get("filter", {}).items())]
        select = set(params.get("select", ("*",)))
        unknown = {name for name in select if "*" not in name} - FIELDS[entity]
        if unknown:
            raise Wrong(400, "INVALID_ARG_VALUE", f"unknown fields {unknown}")
        start = int(params.get("start", 0))
        page = [_selected(row, entity, select) for row in found[max(0, start) : max(0, start) + PAGE]]
        if start == -1:
            return {"result": page}
        more = {"next": start + PAGE} if start + PAGE < len(found) else {}
        return {"result": page, "total": len(found)} | more

    def _sorted(self, entity: str) -> list[Row]:
        return sorted(self.tables[entity].values(), key=lambda row: int(row["ID"]))

    def _get(self, entity: str, params: Row) -> Row:
        row = self.tables[entity].get(str(params["id"]))
        if row is None:
            raise Wrong(400, "", "Not found")
        return {"result": _selected(row, entity, {"*", *MULTIPLE})}

    def _add(self, entity: str, params: Row) -> Row:
        assert entity == "deal" and params.keys() <= {"fields", "params"}
        unknown = params["fields"].keys() - FIELDS["deal"]
        if unknown:
            raise Wrong(400, "INVALID_ARG_VALUE", f"unknown fields {unknown}")
        texts = {name: str(value) for name, value in params["fields"].items()}
        stage = texts["STAGE_ID"].rpartition(":")[2]
        return {"result": int(self.put("deal", **texts, STAGE_SEMANTIC_ID=SEMANTICS.get(stage, "P")))}

    def _update(self, entity: str, params: Row) -> Row:
        deal = self.tables[entity][str(params["id"])]
        assert params["fields"].keys() <= FIELDS[entity]
        deal |= params["fields"]
        deal["STAGE_SEMANTIC_ID"] = SEMANTICS.get(deal["STAGE_ID"].rpartition(":")[2], "P")
        return {"result": True}

    def _product_rows(self, act: str, params: Row) -> Any:
        """Figures of rows come as numbers here, and as texts elsewhere."""
        deal = str(params["id"])
        if deal not in self.tables["deal"]:
            raise Wrong(400, "", "Not found")
        if act == "get":
            return self.rows.get(deal, [])
        kept = [{"ID": str(n), "OWNER_ID": deal, "OWNER_TYPE": "D"} | row for n, row in enumerate(params["rows"], 1)]
        for row in kept:
            row |= {name: float(row[name]) for name in ("PRICE", "PRICE_EXCLUSIVE", "QUANTITY", "TAX_RATE")}
            row["PRODUCT_ID"] = int(row["PRODUCT_ID"])
        self.rows[deal] = kept
        return True

    def _documents(self, act: str, params: Row) -> Row:
        """Of deals. The list leaves out what `get` tells: the public link."""
        if not self.may_read_documents:
            raise Wrong(401, "insufficient_scope", "The request requires higher privileges")
        if act == "get":
            return {"document": self.documents[str(params["id"])]}
        assert params["filter[entityTypeId]"] == "2"
        found = [row for row in self.documents.values() if row["entityId"] == params["filter[entityId]"]]
        return {"documents": [{name: text for name, text in row.items() if name != "publicUrl"} for row in found]}

    def _batch(self, params: Row) -> Row:
        commands = params["cmd"]
        if len(commands) > 50:
            raise Wrong(400, "ERROR_BATCH_LENGTH_EXCEEDED", "Max batch length exceeded")
        results: Row = {}
        errors: Row = {}
        for name, command in commands.items():
            method, _, query = command.partition("?")
            try:
                results[name] = self.answer(method, dict(parse_qsl(query)))["result"]
            except Wrong as wrong:
                errors[name] = {"error": wrong.code, "error_description": wrong.description}
        return {"result": results or [], "result_error": errors or [], "result_total": [], "result_next": []}


def _fits(row: Row, name: str, wanted: Any) -> bool:
    operator, field_name = re.fullmatch(r"([<>=!@%]*)(\w+)", name).groups()  # type: ignore[union-attr]
    value = str(row.get(field_name, ""))
    if operator == ">":
        return int(value) > int(wanted) if field_name == "ID" else value > str(wanted)
    assert operator in ("", "="), f"the stand-in does not know {name}"
    return value in map(str, wanted) if isinstance(wanted, list) else value == str(wanted)


def _selected(row: Row, entity: str, select: set[str]) -> Row:
    """All values of the row are texts, null or lists."""
    names = FIELDS[entity] - MULTIPLE if "*" in select else set()
    names |= select & FIELDS[entity]
    return {name: row.get(name) for name in names if name in row or name not in MULTIPLE}


@contextmanager
def serving(portal: Bitrix24Portal) -> Iterator[Bitrix24Portal]:
    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_POST(self) -> None:
            body = json.loads(self.rfile.read(int(self.headers["Content-Length"])) or b"{}")
            fault = portal.faults.pop(0) if portal.faults else ""
            status, answer = _respond(portal, self.path, body) if fault in ("", "commits, hangs up") else (500, {})
            if fault.endswith("hangs up"):
                self.close_connection = True
                return
            _send(self, int(fault) if fault else status, {} if fault else answer)

        def log_message(self, *_: object) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.daemon_threads = True
    threading.Thread(target=server.serve_forever, args=(0.02,), daemon=True).start()
    portal.port = server.server_port
    try:
        yield portal
    finally:
        server.shutdown()
        server.server_close()


def _respond(portal: Bitrix24Portal, path: str, body: Row) -> tuple[int, Row]:
    portal.level += 1
    if portal.bucket and portal.level > portal.bucket:
        return 503, {"error": "QUERY_LIMIT_EXCEEDED", "error_description": "Too many requests"}
    method = path.removeprefix(f"/rest/1/{CODE}/")
    if method == path:
        return 401, {"error": "INVALID_CREDENTIALS", "error_description": "Invalid request credentials"}
    try:
        answer = portal.answer(method.removesuffix(".json"), body)
    except Wrong as wrong:
        return wrong.status, {"error": wrong.code, "error_description": wrong.description}
    return 200, answer | {"time": {"start": 1, "operating": 0.1}}


def _send(request: BaseHTTPRequestHandler, status: int, answer: Row) -> None:
    body = json.dumps(answer, ensure_ascii=False).encode()
    request.send_response(status)
    request.send_header("Content-Type", "application/json; charset=utf-8")
    request.send_header("Content-Length", str(len(body)))
    request.end_headers()
    request.wfile.write(body)
