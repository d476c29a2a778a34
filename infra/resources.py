"""What Kabinet keeps its state in, declared once: tables, queues, the bucket. AWS, the laptop and the tests are made from it."""

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
    Table("portal", indexes=("GSI1", "GSI2"), recovery=True, ttl=True),
    Table("catalogue"),
    Table("ephemeral", ttl=True),
)

MAX_RECEIVES = 5
"""Times a message is tried before it goes to its queue's dead-letter queue."""


def visibility_timeout(queue: Queue) -> int:
    """Seconds a message stays hidden while it is worked on: six times its function's timeout, as AWS asks."""
    return 6 * queue.timeout


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
