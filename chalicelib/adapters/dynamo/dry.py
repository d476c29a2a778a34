"""A DynamoDB that can be read and remembers writes instead of making them.

The stores work with it as ever, with all their comparing, so that what a file would change is told by the code that would
change it. Rows that were put are found again by key while the client lives; conditions and updates are taken as done.
"""

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from chalicelib.adapters.dynamo.table import Key

if TYPE_CHECKING:
    from mypy_boto3_dynamodb.client import DynamoDBClient


class DryClient:
    """Stands for a DynamoDBClient."""

    def __init__(self, client: "DynamoDBClient") -> None:
        self.client = client
        self.put: dict[tuple[str, Key], Mapping[str, Any]] = {}

    # --- reads --------------------------------------------------------------------------------------------------------

    def get_item(self, **request: Any) -> Any:
        item = self.put.get((request["TableName"], _key(request["Key"])))
        return {"Item": item} if item is not None else self.client.get_item(**request)

    def batch_get_item(self, **request: Any) -> Any:
        found: dict[str, list[Mapping[str, Any]]] = {table: [] for table in request["RequestItems"]}
        left: dict[str, Any] = {}
        for table, asked in request["RequestItems"].items():
            keys = [key for key in asked["Keys"] if (table, _key(key)) not in self.put]
            found[table] += [self.put[table, _key(key)] for key in asked["Keys"] if (table, _key(key)) in self.put]
            if keys:
                left[table] = {**asked, "Keys": keys}
        answer: Any = self.client.batch_get_item(RequestItems=left) if left else {}
        for table, items in answer.get("Responses", {}).items():
            found[table] += items
        return {"Responses": found, "UnprocessedKeys": answer.get("UnprocessedKeys", {})}

    def query(self, **request: Any) -> Any:
        return self.client.query(**request)

    def scan(self, **request: Any) -> Any:
        return self.client.scan(**request)

    # --- writes -------------------------------------------------------------------------------------------------------

    def put_item(self, **request: Any) -> Any:
        self._remember(request["TableName"], request["Item"])
        return {}

    def update_item(self, **_request: Any) -> Any:
        return {"Attributes": {}}

    def delete_item(self, **_request: Any) -> Any:
        return {"Attributes": {}}

    def transact_write_items(self, **request: Any) -> Any:
        for action in request["TransactItems"]:
            if "Put" in action:
                self._remember(action["Put"]["TableName"], action["Put"]["Item"])
        return {}

    def _remember(self, table: str, item: Mapping[str, Any]) -> None:
        self.put[table, _key(item)] = dict(item)


def _key(item: Mapping[str, Any]) -> Key:
    return item["PK"]["S"], item["SK"]["S"]
