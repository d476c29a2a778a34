"""One DynamoDB table spoken to in plain Python values; keys and shapes of entities stand in the files beside this one."""

import random
import time
from base64 import b64decode
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from botocore.exceptions import ClientError

if TYPE_CHECKING:
    from mypy_boto3_dynamodb.client import DynamoDBClient

Item = dict[str, Any]
Key = tuple[str, str]
KEYS_PER_BATCH = 100
ACTIONS_PER_TRANSACTION = 100


@dataclass(frozen=True)
class Where:
    """A filter expression with its `#names` and `:values`."""

    condition: str
    names: dict[str, str]
    values: Item


class ConditionFailed(Exception):
    """A conditional write found the item otherwise. `reasons`: a code per action of the transaction ("None" where it held)."""

    def __init__(self, reasons: Sequence[str] = ("ConditionalCheckFailed",)) -> None:
        super().__init__(", ".join(reasons))
        self.reasons = tuple(reasons)

    @property
    def only_conflicts(self) -> bool:
        """No condition failed: somebody else's transaction was at the same items."""
        return set(self.reasons) <= {"None", "TransactionConflict"} and "TransactionConflict" in self.reasons


def to_wire(value: Any) -> dict[str, Any]:
    """A Python value as DynamoDB's typed JSON: str, bool, int, Decimal, bytes, None, list, dict, set of str."""
    match value:
        case bool():
            return {"BOOL": value}
        case str():
            return {"S": value}
        case int() | Decimal():
            return {"N": str(value)}
        case None:
            return {"NULL": True}
        case bytes():
            return {"B": value}
        case dict():
            return {"M": {key: to_wire(inner) for key, inner in value.items()}}
        case set() | frozenset():
            return {"SS": sorted(value)}
        case list() | tuple():
            return {"L": [to_wire(inner) for inner in value]}
    raise TypeError(f"DynamoDB can't hold {type(value).__name__}")


def from_wire(typed: Mapping[str, Any]) -> Any:
    """The inverse of `to_wire`; numbers come back as Decimal."""
    kind, value = next(iter(typed.items()))
    match kind:
        case "N":
            return Decimal(value)
        case "M":
            return {key: from_wire(inner) for key, inner in value.items()}
        case "L":
            return [from_wire(inner) for inner in value]
        case "NULL":
            return None
        case "SS":
            return set(value)
        case "B" if isinstance(value, str):
            return b64decode(value)  # see `quick`
    return value


def item_to_wire(item: Item) -> dict[str, Any]:
    return {name: to_wire(value) for name, value in item.items()}


def item_from_wire(item: Mapping[str, Any]) -> Item:
    return {name: from_wire(value) for name, value in item.items()}


def put(table: str, item: Item, condition: str = "", values: Item | None = None, names: dict[str, str] | None = None) -> Item:
    """A Put action for `transact`."""
    return {"Put": {"TableName": table, "Item": item_to_wire(item)} | _expressions(condition, values, names)}


def delete(table: str, key: Key, condition: str = "", values: Item | None = None, names: dict[str, str] | None = None) -> Item:
    """A Delete action for `transact`."""
    return {"Delete": {"TableName": table, "Key": _key(key)} | _expressions(condition, values, names)}


def update(
    table: str, key: Key, expression: str, condition: str = "", values: Item | None = None, names: dict[str, str] | None = None
) -> Item:
    """An Update action for `transact`."""
    action = {"TableName": table, "Key": _key(key), "UpdateExpression": expression}
    return {"Update": action | _expressions(condition, values, names)}


def check(table: str, key: Key, condition: str, values: Item | None = None, names: dict[str, str] | None = None) -> Item:
    """A ConditionCheck action for `transact`."""
    return {"ConditionCheck": {"TableName": table, "Key": _key(key)} | _expressions(condition, values, names)}


def _key(key: Key) -> dict[str, Any]:
    return {"PK": {"S": key[0]}, "SK": {"S": key[1]}}


def _expressions(condition: str, values: Item | None, names: dict[str, str] | None) -> dict[str, Any]:
    found: dict[str, Any] = {}
    if condition:
        found["ConditionExpression"] = condition
    if values:
        found["ExpressionAttributeValues"] = item_to_wire(values)
    if names:
        found["ExpressionAttributeNames"] = names
    return found


class Table:
    """A table by name. Reads are eventually consistent unless `strong`."""

    def __init__(self, client: "DynamoDBClient", name: str) -> None:
        self.client = client
        self.name = name

    def get(self, key: Key, *, strong: bool = False) -> Item | None:
        found = self.client.get_item(TableName=self.name, Key=_key(key), ConsistentRead=strong).get("Item")
        return item_from_wire(found) if found else None

    def query(
        self,
        partition: str,
        *,
        prefix: str = "",
        at_least: str = "",
        at_most: str = "",
        index: str = "",
        strong: bool = False,
        newest_first: bool = False,
        limit: int | None = None,
    ) -> Iterator[Item]:
        """Items of a partition in the order of their sort key, page after page, up to `limit`."""
        request = self._query(index, _range(partition, prefix, at_least, at_most), newest_first)
        request["ConsistentRead"] = strong
        yield from self._pages(self.client.query, request, limit)

    def newest(
        self, partition: str, *, index: str, at_least: str, at_most: str, where: Where | None = None, look_at: int
    ) -> tuple[list[Item], str | None]:
        """Of the next `look_at` items of a partition those that `where` lets through, newest first, in one call.

        With them the sort key of the last one looked at, None where there is no more.
        """
        request = self._query(index, _range(partition, "", at_least, at_most), newest_first=True) | {"Limit": look_at}
        if where:
            request["FilterExpression"] = where.condition
            request["ExpressionAttributeNames"] |= where.names
            request["ExpressionAttributeValues"] |= item_to_wire(where.values)
        page = self.client.query(**request)
        last = page.get("LastEvaluatedKey")
        return [item_from_wire(item) for item in page["Items"]], last[f"{index}SK"]["S"] if last else None

    def count(self, partition: str, *, index: str, most: int) -> int:
        """Items of a partition, up to `most`, in one call."""
        request = self._query(index, _range(partition, "", "", ""), newest_first=True)
        return int(self.client.query(**request, Select="COUNT", Limit=most)["Count"])

    def _query(self, index: str, key_range: tuple[str, Item], newest_first: bool) -> dict[str, Any]:
        condition, values = key_range
        request: dict[str, Any] = {
            "TableName": self.name,
            "KeyConditionExpression": condition,
            "ExpressionAttributeNames": {"#p": f"{index}PK"} | ({"#s": f"{index}SK"} if len(values) > 1 else {}),
            "ExpressionAttributeValues": item_to_wire(values),
            "ScanIndexForward": not newest_first,
        }
        return request | ({"IndexName": index} if index else {})

    def scan(self, projection: Sequence[str] = ()) -> Iterator[Item]:
        """Every item of the table: for jobs that rebuild something whole, never for a page."""
        request: dict[str, Any] = {"TableName": self.name}
        if projection:
            request["ExpressionAttributeNames"] = {f"#{n}": name for n, name in enumerate(projection)}
            request["ProjectionExpression"] = ", ".join(f"#{n}" for n in range(len(projection)))
        yield from self._pages(self.client.scan, request, None)

    @staticmethod
    def _pages(call: Any, request: dict[str, Any], limit: int | None) -> Iterator[Item]:
        left = limit
        while True:
            page = call(**request, **({"Limit": left} if left else {}))
            yield from map(item_from_wire, page["Items"])
            left = left - len(page["Items"]) if left else None
            if left == 0 or "LastEvaluatedKey" not in page:
                return
            request["ExclusiveStartKey"] = page["LastEvaluatedKey"]

    def put(self, item: Item, condition: str = "", values: Item | None = None, names: dict[str, str] | None = None) -> None:
        """Raises ConditionFailed."""
        self._write(self.client.put_item, put(self.name, item, condition, values, names)["Put"])

    def update(
        self,
        key: Key,
        expression: str,
        condition: str = "",
        values: Item | None = None,
        names: dict[str, str] | None = None,
        returning: str = "NONE",
    ) -> Item:
        """The attributes that `returning` asks for. Raises ConditionFailed."""
        action = update(self.name, key, expression, condition, values, names)["Update"]
        answer = self._write(self.client.update_item, action | {"ReturnValues": returning})
        return item_from_wire(answer.get("Attributes", {}))

    def delete(self, key: Key, condition: str = "", values: Item | None = None) -> None:
        """Raises ConditionFailed."""
        self._write(self.client.delete_item, delete(self.name, key, condition, values)["Delete"])

    def remove(self, key: Key, condition: str = "", values: Item | None = None) -> Item:
        """Delete and answer what was there, {} where nothing was. Raises ConditionFailed."""
        action = delete(self.name, key, condition, values)["Delete"]
        answer = self._write(self.client.delete_item, action | {"ReturnValues": "ALL_OLD"})
        return item_from_wire(answer.get("Attributes", {}))

    @staticmethod
    def _write(call: Any, request: dict[str, Any]) -> dict[str, Any]:
        for attempt in range(CONFLICT_RETRIES):
            try:
                return call(**request)
            except ClientError as error:
                if attempt + 1 == CONFLICT_RETRIES or error.response["Error"]["Code"] != "TransactionConflictException":
                    raise _condition_failed(error) or error from error
            _wait(attempt)
        raise AssertionError("unreachable")


def _range(partition: str, prefix: str, at_least: str, at_most: str) -> tuple[str, Item]:
    values: Item = {":p": partition}
    if prefix:
        return "#p = :p AND begins_with(#s, :s)", values | {":s": prefix}
    if at_least and at_most:
        return "#p = :p AND #s BETWEEN :a AND :b", values | {":a": at_least, ":b": at_most}
    if at_least:
        return "#p = :p AND #s >= :a", values | {":a": at_least}
    if at_most:
        return "#p = :p AND #s <= :b", values | {":b": at_most}
    return "#p = :p", values


def _condition_failed(error: ClientError) -> ConditionFailed | None:
    match error.response["Error"]["Code"]:
        case "ConditionalCheckFailedException":
            return ConditionFailed()
        case "TransactionCanceledException":
            reasons = error.response.get("CancellationReasons", [])
            return ConditionFailed([reason.get("Code", "None") for reason in reasons])
    return None


CONFLICT_RETRIES = 8


def transact(client: "DynamoDBClient", actions: Sequence[Item], token: str = "") -> None:
    """All the actions or none. `token` (≤ 36 characters) makes a repeat within ten minutes do nothing. Raises ConditionFailed.

    Another transaction on the same item at the same time is no answer: it is tried again after a random wait.
    """
    request: dict[str, Any] = {"TransactItems": list(actions)}
    if token:
        request["ClientRequestToken"] = token
    for attempt in range(CONFLICT_RETRIES):
        try:
            client.transact_write_items(**request)
            return
        except ClientError as error:
            failed = _condition_failed(error)
            if failed is None or attempt + 1 == CONFLICT_RETRIES or not failed.only_conflicts:
                raise failed or error from error
        _wait(attempt)


def _wait(attempt: int) -> None:
    time.sleep(random.uniform(0, 0.01 * 2**attempt))  # noqa: S311  # jitter, not a secret


def batch_get(
    client: "DynamoDBClient", keys: Iterable[tuple[str, Key]], *, strong: Sequence[str] = ()
) -> dict[tuple[str, Key], Item]:
    """Items by (table, key), of several tables at once, 100 keys a call. `strong`: tables read consistently."""
    left = list(dict.fromkeys(keys))
    found: dict[tuple[str, Key], Item] = {}
    while left:
        batch, left = left[:KEYS_PER_BATCH], left[KEYS_PER_BATCH:]
        request: dict[str, Any] = {}
        for table, key in batch:
            request.setdefault(table, {"Keys": [], "ConsistentRead": table in strong})["Keys"].append(_key(key))
        answer = client.batch_get_item(RequestItems=request)
        for table, items in answer["Responses"].items():
            for item in map(item_from_wire, items):
                found[table, (item["PK"], item["SK"])] = item
        for table, unprocessed in answer.get("UnprocessedKeys", {}).items():
            left += [(table, (key["PK"]["S"], key["SK"]["S"])) for key in unprocessed["Keys"]]
    return found
