"""Lambda's event sources on the laptop: `python -m infra.local.workers`.

Each queue and schedule the application has registered a function for gets a process of its own, forked after one import, with
the credentials of that function; the functions are the real ones, called with the events AWS would send. What fails stays in
SQS, which gives it again and, after its last time, to the dead-letter queue: nothing of that is done here.
"""

import argparse
import importlib
import json
import os
import signal
import sys
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

from chalicelib.settings import QUEUES, deploy_stage, queue_name, queue_variable
from infra.local.clocks import Cron, rate
from infra.local.events import Context, queue_event, schedule_event
from infra.local.process import end_with_parent, on_stop

if TYPE_CHECKING:
    from mypy_boto3_sqs.client import SQSClient

WAIT = 2
"""Seconds of one long poll: how long a stop may take where nothing is being done."""

PATIENCE = 8.0
"""Seconds a stop waits for functions at work; what is cut short is given back at the next start."""

SCHEDULE_TIMEOUT = 60
"""Seconds a schedule's function may run, as `.chalice/config.json` has it."""

Function = Callable[[dict[str, Any], Context], Any]


class Poller:
    """Takes messages from one queue and has the function do them, batch after batch, until `stopping`.

    `notes` is the folder where the receipt handles of the batch at work are written down: after a crash the next run gives
    those messages back at once, instead of waiting for their visibility timeout of up to an hour and a half.
    """

    def __init__(self, sqs: "SQSClient", url: str, function: Function, batch: int, timeout: float, notes: Path) -> None:
        self.sqs = sqs
        self.url = url
        self.queue = queue = url.rpartition("/")[2]
        self.function = function
        self.batch = batch
        self.timeout = timeout
        self.note = notes / f"{queue}.json"
        self.arn = sqs.get_queue_attributes(QueueUrl=self.url, AttributeNames=["QueueArn"])["Attributes"]["QueueArn"]

    def run(self, stopping: threading.Event) -> None:
        self.give_back()
        while not stopping.is_set():
            try:
                self.poll(WAIT)
            except Exception:  # the embedded AWS may be on its way down; a queue must not lose its poller
                if not stopping.wait(1):
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


Source = SQSEventConfig | ScheduledEventConfig


def sources(app: Chalice) -> list[Source]:
    """What calls the functions of the application."""
    return [source for source in app.event_sources if isinstance(source, SQSEventConfig | ScheduledEventConfig)]


def poller(app: Chalice, source: SQSEventConfig, sqs: "SQSClient", notes: Path) -> Poller:
    """The queue's URL comes from the environment, as for the code: the function's policy does not let it ask for one."""
    notes.mkdir(parents=True, exist_ok=True)
    queue = next(queue for queue in QUEUES if queue_name(queue, deploy_stage()) == source.queue)
    url = os.environ[queue_variable(queue.name)]
    return Poller(sqs, url, app.handler_map[source.name], source.batch_size, queue.timeout, notes)


def clock(app: Chalice, source: ScheduledEventConfig, now: datetime) -> Clock:
    expression = source.schedule_expression
    text = expression if isinstance(expression, str) else expression.to_string()
    return Clock(source.name, text, app.handler_map[source.name], now)


def keep_time(kept: Clock, stopping: threading.Event) -> None:
    """Call the function whenever it comes due, until `stopping`."""
    while not stopping.wait(0.5):
        now = datetime.now(UTC)
        if kept.due(now):
            kept.call(now)


def work(app: Chalice, source: Source, notes: Path) -> None:
    """The life of the process of one function."""
    stopping = threading.Event()
    on_stop(stopping.set)
    if isinstance(source, SQSEventConfig):
        poller(app, source, boto3.client("sqs"), notes).run(stopping)
    else:
        keep_time(clock(app, source, datetime.now(UTC)), stopping)


class Workers:
    """The processes, by their ids."""

    def __init__(self, app: Chalice, notes: Path, credentials: Mapping[str, Mapping[str, str]]) -> None:
        self.running = {self._fork(app, source, notes, credentials.get(source.name, {})): source.name for source in sources(app)}

    def _fork(self, app: Chalice, source: Source, notes: Path, credentials: Mapping[str, str]) -> int:
        child = os.fork()
        if child:
            return child
        status = 1
        try:
            end_with_parent()
            os.environ.update(credentials)
            work(app, source, notes)
            status = 0
        except BaseException:
            traceback.print_exc()
        finally:
            os._exit(status)

    def ended(self) -> str | None:
        """The name of one that has ended since it was asked last."""
        child, _ = os.waitpid(-1, os.WNOHANG) if self.running else (0, 0)
        return self.running.pop(child) if child else None

    def stop(self) -> None:
        """Let functions finish what they are at, for a while."""
        until = time.monotonic() + PATIENCE
        self._signal(signal.SIGTERM)
        while self.running and time.monotonic() < until:
            if not self.ended():
                time.sleep(0.05)
        self._signal(signal.SIGKILL)

    def _signal(self, number: signal.Signals) -> None:
        for child in self.running:
            os.kill(child, number)


def main() -> int:
    arguments = argparse.ArgumentParser(description=__doc__)
    arguments.add_argument("--app", default="app", help="module whose functions are called")
    arguments.add_argument("--notes", type=Path, default=Path("var/at-work"))
    chosen = arguments.parse_args()
    credentials = json.loads(os.environ.pop("FUNCTION_CREDENTIALS", "{}"))
    app = importlib.import_module(chosen.app).app
    workers = Workers(app, chosen.notes, credentials)
    stopping = threading.Event()
    on_stop(stopping.set)
    print(f"workers: {len(workers.running)} functions", flush=True)
    ended = None
    while not ended and not stopping.wait(0.2):
        ended = workers.ended()
    workers.stop()
    if ended:
        print(f"{ended} has ended by itself", flush=True)
    return 1 if ended else 0


if __name__ == "__main__":
    sys.exit(main())
