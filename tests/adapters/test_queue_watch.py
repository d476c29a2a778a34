"""Queues as the monitor sees them."""

import json
from datetime import UTC, datetime, timedelta
from types import SimpleNamespace
from typing import Any

import boto3
from botocore.exceptions import ClientError

from chalicelib.adapters.queue_watch import AGE, SqsWatch
from chalicelib.runtime import Runtime
from chalicelib.settings import QUEUES, dead_letter_url
from chalicelib.usecases.ports.exchange import QueueState


def now() -> datetime:
    return datetime.now(UTC)


def watch(aws: SimpleNamespace, cloudwatch: Any) -> SqsWatch:
    urls = Runtime().settings.queues
    return SqsWatch(aws.sqs, cloudwatch, urls, {queue: dead_letter_url(url) for queue, url in urls.items()})


def test_an_empty_queue_and_one_at_work(aws: SimpleNamespace) -> None:
    runtime = Runtime()
    for row in "abc":
        runtime.queues.send("documents", {"row": row})
    aws.sqs.receive_message(QueueUrl=runtime.settings.queues["documents"], VisibilityTimeout=600)
    states = runtime.queue_watch.states(now())
    assert set(states) == {queue.name for queue in QUEUES}
    assert (states["documents"].waiting, states["documents"].in_work) == (2, 1)
    assert states["imports"] == QueueState()


def test_a_delayed_message_waits_too(aws: SimpleNamespace) -> None:
    runtime = Runtime()
    runtime.queues.send("snapshot", {"picture": "a"}, delay=60)
    assert runtime.queue_watch.states(now())["snapshot"].waiting == 1


def test_a_dead_letter_tells_its_age_and_stays(aws: SimpleNamespace) -> None:
    """C-10: looked at twice, it is there both times."""
    runtime = Runtime()
    began = now()
    url = dead_letter_url(runtime.settings.queues["imports"])
    for number in (1, 2):
        aws.sqs.send_message(QueueUrl=url, MessageBody=json.dumps(number), MessageGroupId="g", MessageDeduplicationId=str(number))
    for _ in range(2):
        state = runtime.queue_watch.states(now())["imports"]
        assert state.dead == 2 and state.dead_since is not None
        assert began - timedelta(seconds=1) <= state.dead_since <= now()


class Metrics:
    """CloudWatch that knows an age for each queue, or may not be asked."""

    def __init__(self, ages: dict[str, float]) -> None:
        self.ages = ages

    def get_metric_data(self, **request: Any) -> dict[str, Any]:
        if not self.ages:
            raise ClientError({"Error": {"Code": "AccessDenied", "Message": "no"}}, "GetMetricData")
        found = []
        for query in request["MetricDataQueries"]:
            metric = query["MetricStat"]["Metric"]
            assert (metric["Namespace"], metric["MetricName"]) == ("AWS/SQS", AGE)
            age = self.ages.get(metric["Dimensions"][0]["Value"])
            found.append({"Id": query["Id"], "Values": [age, 1.0] if age is not None else []})
        return {"MetricDataResults": found}


def test_the_age_of_what_waits_is_what_cloudwatch_measured_last(aws: SimpleNamespace) -> None:
    states = watch(aws, Metrics({"kabinet-test-imports.fifo": 400.0})).states(now())
    assert states["imports"].oldest == timedelta(seconds=400) and states["stock"].oldest is None


def test_without_cloudwatch_only_the_ages_are_missing(aws: SimpleNamespace) -> None:
    runtime = Runtime()
    runtime.queues.send("documents", {"row": "a"})
    state = watch(aws, Metrics({})).states(now())["documents"]
    assert (state.waiting, state.oldest) == (1, None)


def test_a_real_client_is_asked_what_it_understands(aws: SimpleNamespace) -> None:
    """The request passes botocore's own check; the account has no figures yet."""
    cloudwatch = boto3.client("cloudwatch")
    assert watch(aws, cloudwatch).states(now())["stock"].oldest is None
