"""Holds a function to its own policy: every call to AWS it makes must be one its role may make."""

import json
from collections.abc import Iterator
from contextlib import contextmanager
from fnmatch import fnmatchcase
from pathlib import Path
from typing import Any

from chalicelib.runtime import Runtime
from infra.watched import watched

CHALICE = Path(__file__).parents[2] / ".chalice"
TRANSACTION = {
    "Put": "dynamodb:PutItem",
    "Update": "dynamodb:UpdateItem",
    "Delete": "dynamodb:DeleteItem",
    "ConditionCheck": "dynamodb:ConditionCheckItem",
}
Need = tuple[str, str]
"""An action and the resource it is done to."""


@contextmanager
def only_allowed(rt: Runtime, function: str) -> Iterator[set[Need]]:
    """Fails at the end where a call of the runtime's clients went beyond the policy; gives what was needed."""
    needed: set[Need] = set()

    with watched(rt.dynamodb, rt.s3, rt.sqs, see=lambda *call: needed.update(needs(*call))):
        yield needed
    statements = policy(function)
    beyond = sorted(need for need in needed if not any(allows(statement, need) for statement in statements))
    assert not beyond, f"{function} needs what its policy does not allow: {beyond}"


def policy(function: str) -> list[dict[str, Any]]:
    config = json.loads((CHALICE / "config.json").read_text())
    file = config["lambda_functions"].get(function, config)["iam_policy_file"]
    text = (CHALICE / file).read_text().replace("${stage}", "test")
    found: list[dict[str, Any]] = json.loads(text)["Statement"]
    return found


def allows(statement: dict[str, Any], need: Need) -> bool:
    action, resource = need
    prefixes = statement.get("Condition", {}).get("StringLike", {}).get("s3:prefix", ["*"])
    prefix = resource.partition("?prefix=")
    return (
        any(fnmatchcase(action, pattern) for pattern in statement["Action"])
        and any(fnmatchcase(prefix[0], pattern) for pattern in statement.get("Resource", []))
        and any(fnmatchcase(prefix[2], pattern) for pattern in prefixes)
    )


def needs(service: str, operation: str, params: dict[str, Any]) -> set[Need]:
    """The bucket of a test stands for one of the stage."""
    match service, operation:
        case "dynamodb", "TransactWriteItems":
            kinds = [next(iter(action.items())) for action in params["TransactItems"]]
            return {(TRANSACTION[kind], _table(body["TableName"])) for kind, body in kinds}
        case "dynamodb", "BatchGetItem":
            return {("dynamodb:BatchGetItem", _table(table)) for table in params["RequestItems"]}
        case "dynamodb", _:
            index = f"/index/{params['IndexName']}" if "IndexName" in params else ""
            return {(f"dynamodb:{operation}", _table(params["TableName"]) + index)}
        case "s3", "ListObjectsV2":
            return {("s3:ListBucket", f"arn:aws:s3:::kabinet-test-x?prefix={params['Prefix']}")}
        case "s3", "HeadObject":
            return {("s3:GetObject", f"arn:aws:s3:::kabinet-test-x/{params['Key']}")}
        case "s3", _:
            return {(f"s3:{operation}", f"arn:aws:s3:::kabinet-test-x/{params['Key']}")}
        case _:
            return {(f"sqs:{operation}", "arn:aws:sqs:eu-central-1:1:" + params["QueueUrl"].rpartition("/")[2])}


def _table(name: str) -> str:
    return f"arn:aws:dynamodb:eu-central-1:1:table/{name}"
