"""`Idempotency-Key` over the real routes."""

import json
from collections.abc import Iterator
from dataclasses import replace

import pytest

from chalicelib.formats.messages import PARTNER_EXAMPLE
from tests.exchange.client import Answer, Sender, basic, partner
from tests.exchange.memory import batch, memory_sender


@pytest.fixture
def sender() -> Iterator[Sender]:
    with memory_sender() as made:
        yield made


def ask(sender: Sender, body: bytes, key: str = "ключ".encode().hex(), path: str = "partners") -> Answer:
    return sender.call("POST", f"/exchange/v1/{path}", body, sender.headers | {"Idempotency-Key": key})


def runs(sender: Sender) -> int:
    return len(sender.portal.runtime.exchange.runs())


def test_a_repeat_gets_the_same_reply_and_is_no_second_run(sender: Sender) -> None:
    """IN-02, IN-10, C-01."""
    body = batch("partners", PARTNER_EXAMPLE)
    first, second = ask(sender, body), ask(sender, body)
    assert first == second and first.body["results"][0]["outcome"] == "written"
    assert runs(sender) == 1
    assert ask(sender, body, "another").body["results"][0]["outcome"] == "unchanged"
    assert runs(sender) == 2


def test_the_key_with_another_body_or_address_is_a_conflict(sender: Sender) -> None:
    ask(sender, batch("partners", PARTNER_EXAMPLE))
    for body, path in ((batch("partners", partner(2)), "partners"), (batch("partners", PARTNER_EXAMPLE), "contracts")):
        answer = ask(sender, body, path=path)
        assert (answer.status, answer.content_type) == (409, "application/problem+json")
        assert "Idempotency-Key" in answer.body["detail"]
    assert runs(sender) == 1


def test_a_refusal_of_the_whole_is_repeated_too(sender: Sender) -> None:
    first, second = ask(sender, b"{"), ask(sender, b"{")
    assert first == second and first.status == 422 and runs(sender) == 1


def test_keys_of_two_systems_are_their_own(sender: Sender) -> None:
    body = batch("partners", PARTNER_EXAMPLE)
    ask(sender, body)
    node = sender.portal.runtime.exchange.node("1c")
    assert node
    sender.portal.runtime.exchange.save_node(replace(node, login="crm"))
    again = sender.call("POST", "/exchange/v1/partners", body, basic("crm") | {"Idempotency-Key": "ключ".encode().hex()})
    assert again.body["results"][0]["outcome"] == "unchanged" and runs(sender) == 2


@pytest.mark.parametrize("key", ["x" * 256, "k" * 300])
def test_a_key_too_long_is_refused(sender: Sender, key: str) -> None:
    answer = ask(sender, batch("partners"), key)
    assert answer.status == 422 and "255" in answer.body["detail"] and runs(sender) == 0


def test_a_stranger_learns_nothing_of_kept_replies(sender: Sender) -> None:
    body = batch("partners", PARTNER_EXAMPLE)
    ask(sender, body)
    answer = sender.call("POST", "/exchange/v1/partners", body, {"Idempotency-Key": "ключ".encode().hex()})
    assert answer.status == 401 and "results" not in json.dumps(answer.body)


def test_a_large_reply_lies_in_a_file(sender: Sender) -> None:
    body = batch("partners", *({"id": f"p{n}", "name": "x" * 100} for n in range(2000)))
    first, second = ask(sender, body), ask(sender, body)
    assert first == second and len(first.body["results"]) == 2000
    (kept,) = sender.portal.runtime.files.keys("exchange/replies/")
    assert kept
