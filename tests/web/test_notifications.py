"""The bell, the list of notifications and what a person chooses to be told of, through the pages, the worker and the clock."""

import re
from datetime import UTC, datetime
from types import SimpleNamespace
from urllib.parse import urlencode

import pytest

from chalicelib.domain.access.users import Role
from chalicelib.domain.notifications import Channel, Event
from chalicelib.schedules import notifications as clock
from tests.people import aws_calls, contact, record
from tests.web.browser import Browser
from tests.web.shop import Shop
from tests.web.test_desk import decide, ordered
from tests.workers.allowed import only_allowed
from tests.workers.events import CONTEXT, queued, spread_all, sqs_event, tick_event

SETTINGS = "/notifications/settings"
NIGHT = datetime(2026, 11, 21, 20, 30, tzinfo=UTC)
"""Half past eleven in Moscow."""


@pytest.fixture
def shop(aws: SimpleNamespace) -> Shop:
    return Shop()


def bell(browser: Browser) -> int:
    found = re.search(r'class="bell".*?(?:</span>(\d+)</span>)?\s*</a>', browser.get("/").text, re.DOTALL)
    assert found
    return int(found[1] or 0)


def choose(browser: Browser, *ticked: str, **more: str) -> int:
    fields = {"digest": "none", "zone": "3", "quiet_from": "22:00", "quiet_to": "08:00"} | more
    pairs = [*fields.items(), *(("tell", one) for one in ticked), ("form_token", browser.get(SETTINGS).hidden("form_token"))]
    kind = {"Content-Type": "application/x-www-form-urlencoded", "Sec-Fetch-Site": "same-origin"}
    return browser.send("POST", SETTINGS, urlencode(pairs).encode(), kind).status


def letters(shop: Shop, channel: str = "mail") -> list[dict[str, str]]:
    """Without the invitations."""
    rows = [row.body for row in shop.runtime.outbox.pending("messages")]
    return [dict(body) for body in rows if body["channel"] == channel and "invite" not in body["text"]]


def test_a_dealer_is_told_that_his_order_waits_for_him(shop: Shop) -> None:
    """OR-09, MS-06: in the portal at once, by mail too; the bell counts it until he has read it."""
    dealer, manager = shop.dealer(), shop.staff(Role.MANAGER)
    number = ordered(shop, dealer)
    assert bell(dealer) == 0 and "Уведомлений пока нет" in dealer.get("/notifications").text
    decide(manager, number, "ask", "Точно <b>белая</b>?")
    spread_all(shop.runtime)
    assert bell(dealer) == 1
    page = dealer.get("/notifications")
    assert f"Заказ № {number} ждёт вашего подтверждения" in page.text and "Точно &lt;b&gt;белая" in page.text
    (letter,) = letters(shop)
    assert letter["to"] == "c1@dealer.example" and letter["subject"] == f"Заказ № {number} ждёт вашего подтверждения"
    assert f"/orders/{number}" in letter["text"] and "Точно <b>белая</b>?" in letter["text"]
    told = {"form_token": page.hidden("form_token"), "id": page.hidden("id")}
    for _ in range(2):
        assert dealer.post("/notifications/open", told).location == f"/orders/{number}"
    assert bell(dealer) == 0 and "новое" not in dealer.get("/notifications").text


def test_a_row_worked_on_again_tells_nobody_twice(shop: Shop) -> None:
    dealer, manager = shop.dealer(), shop.staff(Role.MANAGER)
    number = ordered(shop, dealer)
    decide(manager, number, "hold", "Проверим")
    (row,) = shop.runtime.outbox.pending("notifications")
    spread_all(shop.runtime)
    shop.runtime.outbox.put(row)  # as if the worker had died before it removed the row
    spread_all(shop.runtime)
    assert bell(dealer) == 1 and shop.runtime.outbox.pending("notifications") == ()


def test_all_can_be_marked_as_read(shop: Shop) -> None:
    dealer, manager = shop.dealer(), shop.staff(Role.MANAGER)
    for _ in range(3):
        decide(manager, ordered(shop, dealer), "hold", "Проверим")
    spread_all(shop.runtime)
    assert bell(dealer) == 3
    assert dealer.submit("/notifications", "/notifications/read", {}).status == 303
    assert bell(dealer) == 0 and "новое" not in dealer.get("/notifications").text
    assert dealer.submit(SETTINGS, "/notifications/read", {}).status == 303 and bell(dealer) == 0


def test_the_bell_costs_no_call(shop: Shop) -> None:
    dealer = shop.dealer()
    ordered(shop, dealer)
    with aws_calls(shop.runtime.dynamodb) as before:
        dealer.get("/orders")
    decide(shop.staff(Role.MANAGER), ordered(shop, dealer), "hold", "Проверим")
    spread_all(shop.runtime)
    with aws_calls(shop.runtime.dynamodb) as after:
        assert 'class="cart-count"' in dealer.get("/orders").text
    assert after == before


def test_a_person_chooses_what_comes_where(shop: Shop) -> None:
    """C-36: the matrix of events and channels, without JavaScript; an unticked channel is silent."""
    dealer, manager = shop.dealer(), shop.staff(Role.MANAGER)
    assert choose(dealer, f"{Event.MODERATION}:{Channel.SMS}") == 303
    kept = dealer.get(SETTINGS).text
    assert re.findall(r'value="(\w+:\w+)" checked', kept) == ["moderation:sms"]
    number = ordered(shop, dealer)
    decide(manager, number, "hold", "Проверим")
    decide(manager, number, "confirm")
    spread_all(shop.runtime)
    (sms,) = letters(shop, "sms")
    assert sms["to"] == "+79160000001" and sms["text"].startswith(f"Заказ № {number} проверяет менеджер. ")
    assert bell(dealer) == 0 and letters(shop) == []
    for wrong in ({"zone": "99"}, {"quiet_to": "когда"}, {"digest": "weekly"}, {"zone": ""}):
        assert choose(dealer, **wrong) == 422


def test_at_night_only_what_cannot_wait_is_written(shop: Shop, aws: SimpleNamespace) -> None:
    """Quiet hours: the rest leaves at eight as one letter, by a clock and a role that may do no more than that."""
    dealer, manager = shop.dealer(), shop.staff(Role.MANAGER)
    choose(dealer, "moderation:mail", "awaiting:mail", "awaiting:sms", "confirmed:mail")
    shop.portal.clock.now = NIGHT
    numbers = [ordered(shop, dealer) for _ in range(2)]
    for number in numbers:
        decide(manager, number, "hold", "Проверим")
    decide(manager, numbers[0], "ask", "Белая?")
    with only_allowed(shop.runtime, "worker_messages"):
        spread_all(shop.runtime)
    assert [letter["subject"] for letter in letters(shop)] == [f"Заказ № {numbers[0]} ждёт вашего подтверждения"]
    assert letters(shop, "sms") == []
    shop.portal.clock.pass_by(hours=8)
    clock.schedule_notifications(tick_event(), CONTEXT)
    assert len(letters(shop)) == 1, "it is half past seven"
    shop.portal.clock.pass_by(minutes=31)
    with only_allowed(shop.runtime, "schedule_notifications"):
        for _ in range(2):
            clock.schedule_notifications(tick_event(), CONTEXT)
    digest = letters(shop)[-1]
    assert len(letters(shop)) == 2 and digest["subject"] == "Новости кабинета: 2"
    assert all(f"Заказ № {number} проверяет менеджер" in digest["text"] for number in numbers)
    assert len(letters(shop, "sms")) == 1


def test_who_lost_his_access_hears_no_more(shop: Shop) -> None:
    dealer, manager = shop.dealer(), shop.staff(Role.MANAGER)
    choose(dealer, "moderation:mail")
    shop.portal.clock.now = NIGHT
    decide(manager, ordered(shop, dealer), "hold", "Проверим")
    spread_all(shop.runtime)
    shop.portal.save(record(2, access=False))
    shop.portal.clock.pass_by(hours=12)
    clock.schedule_notifications(tick_event(), CONTEXT)
    assert letters(shop) == [] and shop.runtime.notifications.due(shop.portal.clock()) == ()


def test_notifications_of_another_partner_are_not_there(shop: Shop) -> None:
    dealer, manager = shop.dealer(), shop.staff(Role.MANAGER)
    decide(manager, ordered(shop, dealer), "hold", "Проверим")
    spread_all(shop.runtime)
    told = dealer.get("/notifications").hidden("id")
    shop.portal.dealer(record(partner_id="p2", contacts=(contact(2, "p2"),)))
    stranger = shop._signed_in("+79160000002")
    assert "проверяет менеджер" not in stranger.get("/notifications").text
    assert stranger.submit(SETTINGS, "/notifications/open", {"id": told}).status == 404
    assert stranger.submit(SETTINGS, "/notifications/open", {"id": ""}).status == 404
    assert bell(dealer) == 1


def test_a_message_reaches_its_channel(shop: Shop, aws: SimpleNamespace) -> None:
    """The whole road: the page writes the row, the queue brings it to the worker, the worker queues a letter and sends it."""
    from chalicelib.adapters.mail import MemoryMailer
    from chalicelib.workers import messages

    dealer, manager = shop.dealer(), shop.staff(Role.MANAGER)
    number = ordered(shop, dealer)
    there = f"/orders/{number}"
    list(queued(aws, "messages"))
    assert manager.submit(there, f"{there}/messages", {"text": "Завтра с утра"}).status == 303
    for message in queued(aws, "messages"):
        assert messages.worker_messages(sqs_event(message), CONTEXT) == {"batchItemFailures": []}
    assert isinstance(shop.runtime.mail, MemoryMailer)
    (letter,) = shop.runtime.mail.letters
    assert letter.to == "c1@dealer.example" and "Завтра с утра" in letter.text
    assert bell(dealer) == 1
