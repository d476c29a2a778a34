"""Prices of an item: a whole offer replaces them, files of single price types merge, late ones lose type by type."""

from itertools import permutations
from types import SimpleNamespace
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from chalicelib.adapters.dynamo.catalogue.catalogue import DynamoCatalogue
from chalicelib.adapters.dynamo.catalogue.offers import DynamoOffers
from chalicelib.adapters.dynamo.table import Table
from chalicelib.domain.catalogue.catalogue import Item, ItemPrice, Offer
from chalicelib.domain.exchange.exchange import Tally
from chalicelib.runtime import Runtime
from tests.stand_ins.dynamodb import MemoryDynamo


class Stores:
    def __init__(self, client: Any) -> None:
        tables = [Table(client, f"kabinet-test-{name}") for name in ("catalogue", "portal")]
        self.catalogue, self.offers = DynamoCatalogue(tables[0]), DynamoOffers(*tables)

    def told(self, seq: int, name: str = "", contested: int = 0, **prices: int) -> Tally:
        offer = Offer(Item("i", name), tuple(ItemPrice(type, _amount(amount)) for type, amount in prices.items()))
        return self.catalogue.save_prices([offer], seq, contested=contested)

    def kept(self) -> dict[str, int]:
        return {type: int(price.amount) for type, price in self.offers.read(["i"])["i"][0].by_type.items()}


def _amount(value: int) -> Any:
    from decimal import Decimal

    return Decimal(value)


@pytest.fixture(params=["memory", "aws"])
def stores(request: pytest.FixtureRequest) -> Stores:
    if request.param == "memory":
        return Stores(MemoryDynamo())
    request.getfixturevalue("aws")
    return Stores(Runtime().dynamodb)


def test_files_of_single_price_types_merge(stores: Stores) -> None:
    """CT-10, IN-03: the BUS module sends prices type by type."""
    assert stores.told(1, retail=10) == Tally(1, 1)
    assert stores.told(2, dealer=7) == Tally(1, 1)
    assert stores.kept() == {"retail": 10, "dealer": 7}
    assert stores.told(3, retail=10) == Tally(1, 0, 1)
    assert stores.told(4, retail=11) == Tally(1, 1) and stores.kept() == {"retail": 11, "dealer": 7}


def test_a_whole_offer_replaces(stores: Stores) -> None:
    stores.told(1, retail=10)
    stores.told(2, dealer=7)
    assert stores.told(3, "Дрель", retail=12) == Tally(1, 1) and stores.kept() == {"retail": 12}
    assert stores.told(4, dealer=8) == Tally(1, 1) and stores.kept() == {"retail": 12, "dealer": 8}


def test_a_late_file_loses_only_the_types_a_newer_one_told(stores: Stores) -> None:
    stores.told(5, retail=5)
    assert stores.told(2, retail=2, dealer=2) == Tally(1, 1)
    assert stores.kept() == {"retail": 5, "dealer": 2}
    assert stores.told(1, dealer=1) == Tally(1, 0, 1) and stores.kept() == {"retail": 5, "dealer": 2}


def test_an_equal_price_is_confirmed_where_a_late_one_may_come(stores: Stores) -> None:
    stores.told(1, retail=1)
    assert stores.told(3, contested=2, retail=1) == Tally(1, 0, 1)
    assert stores.told(2, retail=2) == Tally(1, 0, 1) and stores.kept() == {"retail": 1}


@settings(max_examples=60, deadline=None)
@given(st.lists(st.dictionaries(st.sampled_from("abc"), st.integers(1, 3), min_size=1), min_size=1, max_size=4))
def test_the_order_of_files_does_not_matter(files: list[dict[str, int]]) -> None:
    """The newest file that told of a type decides, however they come in."""
    wanted: dict[str, int] = {}
    for told in files:
        wanted |= told
    for order in permutations(enumerate(files, 1)):
        stores = Stores(MemoryDynamo())
        for n, (seq, told) in enumerate(order):
            earlier = [other for other, _ in order[n + 1 :] if other < seq]
            stores.told(seq, contested=max(earlier, default=0), **told)
        assert stores.kept() == wanted


def test_two_writers_at_once_lose_nothing(aws: SimpleNamespace) -> None:
    from concurrent.futures import ThreadPoolExecutor

    stores = Stores(Runtime().dynamodb)
    types = [f"t{n}" for n in range(12)]
    with ThreadPoolExecutor(6) as pool:
        list(pool.map(lambda n: stores.told(n + 1, **{types[n]: n + 1}), range(12)))
    assert stores.kept() == {type: n + 1 for n, type in enumerate(types)}


def test_tiers_are_kept_and_stay_when_a_price_is_put_back(stores: Stores) -> None:
    """C-15: prices for different quantities of one type; what reads them and saves them again loses none."""
    first = ItemPrice("opt", _amount(100))
    from_ten = ItemPrice("opt", _amount(90), min_quantity=_amount(10))
    stores.catalogue.save_prices([Offer(Item("i", "Болт"), (from_ten, first))], 1)
    read = stores.offers.read(["i"])["i"][0].by_type["opt"]
    assert (read.amount, read.tiers) == (100, ((10, 90),))
    stores.catalogue.save_prices([Offer(Item("i", ""), (read,))], 2)
    assert stores.offers.read(["i"])["i"][0].by_type["opt"] == read
