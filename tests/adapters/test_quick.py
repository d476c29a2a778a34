"""The client that leaves botocore's model out says and hears what the plain one does."""

import json
from decimal import Decimal
from types import SimpleNamespace
from typing import Any

import boto3
import pytest

from chalicelib.adapters.dynamo.table import ConditionFailed, Table, batch_get, put, transact, update
from chalicelib.runtime import Runtime

ITEM = {
    "PK": "P#дверь",
    "SK": 'S"\\\n',
    "text": "Дверь «Тайга» \u2028 & ёлка",
    "bytes": bytes(range(256)),
    "number": Decimal("0.00000000012345678901234567890123456789"),
    "rows": [{"a": None, "b": True}, [1, -2]],
}


def tables(aws: SimpleNamespace) -> tuple[Table, Table]:
    return Runtime().portal, Table(boto3.client("dynamodb"), aws.environment["PORTAL_TABLE"])


def test_what_is_written_is_what_was_said(aws: SimpleNamespace) -> None:
    quick, plain = tables(aws)
    transact(quick.client, [put(quick.name, ITEM)])
    for table in (quick, plain):
        assert table.get((ITEM["PK"], ITEM["SK"]), strong=True) == ITEM
        found = batch_get(table.client, [(table.name, (ITEM["PK"], ITEM["SK"])), (table.name, ("none", "none"))])
        assert found == {(table.name, (ITEM["PK"], ITEM["SK"])): ITEM}


def test_conditions_fail_with_their_reasons(aws: SimpleNamespace) -> None:
    for table in tables(aws):
        transact(table.client, [put(table.name, ITEM)])
        with pytest.raises(ConditionFailed) as caught:
            other = ITEM | {"PK": "other"}
            transact(table.client, [put(table.name, ITEM, "attribute_not_exists(PK)"), put(table.name, other)])
        assert caught.value.reasons == ("ConditionalCheckFailed", "None")


def test_every_transaction_has_a_token_that_makes_its_repeat_harmless(aws: SimpleNamespace) -> None:
    """botocore sends a request again when no answer came: an addition must not be made twice."""
    quick, _ = tables(aws)
    sent: list[dict[str, Any]] = []
    quick.client.meta.events.register("before-send.dynamodb", lambda request, **_: sent.append(json.loads(request.body)))
    add = [update(quick.name, ("P", "S"), "ADD n :one", values={":one": 1})]
    transact(quick.client, add)
    transact(quick.client, add)
    tokens = [request["ClientRequestToken"] for request in sent]
    assert len(set(tokens)) == 2 and all(tokens)
    for _ in range(2):
        transact(quick.client, add, token="chosen")
    assert quick.get(("P", "S"), strong=True) == {"PK": "P", "SK": "S", "n": 3}
