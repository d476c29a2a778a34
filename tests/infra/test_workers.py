"""Queues and schedules on the laptop: what Lambda's event sources do, with the queues of SQS itself."""

import json
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from chalice import Blueprint, Chalice, Cron, Rate
from chalice.app import CloudWatchEvent, ScheduledEventConfig, SQSEvent, SQSEventConfig

from chalicelib import runtime
from chalicelib.domain.errors import NotFound
from chalicelib.settings import QUEUES
from chalicelib.workers.worker import Work, queue_worker
from infra import resources
from infra.create import create_queue
from infra.local.clocks import Cron as Expression
from infra.local.clocks import rate
from infra.local.events import Context
from infra.local.workers import Clock, Poller, clock, poller, sources

Send = Callable[..., None]


class Queue:
    """A queue of the declaration with the functions of a small application."""

    def __init__(self, aws: SimpleNamespace, name: str, notes: Path) -> None:
        self.aws, self.notes = aws, notes
        self.queue = next(queue for queue in QUEUES if queue.name == name)
        self.url = create_queue(aws.sqs, self.queue, "dev")
        dead = resources.dead_queue_name(self.queue, "dev")
        self.dead_url = aws.sqs.get_queue_url(QueueName=dead)["QueueUrl"]

    def send(self, *bodies: Any) -> None:
        for number, body in enumerate(bodies):
            fifo = {"MessageGroupId": "g", "MessageDeduplicationId": f"{number}-{body}"} if self.queue.fifo else {}
            self.aws.sqs.send_message(QueueUrl=self.url, MessageBody=json.dumps(body), **fifo)

    def again_at_once(self) -> None:
        """Give failed messages again without the visibility timeout of the declaration."""
        self.aws.sqs.set_queue_attributes(QueueUrl=self.url, Attributes={"VisibilityTimeout": "0"})

    def poller(self, function: Callable[[dict[str, Any], Context], Any], batch: int = 10) -> Poller:
        return Poller(self.aws.sqs, self.url, function, batch, self.queue.timeout, self.notes)

    def left(self) -> int:
        """Messages that wait or are hidden."""
        names = ["ApproximateNumberOfMessages", "ApproximateNumberOfMessagesNotVisible"]
        found = self.aws.sqs.get_queue_attributes(QueueUrl=self.url, AttributeNames=names)["Attributes"]
        return sum(map(int, found.values()))

    def dead(self) -> list[Any]:
        answer = self.aws.sqs.receive_message(QueueUrl=self.dead_url, MaxNumberOfMessages=10)
        return [json.loads(message["Body"]) for message in answer.get("Messages", [])]


@pytest.fixture
def messages(aws: SimpleNamespace, tmp_path: Path) -> Queue:
    return Queue(aws, "messages", tmp_path)


def test_the_event_is_lambdas(messages: Queue) -> None:
    seen: list[Any] = []
    messages.send({"row": "1"})
    messages.poller(lambda event, context: seen.append((event["Records"], context.get_remaining_time_in_millis()))).poll(1)
    [([record], remaining)] = seen
    assert json.loads(record["body"]) == {"row": "1"}
    assert record["eventSource"] == "aws:sqs"
    assert record["eventSourceARN"].endswith(":kabinet-dev-messages")
    assert record["attributes"]["ApproximateReceiveCount"] == "1"
    assert 0 < remaining <= messages.queue.timeout * 1000
    assert messages.left() == 0


def test_only_what_failed_is_given_again(messages: Queue) -> None:
    def function(event: dict[str, Any], _: Context) -> Any:
        bad = [record["messageId"] for record in event["Records"] if json.loads(record["body"]) == "bad"]
        return {"batchItemFailures": [{"itemIdentifier": identifier} for identifier in bad]}

    messages.send("good", "bad", "good too")
    taken = messages.poller(function).poll(1)
    assert (taken, messages.left()) == (3, 1)


def test_a_function_that_raises_has_done_nothing(messages: Queue) -> None:
    messages.send("one", "two")
    messages.poller(lambda *_: 1 / 0).poll(1)
    assert messages.left() == 2


def test_a_poison_message_ends_in_the_dead_letter_queue(messages: Queue) -> None:
    seen: list[str] = []

    def function(event: dict[str, Any], _: Context) -> Any:
        seen.extend(record["attributes"]["ApproximateReceiveCount"] for record in event["Records"])
        return {"batchItemFailures": [{"itemIdentifier": record["messageId"]} for record in event["Records"]]}

    messages.again_at_once()
    messages.send("poison")
    polling = messages.poller(function)
    for _ in range(resources.MAX_RECEIVES + 1):
        polling.poll(0)
    assert seen == [str(number) for number in range(1, resources.MAX_RECEIVES + 1)]
    assert messages.dead() == ["poison"]
    assert messages.left() == 0


def test_nothing_overtakes_a_failed_file_of_the_exchange(aws: SimpleNamespace, tmp_path: Path) -> None:
    imports = Queue(aws, "imports", tmp_path)
    done: list[int] = []
    fail_once = [2]
    routes = Blueprint("tests.sample")

    @queue_worker(routes, "imports")
    def take(_: runtime.Runtime, work: Work) -> None:
        if work.message["n"] in fail_once:
            fail_once.remove(work.message["n"])
            raise ConnectionError
        done.append(work.message["n"])

    app = Chalice("sample")
    app.register_blueprint(routes)
    imports.again_at_once()
    imports.send(*({"n": number} for number in (1, 2, 3, 4)))
    polling = imports.poller(app.handler_map["worker_imports"])
    polling.poll(1)
    assert done == [1]
    polling.poll(1)
    assert done == [1, 2, 3, 4]
    assert imports.left() == 0


def test_what_is_refused_is_not_tried_again(messages: Queue) -> None:
    routes = Blueprint("tests.sample")

    @queue_worker(routes, "messages")
    def take(_: runtime.Runtime, work: Work) -> None:
        raise NotFound("Такого нет")

    app = Chalice("sample")
    app.register_blueprint(routes)
    messages.send({"row": "gone"})
    messages.poller(app.handler_map["worker_messages"]).poll(1)
    assert messages.left() == 0


def test_what_was_at_work_in_a_crash_is_given_back_at_the_next_start(messages: Queue) -> None:
    def crash(*_: Any) -> None:
        raise SystemExit  # as the end of the process: nothing after the call is done

    messages.send("halfway")
    with pytest.raises(SystemExit):
        messages.poller(crash).poll(1)
    seen: list[Any] = []
    restarted = messages.poller(lambda event, _: seen.extend(event["Records"]))
    assert restarted.poll(0) == 0
    restarted.give_back()
    restarted.poll(1)
    assert [record["attributes"]["ApproximateReceiveCount"] for record in seen] == ["2"]


def test_processes_start_from_what_the_application_has_registered(
    aws: SimpleNamespace, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    app = Chalice("sample")
    monkeypatch.setenv("QUEUE_STOCK", Queue(aws, "stock", tmp_path).url)
    calls: list[str] = []

    @app.on_sqs_message(queue="kabinet-dev-stock", batch_size=3, name="worker_stock")
    def work(event: SQSEvent) -> None:
        calls.append("queue")

    @app.schedule(Rate(5, Rate.MINUTES))
    def often(event: CloudWatchEvent) -> None:
        calls.append(event.detail_type)

    @app.schedule(Cron(0, 6, "?", "*", "MON-FRI", "*"))
    def mornings(event: CloudWatchEvent) -> None:
        calls.append("never")

    queue, *schedules = sources(app)
    assert isinstance(queue, SQSEventConfig)
    polling = poller(app, queue, aws.sqs, tmp_path / "notes")
    assert (polling.queue, polling.batch, polling.timeout) == ("kabinet-dev-stock", 3, 120)
    start = datetime(2026, 11, 20, 5, 58, tzinfo=UTC)
    first, second = (clock(app, source, start) for source in schedules if isinstance(source, ScheduledEventConfig))
    assert (first.name, second.name) == ("often", "mornings")
    assert not first.due(start + timedelta(minutes=4, seconds=59))
    assert first.due(start + timedelta(minutes=5))
    assert not first.due(start + timedelta(minutes=5, seconds=1))
    first.call(start)
    assert calls == ["Scheduled Event"]


def test_a_cron_comes_due_once_in_its_minute() -> None:
    start = datetime(2026, 11, 20, 5, 58, 30, tzinfo=UTC)
    mornings = Clock("mornings", "cron(0 6 ? * MON-FRI *)", lambda *_: None, start)
    ticks = [start + timedelta(seconds=seconds) for seconds in range(0, 300, 7)]
    assert [tick.strftime("%H:%M") for tick in ticks if mornings.due(tick)] == ["06:00"]


def test_a_schedule_that_fails_comes_due_again() -> None:
    start = datetime(2026, 11, 20, tzinfo=UTC)
    broken = Clock("broken", "rate(1 minute)", lambda *_: 1 / 0, start)
    broken.call(start)
    assert broken.due(start + timedelta(minutes=1))


@pytest.mark.parametrize(
    ("expression", "moment", "due"),
    [
        ("cron(0 6 ? * MON-FRI *)", "2026-11-20T06:00", True),
        ("cron(0 6 ? * MON-FRI *)", "2026-11-21T06:00", False),
        ("cron(0 6 ? * 2-6 *)", "2026-11-20T06:00", True),
        ("cron(0 6 ? * SUN *)", "2026-11-22T06:00", True),
        ("cron(0/15 * * * ? *)", "2026-11-20T06:45", True),
        ("cron(0/15 * * * ? *)", "2026-11-20T06:50", False),
        ("cron(*/20 8-18 * * ? *)", "2026-11-20T18:40", True),
        ("cron(*/20 8-18 * * ? *)", "2026-11-20T19:40", False),
        ("cron(5,35 0 L * ? *)", "2026-02-28T00:35", True),
        ("cron(5,35 0 L * ? *)", "2028-02-28T00:35", False),
        ("cron(0 0 1 JAN,JUL ? *)", "2026-07-01T00:00", True),
        ("cron(0 0 1 1 ? 2030)", "2026-01-01T00:00", False),
    ],
)
def test_cron_is_read_as_eventbridge_reads_it(expression: str, moment: str, due: bool) -> None:
    assert Expression.parse(expression).matches(datetime.fromisoformat(moment)) is due


@pytest.mark.parametrize("expression", ["every day", "cron(0 6 * * *)", "cron(0 6 ? * 2#1 *)", "rate(five minutes)"])
def test_what_is_not_understood_is_refused(expression: str) -> None:
    assert rate(expression) is None
    with pytest.raises(ValueError, match="cron"):
        Expression.parse(expression)
