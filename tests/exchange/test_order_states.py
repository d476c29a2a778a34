"""How far an order has come: from 1C's JSON to the order's page, and what the dealer knows better."""

from collections.abc import Iterator
from decimal import Decimal
from types import SimpleNamespace
from typing import Any

import pytest

from chalicelib import runtime
from chalicelib.domain.errors import InvalidInput
from chalicelib.domain.orders.orders import Approval, ErpLine, ErpOrder, Fulfilment, Order, Payment
from chalicelib.domain.partners.partners import SupplierScope
from chalicelib.usecases.orders.answer_order import take_answer
from chalicelib.usecases.orders.order_progress import mark_own
from tests.exchange.client import Sender
from tests.people import contact, record
from tests.web.browser import Browser
from tests.web.shop import Shop

GUID = "7ab0c1d2-7d0e-11ee-9a52-00155d012345"


@pytest.fixture
def shop(aws: SimpleNamespace) -> Iterator[Shop]:
    yield Shop()
    runtime.use(None)


@pytest.fixture
def number(shop: Shop) -> str:
    """Five doors and two handles, confirmed by 1C."""
    dealer = shop.dealer()
    shop.put(dealer, "i1", "5")
    shop.put(dealer, "i2#v1", "2")
    number = shop.place(dealer)
    lines = (
        ErpLine("i1", "Дверь белая", Decimal(5), Decimal(1000), 500000, vat_rate=Decimal(20)),
        ErpLine("i2#v1", "Ручка (хром)", Decimal(2), Decimal(1000), 200000),
    )
    now = shop.runtime
    take_answer(now.orders, now.queues, now.clock, answer=ErpOrder(number, GUID, lines, "УТ-7", posted=True))
    return number


def bucket(status: str, quantity: Any, **more: Any) -> dict[str, Any]:
    return {"status": status, "quantity": quantity} | more


def state(order: str, revision: int = 1, /, doors: Any = None, handles: Any = None, **more: Any) -> dict[str, Any]:
    told = {"i1": doors, "i2#v1": handles}
    lines = [{"item_id": item, "buckets": buckets} for item, buckets in told.items() if buckets]
    return {"id": order, "revision": revision} | ({"lines": lines} if lines else {}) | more


def send(shop: Shop, *records: Any) -> list[dict[str, Any]]:
    answer = Sender(shop.portal).post("order_states", list(records))
    assert answer.status == 200, answer
    return list(answer.body["results"])


def order(shop: Shop, number: str) -> Order:
    return shop.runtime.orders.read(SupplierScope("test"), number)


def test_each_line_tells_how_many_units_are_where(shop: Shop, number: str) -> None:
    """OR-17, OR-18, OR-19, OR-20: units by status, the stage of production with its day, and the status of the whole."""
    doors = [bucket("in_production", 3, stage="покраска", date="2027-04-15"), bucket("ready", 2)]
    [result] = send(shop, state(number, doors=doors, handles=[bucket("ready", 2)]))
    assert result == {"id": number, "outcome": "written", "reasons": []}
    page = shop.dealer().get(f"/orders/{number}").text
    assert "3 в производстве · покраска (15.04), 2 готово" in page
    assert "В производстве" in page and "Заказ в производстве" in page
    assert "В производстве" in shop.dealer().get("/orders").text


@pytest.mark.parametrize(
    ("doors", "handles", "fulfilment"),
    [
        ([("ready", 5)], [("ready", 2)], Fulfilment.READY),
        ([("ready", 5)], [], Fulfilment.NOT_STARTED),
        ([("shortage", 1), ("ready", 4)], [("ready", 2)], Fulfilment.AWAITING_SUPPLY),
        ([("reserved_incoming", 5)], [("in_production", 2)], Fulfilment.AWAITING_SUPPLY),
        ([("in_delivery", 5)], [("ready", 2)], Fulfilment.PARTIALLY_SHIPPED),
        ([("in_delivery", 5)], [("in_delivery", 1), ("cancelled", 1)], Fulfilment.IN_TRANSIT),
        ([("returned", 5)], [("returned", 2)], Fulfilment.DELIVERED),
    ],
)
def test_the_order_is_as_far_as_its_units(shop: Shop, number: str, doors: Any, handles: Any, fulfilment: Fulfilment) -> None:
    """OR-20."""
    send(shop, state(number, doors=[bucket(*one) for one in doors], handles=[bucket(*one) for one in handles]))
    assert order(shop, number).fulfilment is fulfilment


def test_the_state_1c_names_comes_before_what_lines_say(shop: Shop, number: str) -> None:
    [known] = send(shop, state(number, doors=[bucket("ready", 5)], state="Закрыт"))
    assert (known["outcome"], order(shop, number).fulfilment) == ("written", Fulfilment.COMPLETED)
    [unknown] = send(shop, state(number, 2, state="Ждём луну"))
    assert "«Ждём луну» не сопоставлено" in unknown["reasons"][0]
    assert order(shop, number).approval is Approval.CONFIRMED


def test_payment_shows_what_is_left(shop: Shop, number: str) -> None:
    """OR-15, OR-16, SE-04, SE-05: the amount paid decides the payment axis; the rest stands on the page."""
    send(shop, state(number, paid_amount=3000.5, credit_amount=1000))
    page = shop.dealer().get(f"/orders/{number}").text.replace("\u00a0", " ")
    assert "Осталось оплатить" in page and "3 999,50 ₽" in page and "Оформлено в кредит" in page
    assert order(shop, number).payment is Payment.PARTIALLY_PAID
    for revision, paid, payment in ((2, 7000, Payment.PAID), (3, 7001, Payment.OVERPAID), (4, 0, Payment.UNPAID)):
        send(shop, state(number, revision, paid_amount=paid))
        assert order(shop, number).payment is payment
    send(shop, state(number, 5, doors=[bucket("ready", 5)]))
    assert order(shop, number).progress.paid_amount == 0


@pytest.mark.parametrize(
    ("record", "reason"),
    [
        ({"doors": [bucket("ready", 4)]}, "«Дверь белая»: по статусам 4, а в заказе 5"),
        ({"doors": [bucket("at_dealer", 5)]}, "ведёт сам дилер"),
        ({"lines": [{"item_id": "i9", "buckets": [bucket("ready", 1)]}]}, "нет товара i9"),
        ({"lines": [{"item_id": "i1", "buckets": [bucket("lost", 5)]}]}, "lines[0].buckets[0].status: допустимо"),
        ({"lines": [{"item_id": "i1", "buckets": [bucket("ready", 0)]}]}, "lines[0].buckets[0].quantity"),
    ],
)
def test_quantities_must_make_up_the_line(shop: Shop, number: str, record: dict[str, Any], reason: str) -> None:
    [result] = send(shop, state(number, 1, **record))
    assert result["outcome"] == "refused" and reason in result["reasons"][0]
    assert order(shop, number).progress.revision == 0


def test_an_older_report_changes_nothing(shop: Shop, number: str) -> None:
    send(shop, state(number, 7, doors=[bucket("ready", 5)]))
    late, again = send(shop, state(number, 6, doors=[bucket("shortage", 5)]), state(number, 7, state="Отменён"))
    assert (late["outcome"], again["outcome"]) == ("unchanged", "unchanged")
    assert [one.status for one in order(shop, number).progress.of("i1")] == ["ready"]


def test_an_order_goes_by_the_id_of_1c_too_and_what_is_unknown_waits(shop: Shop, number: str) -> None:
    by_id, stranger = send(shop, state(GUID, doors=[bucket("ready", 5)]), state("K-999999", doors=[bucket("ready", 5)]))
    assert (by_id["outcome"], stranger["outcome"]) == ("written", "waiting")
    assert order(shop, number).progress.lines


def test_1c_never_takes_from_the_dealer_what_he_has_and_has_sold(shop: Shop, number: str) -> None:
    """OR-18: what the dealer counts as his is his; 1C's figures stand for the rest."""
    dealer = shop.dealer()
    visitor = shop.runtime.visitor(dealer.cookies["kabinet"])
    send(shop, state(number, doors=[bucket("in_delivery", 3), bucket("ready", 2)]))
    counted = {"number": number, "item_id": "i1", "at_dealer": Decimal(1), "sold": Decimal(2)}
    mark_own(shop.runtime.orders, shop.runtime.clock, visitor=visitor, **counted)
    assert "2 готово, 1 у вас в наличии, 2 продано" in dealer.get(f"/orders/{number}").text
    send(shop, state(number, 2, doors=[bucket("in_delivery", 5)]))
    assert "2 на доставке, 1 у вас в наличии, 2 продано" in dealer.get(f"/orders/{number}").text
    with pytest.raises(InvalidInput, match="не больше, чем в заказе"):
        mark_own(shop.runtime.orders, shop.runtime.clock, visitor=visitor, **counted | {"sold": Decimal(5)})


def test_the_dealer_keeps_his_own_figures_on_the_orders_page(shop: Shop, number: str) -> None:
    """OP-21, OR-18: a form for all lines; what is wrong comes back as it was typed, and nothing of it is kept."""
    dealer = shop.dealer()
    page = dealer.get(f"/orders/{number}")
    token = {"form_token": page.hidden("form_token")}
    assert "У меня и продано" in page.text and 'name="at_dealer_2"' in page.text
    fields = {"at_dealer_1": "3", "sold_1": "1", "at_dealer_2": "", "sold_2": ""}
    assert dealer.post(f"/orders/{number}/own", token | fields).status == 303
    after = dealer.get(f"/orders/{number}").text
    assert "3 у вас в наличии, 1 продано" in after and 'value="3"' in after
    wrong = dealer.post(f"/orders/{number}/own", token | fields | {"at_dealer_1": "0", "sold_2": "2,5"})
    assert wrong.status == 422 and "укажите не больше, чем в заказе" in wrong.text and 'value="2,5"' in wrong.text
    assert dealer.post(f"/orders/{number}/own", token | {"at_dealer_1": "много"}).status == 422
    assert "3 у вас в наличии, 1 продано" in dealer.get(f"/orders/{number}").text
    assert dealer.post(f"/orders/{number}/own", token | {"at_dealer_1": "", "sold_1": ""}).status == 303
    assert "у вас в наличии" not in dealer.get(f"/orders/{number}").text


def test_nobody_marks_the_order_of_another_partner(shop: Shop, number: str) -> None:
    shop.portal.dealer(record(partner_id="p2", contacts=(contact(2, "p2"),)))
    stranger = Browser()
    stranger.sign_in("+79160000002", "зимний вечер 42")
    token = {"form_token": stranger.get("/orders").hidden("form_token")}
    assert stranger.post(f"/orders/{number}/own", token | {"at_dealer_1": "1"}).status == 404


def test_a_report_changes_no_line_and_does_not_answer_for_the_dealer(shop: Shop, number: str) -> None:
    cut = ErpLine("i1", "Дверь белая", Decimal(4), Decimal(1000), 400000)
    now = shop.runtime
    take_answer(now.orders, now.queues, now.clock, answer=ErpOrder(number, GUID, (cut,), "УТ-7"))
    waiting = order(shop, number)
    assert waiting.approval is Approval.AWAITING_CLIENT
    send(shop, state(number, doors=[bucket("ready", 4)], state="Готов к отгрузке"))
    after = order(shop, number)
    assert (after.approval, after.fulfilment, after.lines) == (Approval.AWAITING_CLIENT, Fulfilment.READY, waiting.lines)


def test_cancelling_frees_what_was_held(shop: Shop) -> None:
    dealer = shop.dealer()
    shop.put(dealer, "i1", "5")
    number = shop.place(dealer)
    assert shop.runtime.offers.read(["i1"])["i1"][1].available() == 2
    send(shop, state(number, state="Отменён"))
    assert order(shop, number).approval is Approval.CANCELLED
    assert shop.runtime.offers.read(["i1"])["i1"][1].available() == 7
