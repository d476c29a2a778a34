"""Whole lists against each other: manifests, revisions and reconcile over the real routes."""

from collections.abc import Iterator, Mapping
from hashlib import sha256
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from chalicelib.domain.partners.partners import PartnerScope
from chalicelib.formats.document_messages import DOCUMENT_EXAMPLE
from chalicelib.formats.messages import PARTNER_EXAMPLE
from chalicelib.formats.news_messages import MANAGER_EXAMPLE
from chalicelib.formats.part_messages import CONTRACT_EXAMPLE
from chalicelib.formats.term_messages import RESTRICTION_EXAMPLE
from chalicelib.usecases.exchange.snapshots import checksum
from tests.exchange.client import Answer, Sender, partner
from tests.exchange.memory import memory_sender
from tests.usecases.orders_world import World

SCOPE = PartnerScope(PARTNER_EXAMPLE["id"])
NOW = 1000


@pytest.fixture
def sender() -> Iterator[Sender]:
    with memory_sender() as made:
        made.partners(PARTNER_EXAMPLE)
        yield made


def send(sender: Sender, revisions: Mapping[str, int], **more: Any) -> None:
    records = [RESTRICTION_EXAMPLE | {"id": id, "revision": revision} | more for id, revision in revisions.items()]
    sender.post("restrictions", records)


def told(revisions: Mapping[str, int], **changes: Any) -> dict[str, Any]:
    records = [{"id": id, "revision": revision} for id, revision in revisions.items()]
    made = {
        "entity": "restrictions", "revision": NOW, "count": len(records), "checksum": checksum(revisions), "records": records,
    }  # fmt: skip
    return made | changes


def close(sender: Sender, revisions: Mapping[str, int], **changes: Any) -> Answer:
    return sender.post_message("manifests", told(revisions, **changes))


def active(sender: Sender) -> set[str]:
    return {one.id for one in sender.portal.runtime.restrictions.of(SCOPE)}


def test_what_a_whole_list_does_not_name_is_hidden_and_not_deleted(sender: Sender) -> None:
    """PR-11, IN-12, decisions: missing from a full export is inactive only once the export is closed."""
    send(sender, {"a": 1, "b": 2, "c": 3})
    answer = close(sender, {"a": 1, "c": 3})
    assert (answer.status, answer.body["hidden"]) == (200, 1)
    assert answer.body["differences"]["extra"] == {"count": 1, "ids": ["b"]}
    assert active(sender) == {"a", "c"}
    marks = sender.call("GET", "/exchange/v1/revisions?entity=restrictions").body["records"]
    assert {"id": "b", "revision": NOW, "active": False} in marks
    send(sender, {"b": 2})  # a late portion of the old export
    assert active(sender) == {"a", "c"}
    send(sender, {"b": NOW + 1})
    assert active(sender) == {"a", "b", "c"}


def test_what_came_after_the_list_was_made_is_left_alone(sender: Sender) -> None:
    send(sender, {"a": 1, "new": NOW + 5})
    assert close(sender, {"a": 1}).body["hidden"] == 0
    assert active(sender) == {"a", "new"}


WRONG = [
    ({"count": 7}, "Число записей не сходится: в count 7, в списке 2"),
    ({"checksum": "0" * 64}, "Контрольная сумма не сходится"),
    ({"records": [{"id": "a", "revision": 1}]}, "Число записей не сходится: в count 2, в списке 1"),
    ({"records": [{"id": "a", "revision": 1}, {"id": "a", "revision": 1}]}, "в списке 1"),
]


@pytest.mark.parametrize(("change", "reason"), WRONG, ids=[reason for _, reason in WRONG])
def test_a_list_that_does_not_add_up_changes_nothing(sender: Sender, change: Any, reason: str) -> None:
    send(sender, {"a": 1, "b": 2, "c": 3})
    answer = close(sender, {"a": 1, "b": 2}, **change)
    assert (answer.status, answer.content_type) == (422, "application/problem+json")
    assert reason in answer.body["detail"] and active(sender) == {"a", "b", "c"}
    run = sender.portal.runtime.exchange.run(answer.body["run"])
    assert run and run.kind == "manifests" and reason in run.files[0].error


def test_a_list_whose_objects_have_not_all_come_is_refused_by_their_names(sender: Sender) -> None:
    send(sender, {"a": 1, "b": 2, "c": 3})
    answer = close(sender, {"a": 1, "b": 5, "lost": 4})
    assert answer.status == 422
    assert answer.body["differences"] == {
        "missing": {"count": 1, "ids": ["lost"]}, "stale": {"count": 1, "ids": ["b"]}, "extra": {"count": 1, "ids": ["c"]},
    }  # fmt: skip
    assert active(sender) == {"a", "b", "c"}


def test_a_long_list_is_closed_range_by_range(sender: Sender) -> None:
    send(sender, {id: 1 for id in "abcdef"})
    assert close(sender, {"a": 1, "b": 1}, first_id="", last_id="c").body["hidden"] == 1
    assert close(sender, {"e": 1}, first_id="d").body["hidden"] == 2
    assert active(sender) == {"a", "b", "e"}


def test_partners_that_a_whole_list_does_not_name_lose_their_access(sender: Sender) -> None:
    """PT-01, PT-09: the list of partners is 1C's; a partner that left is closed, not deleted."""
    sender.partners(partner(1), partner(2))
    revisions = {SCOPE.partner_id: PARTNER_EXAMPLE["revision"], "partner-1": 1}
    answer = close(sender, revisions, entity="partners", revision=PARTNER_EXAMPLE["revision"])
    assert answer.body["hidden"] == 1
    access = {
        id: sender.portal.runtime.partners.account(PartnerScope(id)).partner.portal_access  # type: ignore[union-attr]
        for id in ("partner-1", "partner-2", SCOPE.partner_id)
    }
    assert access == {"partner-1": True, "partner-2": False, SCOPE.partner_id: True}
    left = sender.portal.runtime.partners.account(PartnerScope("partner-2"))
    assert left and left.contracts and left.manager and left.members


def test_reconcile_tells_and_changes_nothing(sender: Sender) -> None:
    """Decisions, sync rule 7: mismatches are listed, in the reply and in the journal."""
    send(sender, {"a": 1, "b": 2, "c": 3})
    answer = sender.post_message("reconcile", told({"a": 1, "b": 5, "lost": 4}))
    assert (answer.status, answer.body["equal"]) == (200, False)
    assert answer.body["differences"]["stale"]["ids"] == ["b"]
    run = sender.portal.runtime.exchange.run(answer.body["run"])
    assert run
    reasons = {problem.id: problem.reason for problem in run.files[0].problems}
    assert reasons == {
        "lost": "В портале нет: отправьте запись",
        "b": "В портале более старое изменение: отправьте запись ещё раз",
        "c": "Есть в портале, а в списке 1С нет",
    }
    assert active(sender) == {"a", "b", "c"}
    assert sender.post_message("reconcile", told({"a": 1, "b": 2, "c": 3})).body["equal"] is True


def test_revisions_come_page_by_page(sender: Sender) -> None:
    send(sender, {f"r-{n:02d}": n + 1 for n in range(25)})
    found, after = [], ""
    while after is not None:
        page = sender.call("GET", f"/exchange/v1/revisions?entity=restrictions&limit=10&after={after}").body
        found += page["records"]
        after = page["next"]
    assert found == [{"id": f"r-{n:02d}", "revision": n + 1, "active": True} for n in range(25)]
    partners = sender.call("GET", "/exchange/v1/revisions?entity=partners").body["records"]
    assert partners == [{"id": SCOPE.partner_id, "revision": PARTNER_EXAMPLE["revision"], "active": True}]


def test_what_there_is_not_and_what_cannot_be_closed_is_told(sender: Sender) -> None:
    assert sender.call("GET", "/exchange/v1/revisions?entity=%D0%BD%D0%B5%D1%82").status == 404
    assert close(sender, {}, entity="нет").status == 404
    refused = close(sender, {}, entity="companies")
    assert refused.status == 422 and "сверять нечего" in refused.body["detail"]
    broken = sender.post_message("manifests", {"entity": "restrictions"})
    assert broken.status == 422 and "records: не указано" in broken.body["detail"]
    assert sender.call("POST", "/exchange/v1/manifests", b"{}", {}).status == 401


REVISIONS = st.dictionaries(st.sampled_from("abcdefgh"), st.integers(1, 2 * NOW), max_size=8)


@settings(max_examples=200, deadline=None)
@given(REVISIONS, REVISIONS)
def test_a_closed_list_and_the_portal_agree(ours: dict[str, int], theirs: dict[str, int]) -> None:
    """Whatever the two lists are: closing changes all that it should and nothing else, or nothing at all."""
    with memory_sender() as sender:
        sender.partners(PARTNER_EXAMPLE)
        send(sender, ours)
        answer = close(sender, theirs)
        complete = all(ours.get(id, 0) >= revision for id, revision in theirs.items())
        assert answer.status == (200 if complete else 422)
        hidden = {id for id, revision in ours.items() if id not in theirs and revision <= NOW} if complete else set()
        assert active(sender) == set(ours) - hidden


# --- entities that are no plain records ---------------------------------------------------------------------------------


def marks(sender: Sender, entity: str) -> dict[str, tuple[int, bool]]:
    found = sender.call("GET", f"/exchange/v1/revisions?entity={entity}")
    assert found.status == 200, found
    return {mark["id"]: (mark["revision"], mark["active"]) for mark in found.body["records"]}


def lot(id: str) -> dict[str, Any]:
    return {"id": id, "warehouse_id": "w1", "eta": "2027-04-15", "quantity": 70, "reserved": 0}


def test_supply_that_a_whole_list_does_not_name_is_not_expected_any_more(sender: Sender) -> None:
    """ST-09, PR-11: lots and reserves too; an item whose list is empty needs no naming."""
    sender.post("incoming_supply", [{"id": id, "revision": 5, "lots": [lot("l1")]} for id in ("a", "b")])
    sender.post("incoming_supply", [{"id": "c", "revision": 5, "lots": []}])
    sender.post("reserves", [{"id": "a", "revision": 5, "warehouses": [{"warehouse_id": "w1", "quantity": 2}]}])
    assert marks(sender, "incoming_supply") == {"a": (5, True), "b": (5, True), "c": (5, False)}
    assert reconcile(sender, "incoming_supply", {"a": 5, "lost": 1}) == (["lost"], [], ["b"])
    assert close(sender, {"a": 5}, entity="incoming_supply").body["hidden"] == 1
    assert close(sender, {}, entity="reserves").body["hidden"] == 1
    offers = sender.portal.runtime.offers.read(["a", "b"])
    assert [bool(offers[id][1].lots) for id in ("a", "b")] == [True, False]
    assert marks(sender, "reserves") == {"a": (NOW, False)}
    assert marks(sender, "incoming_supply")["b"] == (NOW, False)
    sender.post("incoming_supply", [{"id": "b", "revision": NOW + 1, "lots": [lot("l2")]}])
    assert marks(sender, "incoming_supply")["b"] == (NOW + 1, True)


def reconcile(sender: Sender, entity: str, revisions: Mapping[str, int]) -> tuple[list[str], list[str], list[str]]:
    answer = sender.post_message("reconcile", told(revisions, entity=entity))
    assert answer.status == 200, answer
    found = answer.body["differences"]
    return found["missing"]["ids"], found["stale"]["ids"], found["extra"]["ids"]


def test_a_manager_whom_a_whole_list_does_not_name_looks_after_nobody(sender: Sender) -> None:
    """PT-08."""
    for n in (1, 2):
        sender.partners(partner(n, account_manager=None))
        person = MANAGER_EXAMPLE | {"id": f"m{n}", "revision": 7, "partner_ids": [f"partner-{n}"], "photo_document_id": None}
        assert sender.post("managers", [person]).body["results"][0]["outcome"] == "written"
    assert marks(sender, "managers") == {"m1": (7, True), "m2": (7, True)}
    assert close(sender, {"m2": 7}, entity="managers").body["hidden"] == 1
    accounts = [sender.portal.runtime.partners.account(PartnerScope(f"partner-{n}")) for n in (1, 2)]
    assert [bool(account and account.manager) for account in accounts] == [False, True]
    assert marks(sender, "managers")["m1"] == (NOW, False)


def test_documents_are_listed_once_their_files_are_there_and_void_once_they_are_not_named(sender: Sender) -> None:
    """DC-03, IN-08."""
    body, rt = b"%PDF-1.4", sender.portal.runtime
    for id in ("d1", "d2", "d3"):
        sent = DOCUMENT_EXAMPLE | {"id": id, "revision": 7, "size": len(body), "sha256": sha256(body).hexdigest(), "order": None}
        (result,) = sender.post("documents", [sent]).body["results"]
        if id != "d3":
            announced = rt.documents.announced(id)
            assert announced and result["outcome"] == "written"
            rt.files.put(announced.key, body)
            sender.post("uploaded_documents", [{"id": id, "revision": 7}])
    assert marks(sender, "documents") == {"d1": (7, True), "d2": (7, True)}
    assert reconcile(sender, "documents", {"d1": 7, "d2": 7, "d3": 7}) == (["d3"], [], [])
    assert close(sender, {"d1": 7}, entity="documents").body["hidden"] == 1
    stand = [rt.documents.current(id) for id in ("d1", "d2")]
    assert [one.status for one in stand if one] == ["issued", "void"]


def test_states_of_orders_are_reconciled_and_never_closed(sender: Sender) -> None:
    """IN-08, decisions 7: what 1C believes to have told is compared; an order ends by its own document alone."""
    world = World({"a": ("600.00", 1000)}, client=sender.portal.dynamo)  # type: ignore[attr-defined]
    world.put("a", 1)
    number = world.place()
    sender.post("order_states", [{"id": number, "revision": 7, "paid_amount": 100}])
    assert marks(sender, "order_states") == {number: (7, True)}
    assert reconcile(sender, "order_states", {number: 8, "K-000999": 1}) == (["K-000999"], [number], [])
    answer = close(sender, {}, entity="order_states")
    assert answer.status == 422 and "заказ отменяет сам документ 1С" in answer.body["detail"]


def test_what_comes_within_a_partner_is_listed_too(sender: Sender) -> None:
    """PT-02, PT-09, AC-06: contacts, payers, contracts and addresses under the revision of the card that told them last."""
    card, id = PARTNER_EXAMPLE, PARTNER_EXAMPLE["id"]
    first = card["revision"]
    nested = {"contacts": "contacts", "counterparties": "counterparties", "contracts": "contracts",
              "delivery_addresses": "delivery_addresses"}  # fmt: skip
    for entity, field in nested.items():
        assert marks(sender, entity) == {f"{id} {part['id']}": (first, True) for part in card[field]}, entity
    contract = card["contracts"][0]["id"]
    sender.partners(card | {"revision": first + 1, "contracts": [], "contacts": [card["contacts"][0] | {"portal_access": False}]})
    assert marks(sender, "contracts") == {f"{id} {contract}": (first + 1, False)}
    assert next(iter(marks(sender, "contacts").values())) == (first + 1, False)
    own = CONTRACT_EXAMPLE | {"id": contract, "partner_id": id, "revision": first + 5}
    assert sender.post("contracts", [own]).body["results"][0]["outcome"] == "written"
    sender.partners(card | {"revision": first + 3})  # a late card: the contract's own word is newer
    assert marks(sender, "contracts") == {f"{id} {contract}": (first + 5, True)}
    assert reconcile(sender, "contracts", {f"{id} {contract}": first + 5}) == ([], [], [])


@pytest.mark.parametrize(
    ("call", "entity", "reason"),
    [
        ("reconcile", "companies", "У организаций нет номера изменения"),
        ("reconcile", "uploaded_documents", "сверяйте documents"),
        ("manifests", "contacts", "доступ снимает только portal_access"),
    ],
)
def test_what_is_not_listed_is_told_in_russian(sender: Sender, call: str, entity: str, reason: str) -> None:
    answer = sender.post_message(call, told({}, entity=entity))
    assert (answer.status, answer.content_type) == (422, "application/problem+json") and reason in answer.body["detail"]
    if call == "reconcile":
        listed = sender.call("GET", f"/exchange/v1/revisions?entity={entity}")
        assert listed.status == 422 and reason in listed.body["detail"]
