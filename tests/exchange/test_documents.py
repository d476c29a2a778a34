"""1C's documents: announced, uploaded to the storage, shown; nothing that was not checked, nothing of another's."""

import hashlib
import urllib.error
import urllib.request
from collections.abc import Iterator
from decimal import Decimal
from types import SimpleNamespace
from typing import Any

import pytest

from chalicelib import runtime
from chalicelib.domain.access.users import Role
from chalicelib.domain.documents import Document
from chalicelib.domain.orders.orders import ErpLine, ErpOrder
from chalicelib.domain.partners.partners import PartnerScope
from chalicelib.usecases.documents.issue_invoice import issue_invoice
from chalicelib.usecases.orders.answer_order import take_answer
from infra.bench.invoice import COMPANY
from tests.exchange.client import Sender
from tests.people import contact, record
from tests.web.browser import Browser
from tests.web.shop import Shop
from tests.workers.allowed import only_allowed
from tests.workers.events import spread_all

PDF = b"%PDF-1.4 \xd0\xa3\xd0\x9f\xd0\x94"


@pytest.fixture
def shop(aws: SimpleNamespace) -> Iterator[Shop]:
    shop = Shop()
    shop.runtime.partners.save_company(COMPANY)
    shop.dealer()
    yield shop
    runtime.use(None)


def document(body: bytes = PDF, revision: int = 1, **more: Any) -> dict[str, Any]:
    made = {
        "id": "upd-1",
        "revision": revision,
        "kind": "upd",
        "number": "УТ-123",
        "date": "2026-11-20",
        "size": len(body),
        "sha256": hashlib.sha256(body).hexdigest(),
    }
    owner = {} if {"audience", "order"} & set(more) else {"partner_id": "p1"}
    return made | owner | more


def send(shop: Shop, record: Any, entity: str = "documents") -> dict[str, Any]:
    answer = Sender(shop.portal).post(entity, [record])
    assert answer.status == 200, answer
    return dict(answer.body["results"][0])


def upload(told: dict[str, Any], body: bytes = PDF, **headers: str) -> int:
    """The status the storage answers with."""
    sent = {name: value for name, value in told["upload"]["headers"].items() if name != "Content-Length"} | headers
    request = urllib.request.Request(told["upload"]["url"], data=body, method=told["upload"]["method"], headers=sent)
    try:
        with urllib.request.urlopen(request) as answer:
            return int(answer.status)
    except urllib.error.HTTPError as error:
        return error.code


def put(shop: Shop, record: dict[str, Any], body: bytes = PDF) -> dict[str, Any]:
    """The whole way; the answer to `uploaded_documents`."""
    assert upload(send(shop, record), body) == 200
    return send(shop, {"id": record["id"], "revision": record["revision"]}, "uploaded_documents")


def opened(browser: Browser, document_id: str) -> tuple[bytes, str]:
    """The file behind a document's link, with its disposition."""
    answer = browser.get(f"/documents/{document_id}/file")
    assert answer.status == 302, answer.text
    with urllib.request.urlopen(answer.location) as file:
        return file.read(), file.headers["Content-Disposition"]


def letters(shop: Shop) -> list[Any]:
    spread_all(shop.runtime)
    return [
        row.body
        for row in shop.runtime.outbox.pending("messages")
        if "документ" in row.body["text"] or "счёт" in row.body["text"]
    ]


def order(shop: Shop, dealer: Browser) -> str:
    """Placed and confirmed by 1C, its invoice printed here."""
    shop.put(dealer, "i1", "2")
    number = shop.place(dealer)
    line = ErpLine("i1", "Дверь белая", Decimal(2), Decimal(1000), 200000, vat_rate=Decimal(20))
    now = shop.runtime
    take_answer(now.orders, now.queues, now.clock, answer=ErpOrder(number, "guid", (line,), "УТ-7", posted=True))
    return number


def printed(shop: Shop) -> Document | None:
    now = shop.runtime
    [row] = now.outbox.pending("documents")
    stores = (now.orders, now.partners, now.documents, now.files, now.outbox, now.queues, now.invoice_printer)
    return issue_invoice(*stores, row_id=row.id)


def test_an_uploaded_document_stands_in_the_dealers_list(shop: Shop) -> None:
    """DC-01, DC-05, DC-08: 1C's shipping document is announced, uploaded past us, and downloaded by a link."""
    dealer = shop.dealer()
    with only_allowed(shop.runtime, "api_handler"):
        told = send(shop, document())
        assert (told["outcome"], told["visible"], told["upload"]["expires_in"]) == ("written", False, 900)
        assert "Документов ещё нет" in dealer.get("/documents").text
        assert upload(told) == 200
        told = send(shop, {"id": "upd-1", "revision": 1}, "uploaded_documents")
    assert told == {"id": "upd-1", "outcome": "written", "reasons": [], "visible": True}
    page = dealer.get("/documents").text
    assert "УПД № УТ-123" in page and "20.11.2026" in page
    body, disposition = opened(dealer, "upd-1")
    assert body == PDF and "UTF-8''%D0%A3%D0%9F%D0%94%20" in disposition and disposition.endswith("20.11.2026.pdf")


def test_the_next_announcement_shows_it_as_well(shop: Shop) -> None:
    told = send(shop, document())
    assert upload(told) == 200
    assert send(shop, document()) == {"id": "upd-1", "outcome": "written", "reasons": [], "visible": True}
    assert send(shop, document())["outcome"] == "unchanged"


@pytest.mark.parametrize(
    ("body", "headers", "status"),
    [
        (PDF[:-1] + b"!", {}, 400),
        (PDF + b"!", {}, 403),
        (PDF, {"x-amz-checksum-sha256": "AAAA"}, 403),
        (PDF, {"Content-Type": "text/html"}, 403),
    ],
)
def test_the_storage_takes_no_other_file(shop: Shop, body: bytes, headers: dict[str, str], status: int) -> None:
    told = send(shop, document())
    assert upload(told, body, **headers) == status
    assert send(shop, {"id": "upd-1", "revision": 1}, "uploaded_documents")["outcome"] == "waiting"
    assert shop.dealer().get("/documents/upd-1/file").status == 404


def test_what_got_there_otherwise_is_never_shown(shop: Shop, aws: SimpleNamespace) -> None:
    """The link is not the only way into a bucket: what is shown is decided by what the storage says lies there."""
    send(shop, document())
    announced = shop.runtime.documents.announced("upd-1")
    assert announced
    shop.runtime.files.put(announced.key, b"something else")
    told = send(shop, {"id": "upd-1", "revision": 1}, "uploaded_documents")
    assert told["outcome"] == "refused" and "контрольная сумма" in told["reasons"][0]
    assert send(shop, document())["visible"] is False
    assert shop.dealer().get("/documents/upd-1/file").status == 404


def test_a_new_revision_replaces_the_file_and_the_old_one_stays_crossed(shop: Shop) -> None:
    put(shop, document())
    told = send(shop, document(b"%PDF second", 2))
    dealer = shop.dealer()
    assert opened(dealer, "upd-1")[0] == PDF, "until the new file is there the old one stands"
    assert upload(told, b"%PDF second") == 200
    assert send(shop, {"id": "upd-1", "revision": 1}, "uploaded_documents")["outcome"] == "unchanged"
    assert send(shop, {"id": "upd-1", "revision": 2}, "uploaded_documents")["visible"]
    assert opened(dealer, "upd-1")[0] == b"%PDF second"
    assert opened(dealer, "upd-1.1")[0] == PDF
    assert dealer.get("/documents").text.count("Заменён") == 1
    assert send(shop, document())["outcome"] == "unchanged"


def test_1c_takes_a_document_back(shop: Shop) -> None:
    put(shop, document())
    withdrawn = {"id": "upd-1", "revision": 2, "kind": "upd", "date": "2026-11-20", "partner_id": "p1", "deletion_mark": True}
    assert send(shop, withdrawn)["visible"] is False
    assert "Аннулирован" in shop.dealer().get("/documents").text
    never = withdrawn | {"id": "never-seen"}
    assert send(shop, never)["outcome"] == "written"
    assert send(shop, document(id="never-seen"))["outcome"] == "unchanged"
    assert shop.dealer().get("/documents/never-seen/file").status == 404


def test_an_invoice_is_written_about(shop: Shop) -> None:
    """DC-06: an invoice issued in 1C is shown and flies to the mail, once."""
    shop.dealer()
    invoice = document(kind="payment_invoice", id="inv-1", number="УТ-55", amount=45200.5)
    put(shop, invoice)
    send(shop, {"id": "inv-1", "revision": 1}, "uploaded_documents")
    [letter] = letters(shop)
    assert letter["to"] == "c1@dealer.example" and "УТ-55" in letter["subject"]
    assert "45\u00a0200,50 ₽" in letter["text"] and "/documents/inv-1/file" in letter["text"]
    put(shop, document(id="cert-1", kind="certificate"))
    assert len(letters(shop)) == 1


def test_1cs_own_invoice_takes_the_place_of_the_printed_one(shop: Shop) -> None:
    """DC-03: 1C generates the invoice itself and returns it; ours is crossed and says so when it is opened."""
    dealer = shop.dealer()
    number = order(shop, dealer)
    ours = printed(shop)
    assert ours and "Счёт на оплату № УТ-7" in dealer.get(f"/orders/{number}").text
    before = opened(dealer, ours.id)[0]
    put(shop, document(kind="payment_invoice", id="inv-1", number="УТ-55", order=number))
    page = dealer.get(f"/orders/{number}").text
    assert "Счёт на оплату № УТ-55" in page and page.count("is-superseded") == 1
    assert opened(dealer, ours.id)[0] != before
    assert any("Он заменяет выставленный ранее" in letter["text"] for letter in letters(shop))


def test_nothing_is_printed_where_1c_has_sent_its_invoice(shop: Shop) -> None:
    """DC-03, OP-06."""
    dealer = shop.dealer()
    number = order(shop, dealer)
    put(shop, document(kind="payment_invoice", id="inv-1", number="УТ-55", order=number))
    assert printed(shop) is None and shop.runtime.outbox.pending("documents") == ()
    assert [one.id for one in shop.runtime.documents.of_order(PartnerScope("p1"), number)] == ["inv-1"]
    late = Document("late", "p1", "payment_invoice", "1", shop.portal.clock(), 1, "RUB", number, "", "documents/p1/late.pdf", 9)
    shop.runtime.documents.save(late)
    assert shop.runtime.documents.read(PartnerScope("p1"), "late").status == "superseded"


def test_another_partners_document_is_not_there(shop: Shop) -> None:
    """A stranger's list has nothing of it, its link is 404, and he can't be made its owner by naming his order."""
    put(shop, document())
    number = order(shop, shop.dealer())
    shop.portal.dealer(record(partner_id="p2", contacts=(contact(2, "p2"),)))
    stranger = shop._signed_in("+79160000002")
    assert "УТ-123" not in stranger.get("/documents").text
    assert stranger.get("/documents/upd-1/file").status == 404
    told = send(shop, document(id="upd-2", order=number, partner_id="p2"))
    assert told["outcome"] == "refused" and "другому партнёру" in told["reasons"][0]


@pytest.mark.parametrize(
    ("audience", "seen"),
    [
        ({"everyone": True}, True),
        ({"partner_ids": ["p9", "p1"]}, True),
        ({"segments": ["Тверь"]}, True),
        ({"segments": ["Опт"]}, True),
        ({"segments": ["Москва"], "partner_ids": ["p2"]}, False),
        ({}, False),
    ],
)
def test_a_price_list_reaches_its_audience(shop: Shop, audience: dict[str, Any], seen: bool) -> None:
    """NW-04, PR-14: different price lists for different dealers."""
    put(shop, document(id="pl-1", kind="price_list", title="Прайс на двери", audience=audience))
    dealer = shop.dealer()
    assert ("Прайс на двери" in dealer.get("/documents").text) is seen
    assert dealer.get("/documents/pl-1/file").status == (302 if seen else 404)
    assert "Прайс на двери" in shop.staff(Role.FINANCE).get("/finance/documents").text


def test_a_document_waits_for_its_order_and_partner(shop: Shop) -> None:
    assert send(shop, document(order="K-000999"))["outcome"] == "waiting"
    assert send(shop, document(partner_id="p-new"))["outcome"] == "waiting"


@pytest.mark.parametrize(
    ("change", "reason"),
    [
        ({"size": 0}, "не указаны size и sha256"),
        ({"sha256": "xyz"}, "sha256: недопустимое значение"),
        ({"size": 50_000_001}, "size: больше 50000000"),
        ({"media_type": "text/html"}, "media_type: допустимо"),
        ({"id": "../../x"}, "id: недопустимое значение"),
        ({"partner_id": None}, "не указано, чей документ"),
        ({"audience": {"everyone": True}, "partner_id": "p1"}, "без партнёра и заказа"),
    ],
)
def test_a_broken_announcement_says_what_is_wrong(shop: Shop, change: dict[str, Any], reason: str) -> None:
    told = send(shop, document() | change)
    assert told["outcome"] == "refused" and reason in told["reasons"][0]


def test_the_id_of_a_printed_document_is_taken(shop: Shop) -> None:
    number = order(shop, shop.dealer())
    ours = printed(shop)
    assert ours
    told = send(shop, document(id=ours.id, order=number))
    assert told["outcome"] == "refused" and "напечатал портал" in told["reasons"][0]
