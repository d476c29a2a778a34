"""News and managers, from 1C's JSON to the pages of those they are for."""

import hashlib
from collections.abc import Iterator
from types import SimpleNamespace
from typing import Any

import pytest

from chalicelib import runtime
from tests.exchange.client import Sender
from tests.exchange.test_documents import send, upload
from tests.people import contact, record
from tests.web.shop import Shop
from tests.workers.allowed import only_allowed


@pytest.fixture
def shop(aws: SimpleNamespace) -> Iterator[Shop]:
    shop = Shop()
    shop.dealer()
    yield shop
    runtime.use(None)


def news(id: str = "n1", revision: int = 1, **more: Any) -> dict[str, Any]:
    made = {"id": id, "revision": revision, "title": "Новая серия дверей", "published_on": "2026-11-20"}
    return made | {"audience": {"everyone": True}} | more


def post(shop: Shop, entity: str, *records: Any) -> list[dict[str, Any]]:
    answer = Sender(shop.portal).post(entity, list(records))
    assert answer.status == 200, answer
    return list(answer.body["results"])


def test_news_stand_in_the_portal_and_are_marked_as_read(shop: Shop) -> None:
    """NW-01, NW-02, NW-03, NW-05, NW-06: the dealer reads and confirms it, the supplier sees who has."""
    text = "Первый абзац <b>без разметки</b>.\n\nВторой абзац."
    told = news(kind="novelty", text=text, important=True, valid_until="2026-11-30")
    with only_allowed(shop.runtime, "api_handler"):
        assert post(shop, "news", told)[0]["outcome"] == "written"
        dealer, staff = shop.dealer(), shop.staff()
        assert "Важная новость" in dealer.get("/").text and "Прочитали: 0" in staff.get("/news").text
        page = dealer.get("/news")
        assert "Новинка" in page.text and "Важное" in page.text and "до 30.11.2026" in page.text
        assert "&lt;b&gt;без разметки&lt;/b&gt;" in page.text and page.text.count('class="description"') == 2
        answer = dealer.post("/news/n1/read", {"form_token": page.hidden("form_token")})
    assert answer.location == "/news"
    page = dealer.get("/news").text
    assert "Прочитано" in page and "Подтвердить прочтение" not in page
    assert "Важная новость" not in dealer.get("/").text
    page = staff.get("/news").text
    assert "Прочитали: 1" in page and "Дилер, Контакт 1" in page


@pytest.mark.parametrize(
    ("change", "seen"),
    [
        ({"audience": {"partner_ids": ["p1"]}}, True),
        ({"audience": {"segments": ["Тверь"]}}, True),
        ({"audience": {"segments": ["Сети"]}}, False),
        ({"audience": {"partner_ids": ["p2"]}}, False),
        ({"published_on": "2026-11-22"}, False),
        ({"published_on": "2026-11-21"}, True),
        ({"valid_until": "2026-11-21"}, True),
        ({"valid_until": "2026-11-20"}, False),
        ({"deletion_mark": True}, False),
    ],
)
def test_news_are_for_their_audience_in_their_time(shop: Shop, change: dict[str, Any], seen: bool) -> None:
    """AC-25 of another's scope: who is not meant does not find it, and can't mark it."""
    post(shop, "news", news(**change))
    dealer = shop.dealer()
    assert ("Новая серия" in dealer.get("/news").text) is seen
    token = dealer.get("/profile").hidden("form_token")
    assert dealer.post("/news/n1/read", {"form_token": token}).status == (303 if seen else 404)


def test_one_persons_mark_is_not_another_ones(shop: Shop) -> None:
    post(shop, "news", news())
    dealer = shop.dealer()
    dealer.submit("/news", "/news/n1/read", {})
    shop.portal.dealer(record(partner_id="p2", contacts=(contact(2, "p2"),)))
    assert "Отметить прочитанной" in shop._signed_in("+79160000002").get("/news").text


def test_a_newer_revision_replaces_and_an_older_one_does_not(shop: Shop) -> None:
    """The day moves too: the item does not stand twice."""
    post(shop, "news", news(revision=5))
    [late] = post(shop, "news", news(revision=4, title="Старая"))
    [newer] = post(shop, "news", news(revision=6, title="Поправленная", published_on="2026-11-19"))
    assert (late["outcome"], newer["outcome"]) == ("unchanged", "written")
    page = shop.dealer().get("/news").text
    assert "Поправленная" in page and "Новая серия" not in page and page.count("<article") == 1


def test_an_attachment_opens_for_whom_it_is_for(shop: Shop) -> None:
    body = b"%PDF"
    file = {"id": "a1", "revision": 1, "kind": "attachment", "date": "2026-11-20", "audience": {"everyone": True}}
    file |= {"size": len(body), "sha256": hashlib.sha256(body).hexdigest()}
    assert upload(send(shop, file), body) == 200 and send(shop, file)["visible"]
    post(shop, "news", news(attachments=[{"document_id": "a1", "title": "Условия акции"}]))
    dealer = shop.dealer()
    assert 'href="/documents/a1/file"' in dealer.get("/news").text and "Условия акции" in dealer.get("/news").text
    assert dealer.get("/documents/a1/file").status == 302
    assert "/documents/a1/file" not in dealer.get("/documents").text


@pytest.mark.parametrize(
    ("change", "reason"),
    [
        ({"valid_until": "2026-01-01"}, "valid_until раньше published_on"),
        ({"id": "a/b"}, "id: недопустимое значение"),
        ({"text": "я" * 20_001}, "text: длиннее 20000 символов"),
    ],
)
def test_broken_news_say_what_is_wrong(shop: Shop, change: dict[str, Any], reason: str) -> None:
    [result] = post(shop, "news", news() | change)
    assert result["outcome"] == "refused" and reason in result["reasons"][0]


def manager(revision: int = 1, **more: Any) -> dict[str, Any]:
    return {"id": "m9", "revision": revision, "name": "Орлова Анна", "phone": "+74950000009"} | more


def test_a_managers_record_puts_his_contacts_before_his_partners(shop: Shop) -> None:
    """MS-01, MS-02: assigned by the record, always in sight, and gone from the partners he leaves."""
    [told] = post(shop, "managers", manager(partner_ids=["p1"]))
    assert told["outcome"] == "written"
    dealer = shop.dealer()
    assert "Орлова Анна" in dealer.get("/orders").text
    post(shop, "managers", manager(2, phone="+74950000010"))
    assert "+74950000010" in dealer.get("/orders").text
    post(shop, "managers", manager(3, partner_ids=[]))
    assert "Орлова Анна" not in dealer.get("/orders").text


def test_a_card_without_a_manager_leaves_the_assigned_one(shop: Shop) -> None:
    post(shop, "managers", manager(partner_ids=["p1"]))
    shop.portal.save(record(7, manager=None))
    assert "Орлова Анна" in shop.dealer().get("/").text
    [stranger] = post(shop, "managers", manager(2, partner_ids=["p-new"]))
    assert stranger["outcome"] == "waiting"


def test_the_contacts_of_a_manager_from_the_card_are_renewed(shop: Shop) -> None:
    """MS-02: he is assigned by the partner's card; his own record brings his new phone and his photo."""
    photo = b"\xff\xd8\xff jpeg"
    file = {"id": "f1", "revision": 1, "kind": "photo", "date": "2026-11-20", "audience": {"everyone": True}}
    file |= {"size": len(photo), "sha256": hashlib.sha256(photo).hexdigest(), "media_type": "image/jpeg"}
    dealer = shop.dealer()
    assert dealer.get("/manager-photo").status == 404
    assert upload(send(shop, file), photo) == 200 and send(shop, file)["visible"]
    post(shop, "managers", manager(id="m1", photo_document_id="f1"))
    assert "/manager-photo?of=f1" in dealer.get("/").text and "Орлова Анна" in dealer.get("/").text
    answer = dealer.get("/manager-photo")
    assert (answer.body, answer.headers["content-type"]) == (photo, "image/jpeg")
    shop.portal.save(record(9))
    assert "/manager-photo?of=f1" in dealer.get("/").text, "a card knows nothing of photos"
