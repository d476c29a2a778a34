"""Orders that are sent out arrive at least once and count once there, whatever dies, gets lost or answers wrongly."""

import logging
from collections.abc import Iterator, Sequence
from contextlib import suppress
from datetime import timedelta

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from chalicelib.adapters.dynamo.orders.orders import DynamoOrders
from chalicelib.adapters.erp.choice import order_receivers
from chalicelib.domain.errors import NotFound
from chalicelib.domain.orders.orders import Approval
from chalicelib.usecases.orders import deliver_orders
from chalicelib.usecases.orders.deliver_orders import FAILURES, deliver_order, retry_aside
from chalicelib.usecases.orders.dispatch_outbox import dispatch_outbox
from chalicelib.usecases.ports.orders import ASIDE, OrderReceiver
from tests.stand_ins.order_service import PASSWORD, OrderService, document, serving
from tests.usecases.orders_world import Died, World


class Office:
    """A world whose orders go to a service over HTTP."""

    def __init__(self, service: OrderService, urls: str = "") -> None:
        self.world = World({"a": ("100.50", 10), "b": ("20.1250", 6)})
        self.service = service
        self.use(urls or service.url())

    def use(self, urls: str) -> None:
        self.receivers: Sequence[OrderReceiver] = order_receivers(urls, self.world.clock, private=True)
        ephemeral = self.world.orders.ephemeral
        self.world.orders = DynamoOrders(self.world.portal, ephemeral, [receiver.name for receiver in self.receivers[1:]])

    def place(self, item: str = "a", quantity: int = 2) -> str:
        self.world.put(item, quantity)
        return self.world.place()

    def deliver(self, kind: str = "orders", attempt: int = 1) -> list[str]:
        """What becomes of every row of the kind."""
        rows = self.world.outbox.pending(kind)
        return [self.deliver_row(kind, row.id, attempt) for row in rows]

    def deliver_row(self, kind: str, row_id: str, attempt: int = 1) -> str:
        world = self.world
        stores = (world.outbox, world.orders, world, world.queues, world.clock)
        return deliver_order(*stores, self.receivers, kind=kind, row_id=row_id, attempt=attempt)  # type: ignore[arg-type]

    def waiting(self, kind: str = "orders") -> list[str]:
        return [row.subject for row in self.world.outbox.pending(kind)]


@pytest.fixture
def office() -> Iterator[Office]:
    with serving(OrderService(answer=document)) as service:
        yield Office(service)


def test_an_order_goes_out_and_its_document_comes_back_in_the_reply(office: Office) -> None:
    """IN-10, IN-11, OR-04: confirmed by 1C's own document while the buyer is on the thank-you page; the invoice is due."""
    number = office.place()
    assert office.deliver() == ["delivered"]
    order = office.world.read(number)
    assert (order.approval, order.erp_number, order.hold_open) == (Approval.CONFIRMED, f"ЗК-{number}", False)
    assert order.taken_at is not None
    assert office.waiting() == []
    assert office.waiting("documents") == [number]
    kinds = [event.kind for event in office.world.orders.with_events(office.world.visitor().scope, number)[1]]
    assert kinds == ["placed", "taken", "confirmed"]


def test_what_is_sent(office: Office) -> None:
    number = office.place()
    office.deliver()
    path, headers, _ = office.service.requests[0]
    sent = office.service.orders[number]
    assert path == "/base/hs/kabinet/orders"
    assert headers["Authorization"].startswith("Basic ")
    assert sent["event_id"] == headers["Idempotency-Key"]
    assert (sent["number"], sent["revision"], sent["status"], sent["amount"]) == (number, 1, "submitted", "201.00")
    assert sent["counterparty"]["name"] == "ООО «Дилер»"
    assert (sent["lines"][0]["quantity"], sent["lines"][0]["price"]) == ("2", "100.5000")


def test_a_delivery_that_comes_twice_is_done_once(office: Office) -> None:
    office.place()
    row = office.world.outbox.pending("orders")[0]
    assert [office.deliver_row("orders", row.id) for _ in range(3)] == ["delivered", "gone", "gone"]
    assert len(office.service.requests) == 1


def test_two_deliveries_at_the_same_moment_are_one(office: Office) -> None:
    office.place()
    row = office.world.outbox.pending("orders")[0]
    office.world.outbox.claim("orders", row.id, office.world.now, timedelta(seconds=75))
    assert office.deliver_row("orders", row.id) == "gone"
    office.world.now += timedelta(seconds=80)  # who had claimed it has died
    assert office.deliver_row("orders", row.id) == "delivered"


@pytest.mark.parametrize("fault", ["hangs up", "commits, hangs up", "503", "429", "401", "404", "redirect"])
def test_a_system_that_is_away_is_waited_for_however_long_it_takes(office: Office, fault: str) -> None:
    """OR-10: nothing is lost while 1C is down, and nothing is given up."""
    number = office.place()
    office.service.faults = [fault] * 20
    for attempt in range(1, 21):
        assert office.deliver(attempt=attempt) == ["later"]
    row = office.world.outbox.pending("orders")[0]
    assert (row.failures, bool(row.error)) == (0, True)
    assert office.deliver() == ["delivered"]
    assert office.service.orders.keys() == {number}
    assert set(office.service.applied.values()) == {1}


@pytest.mark.parametrize("fault", ["500", "commits, 500", "garbage", "other"])
def test_an_order_at_which_the_other_side_fails_again_and_again_is_put_aside(office: Office, fault: str) -> None:
    bad = office.place("a")
    good = office.place("b")
    rows = {row.subject: row.id for row in office.world.outbox.pending("orders")}
    office.service.faults = [fault] * FAILURES
    outcomes = [office.deliver_row("orders", rows[bad]) for _ in range(FAILURES)]
    assert outcomes == ["later"] * (FAILURES - 1) + ["aside"]
    assert office.deliver_row("orders", rows[good]) == "delivered"
    aside = office.world.outbox.pending(ASIDE)[0]
    assert (aside.subject, aside.body["kind"], aside.failures) == (bad, "orders", FAILURES)
    assert aside.error


@pytest.mark.parametrize("status", ["400", "409", "413", "422"])
def test_an_order_that_is_refused_is_put_aside_at_once_and_can_be_sent_again(office: Office, status: str) -> None:
    number = office.place()
    office.service.faults = [status]
    assert office.deliver() == ["aside"]
    assert office.waiting() == []
    aside = office.world.outbox.pending(ASIDE)[0]
    assert "Не найдена номенклатура" in aside.error
    row = retry_aside(office.world.outbox, office.world.queues, row_id=aside.id)
    assert office.world.queues.sent[-1] == ("deliveries", {"kind": "orders", "row": row.id})
    assert office.deliver() == ["delivered"]
    assert office.waiting(ASIDE) == []
    assert office.service.orders.keys() == {number}
    with pytest.raises(NotFound):
        retry_aside(office.world.outbox, office.world.queues, row_id=aside.id)


def test_tries_are_further_and_further_apart_and_scattered(office: Office) -> None:
    office.place()
    for attempt in range(1, 12):
        office.service.faults = ["503"]
        office.deliver(attempt=attempt)
    again = [message["attempt"] for queue, message in office.world.queues.sent if queue == "deliveries"]
    assert again == [2, 3, 4, 5, 6, 7, 8]  # after that the sweep tries it
    for attempt in (2, 5, 8, 30):
        waits = {deliver_orders.wait_before(attempt) for _ in range(200)}
        assert min(waits) >= 1 and max(waits) <= min(300, 2**attempt)
        assert len(waits) > 1
    assert max(deliver_orders.wait_before(30) for _ in range(50)) <= 900  # the most SQS waits


def test_an_order_that_1c_came_for_itself_is_not_sent(office: Office) -> None:
    office.place()
    row = office.world.outbox.pending("orders")[0]
    office.world.query()
    office.world.success()
    assert office.deliver_row("orders", row.id) == "gone"
    assert office.service.requests == []


def test_an_order_fetched_while_it_was_being_sent_is_taken_once(office: Office) -> None:
    number = office.place()
    office.service.answer = None
    row = office.world.outbox.pending("orders")[0]
    office.world.query()

    class Meanwhile:
        name = "1С"

        def receive(self, order: object, key: str, /) -> object:
            office.world.success()
            return office_receiver.receive(order, key)  # type: ignore[arg-type]

    office_receiver = office.receivers[0]
    office.receivers = [Meanwhile()]  # type: ignore[list-item]
    assert office.deliver_row("orders", row.id) == "delivered"
    kinds = [event.kind for event in office.world.orders.with_events(office.world.visitor().scope, number)[1]]
    assert kinds == ["placed", "taken"]


def test_where_1c_comes_for_its_orders_nothing_is_to_be_done(office: Office) -> None:
    office.receivers = order_receivers("", office.world.clock, private=True)
    office.place()
    assert office.deliver() == ["waits"]
    assert len(office.waiting()) == 1
    assert office.deliver() == ["waits"]


def test_the_sweep_finds_what_the_queue_lost(office: Office) -> None:
    office.place()
    world = office.world
    world.now += timedelta(seconds=31)
    dispatch_outbox(world.outbox, world.queues, lambda: world.now)
    assert not any(queue == "deliveries" for queue, _ in world.queues.sent)
    dispatch_outbox(world.outbox, world.queues, lambda: world.now, pushed=True)
    row = world.outbox.pending("orders")[0]
    assert world.queues.sent[-1] == ("deliveries", {"kind": "orders", "row": row.id})


def test_further_systems_get_copies_that_live_their_own_lives(office: Office) -> None:
    """IN-02: the copy is in the outbox from the order's own transaction on, and a system that is away keeps nobody waiting."""
    with serving(OrderService()) as other:
        office.use(f"{office.service.url()} {other.url('webhook', user='')}")
        number = office.place()
        assert office.waiting("copies") == [number]
        other.faults = ["503"]
        assert office.deliver() == ["delivered"]
        assert office.deliver("copies") == ["later"]
        assert office.waiting() == []
        assert office.deliver("copies") == ["delivered"]
        assert other.orders.keys() == {number}
        office.place("b")
        office.use(office.service.url())
        assert office.deliver("copies") == ["aside"]  # the setting names it no more


def test_no_secret_gets_into_a_log_or_an_error(office: Office, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.DEBUG)
    urls = [office.service.url(), office.service.url("webhook", user="")]
    for url in urls:
        office.use(url)
        office.place()
        for fault in ("hangs up", "500", "redirect", "garbage", "422"):
            office.service.faults = [fault]
            office.deliver()
    said = caplog.text + repr(office.receivers) + "".join(row.error for row in office.world.outbox.pending(ASIDE))
    assert len(office.world.outbox.pending(ASIDE)) == 2
    assert PASSWORD not in said


FAULTS = ["", "", "hangs up", "commits, hangs up", "500", "commits, 500", "503", "garbage", "422"]
deaths = st.one_of(st.none(), st.tuples(st.integers(1, 12), st.sampled_from(["before", "after"])))
tried: dict[str, int] = {"deaths": 0, "aside": 0, "histories": 0}


@pytest.fixture(scope="module")
def service() -> Iterator[OrderService]:
    with serving(OrderService(answer=document)) as made:
        yield made


@given(steps=st.lists(st.tuples(st.sampled_from(FAULTS), deaths), min_size=1, max_size=12), orders=st.integers(1, 3))
@settings(
    max_examples=120, deadline=None, derandomize=True, database=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
def test_any_history_of_deliveries(service: OrderService, steps: list[tuple[str, tuple[int, str] | None]], orders: int) -> None:
    """OR-01, OR-10, IN-10: whatever dies or goes wrong, in the end every order is there, each delivery done there once."""
    tried["histories"] += 1
    service.orders, service.applied, service.answers = {}, type(service.applied)(), {}
    office = Office(service)
    numbers = [office.place("ab"[n % 2], 1) for n in range(orders)]
    for fault, death in steps:
        service.faults = [fault] if fault else []
        if death:
            office.world.die_at(*death)
        try:
            office.deliver()
        except Died:
            tried["deaths"] += 1
        finally:
            office.world.live()
            service.faults = []
        office.world.now += timedelta(seconds=80)  # leases of the dead are over
    for row in office.world.outbox.pending(ASIDE):
        tried["aside"] += 1
        with suppress(NotFound):
            retry_aside(office.world.outbox, office.world.queues, row_id=row.id)
    office.deliver()
    assert office.waiting() == office.waiting(ASIDE) == []
    assert service.orders.keys() == set(numbers)
    assert set(service.applied.values()) == {1}
    for number in numbers:
        order = office.world.read(number)
        assert (order.approval, order.revision) == (Approval.CONFIRMED, 2)
        events = [event.kind for event in office.world.orders.with_events(office.world.visitor().scope, number)[1]]
        assert sorted(events) == ["confirmed", "placed", "taken"]
    office.world.check_stock()


def test_the_histories_were_worth_something() -> None:
    assert tried["deaths"] > 30 and tried["aside"] > 5, tried
