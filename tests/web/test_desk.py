"""The manager's desk, his decisions, and the conversation about an order."""

import re
from datetime import date
from types import SimpleNamespace

import pytest

from chalicelib.domain.access.users import Role
from chalicelib.domain.orders.orders import Approval, OrderEvent
from chalicelib.domain.partners.partners import PartnerScope
from tests.people import contact, record
from tests.web.browser import Browser, Page
from tests.web.shop import Shop
from tests.workers.events import spread_all


@pytest.fixture
def shop(aws: SimpleNamespace) -> Shop:
    return Shop()


def ordered(shop: Shop, dealer: Browser, quantity: str = "2") -> str:
    shop.put(dealer, "i1", quantity)
    return shop.place(dealer)


def decide(manager: Browser, number: str, decision: str, comment: str = "") -> Page:
    page = manager.get(f"/orders/{number}")
    fields = {"form_token": page.hidden("form_token"), "revision": page.hidden("revision"), "decision": decision}
    return manager.post(f"/orders/{number}/moderate", fields | {"comment": comment})


def approval(shop: Shop, number: str) -> Approval:
    return shop.runtime.orders.read(PartnerScope("p1"), number).approval


def lane(manager: Browser, name: str) -> list[str]:
    return re.findall(r'href="/orders/(K-\d+)"', manager.get(f"/desk?lane={name}").text)


def test_the_manager_sees_the_orders_of_all_dealers_by_what_is_to_be_done(shop: Shop) -> None:
    """OR-37: with the dealer's name; an order stands in one lane, and lanes that wait for somebody are counted."""
    dealer, manager = shop.dealer(), shop.staff(Role.MANAGER)
    first, second = ordered(shop, dealer, "1"), ordered(shop, dealer, "1")
    assert decide(manager, second, "hold", "Проверим сумму").status == 303
    assert (lane(manager, "new"), lane(manager, "moderation")) == ([first], [second])
    page = manager.get("/desk").text
    assert "Дилер" in page and f'href="/orders/{second}"' in page
    assert re.findall(r'class="lane-count">(\d+)<', page) == ["1", "1"]
    assert dealer.get("/desk").status == 403


def test_an_order_whose_day_has_passed_is_late(shop: Shop) -> None:
    """DL-10, OR-36."""
    dealer, manager = shop.dealer(), shop.staff(Role.MANAGER)
    shop.put(dealer, "i1", "1")
    page = dealer.get("/checkout")
    fields = {name: page.hidden(name) for name in ("form_token", "generation", "seen")}
    wanted = date(2026, 12, 1)
    fields |= {"counterparty_id": "c1", "delivery_method": "pickup", "desired_date": wanted.isoformat()}
    number = dealer.post("/checkout", fields).location.removeprefix("/orders/").removesuffix("?placed=1")
    decide(manager, number, "confirm")
    assert lane(manager, "late") == []
    shop.portal.clock.pass_by(days=30)
    assert lane(shop.staff(Role.MANAGER), "late") == [number]


def test_what_the_manager_confirms_goes_on_at_once(shop: Shop) -> None:
    """OR-35, OR-11: 1C is told, an invoice is on its way, the dealer sees who did it."""
    dealer, manager = shop.dealer(), shop.staff(Role.MANAGER)
    number = ordered(shop, dealer)
    taken = OrderEvent(shop.portal.clock(), "1С", "taken", "Заказ принят в 1С")
    shop.runtime.orders.taken(number, [row.id for row in shop.runtime.outbox.pending("orders")], taken)
    assert decide(manager, number, "confirm", "Отгрузим завтра").status == 303
    assert approval(shop, number) is Approval.CONFIRMED
    assert [row.subject for kind in ("orders", "documents") for row in shop.runtime.outbox.pending(kind)] == [number, number]
    page = dealer.get(f"/orders/{number}").text
    assert "Менеджер подтвердил заказ: Отгрузим завтра" in page and "Сотрудник manager" in page


def test_a_rejected_order_lets_its_goods_go(shop: Shop) -> None:
    """OR-35: and nothing more can be decided of it."""
    dealer, manager = shop.dealer(), shop.staff(Role.MANAGER)
    number = ordered(shop, dealer, "5")
    assert shop.runtime.offers.read(["i1"])["i1"][1].available("w1") == 2
    assert decide(manager, number, "reject").status == 422, "a reason is asked for"
    assert decide(manager, number, "reject", "Такого не бывает").status == 303
    assert shop.runtime.offers.read(["i1"])["i1"][1].available("w1") == 7
    assert "Менеджер отклонил заказ: Такого не бывает" in dealer.get(f"/orders/{number}").text
    assert "Решение по заказу" not in manager.get(f"/orders/{number}").text
    assert lane(manager, "cancelled") == [number]


def test_the_dealer_is_asked_and_answers(shop: Shop) -> None:
    """OR-09, MS-06, OP-04: an order can be sent back to its dealer even where nothing in it changed."""
    dealer, manager = shop.dealer(), shop.staff(Role.MANAGER)
    number = ordered(shop, dealer)
    decide(manager, number, "ask", "Точно белая?")
    assert "Подтвердить изменения" in dealer.get(f"/orders/{number}").text
    assert re.findall(r'href="/orders/(K-\d+)"', dealer.get("/orders?tab=attention").text) == [number]
    assert decide(manager, number, "confirm").status == 409, "not over the dealer's head"
    page = dealer.get(f"/orders/{number}")
    fields = {"form_token": page.hidden("form_token"), "revision": page.hidden("revision")}
    assert dealer.post(f"/orders/{number}/confirm", fields).status == 303
    assert approval(shop, number) is Approval.CONFIRMED


def test_a_decision_on_what_has_changed_meanwhile_is_refused(shop: Shop) -> None:
    dealer, manager = shop.dealer(), shop.staff(Role.MANAGER)
    number = ordered(shop, dealer)
    page = manager.get(f"/orders/{number}")
    stale = {"form_token": page.hidden("form_token"), "revision": page.hidden("revision"), "comment": "x"}
    assert decide(manager, number, "hold", "Проверим").status == 303
    assert manager.post(f"/orders/{number}/moderate", stale | {"decision": "reject"}).status == 409
    assert manager.post(f"/orders/{number}/moderate", stale | {"decision": "burn"}).status == 422
    assert approval(shop, number) is Approval.ON_MODERATION


def test_dealer_and_manager_talk_about_an_order(shop: Shop) -> None:
    """MS-05, MS-07, OR-32: each gets a letter about the other's words; notes of the staff stay theirs; all of it escaped."""
    dealer, manager = shop.dealer(), shop.staff(Role.MANAGER)
    number = ordered(shop, dealer)
    there = f"/orders/{number}"

    def write(who: Browser, text: str, **more: str) -> int:
        return who.submit(there, f"{there}/messages", {"text": text} | more).status

    assert write(dealer, "Когда <b>отгрузка</b>?") == 303
    assert write(manager, "Завтра с утра") == 303
    assert write(manager, "Торгуется каждый раз", internal="1") == 303
    assert write(dealer, "Тайная заметка?", internal="1") == 303, "a dealer has no notes: it is a message as any other"
    assert write(dealer, "   ") == 422 and write(dealer, "x" * 2001) == 422
    seen, known = dealer.get(there).text, manager.get(there).text
    assert "Когда &lt;b&gt;отгрузка" in seen and "Завтра с утра" in seen and "Торгуется" not in seen
    assert "Торгуется каждый раз" in known and "Тайная заметка?" in known
    spread_all(shop.runtime)
    letters = [row.body for row in shop.runtime.outbox.pending("messages") if row.body["subject"].startswith("Сообщение")]
    assert sorted((body["to"], body["text"].splitlines()[2]) for body in letters) == [
        ("c1@dealer.example", "Сотрудник manager: Завтра с утра"),
        ("smirnova@supplier.example", "Контакт 1: Когда <b>отгрузка</b>?"),
        ("smirnova@supplier.example", "Контакт 1: Тайная заметка?"),
    ]


def test_a_stranger_has_no_part_in_it(shop: Shop) -> None:
    """Another partner's order is not there: neither to read nor to write about, and no dealer decides anything."""
    dealer = shop.dealer()
    number = ordered(shop, dealer)
    shop.portal.dealer(record(partner_id="p2", contacts=(contact(2, "p2"),)))
    stranger = shop._signed_in("+79160000002")
    assert stranger.submit("/orders", f"/orders/{number}/messages", {"text": "Что там?"}).status == 404
    for who in (dealer, stranger):
        fields = {"decision": "confirm", "revision": "1"}
        assert who.submit("/orders", f"/orders/{number}/moderate", fields).status == 403


def test_an_open_page_of_an_order_follows_what_happens(shop: Shop) -> None:
    """OR-38, NF-05: it asks for what is new with what it shows; nothing new leaves it, and what is being written, alone."""
    dealer, manager = shop.dealer(), shop.staff(Role.MANAGER)
    number = ordered(shop, dealer)

    def again(page: str) -> Page:
        address = re.search(r'hx-get="([^"]*)" hx-trigger="every (\d+)s"', page)
        assert address and int(address[2]) in (3, 30)
        return dealer.get(address[1].replace("&amp;", "&"), **{"HX-Request": "true"})

    page = dealer.get(f"/orders/{number}").text
    assert again(page).status == 204
    decide(manager, number, "hold", "Проверим")
    changed = again(page)
    assert changed.status == 200 and "Менеджер взял заказ на проверку" in changed.text
    manager.submit(f"/orders/{number}", f"/orders/{number}/messages", {"text": "Уточняем срок"})
    talked = again(changed.text)
    assert "Уточняем срок" in talked.text and again(talked.text).status == 204
    decide(manager, number, "reject", "Нет")
    assert 'hx-trigger="every' not in dealer.get(f"/orders/{number}").text
