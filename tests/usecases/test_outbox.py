"""Letters leave the outbox once; what a crash left behind is found and queued again."""

from datetime import timedelta

import pytest

from chalicelib.adapters.mail import MemoryMailer, mailer
from chalicelib.adapters.sms import MemoryTexter, texter
from chalicelib.domain.errors import Refused, Unavailable
from chalicelib.usecases.deliver_messages import deliver_message
from chalicelib.usecases.orders.dispatch_outbox import PERIOD, dispatch_outbox, is_due
from chalicelib.usecases.ports.files import Letter
from chalicelib.usecases.ports.orders import OutboxRow
from tests.usecases.orders_world import Died, World

BODY = {"channel": "mail", "to": "a@b.example", "subject": "Тема", "text": "Текст"}


class Silent:
    """A sender that does not answer."""

    def send(self, letter: Letter) -> None:
        raise Unavailable("Почта не отвечает")


class Post:
    def __init__(self) -> None:
        self.world = World({"a": ("1.00", 1)})
        self.mail, self.sms = mailer("memory:"), texter("memory:")

    def add(self, **changes: str) -> OutboxRow:
        return self.world.outbox.add("messages", "u-1", BODY | changes, self.world.clock())

    def deliver(self, row: OutboxRow) -> None:
        deliver_message(self.world.outbox, self.mail, self.sms, row_id=row.id)

    def sent(self) -> tuple[list[Letter], list[Letter]]:
        assert isinstance(self.mail, MemoryMailer) and isinstance(self.sms, MemoryTexter)
        return self.mail.letters, self.sms.letters

    def pending(self) -> int:
        return len(self.world.outbox.pending("messages"))


@pytest.fixture
def post() -> Post:
    return Post()


def test_a_message_goes_by_its_channel_and_its_row_ends(post: Post) -> None:
    post.deliver(post.add())
    post.deliver(post.add(channel="sms", to="+79160000001", subject=""))
    assert post.sent() == ([Letter("a@b.example", "Тема", "Текст")], [Letter("+79160000001", "", "Текст")])
    assert post.pending() == 0


def test_a_message_delivered_twice_by_the_queue_goes_out_once(post: Post) -> None:
    row = post.add()
    for _ in range(5):
        post.deliver(row)
    assert len(post.sent()[0]) == 1


def test_an_address_that_never_works_is_removed(post: Post) -> None:
    row = post.add(to="a@b.example, c@d.example")
    with pytest.raises(Refused):
        post.deliver(row)
    assert (post.sent()[0], post.pending()) == ([], 0)


def test_a_sender_that_is_down_loses_nothing(post: Post) -> None:
    row = post.add()
    known, post.mail = post.mail, Silent()
    with pytest.raises(Unavailable):
        post.deliver(row)
    assert post.pending() == 1
    post.mail = known
    post.deliver(row)
    assert len(post.sent()[0]) == 1


@pytest.mark.parametrize(
    ("call", "when", "letters"),
    [(1, "before", 1), (1, "after", 1), (2, "before", 2), (2, "after", 1)],
)
def test_only_a_death_between_sending_and_removing_doubles_a_letter(post: Post, call: int, when: str, letters: int) -> None:
    """The calls are: read the row, remove it. In no case is the letter lost."""
    row = post.add()
    post.world.die_at(call, when)
    with pytest.raises(Died):
        post.deliver(row)
    post.deliver(row)
    assert (len(post.sent()[0]), post.pending()) == (letters, 0)


# --- the sweep --------------------------------------------------------------------------------------------------------


def sweep(world: World) -> list[tuple[str, object]]:
    """What a tick of the clock puts onto the queues."""
    world.queues.sent.clear()
    dispatch_outbox(world.outbox, world.queues, lambda: world.now)
    return [(queue, message["row"]) for queue, message in world.queues.sent]


def test_a_row_whose_message_was_lost_is_queued_again(post: Post) -> None:
    """The process died between the commit and the queue; nobody else would ever look at the row."""
    letter = post.add()
    invoice = post.world.outbox.add("documents", "K-1", {"order": "K-1"}, post.world.now)
    post.world.outbox.add("orders", "K-1", {}, post.world.now)
    assert sweep(post.world) == []
    post.world.now += timedelta(seconds=31)
    assert sweep(post.world) == [("messages", letter.id), ("documents", invoice.id)]
    post.deliver(letter)
    post.world.now += timedelta(minutes=1)
    assert sweep(post.world) == [("documents", invoice.id)]


def test_every_row_is_found_wherever_the_minute_falls(post: Post) -> None:
    for offset in range(60):
        age = timedelta(seconds=offset)
        while age < timedelta(seconds=30):
            age += PERIOD
        assert is_due(age), offset


def test_while_a_neighbour_is_down_copies_do_not_pile_up(post: Post) -> None:
    """A day of outage, a tick a minute: some thirty copies and not 1440; after the first hours one an hour."""
    row = post.add()
    sent = 0
    for _ in range(24 * 60):
        post.world.now += PERIOD
        sent += len(sweep(post.world))
    assert 20 <= sent <= 35
    assert row in post.world.outbox.pending("messages")
    late = sum(is_due(timedelta(hours=30, minutes=minute)) for minute in range(180))
    assert late == 3
