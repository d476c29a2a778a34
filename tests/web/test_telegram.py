"""A person links his chat with the supplier's bot and is written to there; nobody else can link it or speak for Telegram."""

import json
import re
from collections.abc import Iterator
from dataclasses import replace
from types import SimpleNamespace

import pytest

from app import app
from chalicelib.domain.access.users import Role
from chalicelib.workers import messages
from infra.local.events import Context
from infra.local.proxy import Request, event
from tests.stand_ins.telegram import SECRET, Telegram, serving
from tests.web.shop import Shop
from tests.web.test_desk import decide, ordered
from tests.web.test_notifications import SETTINGS, choose, letters
from tests.workers.events import CONTEXT, queued, spread_all, sqs_event

HOOK = "/exchange/telegram"


@pytest.fixture
def telegram() -> Iterator[Telegram]:
    with serving(Telegram()) as made:
        yield made


@pytest.fixture
def shop(aws: SimpleNamespace, telegram: Telegram) -> Shop:
    made = Shop()
    made.runtime.settings = replace(made.runtime.settings, telegram=telegram.url, private_addresses=True)
    return made


def call(body: bytes, secret: str = SECRET) -> int:
    headers = [("Host", "x"), ("Content-Type", "application/json"), ("X-Telegram-Bot-Api-Secret-Token", secret)]
    made = event(Request("POST", HOOK, "", headers, body, "149.154.160.1", 443), HOOK, {}, "")
    return int(app(made, Context("kabinet", 29))["statusCode"])


def write(text: str, chat: int = 77, kind: str = "private", secret: str = SECRET) -> int:
    return call(json.dumps({"update_id": 1, "message": {"chat": {"id": chat, "type": kind}, "text": text}}).encode(), secret)


def deliver(aws: SimpleNamespace) -> None:
    for message in queued(aws, "messages"):
        assert messages.worker_messages(sqs_event(message), CONTEXT) == {"batchItemFailures": []}


def test_a_chat_is_linked_by_a_code_and_written_to(shop: Shop, telegram: Telegram, aws: SimpleNamespace) -> None:
    """C-36: from the code on the page to the message in the chat; the code works once; unlinked, the chat is silent."""
    dealer, manager = shop.dealer(), shop.staff(Role.MANAGER)
    deliver(aws)
    page = dealer.submit(SETTINGS, "/notifications/telegram", {})
    found = re.search(r'<code id="code">([\w-]{16})</code>', page.text)
    assert found and f"https://t.me/kabinet_bot?start={found[1]}" in page.text
    assert write(f"/start {found[1]}") == write(found[1], chat=99) == 200
    deliver(aws)
    assert [(chat, text.split(",")[0].split(".")[0]) for chat, text in telegram.sent] == [
        ("77", "Готово"),
        ("99", "Код не подошёл или устарел"),
    ]
    assert choose(dealer, "moderation:telegram") == 303
    assert "Чат подключён" in dealer.get(SETTINGS).text, "the matrix leaves the chat alone"
    number = ordered(shop, dealer)
    decide(manager, number, "hold", "Проверим")
    spread_all(shop.runtime)
    deliver(aws)
    chat, text = telegram.sent[-1]
    assert chat == "77" and text.startswith(f"Заказ № {number} проверяет менеджер") and f"/orders/{number}" in text
    assert dealer.submit(SETTINGS, "/notifications/telegram", {"unlink": "1"}).status == 303
    decide(manager, ordered(shop, dealer), "hold", "Проверим")
    spread_all(shop.runtime)
    assert letters(shop, "telegram") == []


def test_an_old_code_links_nothing(shop: Shop, telegram: Telegram) -> None:
    dealer = shop.dealer()
    code = re.search(r'<code id="code">(.{16})</code>', dealer.submit(SETTINGS, "/notifications/telegram", {}).text)
    assert code
    shop.portal.clock.pass_by(minutes=16)
    assert write(code[1]) == 200 and "Подключить Telegram" in dealer.get(SETTINGS).text


def test_only_telegram_itself_is_listened_to(shop: Shop) -> None:
    assert write("x", secret="") == write("x", secret="guess") == 403
    for body in (b"{", b"[]", b'{"message": 5}', b'{"message": {"chat": {"type": "private", "id": "x"}, "text": "a"}}'):
        assert call(body) == 200
    assert write("x" * 16, kind="group") == 200
    assert letters(shop, "telegram") == []


def test_a_chat_that_blocked_the_bot_ends_its_message_and_a_silent_telegram_keeps_it(shop: Shop, telegram: Telegram) -> None:
    telegram.blocked, row = {"5"}, {"channel": "telegram", "to": "5", "subject": "", "text": "т"}
    gone = shop.runtime.outbox.add("messages", "x", row, shop.portal.clock())
    assert messages.worker_messages(sqs_event({"row": gone.id}), CONTEXT) == {"batchItemFailures": []}
    telegram.status = 502
    kept = shop.runtime.outbox.add("messages", "x", row | {"to": "6"}, shop.portal.clock())
    assert messages.worker_messages(sqs_event({"row": kept.id}), CONTEXT)["batchItemFailures"]
    assert [one["to"] for one in letters(shop, "telegram")] == ["6"]


def test_without_a_bot_nothing_of_it_shows(aws: SimpleNamespace) -> None:
    dealer = Shop().dealer()
    assert "Telegram" not in dealer.get(SETTINGS).text
    assert dealer.submit(SETTINGS, "/notifications/telegram", {}).status == 404
    assert write("x") == 403
