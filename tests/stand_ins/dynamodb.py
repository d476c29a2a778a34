"""DynamoDB in memory: the client calls that Kabinet makes, with conditions, transactions, limits and a count of calls.

`fault` is asked before and after every call and may raise: a process that dies there. What a call did before "after" stays.
"""

import json
import threading
from collections import Counter
from collections.abc import Callable, Iterable
from typing import Any

from botocore.exceptions import ClientError

from tests.stand_ins.expressions import Names, Wire, holds, updated

Fault = Callable[[str, str], None]
ITEM_LIMIT = 400_000
PAGE_LIMIT = 1_000_000
PARTITION_LIMIT = 2048
SORT_LIMIT = 1024


def no_fault(_call: str, _when: str) -> None:
    """Nothing dies."""


def _error(code: str, call: str, **more: Any) -> ClientError:
    return ClientError({"Error": {"Code": code, "Message": code}, **more}, call)  # type: ignore[arg-type]


class MemoryDynamo:
    """Tables come into being when they are first named; `indexes` are those of the portal table."""

    def __init__(self, indexes: Iterable[str] = ("GSI1", "GSI2", "GSI3")) -> None:
        self.tables: dict[str, dict[tuple[str, str], Wire]] = {}
        self.indexes = tuple(indexes)
        self.calls: Counter[str] = Counter()
        self.fault: Fault = no_fault
        self.lock = threading.RLock()
        self.tokens: dict[str, str] = {}

    def __getattr__(self, call: str) -> Callable[..., dict[str, Any]]:
        try:
            work = object.__getattribute__(self, f"_{call}")
        except AttributeError:
            raise AttributeError(call) from None

        def called(**request: Any) -> dict[str, Any]:
            self.fault(call, "before")
            with self.lock:
                self.calls[call] += 1
                answer: dict[str, Any] = work(request)
            self.fault(call, "after")
            return answer

        return called

    # --- reads --------------------------------------------------------------------------------------------------------

    def _get_item(self, request: dict[str, Any]) -> dict[str, Any]:
        found = self._table(request).get(_key(request["Key"]))
        return {"Item": dict(found)} if found else {}

    def _batch_get_item(self, request: dict[str, Any]) -> dict[str, Any]:
        wanted = [(name, _key(key)) for name, asked in request["RequestItems"].items() for key in asked["Keys"]]
        if len(wanted) > 100 or len(set(wanted)) != len(wanted):
            raise _error("ValidationException", "BatchGetItem")
        responses: dict[str, list[Wire]] = {name: [] for name in request["RequestItems"]}
        for name, key in wanted:
            found = self.tables.setdefault(name, {}).get(key)
            if found:
                responses[name].append(dict(found))
        return {"Responses": responses, "UnprocessedKeys": {}}

    def _query(self, request: dict[str, Any]) -> dict[str, Any]:
        names = Names(request)
        index = request.get("IndexName", "")
        if index and (index not in self.indexes or request.get("ConsistentRead")):
            raise _error("ValidationException", "Query")
        sort = f"{index}SK"
        found = [item for item in self._table(request).values() if holds(request["KeyConditionExpression"], item, names)]
        if self._table(request):  # an expression nobody evaluated has used nothing
            names.check_all_used()
        found.sort(
            key=lambda item: (item[sort]["S"], item["PK"]["S"], item["SK"]["S"]),
            reverse=not request.get("ScanIndexForward", True),
        )
        return self._page(found, request)

    def _scan(self, request: dict[str, Any]) -> dict[str, Any]:
        page = self._page(sorted(self._table(request).values(), key=lambda item: (item["PK"]["S"], item["SK"]["S"])), request)
        if "FilterExpression" in request:  # what it leaves out has been read all the same
            page["Items"] = [item for item in page["Items"] if holds(request["FilterExpression"], item, Names(request))]
        return page

    @staticmethod
    def _page(found: list[Wire], request: dict[str, Any]) -> dict[str, Any]:
        """1 MB or `Limit` items from where the page before ended."""
        start = request.get("ExclusiveStartKey")
        if start:
            found = found[next(n for n, item in enumerate(found) if _key(item) == _key(start)) + 1 :]
        page: list[Wire] = []
        size = 0
        for item in found:
            if len(page) == request.get("Limit", -1) or size > PAGE_LIMIT:
                break
            page.append(dict(item))
            size += _size(item)
        more = {"LastEvaluatedKey": {"PK": page[-1]["PK"], "SK": page[-1]["SK"]}} if len(page) < len(found) and page else {}
        return {"Items": page} | more

    # --- writes -------------------------------------------------------------------------------------------------------

    def _put_item(self, request: dict[str, Any]) -> dict[str, Any]:
        return self._single("Put", request)

    def _update_item(self, request: dict[str, Any]) -> dict[str, Any]:
        return self._single("Update", request)

    def _delete_item(self, request: dict[str, Any]) -> dict[str, Any]:
        return self._single("Delete", request)

    def _single(self, kind: str, request: dict[str, Any]) -> dict[str, Any]:
        table, key = self._table(request), _key(request.get("Key", request.get("Item", {})))
        before = table.get(key)
        if not self._condition_holds(request, before):
            raise _error("ConditionalCheckFailedException", kind)
        after = self._after(kind, request, before)
        self._store(table, key, after)
        match request.get("ReturnValues", "NONE"):
            case "ALL_OLD":
                return {"Attributes": dict(before)} if before else {}
            case "ALL_NEW" | "UPDATED_NEW":
                return {"Attributes": dict(after or {})}
        return {}

    def _transact_write_items(self, request: dict[str, Any]) -> dict[str, Any]:
        actions = [next(iter(action.items())) for action in request["TransactItems"]]
        token = request.get("ClientRequestToken")
        if token in self.tokens:
            return {}
        targets = [(body["TableName"], _key(body.get("Key", body.get("Item", {})))) for _, body in actions]
        if not 0 < len(actions) <= 100 or len(set(targets)) != len(targets):
            raise _error("ValidationException", "TransactWriteItems")
        befores = [self.tables.setdefault(name, {}).get(key) for name, key in targets]
        verdicts = [self._verdict(kind, body, before) for (kind, body), before in zip(actions, befores, strict=True)]
        if set(verdicts) != {"None"}:
            reasons = [{"Code": verdict} for verdict in verdicts]
            raise _error("TransactionCanceledException", "TransactWriteItems", CancellationReasons=reasons)
        afters = [self._after(kind, body, before) for (kind, body), before in zip(actions, befores, strict=True)]
        if sum(_size(after) for after in afters if after) > 4_000_000:
            raise _error("ValidationException", "TransactWriteItems")
        for (name, key), (kind, _), after in zip(targets, actions, afters, strict=True):
            if kind != "ConditionCheck":
                self._store(self.tables[name], key, after)
        if token:
            self.tokens[token] = "done"
        return {}

    def _verdict(self, kind: str, body: dict[str, Any], before: Wire | None) -> str:
        if not self._condition_holds(body, before):
            return "ConditionalCheckFailed"
        try:
            self._after(kind, body, before)
        except ClientError:
            return "ValidationError"
        return "None"

    @staticmethod
    def _condition_holds(body: dict[str, Any], before: Wire | None) -> bool:
        names = Names(body)
        condition = body.get("ConditionExpression")
        answer = holds(condition, before, names) if condition else True
        if "UpdateExpression" not in body:
            names.check_all_used()
        return answer

    @staticmethod
    def _after(kind: str, body: dict[str, Any], before: Wire | None) -> Wire | None:
        if kind == "Put":
            return dict(body["Item"])
        if kind == "Update":
            try:
                return updated(body["UpdateExpression"], before or dict(body["Key"]), Names(body))
            except LookupError as error:
                raise _error("ValidationException", kind) from error
        return None

    @staticmethod
    def _store(table: dict[tuple[str, str], Wire], key: tuple[str, str], after: Wire | None) -> None:
        if after is None:
            table.pop(key, None)
        elif _size(after) > ITEM_LIMIT or not _key_fits(_key(after)):
            raise _error("ValidationException", "item or key too large")
        else:
            table[key] = after

    def _table(self, request: dict[str, Any]) -> dict[tuple[str, str], Wire]:
        return self.tables.setdefault(request["TableName"], {})


def _key(item: Wire) -> tuple[str, str]:
    return item["PK"]["S"], item["SK"]["S"]


def _key_fits(key: tuple[str, str]) -> bool:
    return 0 < len(key[0].encode()) <= PARTITION_LIMIT and 0 < len(key[1].encode()) <= SORT_LIMIT


def _size(item: Wire) -> int:
    return len(json.dumps(item, ensure_ascii=False, default=str).encode())
