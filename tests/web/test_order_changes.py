"""The dealer cancels an order, or asks for a change of it, and the manager decides."""

from types import SimpleNamespace

import pytest

from chalicelib.domain.access.users import Role
from chalicelib.domain.orders.orders import Approval, Order, OrderEvent
from chalicelib.domain.partners.partners import PartnerScope
from tests.people import contact, record
from tests.web.browser import Browser, Page
from tests.web.shop import Shop


@pytest.fixture
def shop(aws: SimpleNamespace) -> Shop:
    return Shop()


def ordered(shop: Shop, dealer: Browser, quantity: str = "5") -> str:
    shop.put(dealer, "i1", quantity)
    return shop.place(dealer)


def taken(shop: Shop, number: str) -> None:
    event = OrderEvent(shop.portal.clock(), "1С", "taken", "Заказ принят в 1С")
    shop.runtime.orders.taken(number, [row.id for row in shop.runtime.outbox.pending("orders")], event)


def send(who: Browser, number: str, action: str, **fields: str) -> Page:
    page = who.get(f"/orders/{number}")
    known = {"form_token": page.hidden("form_token"), "revision": page.hidden("revision")}
    return who.post(f"/orders/{number}/{action}", known | fields)


def order(shop: Shop, number: str) -> Order:
    return shop.runtime.orders.read(PartnerScope("p1"), number)


def free(shop: Shop) -> int:
    return int(shop.runtime.offers.read(["i1"])["i1"][1].available("w1"))


def test_an_order_1c_has_not_taken_is_cancelled_at_once(shop: Shop) -> None:
    """OP-11, OR-30, C-18: the goods are free again, the order stays in sight, 1C gets it as cancelled; a second click is none."""
    dealer = shop.dealer()
    number = ordered(shop, dealer)
    assert free(shop) == 2
    page = dealer.get(f"/orders/{number}")
    fields = {"form_token": page.hidden("form_token"), "revision": page.hidden("revision")}
    assert dealer.post(f"/orders/{number}/cancel", fields).status == 303
    assert (order(shop, number).approval, free(shop)) == (Approval.CANCELLED, 7)
    revision = order(shop, number).revision
    assert dealer.post(f"/orders/{number}/cancel", fields).status == 303
    assert (order(shop, number).revision, free(shop)) == (revision, 7)
    seen = dealer.get(f"/orders/{number}").text
    assert "Заказ отменён дилером" in seen and "/cancel" not in seen
    assert number in dealer.get("/orders?tab=cancelled").text


def test_once_1c_has_it_the_manager_is_asked(shop: Shop) -> None:
    """OP-11, OR-30: nothing changes until he decides; his refusal has its reason, his consent ends the order."""
    dealer, manager = shop.dealer(), shop.staff(Role.MANAGER)
    number = ordered(shop, dealer)
    taken(shop, number)
    assert send(dealer, number, "cancel", words="Клиент <b>отказался</b>").status == 303
    assert (order(shop, number).approval, free(shop)) == (Approval.SUBMITTED, 2)
    assert f"change_request#{number}" in [row.id for row in shop.runtime.outbox.pending("changes")]
    assert number in manager.get("/desk?lane=moderation").text
    assert "Клиент &lt;b&gt;отказался" in manager.get(f"/orders/{number}").text
    assert send(manager, number, "request", decision="refuse").status == 422
    assert send(manager, number, "request", decision="refuse", comment="Уже собран").status == 303
    assert "Менеджер отклонил запрос дилера: Уже собран" in dealer.get(f"/orders/{number}").text
    assert send(dealer, number, "cancel").status == 303
    assert send(manager, number, "request", decision="grant").status == 303
    assert (order(shop, number).approval, free(shop)) == (Approval.CANCELLED, 7)
    assert [row.subject for row in shop.runtime.outbox.pending("orders")] == [number], "1C hears of it"


def test_a_request_can_be_taken_back(shop: Shop) -> None:
    dealer, manager = shop.dealer(), shop.staff(Role.MANAGER)
    number = ordered(shop, dealer)
    taken(shop, number)
    send(dealer, number, "cancel")
    stale = {"revision": str(order(shop, number).revision), "decision": "grant"}
    assert send(dealer, number, "request/withdraw").status == 303
    assert order(shop, number).request is None
    assert manager.submit(f"/orders/{number}", f"/orders/{number}/request", stale).status == 409
    assert order(shop, number).approval is Approval.SUBMITTED


def test_nobody_else_cancels_an_order(shop: Shop) -> None:
    """OP-10: another company's order is not there, and the manager's decision is no dealer's."""
    dealer = shop.dealer()
    number = ordered(shop, dealer)
    shop.portal.dealer(record(partner_id="p2", contacts=(contact(2, "p2"),)))
    stranger = shop._signed_in("+79160000002")
    assert stranger.submit("/orders", f"/orders/{number}/cancel", {"revision": "1"}).status == 404
    assert dealer.submit("/orders", f"/orders/{number}/request", {"decision": "grant", "revision": "1"}).status == 403
    assert order(shop, number).approval is Approval.SUBMITTED
