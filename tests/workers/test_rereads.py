"""What a neighbour tells and is asked for, from the webhook or the clock to what is kept, under the functions' policies."""

import json
from collections.abc import Iterator
from datetime import timedelta
from decimal import Decimal
from types import SimpleNamespace
from typing import Any
from urllib.parse import urlencode

import pytest
from chalice.test import Client

import app
from chalicelib import runtime
from chalicelib.domain.access.users import Role
from chalicelib.domain.errors import NotFound
from chalicelib.domain.exchange.exchange import FileState
from chalicelib.domain.orders.orders import Approval
from chalicelib.domain.partners.partners import PartnerScope, SupplierScope
from chalicelib.runtime import Runtime
from chalicelib.schedules import reconcile
from chalicelib.schedules import rereads as rereads_clock
from chalicelib.usecases.documents.show_documents import document_link
from chalicelib.workers import deliveries, rereads
from tests.people import TestClock
from tests.stand_ins.bitrix24 import CODE, TOKEN, Bitrix24Portal, serving
from tests.usecases.orders_world import World
from tests.workers.allowed import only_allowed
from tests.workers.events import CONTEXT, queued, sqs_event, tick_event


@pytest.fixture
def portal() -> Iterator[Bitrix24Portal]:
    with serving(Bitrix24Portal()) as made:
        yield made


@pytest.fixture
def rt(aws: SimpleNamespace, portal: Bitrix24Portal, monkeypatch: pytest.MonkeyPatch) -> Iterator[Runtime]:
    monkeypatch.setenv("PUSH_URL", portal.url())
    monkeypatch.setenv("PRIVATE_ADDRESSES", "allow")
    made = Runtime(clock=TestClock())
    runtime.use(made)
    yield made
    runtime.use(None)


def work_off(aws: SimpleNamespace, rt: Runtime) -> set[tuple[str, str]]:
    """Every message of the queue, with what it needed of AWS."""
    with only_allowed(rt, "worker_rereads") as needed:
        for message in queued(aws, "rereads"):
            assert rereads.worker_rereads(sqs_event(message), CONTEXT) == {"batchItemFailures": []}  # type: ignore[attr-defined]
    return needed


def send(body: bytes | str, content_type: str = "application/x-www-form-urlencoded") -> int:
    with Client(app.app) as client:
        body = body.encode() if isinstance(body, str) else body
        return client.http.post("/exchange/bitrix24", body=body, headers={"Content-Type": content_type}).status_code


def event(name: str, id: object, token: str = TOKEN) -> str:
    return urlencode(
        {"event": name, "data[FIELDS][ID]": id, "ts": "1736405807", "auth[domain]": "x", "auth[application_token]": token}
    )


def test_only_the_portal_itself_is_heard(aws: SimpleNamespace, rt: Runtime, caplog: pytest.LogCaptureFixture) -> None:
    """IN-10: an event only queues a re-read; who does not know the application token is turned away."""
    assert send(event("ONCRMDEALUPDATE", 17)) == 200
    told = {"event": "oncrmcompanyadd", "data": {"FIELDS": {"ID": "5"}}, "auth": {"application_token": TOKEN}}
    assert send(json.dumps(told), "application/json") == 200
    for stranger in ("", "wrong", TOKEN[:-1]):
        assert send(event("ONCRMDEALUPDATE", 18, stranger)) == 403
    assert send(b"") == 403
    assert send("{" * 1000) == 403
    assert send(b"\xff\xfe" * 100) == 403
    assert send(event("ONCRMDEALUPDATE", 19) + "&x=" + "y" * 70_000) == 403
    for nothing in (event("ONAPPUNINSTALL", 1), event("ONCRMDEALUPDATE", "1; drop"), event("ONCRMDEALUPDATE", "9" * 30)):
        assert send(nothing) == 200
    assert list(queued(aws, "rereads")) == [
        {"system": "bitrix24", "kind": "deals", "id": "17"},
        {"system": "bitrix24", "kind": "partners", "id": "5"},
    ]
    assert TOKEN not in caplog.text and CODE not in caplog.text


def test_an_order_goes_there_and_back(aws: SimpleNamespace, rt: Runtime, portal: Bitrix24Portal) -> None:
    """IN-01, IN-02, IN-10, OR-04: placed here, a deal there; its manager moves it, the event has it read, the dealer sees it."""
    world = World({"a": ("100.00", 9)}, client=aws.dynamodb)
    world.now, world.pushes = rt.clock(), rt.pushes
    world.put("a", 3)
    number = world.place()
    with only_allowed(rt, "worker_deliveries"):
        for message in queued(aws, "deliveries"):
            assert deliveries.worker_deliveries(sqs_event(message), CONTEXT) == {"batchItemFailures": []}  # type: ignore[attr-defined]
    [deal] = portal.deals()
    assert deal["ORIGIN_ID"] == number
    send(event("ONCRMDEALADD", deal["ID"]))  # our own echo
    work_off(aws, rt)
    assert rt.orders.read(SupplierScope("test"), number).approval is Approval.SUBMITTED
    deal["STAGE_ID"] = "EXECUTING"
    for _ in range(2):  # events may come twice
        send(event("ONCRMDEALUPDATE", deal["ID"]))
    work_off(aws, rt)
    order, events = rt.orders.with_events(SupplierScope("test"), number)
    assert (order.approval, order.erp_number, order.revision) == (Approval.CONFIRMED, f"B24-{deal['ID']}", 2)
    assert sorted(one.kind for one in events) == ["confirmed", "placed", "taken"]
    del portal.tables["deal"][deal["ID"]]
    send(event("ONCRMDEALDELETE", deal["ID"]))
    work_off(aws, rt)
    gone = rt.orders.read(SupplierScope("test"), number)
    assert gone.approval is Approval.CANCELLED
    assert [line.quantity for line in gone.lines] == [Decimal(3)]


def fill(portal: Bitrix24Portal) -> None:
    portal.put("productsection", ID="1", NAME="Двери")
    for number in range(1, 71):
        portal.put("product", ID=str(number), NAME=f"Дверь {number}", SECTION_ID="1", PRICE=f"{number}.50", MEASURE="9")
        portal.put("company", ID=str(number), TITLE=f"Дилер {number}", UF_CRM_KABINET="1")
    phones = [{"VALUE": "+7 916 123-45-67", "VALUE_TYPE": "MOBILE"}]
    portal.put("contact", NAME="Иван", COMPANY_ID="70", PHONE=phones, UF_CRM_KABINET="1")


def test_the_night_reads_everything_and_the_journal_accounts_for_it(
    aws: SimpleNamespace, rt: Runtime, portal: Bitrix24Portal
) -> None:
    """IN-01: companies, people, products and prices, each page a file of the run; an invitation for who was let in."""
    fill(portal)
    with only_allowed(rt, "schedule_reconcile"):
        reconcile.schedule_reconcile(tick_event(), CONTEXT)  # type: ignore[attr-defined]
    needed = work_off(aws, rt)
    assert ("sqs:SendMessage", "arn:aws:sqs:eu-central-1:1:kabinet-test-snapshot") in needed
    [run] = [run for run in map(rt.exchange.run, [run.id for run in rt.exchange.runs()]) if run]
    tallies = {name: tally for file in run.files for name, tally in file.tallies.items() if file.name.endswith("0001")}
    assert {file.state for file in run.files} == {FileState.DONE}
    assert tallies["partners"].written == 50
    assert sum(file.tallies["items"].written for file in run.files if "items" in file.tallies) == 70
    assert [problem for file in run.files for problem in file.problems] == []
    account = rt.partners.account(PartnerScope("b24-70"))
    assert account is not None and account.members[0].phone == "+79161234567"
    assert len(rt.outbox.pending("messages")) == 1
    assert rt.catalogue.cards(["b24-7"])["b24-7"].name == "Дверь 7"
    prices, _ = rt.offers.read(["b24-7"])["b24-7"]
    assert prices.by_type["bitrix24"].amount == Decimal("7.50")


def test_between_nights_only_what_is_new_is_read_with_an_overlap(
    aws: SimpleNamespace, rt: Runtime, portal: Bitrix24Portal
) -> None:
    """C-07: a round reads three periods back, so that a border between two of them loses nothing."""
    now = rt.clock()
    portal.put("company", ID="1", TITLE="Давно", DATE_MODIFY=(now - timedelta(hours=3)).isoformat())
    portal.put("company", ID="2", TITLE="На границе", DATE_MODIFY=(now - timedelta(minutes=25)).isoformat())
    with only_allowed(rt, "schedule_rereads"):
        rereads_clock.schedule_rereads(tick_event(), CONTEXT)  # type: ignore[attr-defined]
    work_off(aws, rt)
    assert rt.partners.account(PartnerScope("b24-1")) is None
    assert rt.partners.account(PartnerScope("b24-2")) is not None


def test_a_company_that_is_gone_lets_nobody_in_any_more(aws: SimpleNamespace, rt: Runtime, portal: Bitrix24Portal) -> None:
    portal.put("company", ID="1", TITLE="Дилер", UF_CRM_KABINET="1")
    send(event("ONCRMCOMPANYADD", 1))
    work_off(aws, rt)
    before = rt.partners.account(PartnerScope("b24-1"))
    assert before is not None and before.partner.portal_access
    portal.tables["company"].clear()
    send(event("ONCRMCOMPANYDELETE", 1))
    work_off(aws, rt)
    after = rt.partners.account(PartnerScope("b24-1"))
    assert after is not None and not after.partner.portal_access
    assert after.contracts == before.contracts


def test_a_neighbour_that_is_away_is_asked_again_and_then_left_to_the_next_round(
    aws: SimpleNamespace, rt: Runtime, portal: Bitrix24Portal, caplog: pytest.LogCaptureFixture
) -> None:
    portal.put("company", ID="1", TITLE="Дилер", UF_CRM_KABINET="1")
    message: dict[str, Any] = {"system": "bitrix24", "kind": "partners", "id": "1"}
    portal.faults = ["503"] * 6
    for attempt in range(1, 7):
        event_message = message | ({"attempt": attempt} if attempt > 1 else {})
        assert rereads.worker_rereads(sqs_event(event_message), CONTEXT) == {"batchItemFailures": []}  # type: ignore[attr-defined]
    assert rt.partners.account(PartnerScope("b24-1")) is None
    assert "Битрикс24" in caplog.text and CODE not in caplog.text and TOKEN not in caplog.text


def test_documents_of_a_deal_are_links_in_the_cabinet(aws: SimpleNamespace, rt: Runtime, portal: Bitrix24Portal) -> None:
    """IN-01: an invoice made in Bitrix24 opens there, for the dealer whose order it is, where it has a public link."""
    world = World({"a": ("100.00", 9)}, client=aws.dynamodb)
    world.put("a", 3)
    number = world.place()
    deal = portal.put("deal", STAGE_ID="NEW", ORIGINATOR_ID="kabinet", ORIGIN_ID=number)
    link = "https://portal.example/~inv1"
    times = {"createTime": "2026-11-21T16:04:40+03:00", "updateTime": "2026-11-21T16:05:00+03:00"}
    portal.documents = {
        "1": {"id": "1", "title": "Счёт (Россия) 7", "number": "7", "entityId": deal, "publicUrl": link, **times},
        "2": {"id": "2", "title": "Акт 8", "number": "8", "entityId": deal, "publicUrl": "", "pdfUrlMachine": CODE, **times},
        "3": {"id": "3", "title": "Акт 9", "number": "9", "entityId": deal, "publicUrl": "javascript:alert(1)", **times},
    }
    for _ in range(2):
        send(event("ONCRMDEALUPDATE", deal))
    work_off(aws, rt)
    [document] = rt.documents.of_order(PartnerScope("p-1"), number)
    assert (document.kind, document.number, document.key) == ("payment_invoice", "7", link)
    visitor = world.visitor(role=Role.ACCOUNT_HEAD)
    assert document_link(rt.documents, rt.files, visitor=visitor, document_id=document.id) == link
    with pytest.raises(NotFound):
        document_link(rt.documents, rt.files, visitor=world.visitor(partner_id="p-2"), document_id=document.id)
    portal.may_read_documents = False
    send(event("ONCRMDEALUPDATE", deal))
    work_off(aws, rt)
    assert len(rt.documents.of_order(PartnerScope("p-1"), number)) == 1


def test_without_a_bitrix24_nobody_is_asked_and_nobody_heard(aws: SimpleNamespace, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PUSH_URL", "")
    runtime.use(Runtime())
    try:
        assert send(event("ONCRMDEALUPDATE", 17)) == 403
        reconcile.schedule_reconcile(tick_event(), CONTEXT)  # type: ignore[attr-defined]
        rereads.worker_rereads(sqs_event({"system": "bitrix24", "kind": "deals", "id": "1"}), CONTEXT)  # type: ignore[attr-defined]
        assert list(queued(aws, "rereads")) == []
    finally:
        runtime.use(None)
