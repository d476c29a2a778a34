"""Dead letters put back by hand, whoever dies meanwhile; and what every action leaves behind."""

import json
from collections import Counter
from datetime import UTC, datetime, timedelta
from types import SimpleNamespace
from typing import Any

import boto3
import pytest

from chalicelib.adapters.queue_watch import SqsWatch
from chalicelib.domain.access.users import PERMISSIONS, Role, Session
from chalicelib.domain.errors import Forbidden
from chalicelib.runtime import Runtime
from chalicelib.settings import dead_letter_url
from chalicelib.usecases.access.visitors import Visitor
from chalicelib.usecases.exchange.exchange_actions import ActionLog, replay_dead
from chalicelib.usecases.ports.access import Beacons

NOW = datetime(2026, 11, 21, 10, 0, tzinfo=UTC)
LETTERS = tuple({"row": f"r{number}"} for number in range(3))


class Died(BaseException):
    """The process died here; nothing catches it."""


class Mortal:
    """A client that dies before or after its n-th call."""

    def __init__(self, client: Any, call: int, when: str) -> None:
        self.client, self.call, self.when, self.made = client, call, when, 0

    def __getattr__(self, name: str) -> Any:
        def called(**request: Any) -> Any:
            self.made += 1
            self._die("before")
            answer = getattr(self.client, name)(**request)
            self._die("after")
            return answer

        return called

    def _die(self, when: str) -> None:
        if self.made == self.call and when == self.when:
            raise Died


def visitor(role: Role = Role.ADMINISTRATOR) -> Visitor:
    session = Session("s", "u-1", None, "csrf", NOW, NOW + timedelta(days=1))
    return Visitor(session, Beacons(), "Анна", PERMISSIONS[role])


def clock() -> datetime:
    return NOW


def group(number: int) -> str:
    return f"g{number % 2}"


class Post:
    """A queue and its dead letters."""

    def __init__(self, aws: SimpleNamespace, queue: str) -> None:
        self.runtime, self.sqs, self.queue = Runtime(), aws.sqs, queue
        self.url = self.runtime.settings.queues[queue]
        self.buried = 0

    def bury(self) -> "Post":
        """Three letters, under names that a FIFO queue has not met."""
        for number, letter in enumerate(LETTERS):
            self.buried += 1
            request: dict[str, Any] = {"QueueUrl": dead_letter_url(self.url), "MessageBody": json.dumps(letter)}
            if self.url.endswith(".fifo"):
                request |= {"MessageGroupId": group(number), "MessageDeduplicationId": str(self.buried)}
            attributes = {"trace": {"DataType": "String", "StringValue": f"t{number}"}}
            self.sqs.send_message(**request, MessageAttributes=attributes)
        return self

    def replay(self, client: Any = None) -> int:
        """What is taken is seen again at once, as after a death."""
        dead = {self.queue: dead_letter_url(self.url)}
        watch = SqsWatch(client or self.sqs, boto3.client("cloudwatch"), {self.queue: self.url}, dead, hidden=0)
        return watch.replay(self.queue, lambda: True)

    def arrived(self) -> list[dict[str, Any]]:
        found = []
        while messages := self.sqs.receive_message(
            QueueUrl=self.url, MaxNumberOfMessages=10, AttributeNames=["All"], MessageAttributeNames=["All"]
        ).get("Messages"):
            for message in messages:
                self.sqs.delete_message(QueueUrl=self.url, ReceiptHandle=message["ReceiptHandle"])
            found += messages
        return found

    def dead(self) -> int:
        return self.runtime.queue_watch.states(NOW)[self.queue].dead


@pytest.mark.parametrize("queue", ["imports", "documents"])
def test_a_dead_letter_goes_back_as_it_was(aws: SimpleNamespace, queue: str) -> None:
    """C-10: body, attributes and group; the dead-letter queue is empty after it."""
    post = Post(aws, queue).bury()
    assert post.dead() == 3 and post.replay() == 3 and post.dead() == 0
    arrived = {message["Body"]: message for message in post.arrived()}
    for number, letter in enumerate(LETTERS):
        message = arrived[json.dumps(letter)]
        assert message["MessageAttributes"]["trace"]["StringValue"] == f"t{number}"
        assert message["Attributes"].get("MessageGroupId", group(number)) == group(number)


@pytest.mark.parametrize("queue", ["imports", "documents"])
@pytest.mark.parametrize("when", ["before", "after"])
def test_a_death_at_any_call_loses_no_letter(aws: SimpleNamespace, queue: str, when: str) -> None:
    """C-10, NF-02: none is lost; where the order is kept none is doubled either, elsewhere one at most."""
    post = Post(aws, queue)
    for call in range(1, 9):
        post.bury()
        with pytest.raises(Died):
            post.replay(Mortal(aws.sqs, call, when))
        post.replay()
        bodies = Counter(message["Body"] for message in post.arrived())
        assert set(bodies) == {json.dumps(letter) for letter in LETTERS}, call
        assert bodies.total() <= (3 if queue == "imports" else 4), (call, bodies)
        assert post.dead() == 0


def test_what_fails_at_once_again_is_not_taken_for_ever(aws: SimpleNamespace) -> None:
    """Somebody keeps throwing letters at the dead-letter queue: as many go back as lay there at the beginning."""
    post = Post(aws, "documents").bury()

    class Boomerang:
        def __getattr__(self, name: str) -> Any:
            return getattr(aws.sqs, name)

        def send_message(self, **request: Any) -> Any:
            aws.sqs.send_message(QueueUrl=dead_letter_url(post.url), MessageBody=request["MessageBody"])
            return aws.sqs.send_message(**request)

    assert post.replay(Boomerang()) == 3
    assert post.dead() == 3


def test_an_action_names_who_did_it_and_others_may_not(aws: SimpleNamespace) -> None:
    runtime = Runtime()
    log = ActionLog(runtime.audit, clock, visitor())
    assert replay_dead(runtime.queue_watch, clock, log, queue="stock") == 0
    (entry,) = runtime.audit.recent(NOW)
    assert (entry.actor_name, entry.action, entry.subject, entry.at) == ("Анна", "replay", "stock", NOW)
    with pytest.raises(Forbidden):
        ActionLog(runtime.audit, clock, visitor(Role.FINANCE))


def test_actions_of_the_last_months_are_listed_newest_first(aws: SimpleNamespace) -> None:
    runtime = Runtime()
    for days, queue in ((30, "stock"), (1, "pictures"), (0, "imports")):
        ActionLog(runtime.audit, lambda days=days: NOW - timedelta(days=days), visitor()).note("replay", queue)  # type: ignore[misc]
    assert [entry.subject for entry in runtime.audit.recent(NOW)] == ["imports", "pictures", "stock"]
    assert [entry.subject for entry in runtime.audit.recent(NOW, 1)] == ["imports"]
    january = datetime(2027, 1, 3, tzinfo=UTC)
    assert runtime.audit.recent(january) == ()
