"""Queue functions of invoices and letters, called as Lambda calls them, on the whole embedded AWS."""

import urllib.request
from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from io import BytesIO
from types import SimpleNamespace
from typing import Any

import pytest
from pypdf import PdfReader

from chalicelib import runtime
from chalicelib.adapters.mail import MemoryMailer
from chalicelib.domain.partners.partners import Contract, Counterparty, Partner, PartnerScope
from chalicelib.runtime import Runtime
from chalicelib.usecases.ports.partners import PartnerRecord
from chalicelib.workers import documents, messages
from infra.bench.invoice import COMPANY
from tests.people import TestClock, contact
from tests.usecases.orders_world import PRICE_TYPE, World, answer_to
from tests.workers.events import CONTEXT, queued, sqs_event


@pytest.fixture
def rt(aws: SimpleNamespace) -> Iterator[Runtime]:
    """The runtime of the process, with a partner and our company."""
    made = Runtime(clock=TestClock())
    runtime.use(made)
    partner = Partner("p-1", "Дилер", True, revision=1)
    payer = Counterparty("cp-1", "ООО «Вектор»")
    contract = Contract("c-1", "Договор", PRICE_TYPE, "cp-1")
    made.partners.save(PartnerRecord(partner, (contact(1, "p-1"),), (payer,), (contract,)), made.clock())
    made.partners.save_company(replace(COMPANY, id="our-1"))
    yield made
    runtime.use(None)


def confirmed_order(aws: SimpleNamespace) -> str:
    world = World({"a": ("100.50", 10)}, client=aws.dynamodb)
    world.put("a", 5)
    number = world.place()
    world.answer(answer_to(world.read(number), cut={"a": 3}))
    world.confirm(number)
    return number


def work(worker: Any, *messages: dict[str, Any]) -> list[str]:
    """Ids of the messages that are to come again."""
    answer = worker(sqs_event(*messages), CONTEXT)
    return [failure["itemIdentifier"] for failure in answer["batchItemFailures"]]


def test_from_the_queue_to_the_open_pdf_and_the_letter(aws: SimpleNamespace, rt: Runtime) -> None:
    """DC-01, DC-04, DC-06: the row becomes a PDF that a presigned link opens, and a letter that leads to it."""
    number = confirmed_order(aws)
    [row] = rt.outbox.pending("documents")
    assert work(documents.worker_documents, {"row": row.id}) == []
    [document] = rt.documents.of_order(PartnerScope("p-1"), number)
    link = rt.files.link(document.key, f"Счёт {document.number}.pdf", timedelta(minutes=5))
    with urllib.request.urlopen(link) as answer:
        assert answer.headers["Content-Type"] == "application/pdf"
        text = " ".join(PdfReader(BytesIO(answer.read())).pages[0].extract_text().split())
    assert f"Счёт на оплату № {document.number}" in text
    assert "Всего к оплате: 301,50" in text
    for message in queued(aws, "messages"):
        assert work(messages.worker_messages, message) == []
    assert isinstance(rt.mail, MemoryMailer)
    [letter] = rt.mail.letters
    assert letter.to == "c1@dealer.example"
    assert f"{rt.settings.public_url}/documents/{document.id}/file" in letter.text
    assert rt.outbox.pending("documents") == rt.outbox.pending("messages") == ()


def test_one_bad_message_does_not_hold_up_its_batch(aws: SimpleNamespace, rt: Runtime) -> None:
    """What fails comes again by itself; a row that is gone is done."""
    confirmed_order(aws)
    [row] = rt.outbox.pending("documents")
    broken = rt.outbox.add("documents", "K-1", {"order": "K-1"}, rt.clock())
    assert work(documents.worker_documents, {"row": broken.id}, {"row": row.id}, {"row": "gone"}) == ["m-0"]
    assert [left.id for left in rt.outbox.pending("documents")] == [broken.id]


def test_a_refused_letter_is_done_and_the_others_go(aws: SimpleNamespace, rt: Runtime) -> None:
    body = {"channel": "mail", "subject": "Тема", "text": "Текст"}
    rows = [rt.outbox.add("messages", "u", body | {"to": to}, rt.clock()) for to in ("nobody", "a@b.example")]
    assert work(messages.worker_messages, *({"row": row.id} for row in rows)) == []
    assert isinstance(rt.mail, MemoryMailer)
    assert [letter.to for letter in rt.mail.letters] == ["a@b.example"]
    assert rt.outbox.pending("messages") == ()
