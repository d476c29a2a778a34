"""The dealer cancels an order, or asks for a change of it, and the manager decides."""

from decimal import Decimal
from types import SimpleNamespace

import pytest

from chalicelib.domain.access.users import Role
from chalicelib.domain.catalogue.catalogue import ItemPrice, Offer
from chalicelib.domain.orders.order_progress import Bucket, LineStatus
from chalicelib.domain.orders.order_reports import OrderReport
from chalicelib.domain.orders.orders import Approval, Order, OrderEvent
from chalicelib.domain.partners.partners import PartnerScope
from chalicelib.usecases.orders.answer_order import take_answer
from chalicelib.usecases.orders.order_progress import take_report
from tests.people import contact, record
from tests.usecases.orders_world import answer_to
from tests.web.browser import Browser, Page
from tests.web.shop import ITEMS, Shop


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


def edit(dealer: Browser, number: str, quantity: str, **fields: str) -> Page:
    page = dealer.get(f"/orders/{number}/edit")
    known = {"form_token": page.hidden("form_token"), "revision": page.hidden("revision"), "quantity_1": quantity}
    return dealer.post(f"/orders/{number}/edit", known | fields)


def test_an_order_1c_has_not_taken_is_edited_at_once(shop: Shop) -> None:
    """OR-30, C-16: quantities and what is held of them change together, never more than there is; 1C gets the order anew."""
    dealer = shop.dealer()
    number = ordered(shop, dealer, "5")
    assert edit(dealer, number, "2", comment="Позвонить <b>заранее</b>").status == 303
    assert (order(shop, number).lines[0].quantity, order(shop, number).sums.amount, free(shop)) == (2, 200000, 5)
    assert edit(dealer, number, "6").status == 303
    assert (order(shop, number).lines[0].held, free(shop)) == (6, 1)
    assert edit(dealer, number, "0").status == 422, "an order without goods is cancelled instead"
    assert edit(dealer, number, "6").status == 422, "nothing changed"
    page = dealer.get(f"/orders/{number}").text
    assert "Дилер изменил заказ" in page and "<b>заранее" not in page
    assert send(dealer, number, "cancel").status == 303
    assert free(shop) == 7


def test_what_an_order_costs_is_asked_anew_before_it_grows(shop: Shop) -> None:
    """C-14, C-17: a price that rose is shown beside the old one, and taken when the dealer sends the form again."""
    dealer = shop.dealer()
    number = ordered(shop, dealer, "2")
    shop.runtime.catalogue.save_prices([Offer(ITEMS[0], (ItemPrice("dealer", Decimal("1500")),))], 2)
    refused = edit(dealer, number, "3")
    assert refused.status == 422 and 'name="price_1" value="1500' in refused.text
    assert order(shop, number).lines[0].quantity == 2
    assert edit(dealer, number, "3", price_1="1500").status == 303
    assert order(shop, number).sums.amount == 450000


def test_an_edit_of_an_order_1c_has_is_a_request(shop: Shop) -> None:
    """OP-10, OR-30: the order stays as it is until the manager grants it; then 1C gets it with the new figures."""
    dealer, manager = shop.dealer(), shop.staff(Role.MANAGER)
    number = ordered(shop, dealer, "5")
    taken(shop, number)
    old = dealer.get(f"/orders/{number}/edit").hidden("revision")
    assert edit(dealer, number, "3", words="Клиент передумал", desired_date="2026-12-25").status == 303
    assert (order(shop, number).lines[0].quantity, free(shop)) == (5, 2)
    late = edit(dealer, number, "1", revision=old)
    assert late.status == 409 and 'value="1"' in late.text, "his wish is kept beside what stands now"
    assert "Клиент передумал" in manager.get(f"/orders/{number}").text
    assert send(manager, number, "request", decision="grant").status == 303
    after = order(shop, number)
    assert (after.lines[0].quantity, str(after.desired_date), after.request) == (3, "2026-12-25", None)
    assert [row.subject for row in shop.runtime.outbox.pending("orders")] == [number]


def test_a_changed_order_is_answered_line_by_line(shop: Shop) -> None:
    """OR-04, OP-04: one line is agreed to, the other goes back to the manager with what the dealer wants."""
    dealer, manager = shop.dealer(), shop.staff(Role.MANAGER)
    shop.put(dealer, "i1", "5")
    shop.put(dealer, "i3", "4")
    number = shop.place(dealer)
    taken(shop, number)
    answer = answer_to(order(shop, number), cut={"i1": 3, "i3": 1})
    take_answer(shop.runtime.orders, shop.runtime.queues, shop.runtime.clock, answer=answer)
    lines = {line.item_id: line.number for line in order(shop, number).lines}
    said = {f"agree_{lines['i1']}": "yes", f"wish_{lines['i1']}": "5", f"agree_{lines['i3']}": "no", f"wish_{lines['i3']}": "2"}
    assert send(dealer, number, "answer", **said | {f"agree_{lines['i3']}": "yes"}).status == 422
    assert send(dealer, number, "answer", **said).status == 303
    after = order(shop, number)
    assert after.approval is Approval.ON_MODERATION and after.request is not None
    assert [(one.item_id, one.quantity) for one in after.request.lines] == [("i3", 2)]
    assert "Изменения приняты, кроме строк: 1" in dealer.get(f"/orders/{number}").text
    assert send(manager, number, "request", decision="grant").status == 303
    done = order(shop, number)
    assert {line.item_id: int(line.quantity) for line in done.lines} == {"i1": 3, "i3": 2}
    assert done.approval is Approval.CONFIRMED


def report(shop: Shop, number: str, revision: int, **buckets: int) -> None:
    told = {"i1": tuple(Bucket(LineStatus(status), Decimal(count)) for status, count in buckets.items())}
    take_report(shop.runtime.orders, shop.runtime.queues, shop.runtime.clock, report=OrderReport(number, revision, told))


def test_four_of_five_windows_are_shipped_without_the_fifth(shop: Shop) -> None:
    """DL-11, OR-21, OP-21: the dealer asks, a report that knows nothing of it takes nothing back, 1C's next word answers."""
    dealer, manager = shop.dealer(), shop.staff(Role.MANAGER)
    number = ordered(shop, dealer, "5")
    send(manager, number, "moderate", decision="confirm")
    report(shop, number, 1, ready=4, in_production=1)
    assert "Отгрузить готовое" in dealer.get(f"/orders/{number}").text
    assert send(dealer, number, "ship", ship_1="5").status == 422
    assert send(dealer, number, "ship", ship_1="4").status == 303
    assert send(dealer, number, "ship", ship_1="4").status == 303
    rows = {row.id for row in shop.runtime.outbox.pending("changes")}
    assert f"shipment_request#{number}" in rows

    def units() -> dict[str, int]:
        return {bucket.status.value: int(bucket.quantity) for bucket in order(shop, number).progress.of("i1")}

    assert units() == {"in_production": 1, "shipment_requested": 4}
    report(shop, number, 2, ready=5)
    assert units() == {"ready": 1, "shipment_requested": 4}
    report(shop, number, 3, ready=1, in_delivery=4)
    assert (units(), dict(order(shop, number).progress.asked)) == ({"ready": 1, "in_delivery": 4}, {})
    assert dealer.get(f"/orders/{number}").text.count("Дилер просит отгрузить готовое") == 1


def test_the_list_leads_to_a_copy_and_to_a_change(shop: Shop) -> None:
    """OR-28, OR-30: from the row itself; what has ended can be copied and no more changed."""
    dealer = shop.dealer()
    number = ordered(shop, dealer)
    page = dealer.get("/orders").text
    assert f'href="/orders/{number}/repeat"' in page and f'href="/orders/{number}/edit"' in page
    assert dealer.get(f"/orders/{number}/repeat").status == 200
    send(dealer, number, "cancel")
    page = dealer.get("/orders").text
    assert f'href="/orders/{number}/repeat"' in page and f'href="/orders/{number}/edit"' not in page
    assert dealer.get(f"/orders/{number}/edit").status == 409
