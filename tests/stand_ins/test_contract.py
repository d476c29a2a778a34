"""The DynamoDB in memory answers as the embedded AWS does: random operations on both, every answer and the end state compared."""

import random
from decimal import Decimal
from types import SimpleNamespace
from typing import Any

from botocore.exceptions import ClientError

from chalicelib.adapters.dynamo import table as t
from chalicelib.adapters.dynamo.table import ConditionFailed, Table
from tests.stand_ins.dynamodb import MemoryDynamo

OPERATIONS = 600
CONDITIONS = (
    ("", {}),
    ("attribute_not_exists(PK)", {}),
    ("attribute_exists(PK)", {}),
    ("n >= :low", {":low": 3}),
    ("attribute_not_exists(n) OR n < :low", {":low": 5}),
    ("n = :low AND (s = :text OR attribute_not_exists(s))", {":low": 2, ":text": "b"}),
)
UPDATES = (
    ("SET n = :one", {":one": 1}),
    ("SET n = if_not_exists(n, :one) + :two", {":one": 1, ":two": Decimal("2.5")}),
    ("SET s = :text, m = :one - if_not_exists(n, :two)", {":text": "b", ":one": 1, ":two": 2}),
    ("ADD n :one SET s = :text", {":one": 1, ":text": "a"}),
    ("SET n = n - :one", {":one": 1}),
    ("REMOVE s SET n = :one", {":one": 4}),
)


def _action(dice: random.Random, name: str) -> t.Item:
    key = (f"P{dice.randrange(3)}", f"S{dice.randrange(3)}")
    condition, values = dice.choice(CONDITIONS)
    match dice.randrange(4):
        case 0:
            item = {"PK": key[0], "SK": key[1], "n": dice.randrange(6), "s": dice.choice("ab"), "GSI1PK": "G", "GSI1SK": key[1]}
            return t.put(name, item, condition, values)
        case 1:
            return t.delete(name, key, condition, values)
        case 2:
            return t.check(name, key, condition or "attribute_exists(PK)", values)
    expression, more = dice.choice(UPDATES)
    renamed = {f"{value}u": number for value, number in more.items()}
    for value in more:
        expression = expression.replace(value, f"{value}u")
    return t.update(name, key, expression, condition, values | renamed)


def _outcome(client: Any, actions: list[t.Item]) -> object:
    try:
        t.transact(client, actions)
    except ConditionFailed as failed:
        return failed.reasons
    except ClientError as error:
        return error.response["Error"]["Code"]
    return "done"


def _state(table: Table) -> list[t.Item]:
    items = [table.query(f"P{n}", strong=True) for n in range(3)]
    return [item for partition in items for item in partition]


def test_random_transactions_end_alike(aws: SimpleNamespace) -> None:
    dice = random.Random(20261121)
    memory, name = MemoryDynamo(), aws.environment["PORTAL_TABLE"]
    real_table, memory_table = Table(aws.dynamodb, name), Table(memory, name)  # type: ignore[arg-type]
    done = 0
    for _ in range(OPERATIONS):
        actions = [_action(dice, name) for _ in range(dice.choice((1, 1, 2, 4)))]
        real, ours = _outcome(aws.dynamodb, actions), _outcome(memory, actions)
        assert real == ours, actions
        done += real == "done"
    assert _state(real_table) == _state(memory_table)
    assert OPERATIONS / 5 < done < OPERATIONS


def test_queries_answer_alike(aws: SimpleNamespace) -> None:
    memory, name = MemoryDynamo(), aws.environment["PORTAL_TABLE"]
    tables = Table(aws.dynamodb, name), Table(memory, name)  # type: ignore[arg-type]
    for table in tables:
        for n in range(12):
            table.put({"PK": "P", "SK": f"{'AB'[n % 2]}#{n:02d}", "n": n, "GSI1PK": "G", "GSI1SK": f"{n % 5}#{n:02d}"})
    asked: tuple[dict[str, Any], ...] = (
        {"prefix": "A#"},
        {"at_least": "A#06"},
        {"at_most": "B#05", "newest_first": True},
        {"at_least": "A#04", "at_most": "B#03", "limit": 3},
        {"newest_first": True, "limit": 7},
    )
    for arguments in asked:
        real, ours = (list(table.query("P", **arguments)) for table in tables)
        assert real == ours and real, arguments
    real, ours = (list(table.query("G", index="GSI1", newest_first=True, limit=4)) for table in tables)
    assert real == ours
    assert [t_.remove(("P", "A#00"))["n"] for t_ in tables] == [0, 0]
    assert [t_.get(("P", "A#00")) for t_ in tables] == [None, None]
