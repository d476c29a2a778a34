"""The OData side of the simulated 1C, asked by the portal's own client and by ones that ask wrongly."""

import json
import urllib.error
import urllib.request
from base64 import b64encode
from collections.abc import Iterator
from datetime import UTC, datetime
from decimal import Decimal
from pathlib import Path
from threading import Thread
from types import SimpleNamespace
from typing import Any
from urllib.parse import quote

import pytest

from chalicelib.adapters.erp.odata import odata_erp
from chalicelib.adapters.erp.odata_reread import odata_neighbour
from chalicelib.domain.errors import Unavailable
from infra.demo import supplier
from infra.simulator.book import OrderBook
from infra.simulator.documents import read_orders
from infra.simulator.odata import Interface, Server
from infra.simulator.state import State
from tests.infra.test_simulator_orders import MOSCOW, batch, order_xml, stocked

AUTHORIZATION = "Basic " + b64encode(b"odata:odata").decode()


@pytest.fixture
def one_c(tmp_path: Path) -> Iterator[SimpleNamespace]:
    """A running 1C: `.book`, `.root` of its publication and `.url` with the account in it."""
    book = OrderBook(State(tmp_path / "state.json"), supplier(), lambda: datetime(2026, 11, 21, 9, 0))
    server = Server(0, "odata:odata", Interface(supplier(), book), book, lambda: 7)
    Thread(target=server.serve_forever, args=(0.02,), daemon=True).start()
    place = f"127.0.0.1:{server.server_address[1]}"
    yield SimpleNamespace(
        book=book, root=f"http://{place}/demo", control=f"http://{place}", url=f"http://odata:odata@{place}/demo"
    )
    server.shutdown()
    server.server_close()


def ask(url: str, body: dict[str, str] | None = None, authorization: str = AUTHORIZATION) -> tuple[int, dict[str, object]]:
    data = json.dumps(body).encode() if body is not None else None
    request = urllib.request.Request(url, data, {"Authorization": authorization})
    try:
        with urllib.request.urlopen(request, timeout=10) as answer:
            return answer.status, json.loads(answer.read())
    except urllib.error.HTTPError as error:
        with error:
            return error.code, json.loads(error.read())


def test_the_nightly_reconcile_finds_what_the_portal_was_sent(one_c: SimpleNamespace) -> None:
    """IN-08: partners with payers and agreements, and the prices of every kind, page after page to the end."""
    neighbour, demo = odata_neighbour(one_c.url, lambda: datetime(2026, 11, 21, 1, tzinfo=UTC)), supplier()
    told = list(pages(neighbour, "partners"))
    assert {one.id: one.name for one in told} == {dealer.id: dealer.name for dealer in demo.dealers}
    first = next(one for one in told if one.id == demo.dealers[0].id)
    assert {payer.id: payer.inn for payer in first.counterparties} == {one.id: one.inn for one in demo.dealers[0].counterparties}
    assert {one.id: one.price_kind_id for one in first.agreements} == {
        one.id: one.price_type_id for one in demo.dealers[0].contracts
    }
    assert {one.id: one.phones for one in first.contacts} == {one.id: (one.phone,) for one in demo.dealers[0].contacts}
    assert {one.id: one.addresses for one in first.addresses} == {one.id: (one.address,) for one in demo.dealers[0].addresses}
    columns = list(pages(neighbour, "prices"))
    assert {column.ids[0] for column in columns} == {one.id for one in demo.price_types}
    retail = next(column for column in columns if column.ids[0] == demo.price_types[0].id)
    assert retail.amounts == {item.id: item.prices[retail.ids[0]] for item in demo.items if retail.ids[0] in item.prices}


def pages(neighbour: Any, kind: str) -> Iterator[Any]:
    after = ""
    while True:
        page = neighbour.page(kind, after, None)
        yield from page.records
        after = page.next
        if not after:
            return


def test_the_portal_gets_warehouses_and_free_stock(one_c: SimpleNamespace) -> None:
    """ST-01: free stock by warehouse is what is on hand less what orders have reserved."""
    erp = odata_erp(one_c.url)
    assert set(erp.warehouses()) == {warehouse.id for warehouse in supplier().warehouses}
    assert dict(erp.balances(MOSCOW)) == {item.id: item.balances[MOSCOW] for item in supplier().items if item.balances[MOSCOW]}
    item = stocked(lambda one: bool(one.variant))
    (order,) = read_orders(batch(order_xml("П-1", (item, 4))))
    one_c.book.take(order)
    assert dict(erp.balances(MOSCOW))[item.id] == item.balances[MOSCOW] - 4


def test_what_is_used_up_and_not_reserved_has_no_row(one_c: SimpleNamespace) -> None:
    item = stocked()
    (order,) = read_orders(batch(order_xml("П-1", (item, int(item.balances[MOSCOW])))))
    one_c.book.take(order)
    assert dict(odata_erp(one_c.url).balances(MOSCOW))[item.id] == Decimal(0)
    one_c.book.set_state("П-1", "Закрыт")
    assert item.id not in dict(odata_erp(one_c.url).balances(MOSCOW))


def test_a_wrong_password_is_refused(one_c: SimpleNamespace) -> None:
    with pytest.raises(Unavailable, match="имя или пароль"):
        odata_erp(one_c.url.replace("odata:odata", "odata:wrong")).warehouses()
    assert ask(f"{one_c.control}/control/orders", authorization="")[0] == 401


@pytest.mark.parametrize(
    ("resource", "status", "words"),
    [
        ("Catalog_Нет?$format=json", 404, "Catalog_Нет"),
        ("Catalog_Склады?$format=json&$filter=Нет eq true", 400, "Нет"),
        ("Catalog_Склады?$format=json&$filter=Ref_Key like 'а'", 400, "отбора"),
        ("Catalog_Склады", 406, "$format"),
        ("AccumulationRegister_СвободныеОстатки/Turnovers()?$format=json", 404, "Turnovers"),
        ("AccumulationRegister_СвободныеОстатки/Balance(Condition='Склад_Key eq 1')?$format=json", 400, "Склад_Key eq 1"),
        ("AccumulationRegister_СвободныеОстатки/Balance(Dimensions='Цвет')?$format=json", 400, "Цвет"),
        ("AccumulationRegister_СвободныеОстатки/Balance(Condition=Склад)?$format=json", 400, "параметров"),
    ],
)
def test_wrong_questions_get_1cs_errors(one_c: SimpleNamespace, resource: str, status: int, words: str) -> None:
    answer = ask(f"{one_c.root}/odata/standard.odata/{quote(resource, safe='/?=&$()')}")
    error = answer[1]["odata.error"]
    assert answer[0] == status
    assert isinstance(error, dict) and words in error["message"]["value"]


def test_the_levers_move_an_order_and_send_balances(one_c: SimpleNamespace) -> None:
    (order,) = read_orders(batch(order_xml("П-1", (stocked(), 1))))
    one_c.book.take(order)
    status, answer = ask(f"{one_c.control}/control/state", {"number": "П-1", "state": "Готов к отгрузке"})
    assert (status, answer["state"]) == (200, "Готов к отгрузке")
    assert [order.state for order in one_c.book.unanswered()] == ["Готов к отгрузке"]
    assert ask(f"{one_c.control}/control/exchange", {}) == (200, {"sent": 7})
    assert ask(f"{one_c.control}/control/state", {"number": "П-2", "state": "Закрыт"})[0] == 400
    assert ask(f"{one_c.control}/control/state", {})[0] == 400
    assert ask(f"{one_c.control}/control/burn", {})[0] == 404
    orders = ask(f"{one_c.control}/control/orders")[1]["orders"]
    assert isinstance(orders, list) and orders[0]["number"] == "П-1"
