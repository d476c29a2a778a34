"""A BUS module that never says `success`: with the node's setting a second `query` of a session means that 1C has the first."""

import re
from collections.abc import Iterator

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from chalicelib import runtime
from chalicelib.domain.orders.handover import BATCH, PATIENCE
from tests.exchange.conversation import Session
from tests.exchange.crash_site import CrashSite
from tests.exchange.test_erp_orders import placed
from tests.exchange.test_onec import settle


class Bus:
    """Orders by number as 1C has them, and those the portal has."""

    def __init__(self) -> None:
        self.site = CrashSite()
        settle(self.site, query_acknowledges=True)
        self.placed: list[str] = []
        self.taken: set[str] = set()

    def place(self, count: int) -> None:
        for _ in range(count):
            number = f"K-{len(self.placed) + 1:06d}"
            placed(self.site, number)
            self.site.runtime.outbox.add("orders", number, {}, self.site.runtime.clock())
            self.placed.append(number)

    def session(self, queries: int) -> list[list[str]]:
        """The orders of each `query`; 1C loads them all."""
        talk = Session(self.site, kind="sale").check_in()
        given = [re.findall("<Номер>(.*?)</Номер>", talk.ask("query").text) for _ in range(queries)]
        self.taken.update(*given)
        return given

    def waiting(self) -> list[str]:
        return [row.subject for row in self.site.runtime.outbox.pending("orders", 1000)]


@pytest.fixture(autouse=True)
def _no_runtime_left() -> Iterator[None]:
    yield
    runtime.use(None)


def test_more_orders_than_a_batch_go_out_batch_by_batch() -> None:
    """IN-03, OR-01."""
    bus = Bus()
    bus.place(2 * BATCH + 7)
    first, second, third, nothing = bus.session(4)
    assert [len(first), len(second), len(third), nothing] == [BATCH, BATCH, 7, []]
    assert first + second + third == bus.placed and bus.waiting() == []


@settings(max_examples=15, deadline=None, suppress_health_check=list(HealthCheck))
@given(st.lists(st.tuples(st.integers(0, BATCH + 9), st.integers(1, 3)), min_size=1, max_size=PATIENCE - 1))
def test_whatever_breaks_off_no_order_is_lost_and_none_is_given_twice_in_a_session(sessions: list[tuple[int, int]]) -> None:
    """IN-03, OR-01: sessions of any number of queries, with orders placed between them; what the last query of a session
    brought nobody has acknowledged: the next session begins with it."""
    bus = Bus()
    for orders, queries in sessions:
        bus.place(orders)
        before = bus.waiting()
        given = bus.session(queries)
        everything = [number for some in given for number in some]
        assert len(everything) == len(set(everything)) and everything == before[: len(everything)]
        assert bus.waiting() == before[len(everything) - len(given[-1]) :], "only what was followed by a query is done"
    while bus.session(2)[0]:
        continue
    assert bus.taken == set(bus.placed) and bus.waiting() == []
