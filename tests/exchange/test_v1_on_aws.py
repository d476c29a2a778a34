"""The open protocol on the tables and files of AWS, within the policies of its functions."""

from collections.abc import Iterator
from types import SimpleNamespace

import pytest

from chalicelib import runtime
from chalicelib.domain.partners.partners import Partner, PartnerScope
from chalicelib.exchange.entities import ENTITIES
from chalicelib.schedules import waiting
from chalicelib.usecases.exchange.snapshots import checksum
from chalicelib.usecases.ports.partners import PartnerRecord
from tests.exchange.client import Sender
from tests.people import CountingHasher, Portal
from tests.workers.allowed import only_allowed
from tests.workers.events import CONTEXT, tick_event

OURS = ("partners", "counterparties", "contracts", "delivery_addresses", "individual_prices", "restrictions", "credit_limits",
        "settlements")  # fmt: skip


@pytest.fixture
def sender(aws: SimpleNamespace) -> Iterator[Sender]:
    yield Sender(Portal(hasher=CountingHasher()))
    runtime.use(None)


def test_everything_in_the_reverse_order_and_then_the_partner(sender: Sender) -> None:
    """IN-09, IN-12, PT-01, SE-03, PR-06, PR-11: all that hangs on a partner waits for it, and comes with it."""
    examples = {entity.name: dict(entity.example) for entity in ENTITIES}
    rt = sender.portal.runtime
    with only_allowed(rt, "api_handler"):
        outcomes = {}
        for name in reversed(OURS):
            headers = sender.headers | {"Idempotency-Key": f"first-{name}"}
            answer = sender.post(name, [examples[name]], headers=headers)
            assert sender.post(name, [examples[name]], headers=headers).body == answer.body
            outcomes[name] = answer.body["results"][0]["outcome"]
        waits = {"counterparties", "contracts", "delivery_addresses", "individual_prices", "credit_limits", "settlements"}
        assert {name for name, outcome in outcomes.items() if outcome == "waiting"} == waits
        scope = PartnerScope(examples["partners"]["id"])
        assert len(rt.individual_prices.of(scope)) == len(rt.credit_limits.of(scope)) == len(rt.restrictions.of(scope)) == 1
        assert len(list(rt.settlements.entries(scope))) == 1
        revisions = {examples["restrictions"]["id"]: examples["restrictions"]["revision"]}
        manifest = {
            "entity": "restrictions", "revision": 10**17, "count": 1, "checksum": checksum(revisions),
            "records": [{"id": id, "revision": revision} for id, revision in revisions.items()],
        }  # fmt: skip
        other = examples["restrictions"] | {"id": "other"}
        sender.post("restrictions", [other])
        assert sender.post_message("manifests", manifest).body["hidden"] == 1
        assert sender.call("GET", "/exchange/v1/changes").body == {"changes": [], "more": False}
        assert sender.post_message("changes/acknowledged", {"number": 5}).body == {"taken": 0, "refused": 0}


def test_a_reply_too_large_for_the_table_lies_in_the_bucket(sender: Sender) -> None:
    records = [{"id": f"p{n}", "name": "x" * 100} for n in range(2000)]
    headers = sender.headers | {"Idempotency-Key": "large"}
    with only_allowed(sender.portal.runtime, "api_handler") as needed:
        first, second = (sender.post("partners", records, headers=headers) for _ in range(2))
    assert first == second and len(first.body["results"]) == 2000
    assert any(action == "s3:GetObject" and "/exchange/replies/" in resource for action, resource in needed)


def test_the_clock_within_its_policy(sender: Sender) -> None:
    """IN-10: a partner that came by a road that looks for nobody is found by the hour's sweep."""
    examples = {entity.name: dict(entity.example) for entity in ENTITIES}
    rt = sender.portal.runtime
    for name in ("settlements", "contracts", "individual_prices"):
        sender.post(name, [examples[name]])
    scope = PartnerScope(examples["partners"]["id"])
    rt.partners.save(PartnerRecord(Partner(scope.partner_id, "Дилер", True, revision=1)), rt.clock())
    sender.portal.clock.now = sender.portal.clock.now.replace(hour=1)
    with only_allowed(rt, "schedule_waiting"):
        waiting.schedule_waiting(tick_event(), CONTEXT)
    assert len(rt.individual_prices.of(scope)) == len(list(rt.settlements.entries(scope))) == 1
    assert list(rt.waiting.waiting_for("partners")) == []
