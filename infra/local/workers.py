"""Lambda's event sources on the laptop: `python -m infra.local.workers`.

One thread polls each queue the application has registered a function for, and one thread keeps its schedules; the functions
are the real ones, called with the events AWS would send. What fails stays in SQS, which gives it again and, after its last
time, to the dead-letter queue: nothing of that is done here.
"""

import argparse
import importlib
import json
import os
import threading
import time
import traceback
from collections.abc import Callable, Mapping
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Any

import boto3
from chalice import Chalice
from chalice.app import ScheduledEventConfig, SQSEventConfig

from chalicelib.settings import QUEUES, resource_name
from infra.local.clocks import Cron, rate
from infra.local.events import Context, queue_event, schedule_event
from infra.local.process import on_stop

if TYPE_CHECKING:
    from mypy_boto3_sqs.client import SQSClient

WAIT = 2
"""Seconds of one long poll: how long a stop may take where nothing is being done."""

PATIENCE = 8.0
"""Seconds a stop waits for functions at work; then their messages are given back."""

SCHEDULE_TIMEOUT = 60
"""Seconds a schedule's function may run, as `.chalice/config.json` has it."""

Function = Callable[[dict[str, Any], Context], Any]


class Poller:
    """Takes messages from one queue and has the function do them, batch after batch, until `stopping`.

    `notes` is the folder where the receipt handles of the batch at work are written down: after a crash the next run gives
    those messages back at once, instead of waiting for their visibility timeout of up to an hour and a half.
    """

    def __init__(self, sqs: "SQSClient", queue: str, function: Function, batch: int, timeout: float, notes: Path) -> None:
        self.sqs = sqs
        self.queue = queue
        self.function = function
        self.batch = batch
        self.timeout = timeout
        self.note = notes / f"{queue}.json"
        self.url = sqs.get_queue_url(QueueName=queue)["QueueUrl"]
        self.arn = sqs.get_queue_attributes(QueueUrl=self.url, AttributeNames=["QueueArn"])["Attributes"]["QueueArn"]
        self.stopping = threading.Event()
        self.thread = threading.Thread(target=self.run, name=queue, daemon=True)

    def run(self) -> None:
        self.give_back()
        while not self.stopping.is_set():
            try:
                self.poll(WAIT)
            except Exception:  # the embedded AWS may be on its way down; a queue must not lose its poller
                if not self.stopping.wait(1):
                    traceback.print_exc()

    def poll(self, wait: int) -> int:
        """Do one batch, if there is any; the number of messages taken."""
        messages: list[Any] = self.sqs.receive_message(
            QueueUrl=self.url, MaxNumberOfMessages=self.batch, WaitTimeSeconds=wait, MessageSystemAttributeNames=["All"]
        ).get("Messages", [])
        if messages:
            self.note.write_text(json.dumps([message["ReceiptHandle"] for message in messages]))
            self._delete(messages, self._failed(messages))
            self.note.unlink(missing_ok=True)
        return len(messages)

    def _failed(self, messages: list[Any]) -> set[str]:
        """Ids of the messages that were not done: those the function names, or all where it raises."""
        started = time.perf_counter()
        try:
            answer = self.function(queue_event(messages, self.arn), Context(self.queue, self.timeout))
            failed = _failures(answer)
        except Exception:  # as Lambda: whatever the function raises, the batch is not done
            traceback.print_exc()
            failed = {message["MessageId"] for message in messages}
        spent = time.perf_counter() - started
        print(f"{self.queue}: {len(messages)} taken, {len(failed)} to be given again, {spent:.2f} s", flush=True)
        return failed

    def _delete(self, messages: list[Any], failed: set[str]) -> None:
        for message in messages:
            if message["MessageId"] not in failed:
                self.sqs.delete_message(QueueUrl=self.url, ReceiptHandle=message["ReceiptHandle"])

    def give_back(self) -> None:
        """Make the messages that were at work visible again."""
        if not self.note.exists():
            return
        for handle in json.loads(self.note.read_text() or "[]"):
            try:
                self.sqs.change_message_visibility(QueueUrl=self.url, ReceiptHandle=handle, VisibilityTimeout=0)
            except self.sqs.exceptions.ClientError:  # it is done, dead or forgotten
                continue
        self.note.unlink(missing_ok=True)


def _failures(answer: Any) -> set[str]:
    if not isinstance(answer, Mapping):
        return set()
    return {failure["itemIdentifier"] for failure in answer.get("batchItemFailures") or []}


class Clock:
    """Calls one schedule's function whenever it comes due."""

    def __init__(self, name: str, expression: str, function: Function, now: datetime) -> None:
        self.name = name
        self.function = function
        self.period = rate(expression)
        self.cron = None if self.period else Cron.parse(expression)
        self.last = now

    def due(self, now: datetime) -> bool:
        """Whether it is time; it is asked at least once a minute. A rate counts from the start."""
        if self.cron:
            minute = now.replace(second=0, microsecond=0)
            if minute <= self.last or not self.cron.matches(minute):
                return False
        elif now - self.last < (self.period or timedelta.max):
            return False
        self.last = now
        return True

    def call(self, now: datetime) -> None:
        try:
            self.function(schedule_event(self.name, now), Context(self.name, SCHEDULE_TIMEOUT))
            print(f"{self.name}: done", flush=True)
        except Exception:  # as EventBridge: the next time comes all the same
            traceback.print_exc()


def pollers(app: Chalice, sqs: "SQSClient", notes: Path) -> list[Poller]:
    """One for each queue function of the application."""
    notes.mkdir(parents=True, exist_ok=True)
    timeouts = {queue.name: queue.timeout for queue in QUEUES}
    return [
        Poller(sqs, source.queue, app.handler_map[source.name], source.batch_size, _timeout(source.queue, timeouts), notes)
        for source in app.event_sources
        if isinstance(source, SQSEventConfig) and source.queue
    ]


def _timeout(queue: str, timeouts: Mapping[str, int]) -> int:
    prefix = resource_name(os.environ.get("KABINET_STAGE", "dev"), "")
    return timeouts.get(queue.removeprefix(prefix).removesuffix(".fifo"), 60)


def clocks(app: Chalice, now: datetime) -> list[Clock]:
    """One for each schedule of the application."""
    return [
        Clock(source.name, _expression(source), app.handler_map[source.name], now)
        for source in app.event_sources
        if isinstance(source, ScheduledEventConfig)
    ]


def _expression(source: ScheduledEventConfig) -> str:
    expression = source.schedule_expression
    return expression if isinstance(expression, str) else expression.to_string()


def keep_time(kept: list[Clock], stopping: threading.Event) -> None:
    """Call what comes due, each in its own thread, until `stopping`."""
    while not stopping.wait(0.5):
        now = datetime.now(UTC)
        for clock in kept:
            if clock.due(now):
                threading.Thread(target=clock.call, args=(now,), name=clock.name, daemon=True).start()


def main() -> None:
    arguments = argparse.ArgumentParser(description=__doc__)
    arguments.add_argument("--app", default="app", help="module whose functions are called")
    arguments.add_argument("--notes", type=Path, default=Path("var/at-work"))
    chosen = arguments.parse_args()
    stopping = threading.Event()
    on_stop(stopping.set)
    app = importlib.import_module(chosen.app).app
    at_work = pollers(app, boto3.client("sqs"), chosen.notes)
    for poller in at_work:
        poller.thread.start()
    print(f"workers: {len(at_work)} queues", flush=True)
    keep_time(clocks(app, datetime.now(UTC)), stopping)
    end(at_work)


def end(at_work: list[Poller]) -> None:
    """Let functions finish what they are at, for a while, and give back what they did not."""
    for poller in at_work:
        poller.stopping.set()
    until = time.monotonic() + PATIENCE
    for poller in at_work:
        poller.thread.join(max(0.0, until - time.monotonic()))
        poller.give_back()


if __name__ == "__main__":
    main()
