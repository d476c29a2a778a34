"""A store of records: revisions only grow, whatever comes first, at once or dies; the register knows what is kept."""

from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from dataclasses import replace
from types import SimpleNamespace
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from chalicelib.adapters.dynamo.exchange.records import DynamoRegister
from chalicelib.adapters.dynamo.partners.terms import DynamoIndividualPrices
from chalicelib.adapters.dynamo.table import Table
from chalicelib.domain.exchange.records import Mark, Record
from chalicelib.domain.partners.partners import PartnerScope
from chalicelib.domain.partners.terms import IndividualPrice
from chalicelib.runtime import Runtime
from tests.stand_ins.dynamodb import MemoryDynamo
from tests.usecases.orders_world import Died

PARTNERS = ("p1", "p2", "p3")


def price(id: str, partner: str, revision: int, active: bool = True) -> Record[IndividualPrice]:
    return Record(id, revision, IndividualPrice(id, partner_id=partner, item_id=f"i-{revision}"), active)


def kept(store: DynamoIndividualPrices) -> dict[str, tuple[str, str | None]]:
    """id -> (partner, item) of what partners see."""
    found = [(one.id, partner, one.item_id) for partner in PARTNERS for one in store.of(PartnerScope(partner))]
    assert len({id for id, *_ in found}) == len(found), "one price stands with two partners"
    return {id: (partner, item) for id, partner, item in found}


RECORDS = st.lists(
    st.builds(price, st.sampled_from(["a", "b", "c"]), st.sampled_from(PARTNERS), st.integers(1, 9), st.booleans()),
    min_size=1,
    max_size=12,
    unique_by=lambda record: (record.id, record.revision),
)


def expected(records: list[Record[IndividualPrice]]) -> dict[str, tuple[str | None, str | None]]:
    latest = {record.id: record for record in sorted(records, key=lambda record: record.revision)}
    return {id: (one.value.partner_id, one.value.item_id) for id, one in latest.items() if one.active}


def marks(records: list[Record[IndividualPrice]]) -> list[Mark]:
    latest = {record.id: record for record in sorted(records, key=lambda record: record.revision)}
    return sorted((Mark(id, one.revision, one.active) for id, one in latest.items()), key=lambda mark: mark.id)


@settings(max_examples=400, deadline=None)
@given(RECORDS, st.integers(1, 5), st.lists(st.tuples(st.integers(1, 6), st.sampled_from(["before", "after"])), max_size=3))
def test_the_last_revision_stands_in_whatever_order_and_whoever_dies(records: Any, size: int, deaths: Any) -> None:
    dynamo = MemoryDynamo()
    store = DynamoIndividualPrices(Table(dynamo, "portal"))  # type: ignore[arg-type]
    for start in range(0, len(records), size):
        some = records[start : start + size]
        if deaths:
            _die(dynamo, *deaths.pop())
            with suppress(Died):
                store.save(some)
            dynamo.fault = lambda _call, _when: None
        store.save(some)
    assert kept(store) == expected(records)
    assert list(DynamoRegister(store.portal).marks("individual_prices")) == marks(records)
    assert set(store.save(records)) == {"unchanged"}


def _die(dynamo: MemoryDynamo, call: int, when: str) -> None:
    made = 0

    def fault(_name: str, moment: str) -> None:
        nonlocal made
        made += moment == "before"
        if made == call and moment == when:
            raise Died

    dynamo.fault = fault


@settings(max_examples=150, deadline=None)
@given(RECORDS)
def test_the_last_revision_stands_whoever_saves_at_the_same_time(records: Any) -> None:
    store = DynamoIndividualPrices(Table(MemoryDynamo(), "portal"))  # type: ignore[arg-type]
    with ThreadPoolExecutor(6) as pool:
        list(pool.map(lambda record: store.save([record]), records))
    assert kept(store) == expected(records)


def test_within_one_call_the_last_word_counts() -> None:
    store = DynamoIndividualPrices(Table(MemoryDynamo(), "portal"))  # type: ignore[arg-type]
    assert store.save([price("a", "p1", 1), price("a", "p2", 3), price("a", "p3", 2)]) == ["unchanged", "written", "unchanged"]


def test_what_is_hidden_comes_back_with_a_later_revision_only() -> None:
    store = DynamoIndividualPrices(Table(MemoryDynamo(), "portal"))  # type: ignore[arg-type]
    store.save([price("a", "p1", 5)])
    assert store.deactivate([Mark("a", 4)], 9) == 0, "somebody changed it meanwhile"
    assert store.deactivate([Mark("a", 5)], 9) == 1
    assert kept(store) == {}
    assert store.save([price("a", "p1", 9)]) == ["unchanged"]
    assert store.save([price("a", "p1", 10)]) == ["written"]
    assert kept(store) == {"a": ("p1", "i-10")}


def test_thousands_of_records_on_the_real_table_and_their_pages(aws: SimpleNamespace) -> None:
    """The real answers of DynamoDB; ids in order across the shards, page by page and by range."""
    rt = Runtime()
    records = [price(f"id-{n:04d}", "p1", n + 1) for n in range(300)]
    assert set(rt.individual_prices.save(records)) == {"written"}
    assert set(rt.individual_prices.save(records)) == {"unchanged"}
    moved = [replace(price(f"id-{n:04d}", "p2", 1000), active=n % 2 == 0) for n in range(40)]
    assert set(rt.individual_prices.save(moved)) == {"written"}
    assert len(rt.individual_prices.of(PartnerScope("p1"))) == 260 and len(rt.individual_prices.of(PartnerScope("p2"))) == 20
    first = list(rt.register.marks("individual_prices", limit=100))
    rest = list(rt.register.marks("individual_prices", after=first[-1].id))
    assert [mark.id for mark in first + rest] == [f"id-{n:04d}" for n in range(300)]
    ranged = [mark.id for mark in rt.register.marks("individual_prices", first="id-0010", last="id-0019")]
    assert ranged == [f"id-{n:04d}" for n in range(10, 20)]
