"""Records that come before what they hang on, over the real routes: nothing is lost, the order of coming does not matter."""

from collections.abc import Iterator
from contextlib import suppress
from datetime import timedelta
from itertools import permutations
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from chalicelib.domain.exchange.exchange import ExchangeRun, Tally
from chalicelib.domain.exchange.records import Reference
from chalicelib.domain.partners.partners import PartnerScope
from chalicelib.exchange.entities import desk
from chalicelib.formats.messages import PARTNER_EXAMPLE
from chalicelib.formats.order_state_messages import ORDER_STATE_EXAMPLE
from chalicelib.formats.part_messages import CONTRACT_EXAMPLE
from chalicelib.formats.settlement_messages import SETTLEMENT_EXAMPLE
from chalicelib.formats.term_messages import INDIVIDUAL_PRICE_EXAMPLE
from chalicelib.schedules import waiting
from chalicelib.usecases.exchange.waiting_records import sweep_waiting
from tests.exchange.client import Sender
from tests.exchange.memory import memory_sender, outcomes
from tests.usecases.orders_world import Died
from tests.workers.events import CONTEXT, tick_event

SCOPE = PartnerScope(PARTNER_EXAMPLE["id"])
BARE = PARTNER_EXAMPLE | {"contracts": None, "counterparties": None, "delivery_addresses": None, "contacts": []}


@pytest.fixture
def sender() -> Iterator[Sender]:
    with memory_sender() as made:
        yield made


def last_run(sender: Sender, kind: str) -> ExchangeRun:
    exchange = sender.portal.runtime.exchange
    run = exchange.run(next(run.id for run in exchange.runs() if run.kind == kind))
    assert run
    return run


def entries(sender: Sender) -> list[str]:
    return [entry.id for entry in sender.portal.runtime.settlements.entries(SCOPE)]


def test_a_contract_before_its_partner_waits_and_comes_with_it(sender: Sender) -> None:
    """PT-01, IN-10: out of order; the parent's own request saves what waited."""
    answer = sender.post("contracts", [CONTRACT_EXAMPLE])
    (result,) = answer.body["results"]
    assert result["outcome"] == "waiting"
    assert result["reasons"] == [
        f"Договор «{CONTRACT_EXAMPLE['name']}»: Ждёт партнёра {SCOPE.partner_id}: будет принята, когда он придёт"
    ]
    assert last_run(sender, "contracts").files[0].tallies == {"contracts": Tally(1, waiting=1)}
    assert sender.partners(BARE)[0]["outcome"] == "written"
    account = sender.portal.runtime.partners.account(SCOPE)
    assert account and [contract.id for contract in account.contracts] == [CONTRACT_EXAMPLE["id"]]
    tallies = last_run(sender, "partners").files[0].tallies
    assert tallies == {"partners": Tally(1, 1), "contracts": Tally(1, 1)}
    assert list(sender.portal.runtime.waiting.waiting_for("partners")) == []


def test_a_chain_of_waiting_records_comes_at_once(sender: Sender) -> None:
    """SE-03: a settlement waits for the partner, then for the contract, which waits for the partner too."""
    assert outcomes(sender.post("settlements", [SETTLEMENT_EXAMPLE])) == ["waiting"]
    assert outcomes(sender.post("contracts", [CONTRACT_EXAMPLE])) == ["waiting"]
    sender.partners(BARE)
    assert entries(sender) == [SETTLEMENT_EXAMPLE["id"]]


def test_a_contract_nested_in_the_partner_is_one_that_has_come(sender: Sender) -> None:
    sender.post("settlements", [SETTLEMENT_EXAMPLE])
    sender.partners(BARE)
    assert entries(sender) == []
    sender.partners(PARTNER_EXAMPLE | {"revision": PARTNER_EXAMPLE["revision"] + 1})
    assert entries(sender) == [SETTLEMENT_EXAMPLE["id"]]


def test_only_the_last_revision_waits_and_an_older_one_never_wins(sender: Sender) -> None:
    old, new = CONTRACT_EXAMPLE | {"name": "Старое"}, CONTRACT_EXAMPLE | {"name": "Новое"}
    new["revision"] += 1
    for record in (new, old):
        sender.post("contracts", [record])
    (kept,) = sender.portal.runtime.waiting.waiting_for("partners")
    assert kept.name == "Новое"
    sender.partners(BARE)
    account = sender.portal.runtime.partners.account(SCOPE)
    assert account and account.contracts[0].name == "Новое"


FOUR = (
    ("partners", BARE),
    ("contracts", CONTRACT_EXAMPLE),
    ("settlements", SETTLEMENT_EXAMPLE),
    ("individual_prices", INDIVIDUAL_PRICE_EXAMPLE),
)


def test_every_order_of_coming_ends_in_the_same_state() -> None:
    """24 orders; what is left is the same to the item, and the waiting room is empty."""
    ends = []
    for order in permutations(FOUR):
        with memory_sender() as sender:
            for kind, record in order:
                sender.post(kind, [record])
            ends.append(sender.portal.state("EXCHANGE", "COUNTER", "OUTBOX"))  # type: ignore[attr-defined]
    assert all(end == ends[0] for end in ends) and not any(key[0].startswith("WAITING#") for key in ends[0])
    print(f"{len(ends)} orders of coming")


@settings(max_examples=120, deadline=None)
@given(
    order=st.permutations(FOUR),
    deaths=st.dictionaries(st.integers(0, 3), st.tuples(st.integers(1, 12), st.sampled_from(["before", "after"])), max_size=2),
)
def test_a_death_anywhere_is_made_up_for_by_the_repeat_or_the_sweep(order: Any, deaths: Any) -> None:
    """1C repeats what was not answered; at night the sweep finds what a coming that was cut short has left."""
    with memory_sender() as sender:
        for place, (kind, record) in enumerate(order):
            if place in deaths:
                _die(sender, *deaths[place])
                with suppress(Died):
                    sender.post(kind, [record])
                sender.portal.dynamo.fault = lambda _call, _when: None  # type: ignore[attr-defined]
            sender.post(kind, [record])
        sweep_waiting(desk(sender.portal.runtime), tell=True)
        assert entries(sender) == [SETTLEMENT_EXAMPLE["id"]]
        assert len(sender.portal.runtime.individual_prices.of(SCOPE)) == 1
        account = sender.portal.runtime.partners.account(SCOPE)
        assert account and len(account.contracts) == 1
        assert not any(key[0].startswith("WAITING#") for key in sender.portal.state())  # type: ignore[attr-defined]


def _die(sender: Sender, call: int, when: str) -> None:
    made = 0

    def fault(_name: str, moment: str) -> None:
        nonlocal made
        made += moment == "before"
        if made >= call and moment == when:
            raise Died

    sender.portal.dynamo.fault = fault  # type: ignore[attr-defined]


def test_a_parent_that_comes_in_the_same_moment_is_not_missed(sender: Sender) -> None:
    """The look finds no partner, the partner comes, then the record is put to wait: it must be saved instead."""
    room = sender.portal.runtime.waiting
    real = room.missing

    def late(references: Any) -> set[Reference]:
        found = real(references)
        room.missing = real  # type: ignore[method-assign]
        sender.partners(BARE)
        return found

    room.missing = late  # type: ignore[method-assign]
    assert outcomes(sender.post("contracts", [CONTRACT_EXAMPLE])) == ["written"]


def test_the_clock_saves_what_waited_and_tells_of_what_waits_too_long(sender: Sender) -> None:
    """C-09: a timeout is told at night, by the name of the record; after 30 days it is given up."""
    sender.post("contracts", [CONTRACT_EXAMPLE])
    clock = sender.portal.clock
    clock.now = clock.now.replace(hour=1) + timedelta(days=2)
    waiting.schedule_waiting(tick_event(), CONTEXT)
    file = last_run(sender, "waiting").files[0]
    assert file.tallies == {"waiting": Tally(1, waiting=1)}
    (problem,) = file.problems
    assert (problem.kind, problem.name) == ("contracts", CONTRACT_EXAMPLE["name"])
    assert problem.reason % dict(problem.params) == (
        f"Ждёт объект {SCOPE.partner_id} с 21.11.2026: отправьте его, запись будет принята сама"
    )
    clock.pass_by(hours=2)
    runs = len(sender.portal.runtime.exchange.runs())
    waiting.schedule_waiting(tick_event(), CONTEXT)
    assert len(sender.portal.runtime.exchange.runs()) == runs
    clock.pass_by(days=29, hours=-2)
    waiting.schedule_waiting(tick_event(), CONTEXT)
    file = last_run(sender, "waiting").files[0]
    assert file.tallies == {"waiting": Tally(1, refused=1)}
    assert list(sender.portal.runtime.waiting.waiting_for("partners")) == []


def test_a_record_too_large_to_wait_is_refused(sender: Sender) -> None:
    buckets = [{"status": "in_production", "quantity": 1, "stage": "Этап " + "я" * 200}] * 20
    record = {"id": "K-000001", "revision": 1, "lines": [{"item_id": f"i{n}", "buckets": buckets} for n in range(100)]}
    (result,) = sender.post("order_states", [ORDER_STATE_EXAMPLE | record]).body["results"]
    assert result["outcome"] == "refused" and "слишком велика" in result["reasons"][0]
    assert list(sender.portal.runtime.waiting.waiting_for("orders")) == []
