"""`/exchange/v1/changes`: orders by number, over the real routes, beside CommerceML's road."""

from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from chalicelib.adapters.dynamo.orders.outbox import to_item
from chalicelib.domain.orders.orders import Approval
from chalicelib.domain.partners.partners import PartnerScope, SupplierScope
from chalicelib.exchange.change_entities import CHANGES
from chalicelib.formats.change_messages import CHANGES_EXAMPLE, ChangesReply
from chalicelib.formats.news_messages import NEWS_EXAMPLE
from chalicelib.usecases.access.invitations import accept_invitation
from chalicelib.usecases.news import mark_read
from chalicelib.usecases.orders.answer_order import decline_changes
from chalicelib.usecases.orders.order_progress import mark_own
from chalicelib.usecases.ports.orders import ASIDE, OutboxRow
from tests.exchange.client import Answer, Sender, partner
from tests.exchange.memory import memory_sender
from tests.people import token_in
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
    change, said = shop.changes(after=1)["changes"]
    assert (change["number"], change["order"]["status"]) == (2, Approval.CONFIRMED.value)
    assert (said["number"], said["order_answer"]["order"], said["order_answer"]["answer"]) == (3, number, "confirmed")


def test_the_words_of_a_dealer_who_declines_reach_the_manager(shop: Shop) -> None:
    """OR-04: 1C's manager reads why."""
    number = shop.place()
    shop.numbers()
    shop.acknowledge(1)
    shop.world.answer(answer_to(shop.world.read(number), state="Ожидает подтверждения"))
    order, world = shop.world.read(number), shop.world
    words = {"revision": order.revision, "comment": "Нужно до пятницы"}
    decline_changes(world.orders, world.clock, visitor=world.visitor(), number=number, **words)
    said = shop.changes()["changes"][-1]["order_answer"]
    assert (said["answer"], said["comment"], said["user"]) == ("declined", "Нужно до пятницы", shop.world.visitor().name)
    assert (said["partner_id"], set(said)) == ("p-1", set(example("order_answer")))


def mark(shop: Shop, number: str, at_dealer: int, sold: int) -> None:
    rt = shop.sender.portal.runtime
    amounts = {"at_dealer": Decimal(at_dealer), "sold": Decimal(sold)}
    mark_own(rt.orders, rt.clock, visitor=shop.world.visitor(), number=number, item_id="a", **amounts)


def marks_only(shop: Shop) -> list[tuple[int, dict[str, Any]]]:
    answer = shop.sender.call("GET", "/exchange/v1/changes?entities=order_marks").body["changes"]
    return [(change["number"], change["order_marks"]) for change in answer]


def test_the_dealers_own_marks_are_told_as_they_stand(shop: Shop) -> None:
    """OP-21: one change for an order, however often it was marked; what changes after it was given out comes again."""
    shop.world.put("a", 5)
    number = shop.world.place()
    mark(shop, number, 1, 0)
    mark(shop, number, 2, 1)
    ((n, told),) = marks_only(shop)
    assert (told["order"], told["lines"]) == (number, [{"item_id": "a", "at_dealer": "2", "sold": "1"}])
    assert set(told) == set(example("order_marks"))
    mark(shop, number, 0, 3)
    shop.acknowledge(n)
    ((later, told),) = marks_only(shop)
    assert later > n and told["lines"] == [{"item_id": "a", "at_dealer": "0", "sold": "3"}]
    shop.acknowledge(later)
    assert shop.changes()["changes"] == []


def test_orders_stay_for_commerceml_where_the_rest_is_taken_here(shop: Shop) -> None:
    number = shop.place()
    mark(shop, number, 1, 0)
    ((n, _),) = marks_only(shop)
    answer = shop.sender.post_message("changes/acknowledged", {"number": n, "entities": ["order_marks"]})
    assert answer.body == {"taken": 1, "refused": 0}
    assert marks_only(shop) == [] and shop.world.read(number).taken_at is None
    assert [outgoing.order.number for outgoing in shop.world.query()] == [number]


def test_a_kind_of_changes_that_there_is_not_is_told(shop: Shop) -> None:
    answer = shop.sender.call("GET", "/exchange/v1/changes?entities=order,claims")
    assert answer.status == 422 and "«claims»" in answer.body["detail"] and "order_marks" in answer.body["detail"]
    assert shop.sender.post_message("changes/acknowledged", {"number": 1, "entities": ["claims"]}).status == 422


def test_a_refused_change_is_put_aside_in_its_own_words(shop: Shop) -> None:
    number = shop.place()
    mark(shop, number, 1, 0)
    ((n, _),) = marks_only(shop)
    assert shop.acknowledge(n, (n, "Заказ закрыт")).body == {"taken": 1, "refused": 1}
    outbox = shop.sender.portal.runtime.outbox
    (aside,) = outbox.pending(ASIDE)
    assert (aside.subject, aside.error) == (number, "1С не приняла изменение: Заказ закрыт")
    outbox.put_back(aside.id)
    assert marks_only(shop)[0][1]["lines"][0]["at_dealer"] == "1"


def test_a_person_who_has_set_his_password_is_told(shop: Shop) -> None:
    """OP-02, AC-07: 1C's manager sees who has come in."""
    portal = shop.sender.portal
    shop.sender.partners(partner(2))
    account = portal.runtime.partners.account(PartnerScope("partner-2"))
    assert account
    (member,) = account.members
    rt = portal.runtime
    letter = next(row for row in rt.outbox.pending("messages") if row.subject == member.user_id)
    stores = (rt.users, rt.sessions, rt.partners, rt.hasher, rt.clock)
    accept_invitation(*stores, token=token_in(letter.body["text"].replace("http:", "https:")), password="весенний вечер 42")
    (change,) = shop.changes()["changes"]
    told = change["contact"]
    assert (told["contact_id"], told["partner_id"], told["registered"], told["portal_access"]) == (
        "contact-2",
        "partner-2",
        True,
        True,
    )
    assert (told["phone"], set(told)) == (member.phone, set(example("contact")))
    shop.acknowledge(change["number"])
    assert shop.changes()["changes"] == []


def test_somebody_who_is_gone_stops_nobody(shop: Shop) -> None:
    rt = shop.sender.portal.runtime
    shop.world.portal.put(to_item(OutboxRow.of_change("contact", "p-1 nobody", shop.world.now)))
    number = shop.place()
    assert [order for _, order in shop.numbers()] == [number]
    assert rt.outbox.pending(ASIDE)[0].error == "Изменение не выгружается: Пользователя больше нет у партнёра"


@pytest.mark.parametrize("important", [True, False])
def test_who_has_read_what_must_be_read(shop: Shop, important: bool) -> None:
    """NW-05: the receipt of an important news item; others need none."""
    sent = NEWS_EXAMPLE | {"important": important, "published_on": "2020-01-01", "valid_until": None}
    sent |= {"audience": {"everyone": True}, "attachments": []}
    assert shop.sender.post("news", [sent]).body["results"][0]["outcome"] == "written"
    rt = shop.sender.portal.runtime
    for _ in range(2):
        mark_read(rt.news, rt.clock, visitor=shop.world.visitor(), news_id=sent["id"])
    told = [change["news_receipt"] for change in shop.changes()["changes"]]
    assert [one["news_id"] for one in told] == [sent["id"]] * important
    assert all(one["name"] == shop.world.visitor().name and set(one) == set(example("news_receipt")) for one in told)


def example(entity: str) -> dict[str, Any]:
    return dict(next(change[entity] for change in CHANGES_EXAMPLE["changes"] if change["entity"] == entity))


def test_every_entity_has_an_example_of_its_own() -> None:
    assert [change["entity"] for change in CHANGES_EXAMPLE["changes"]] == list(CHANGES)
    ChangesReply.model_validate(CHANGES_EXAMPLE)


CHANGING = st.lists(st.sampled_from(["mark", "look", "acknowledge", "crash"]), min_size=1, max_size=20)


@settings(max_examples=60, deadline=None)
@given(CHANGING)
def test_the_last_mark_always_reaches_1c(steps: list[str]) -> None:
    """What 1C has acknowledged last is what stands, whatever came between its look and its word, and if its word is lost."""
    with memory_sender() as sender:
        sender.partners(partner(1, id="p-1", **PARTS))
        shop = Shop(sender, World({"a": ("600.00", 1000)}, client=sender.portal.dynamo))  # type: ignore[attr-defined]
        shop.world.put("a", 100)
        number = shop.world.place()
        known, seen, count, last = 0, (0, 0), 0, 0
        for step in [*steps, "look", "acknowledge"]:
            if step == "mark":
                count += 1
                mark(shop, number, count, 0)
            elif step == "look":
                for n, told in marks_only(shop):
                    assert n >= last
                    last, seen = n, (n, int(told["lines"][0]["at_dealer"]))
            elif step == "acknowledge" and seen[0]:
                known = seen[1]
                shop.acknowledge(seen[0])
            else:
                seen = (0, 0)
        assert (known if count else 0) == count and marks_only(shop) == []


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
