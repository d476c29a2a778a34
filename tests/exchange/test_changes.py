"""`/exchange/v1/changes`: orders by number, over the real routes, beside CommerceML's road."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from chalicelib.adapters.dynamo.orders.outbox import to_item
from chalicelib.domain.orders.orders import Approval
from chalicelib.domain.partners.partners import SupplierScope
from chalicelib.formats.feed_messages import CHANGES_EXAMPLE, ChangesReply
from chalicelib.usecases.ports.orders import ASIDE, OutboxRow
from tests.exchange.client import Answer, Sender, partner
from tests.exchange.memory import memory_sender
from tests.usecases.orders_world import World, answer_to

PARTS = {
    "counterparties": [{"id": "cp-1", "name": "ООО «Дилер»", "inn": "7701234560"}],
    "contracts": [{"id": "c-1", "name": "Предоплата", "number": "15", "price_type_id": "pt-dealer"}],
}


@dataclass
class Shop:
    sender: Sender
    world: World

    def changes(self, after: int = 0, limit: int | None = None) -> dict[str, Any]:
        more = f"&limit={limit}" if limit else ""
        answer = self.sender.call("GET", f"/exchange/v1/changes?after={after}{more}")
        assert answer.status == 200, answer
        ChangesReply.model_validate(answer.body)  # the documented shape, to the field
        return dict(answer.body)

    def acknowledge(self, number: int, *refused: tuple[int, str]) -> Answer:
        told = [{"number": n, "reason": reason} for n, reason in refused]
        return self.sender.post_message("changes/acknowledged", {"number": number, "refused": told})

    def numbers(self, after: int = 0) -> list[tuple[int, str]]:
        return [(change["number"], change["order"]["number"]) for change in self.changes(after)["changes"]]

    def place(self) -> str:
        self.world.put("a", 1)
        return self.world.place()


@pytest.fixture
def shop() -> Iterator[Shop]:
    with memory_sender() as sender:
        sender.partners(partner(1, id="p-1", **PARTS))
        yield Shop(sender, World({"a": ("600.00", 1000)}, client=sender.portal.dynamo))  # type: ignore[attr-defined]


def test_an_order_is_given_with_all_that_1c_needs(shop: Shop) -> None:
    """IN-02, IN-10, OR-01: partner, payer, contract, lines; until it is acknowledged, by number."""
    shop.world.put("a", 2)
    number = shop.world.place(client_reference="ЗП-117")
    (change,) = shop.changes()["changes"]
    order = change["order"]
    assert (change["number"], order["number"], order["client_reference"]) == (1, number, "ЗП-117")
    assert order["partner"] == {"id": "p-1", "name": "Партнёр 1"}
    assert (order["counterparty"]["inn"], order["contract"]["number"]) == ("7701234560", "15")
    (line,) = order["lines"]
    assert (line["item_id"], line["quantity"], line["price"], line["amount"]) == ("a", "2", "600.0000", "1200.00")
    assert set(order) == set(CHANGES_EXAMPLE["changes"][0]["order"])
    assert shop.changes() == shop.changes()
    assert shop.acknowledge(1).body == {"taken": 1, "refused": 0}
    assert shop.changes() == {"changes": [], "more": False}
    assert shop.world.read(number).taken_at is not None


def test_an_acknowledgement_comes_twice(shop: Shop) -> None:
    shop.place()
    shop.changes()
    assert shop.acknowledge(1).body["taken"] == 1
    assert shop.acknowledge(1).body == {"taken": 0, "refused": 0}


def test_what_was_not_given_out_is_not_acknowledged(shop: Shop) -> None:
    first, second = shop.place(), shop.place()
    assert shop.numbers() == [(1, first), (2, second)]
    third = shop.place()
    shop.acknowledge(1_000_000)  # more than it was given
    assert shop.numbers() == [(3, third)]


def test_an_order_acknowledged_by_commerceml_is_done_here_too_and_the_other_way(shop: Shop) -> None:
    """The outbox is one: whichever road was first."""
    first, second = shop.place(), shop.place()
    assert [number for _, number in shop.numbers()] == [first, second]
    shop.acknowledge(1)
    assert [outgoing.order.number for outgoing in shop.world.query()] == [second]
    shop.world.success()
    assert shop.numbers() == []


def test_the_dealers_answer_is_a_change_of_its_own(shop: Shop) -> None:
    number = shop.place()
    shop.numbers()
    shop.acknowledge(1)
    order = shop.world.read(number)
    shop.world.answer(answer_to(order, state="Ожидает подтверждения"))
    shop.world.confirm(number)
    (change,) = shop.changes(after=1)["changes"]
    assert (change["number"], change["order"]["status"]) == (2, Approval.CONFIRMED.value)


def test_pages_follow_each_other(shop: Shop) -> None:
    placed = [shop.place() for _ in range(5)]
    page, after, seen = shop.changes(limit=2), 0, []
    while True:
        seen += [change["order"]["number"] for change in page["changes"]]
        if not page["more"]:
            break
        after = page["changes"][-1]["number"]
        page = shop.changes(after, limit=2)
    assert seen == placed


def test_a_late_commit_is_never_hidden_behind_a_number(shop: Shop) -> None:
    """A row whose time lies before all that were given gets a number after them."""
    shop.place()
    assert shop.numbers() == [(1, "K-000001")]
    number = shop.place()
    (late,) = [row for row in shop.sender.portal.runtime.outbox.pending("orders") if row.subject == number]
    outbox = shop.sender.portal.runtime.outbox
    outbox.remove("orders", late.id)
    early = OutboxRow.new("orders", number, late.created_at.replace(year=2020))
    shop.world.portal.put(to_item(early))
    assert shop.numbers(after=1) == [(2, number)]


def test_a_refused_order_is_put_aside_and_stops_nobody(shop: Shop) -> None:
    first, second = shop.place(), shop.place()
    shop.numbers()
    assert shop.acknowledge(2, (1, "Не заполнен склад")).body == {"taken": 1, "refused": 1}
    assert shop.numbers() == []
    (aside,) = shop.sender.portal.runtime.outbox.pending(ASIDE)
    assert (aside.subject, aside.error) == (first, "1С не приняла заказ: Не заполнен склад")
    assert shop.world.read(first).taken_at is None and shop.world.read(second).taken_at is not None
    shop.sender.portal.runtime.outbox.put_back(aside.id)
    assert shop.numbers(after=2) == [(3, first)]


def test_an_order_that_cannot_be_given_out_is_put_aside(shop: Shop) -> None:
    shop.sender.portal.runtime.outbox.add("orders", "K-999999", {}, shop.world.now)
    number = shop.place()
    assert [order for _, order in shop.numbers()] == [number]
    (aside,) = shop.sender.portal.runtime.outbox.pending(ASIDE)
    assert "не найден" in aside.error


@pytest.mark.parametrize("query", ["after=-1", "after=x", "limit=1.5", "after=" + "9" * 40])
def test_a_wrong_number_is_told(shop: Shop, query: str) -> None:
    answer = shop.sender.call("GET", f"/exchange/v1/changes?{query}")
    assert answer.status == 422 and "целое число" in answer.body["detail"]


def test_strangers_get_nothing(shop: Shop) -> None:
    shop.place()
    assert shop.sender.call("GET", "/exchange/v1/changes", headers={}).status == 401
    assert shop.sender.call("POST", "/exchange/v1/changes/acknowledged", b'{"number": 1}', {}).status == 401
    assert len(shop.numbers()) == 1


STEPS = st.lists(st.sampled_from(["place", "look", "acknowledge", "query", "success"]), min_size=1, max_size=25)


@settings(max_examples=150, deadline=None)
@given(STEPS)
def test_every_order_reaches_1c_and_numbers_only_grow(steps: list[str]) -> None:
    """Whatever the two roads do in turn: an order is done only after it was given out, and nothing stays unseen."""
    with memory_sender() as sender:
        sender.partners(partner(1, id="p-1", **PARTS))
        shop = Shop(sender, World({"a": ("600.00", 1000)}, client=sender.portal.dynamo))  # type: ignore[attr-defined]
        placed: list[str] = []
        given_out: set[str] = set()
        numbered: dict[int, str] = {}
        for step in [*steps, "look", "acknowledge", "query", "success"]:
            if step == "place":
                placed.append(shop.place())
            elif step == "look":
                for n, order in shop.numbers():
                    assert numbered.setdefault(n, order) == order
                    given_out.add(order)
            elif step == "acknowledge":
                shop.acknowledge(max(numbered, default=0))
            elif step == "query":
                given_out |= {outgoing.order.number for outgoing in shop.world.query()}
            else:
                shop.world.success()
            waiting = {row.subject for row in sender.portal.runtime.outbox.pending("orders")}
            assert set(placed) - waiting <= given_out
        assert given_out == set(placed)
        assert sender.portal.runtime.outbox.pending("orders") == ()
        for order in placed:
            assert sender.portal.runtime.orders.read(SupplierScope("test"), order).taken_at is not None
