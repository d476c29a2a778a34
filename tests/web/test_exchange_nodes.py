"""The administrator's settings of a 1C base: filled in a form, kept, in force for the next request."""

import re
from types import SimpleNamespace

import pytest

from chalicelib.domain.access.users import Role
from chalicelib.domain.exchange.exchange import ExchangeNode, Problem
from chalicelib.domain.exchange.node_settings import NodeSettings
from chalicelib.domain.orders.orders import Fulfilment
from tests.web.shop import Shop

FORM = {
    "name": "УПП завода",
    "reply_encoding": "windows-1251",
    "zip_allowed": "1",
    "query_acknowledges": "1",
    "file_limit": "1000",
    "rrp_price_type": "wholesale",
    "price_type": "theirs",
    "price_type_ours": "wholesale",
    "state": "Собран",
    "state_approval": "",
    "state_fulfilment": "ready",
    "warehouse": "w1",
    "warehouse_name": "Главный",
    "warehouse_loaded": "w1",
    "requisite": "Наличие на заводе",
    "requisite_field": "availability",
    "requisite_name": "",
}


@pytest.fixture
def shop(aws: SimpleNamespace) -> Shop:
    made = Shop()
    made.runtime.exchange.save_node(ExchangeNode("1c", "hash", api_key_hash="key"))
    return made


def kept(shop: Shop) -> ExchangeNode:
    node = shop.runtime.exchange.node("1c")
    assert node
    return node


def test_settings_are_data_that_the_administrator_edits(shop: Shop) -> None:
    """IN-06: encoding, archive, price types, states, warehouses, requisites; who changed them is in the audit."""
    staff = shop.staff()
    assert "1c" in staff.get("/exchange-nodes").text
    answer = staff.submit("/exchange-nodes/1c", "/exchange-nodes/1c", FORM)
    assert (answer.status, answer.location) == (303, "/exchange-nodes/1c")
    assert kept(shop) == ExchangeNode(
        "1c", "hash", "УПП завода", True, "windows-1251", "key",
        NodeSettings(
            sessid=False, query_acknowledges=True, file_limit=1_000_000, rrp_price_type="wholesale",
            price_types={"theirs": "wholesale"}, states={"Собран": "/ready"}, warehouses={"w1": "Главный"},
            requisites={"Наличие на заводе": "availability"},
        ),
    )  # fmt: skip
    (noted,) = shop.runtime.audit.recent(shop.runtime.clock())
    assert (noted.action, noted.subject) == ("exchange.settings", "1c")
    page = staff.get("/exchange-nodes/1c").text
    assert 'value="Собран"' in page and 'value="Главный"' in page and 'value="Наличие на заводе"' in page
    staff.submit("/exchange-nodes/1c", "/exchange-nodes/1c", FORM)
    assert len(shop.runtime.audit.recent(shop.runtime.clock())) == 1, "nothing changed"


def test_a_warehouse_that_is_not_loaded(shop: Shop) -> None:
    form = {name: value for name, value in FORM.items() if name != "warehouse_loaded"}
    shop.staff().submit("/exchange-nodes/1c", "/exchange-nodes/1c", form)
    assert kept(shop).settings.warehouses == {"w1": "-"}


@pytest.mark.parametrize(
    ("field", "value"),
    [("file_limit", "5000"), ("file_limit", "x"), ("reply_encoding", "koi8-r"), ("state_fulfilment", "beamed up")],
)
def test_what_is_wrong_is_said_and_nothing_is_kept(shop: Shop, field: str, value: str) -> None:
    answer = shop.staff().submit("/exchange-nodes/1c", "/exchange-nodes/1c", FORM | {field: value})
    assert answer.status == 422 and kept(shop) == ExchangeNode("1c", "hash", api_key_hash="key")


def test_only_the_administrator_gets_in(shop: Shop) -> None:
    for browser in (shop.dealer(), shop.staff(Role.FINANCE)):
        assert browser.get("/exchange-nodes").status == browser.get("/exchange-nodes/1c").status == 403
    assert shop.staff().get("/exchange-nodes/nobody").status == 404


def test_a_state_nobody_knows_is_mapped_from_the_monitor(shop: Shop) -> None:
    """C-10: the alert leads to the settings of the node with the state's own row, whatever 1C called it."""
    state, reason = (
        'Ждёт <b>крана</b> "5 т"',
        "Состояние «%(state)s» не сопоставлено со статусом портала: статус заказа оставлен прежним",
    )
    now, administrator = shop.runtime, shop.staff()
    now.monitor.failed("orders_in", now.clock(), Problem("order", "K-1", "", reason, (("state", state),)))
    page = administrator.get("/exchange-journal").text
    link = re.search(r'href="(/exchange-nodes\?state=[^"]+)"', page)
    assert link
    there = administrator.get(link[1])
    assert there.status == 303
    shown = administrator.get(there.location).text
    assert "<b>крана" not in shown and "Ждёт &lt;b&gt;крана" in shown
    administrator.submit(there.location, "/exchange-nodes/1c", FORM | {"state": state, "state_fulfilment": "ready"})
    assert kept(shop).settings.axes(state) == (None, Fulfilment.READY)
