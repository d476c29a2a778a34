"""What Kabinet keeps its state in, declared once: tables, queues, the bucket. AWS, the laptop and the tests are made from it."""

import json
from dataclasses import dataclass
from typing import Any

from chalicelib.settings import Queue, queue_variable, resource_name


@dataclass(frozen=True)
class Table:
    """A DynamoDB table, on demand. `indexes`: names of GSIs; index I has keys `<I>PK`, `<I>SK` and projects all."""

    name: str
    indexes: tuple[str, ...] = ()
    recovery: bool = False
    ttl: bool = False


TABLES = (
    Table("portal", indexes=("GSI1", "GSI2", "GSI3"), recovery=True, ttl=True),
    Table("catalogue"),
    Table("ephemeral", ttl=True),
)

TTL_ATTRIBUTE = "expires"
"""Epoch seconds after which DynamoDB drops an item of a table with `ttl`."""


@dataclass(frozen=True)
class FileRule:
    """How long the bucket keeps files under a prefix: `days` for the file itself (None: until it is deleted) and
    `noncurrent_days` for what was overwritten or deleted."""

    prefix: str
    days: int | None
    noncurrent_days: int


FILE_RULES = (
    FileRule("exchange/", days=30, noncurrent_days=1),
    FileRule("price-lists/", days=None, noncurrent_days=1),
    FileRule("quick-orders/", days=14, noncurrent_days=1),
    FileRule("snapshots/", days=None, noncurrent_days=7),  # the one in force may be of any age: its publisher deletes old ones
    FileRule("", days=None, noncurrent_days=365),
)

PRIVATE = {
    "BlockPublicAcls": True,
    "IgnorePublicAcls": True,
    "BlockPublicPolicy": True,
    "RestrictPublicBuckets": True,
}
ENCRYPTION = {"Rules": [{"ApplyServerSideEncryptionByDefault": {"SSEAlgorithm": "AES256"}}]}


def lifecycle_rule(rule: FileRule) -> dict[str, Any]:
    """As PutBucketLifecycleConfiguration takes it."""
    made: dict[str, Any] = {
        "ID": rule.prefix.strip("/") or "everything",
        "Status": "Enabled",
        "Filter": {"Prefix": rule.prefix},
        "NoncurrentVersionExpiration": {"NoncurrentDays": rule.noncurrent_days},
    }
    if rule.days:
        made["Expiration"] = {"Days": rule.days}
    if not rule.prefix:
        made["AbortIncompleteMultipartUpload"] = {"DaysAfterInitiation": 1}
    return made


MAX_RECEIVES = 5
"""Times a message is tried before it goes to its queue's dead-letter queue."""


def visibility_timeout(queue: Queue) -> int:
    """Seconds a message stays hidden while it is worked on: six times its function's timeout, as AWS asks."""
    return 6 * queue.timeout


def dead_queue_name(queue: Queue, stage: str) -> str:
    """Where a message of `queue` lies after MAX_RECEIVES failures."""
    return resource_name(stage, f"{queue.name}-dead") + queue.suffix


DEAD_RETENTION = 14 * 24 * 3600
"""Seconds a dead-letter queue keeps a message: the longest SQS allows."""


def queue_attributes(queue: Queue, dead_arn: str) -> dict[str, str]:
    """The attributes of CreateQueue for a queue whose dead letters go to `dead_arn`."""
    return _fifo(queue) | {
        "VisibilityTimeout": str(visibility_timeout(queue)),
        "RedrivePolicy": json.dumps({"deadLetterTargetArn": dead_arn, "maxReceiveCount": MAX_RECEIVES}),
        "SqsManagedSseEnabled": "true",
    }


def dead_queue_attributes(queue: Queue) -> dict[str, str]:
    return _fifo(queue) | {"MessageRetentionPeriod": str(DEAD_RETENTION), "SqsManagedSseEnabled": "true"}


def _fifo(queue: Queue) -> dict[str, str]:
    return {"FifoQueue": "true", "ContentBasedDeduplication": "false"} if queue.fifo else {}


def table_request(table: Table, stage: str) -> dict[str, Any]:
    """The arguments of CreateTable."""
    keys = ["PK", "SK"] + [f"{index}{key}" for index in table.indexes for key in ("PK", "SK")]
    request: dict[str, Any] = {
        "TableName": resource_name(stage, table.name),
        "BillingMode": "PAY_PER_REQUEST",
        "AttributeDefinitions": [{"AttributeName": key, "AttributeType": "S"} for key in keys],
        "KeySchema": _key_schema("PK", "SK"),
    }
    if table.indexes:
        request["GlobalSecondaryIndexes"] = [_index(index) for index in table.indexes]
    return request


def _index(index: str) -> dict[str, Any]:
    return {
        "IndexName": index,
        "KeySchema": _key_schema(f"{index}PK", f"{index}SK"),
        "Projection": {"ProjectionType": "ALL"},
    }


def _key_schema(partition: str, sort: str) -> list[dict[str, str]]:
    return [{"AttributeName": partition, "KeyType": "HASH"}, {"AttributeName": sort, "KeyType": "RANGE"}]


def environment(stage: str, bucket: str, queue_urls: dict[str, str]) -> dict[str, str]:
    """The variables that name the resources to the code; see `chalicelib.settings`."""
    tables = {f"{table.name.upper()}_TABLE": resource_name(stage, table.name) for table in TABLES}
    queues = {queue_variable(name): url for name, url in queue_urls.items()}
    return tables | queues | {"BUCKET": bucket}
