"""The queues looked at, and what died in them put back.

Depths come from SQS. Only CloudWatch knows how old the oldest waiting message is (receiving one to look at it would hold up
its group), with a few minutes' delay; a dead letter may be looked at.
"""

from collections.abc import Callable, Mapping
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any

from botocore.exceptions import BotoCoreError, ClientError

from chalicelib.usecases.ports.exchange import QueueState

if TYPE_CHECKING:
    from mypy_boto3_sqs.client import SQSClient

PARALLEL = 8
AGE = "ApproximateAgeOfOldestMessage"
WAITING, IN_WORK, DELAYED = (f"ApproximateNumberOfMessages{kind}" for kind in ("", "NotVisible", "Delayed"))
BATCH = 10


class SqsWatch:
    """`urls`: queue -> its URL; `dead_urls`: queue -> that of its dead-letter queue. `hidden`: seconds for which a letter that
    is being put back is hidden from whoever does the same."""

    def __init__(
        self, sqs: "SQSClient", cloudwatch: Any, urls: Mapping[str, str], dead_urls: Mapping[str, str], hidden: int = 60
    ) -> None:
        self.dead_urls = dead_urls
        self.hidden = hidden
        self.sqs = sqs
        self.cloudwatch = cloudwatch
        self.urls = urls

    def states(self, now: datetime) -> Mapping[str, QueueState]:
        with ThreadPoolExecutor(PARALLEL) as pool:
            ages = pool.submit(self._ages, now)
            depths = list(pool.map(self._depth, self.urls.values()))
            dead_urls = [self.dead_urls[queue] for queue in self.urls]
            dead = list(pool.map(self._depth, dead_urls))
            dead_since = list(pool.map(self._oldest, dead_urls, [count for count, _ in dead]))
        rows = zip(self.urls, depths, dead, dead_since, strict=True)
        return {
            queue: QueueState(waiting, in_work, ages.result().get(queue), lost, since)
            for queue, (waiting, in_work), (lost, _), since in rows
        }

    def _depth(self, url: str) -> tuple[int, int]:
        """(waiting, being worked on)."""
        names: Any = [WAITING, IN_WORK, DELAYED]
        found: Any = self.sqs.get_queue_attributes(QueueUrl=url, AttributeNames=names)["Attributes"]
        return int(found.get(WAITING, 0)) + int(found.get(DELAYED, 0)), int(found.get(IN_WORK, 0))

    def _oldest(self, url: str, count: int) -> datetime | None:
        """Of up to ten dead letters, which stay where they are."""
        if not count:
            return None
        found = self.sqs.receive_message(
            QueueUrl=url, MaxNumberOfMessages=BATCH, VisibilityTimeout=0, AttributeNames=["SentTimestamp"]
        )
        sent = [int(message["Attributes"]["SentTimestamp"]) for message in found.get("Messages", [])]
        return datetime.fromtimestamp(min(sent) / 1000, UTC) if sent else None

    def _ages(self, now: datetime) -> dict[str, timedelta]:
        queries: Any = [_query(f"q{place}", url.rpartition("/")[2]) for place, url in enumerate(self.urls.values())]
        try:
            found = self.cloudwatch.get_metric_data(
                MetricDataQueries=queries, StartTime=now - timedelta(minutes=10), EndTime=now, ScanBy="TimestampDescending"
            )
        except (ClientError, BotoCoreError):  # the monitor of what fails must not fail with it
            return {}
        seconds = {result["Id"]: result["Values"][0] for result in found["MetricDataResults"] if result.get("Values")}
        return {queue: timedelta(seconds=seconds[f"q{place}"]) for place, queue in enumerate(self.urls) if f"q{place}" in seconds}

    # --- dead letters -------------------------------------------------------------------------------------------------

    def replay(self, queue: str, go_on: Callable[[], bool]) -> int:
        """Sent first, deleted then: whoever dies in between leaves a letter that is sent once more, never one that is gone.

        Not more than lay there at the beginning: what fails at once again is not taken a second time.
        """
        url, dead = self.urls[queue], self.dead_urls[queue]
        left = self._depth(dead)[0]
        moved = 0
        while moved < left and go_on():
            letters = self._take(dead)
            if not letters:
                break
            for letter in letters:
                self.sqs.send_message(**_again(url, letter))
                self.sqs.delete_message(QueueUrl=dead, ReceiptHandle=letter["ReceiptHandle"])
            moved += len(letters)
        return moved

    def _take(self, dead: str) -> list[Any]:
        names: Any = ["All"]
        found = self.sqs.receive_message(
            QueueUrl=dead,
            MaxNumberOfMessages=BATCH,
            VisibilityTimeout=self.hidden,
            WaitTimeSeconds=1,
            AttributeNames=names,
            MessageAttributeNames=["All"],
        )
        return list(found.get("Messages", []))


def _again(url: str, letter: Mapping[str, Any]) -> dict[str, Any]:
    """The request that sends a dead letter once more, in its group. In a FIFO queue it is a new message (its own name may be
    remembered from before), and still one message however often it is put back."""
    request: dict[str, Any] = {"QueueUrl": url, "MessageBody": letter["Body"]}
    if letter.get("MessageAttributes"):
        request["MessageAttributes"] = letter["MessageAttributes"]
    if url.endswith(".fifo"):
        request |= {
            "MessageGroupId": letter["Attributes"]["MessageGroupId"],
            "MessageDeduplicationId": f"again-{letter['MessageId']}",
        }
    return request


def _query(id: str, queue_name: str) -> dict[str, Any]:
    metric = {"Namespace": "AWS/SQS", "MetricName": AGE, "Dimensions": [{"Name": "QueueName", "Value": queue_name}]}
    return {"Id": id, "MetricStat": {"Metric": metric, "Period": 60, "Stat": "Maximum"}}
