"""The data stack: clean by cfn-lint, and the same tables, queues and bucket as the laptop's."""

import json
from collections.abc import Iterator
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import boto3
import pytest

from chalicelib.settings import QUEUES, queue_name
from infra import resources, stack
from infra.create import create

ACCOUNTS = iter(range(777_000_000_000, 777_000_001_000))


@pytest.fixture
def session(aws: SimpleNamespace, monkeypatch: pytest.MonkeyPatch) -> Iterator[boto3.Session]:
    """An account of its own with nothing in it."""
    account = str(next(ACCOUNTS))
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", account)
    return boto3.Session(account, "test", region_name="eu-central-1")


def test_the_template_is_clean(tmp_path: Path) -> None:
    from cfnlint.api import lint_file

    written = tmp_path / "template.json"
    written.write_text(json.dumps(stack.template("prod"), indent=1))
    assert [f"{match.rule.id} {match.message}" for match in lint_file(written)] == []
    assert len(json.dumps(stack.template("prod"), separators=(",", ":"))) < 51_200  # the most CloudFormation takes inline


def test_the_data_outlive_the_stack() -> None:
    made = stack.template("prod")["Resources"]
    kept = {name for name, resource in made.items() if resource.get("DeletionPolicy") == "Retain"}
    assert kept == {"PortalTable", "CatalogueTable", "EphemeralTable", "Bucket"}


def test_every_dead_letter_and_every_queue_that_lags_raises_an_alarm() -> None:
    made = stack.template("prod")["Resources"]
    watched = {
        (resource["Properties"]["Dimensions"][0]["Value"]["Fn::GetAtt"][0], resource["Properties"]["MetricName"])
        for resource in made.values()
        if resource["Type"] == "AWS::CloudWatch::Alarm"
    }
    queues = {name for name, resource in made.items() if resource["Type"] == "AWS::SQS::Queue"}
    visible, age = "ApproximateNumberOfMessagesVisible", "ApproximateAgeOfOldestMessage"
    assert watched == {(name, visible if name.endswith("DeadQueue") else age) for name in queues}


def test_the_stack_and_the_laptop_make_the_same(session: boto3.Session) -> None:
    cloudformation = session.client("cloudformation")
    outputs = stack.apply(cloudformation, "cloud")
    environment = stack.environment("cloud", outputs)
    laptop = create(session, "laptop", f"laptop-{session.get_credentials().access_key}")
    assert set(environment) == set(laptop)
    assert environment["BUCKET"] == stack.bucket_name("cloud", session.get_credentials().access_key)
    for table in resources.TABLES:
        variable = f"{table.name.upper()}_TABLE"
        assert described(session, environment[variable]) == described(session, laptop[variable])
    for queue in QUEUES:
        assert queue_settings(session, queue_name(queue, "cloud")) == queue_settings(session, queue_name(queue, "laptop"))
    assert stack.apply(cloudformation, "cloud") == outputs


def described(session: boto3.Session, table: str) -> dict[str, Any]:
    found: dict[str, Any] = dict(session.client("dynamodb").describe_table(TableName=table)["Table"])
    indexes = found.get("GlobalSecondaryIndexes", [])
    return {
        "keys": found["KeySchema"],
        "attributes": sorted(definition["AttributeName"] for definition in found["AttributeDefinitions"]),
        "indexes": {index["IndexName"]: (index["KeySchema"], index["Projection"]) for index in indexes},
        "billing": found["BillingModeSummary"]["BillingMode"],
    }


def queue_settings(session: boto3.Session, name: str) -> dict[str, Any]:
    sqs = session.client("sqs")
    url = sqs.get_queue_url(QueueName=name)["QueueUrl"]
    found: dict[str, Any] = dict(sqs.get_queue_attributes(QueueUrl=url, AttributeNames=["All"])["Attributes"])
    redrive = json.loads(found["RedrivePolicy"])
    return {
        "visibility": found["VisibilityTimeout"],
        "fifo": found.get("FifoQueue"),
        "receives": int(redrive["maxReceiveCount"]),
        "dead": redrive["deadLetterTargetArn"].rpartition("-dead")[2],
    }


def test_the_laptop_has_what_the_embedded_cloudformation_leaves_out(session: boto3.Session) -> None:
    bucket = f"laptop-{session.get_credentials().access_key}"
    create(session, "laptop", bucket)
    made = create(session, "laptop", bucket)
    dynamodb, s3 = session.client("dynamodb"), session.client("s3")
    for table in resources.TABLES:
        name = made[f"{table.name.upper()}_TABLE"]
        expiry = dynamodb.describe_time_to_live(TableName=name)["TimeToLiveDescription"]
        assert (expiry["TimeToLiveStatus"] == "ENABLED") is table.ttl
        assert expiry.get("AttributeName") == ("expires" if table.ttl else None)
        backups = dynamodb.describe_continuous_backups(TableName=name)["ContinuousBackupsDescription"]
        assert (backups["PointInTimeRecoveryDescription"]["PointInTimeRecoveryStatus"] == "ENABLED") is table.recovery
    assert s3.get_bucket_versioning(Bucket=made["BUCKET"])["Status"] == "Enabled"
    assert all(s3.get_public_access_block(Bucket=made["BUCKET"])["PublicAccessBlockConfiguration"].values())
    rules = s3.get_bucket_lifecycle_configuration(Bucket=made["BUCKET"])["Rules"]
    assert {rule["Filter"]["Prefix"]: rule.get("Expiration") for rule in rules} == {
        "exchange/": {"Days": 30},
        "price-lists/": None,
        "quick-orders/": {"Days": 14},
        "snapshots/": None,
        "": None,
    }


def test_a_message_is_hidden_for_six_times_its_functions_time() -> None:
    for queue in QUEUES:
        assert resources.queue_attributes(queue, "arn")["VisibilityTimeout"] == str(6 * queue.timeout)
