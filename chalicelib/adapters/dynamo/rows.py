"""Rows of an import: written only where they differ from what is kept, and never over those of a later run."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from hashlib import blake2b
from typing import Any, TypeVar

from chalicelib.adapters.dynamo.table import (
    ACTIONS_PER_TRANSACTION,
    KEYS_PER_BATCH,
    ConditionFailed,
    Item,
    Key,
    Table,
    put,
    transact,
)
from chalicelib.domain.exchange.exchange import Tally

BYTES_PER_TRANSACTION = 3_000_000
"""DynamoDB takes 4 MB; keys, expressions and the wire's own marks need room."""
PARALLEL_CALLS = 4
NOT_LATE = "attribute_not_exists(PK) OR seq <= :seq"

T = TypeVar("T")
R = TypeVar("R")


@dataclass(frozen=True, slots=True)
class Row:
    """An item with one `data` attribute; `digest` tells equal data without reading them."""

    key: Key
    data: str | bytes
    digest: str

    def item(self, seq: int) -> Item:
        return {"PK": self.key[0], "SK": self.key[1], "data": self.data, "digest": self.digest, "seq": seq}


@dataclass(frozen=True, slots=True)
class Mark:
    """What a kept row says of itself."""

    digest: str
    seq: int


def digest(text: str) -> str:
    """16 characters that differ for different texts."""
    return blake2b(text.encode(), digest_size=8).hexdigest()


def save_rows(
    table: Table, rows: Sequence[Row], seq: int, on_new: Callable[[set[Key]], None] | None = None, contested: int = 0
) -> Tally:
    """Each key once. Equal rows and those a later file wrote are left alone and count as unchanged.

    Equal rows under the number `contested` or an earlier one are put again: what may still come late must not win over them.
    `on_new` is told, before anything is written, the keys that no row has yet.
    """
    marks = read_marks(table, [row.key for row in rows])
    if on_new is not None and (new := {row.key for row in rows} - set(marks)):
        on_new(new)
    changed = [row for row in rows if _differs(row, marks.get(row.key), seq)]
    confirmed = [row for row in rows if contested and _is_contested(row, marks.get(row.key), seq, contested)]
    in_parallel(lambda some: put_rows(table, some, seq), list(_transactions(confirmed)))
    written = sum(in_parallel(lambda some: put_rows(table, some, seq), list(_transactions(changed))))
    return Tally(len(rows), written, len(rows) - written)


def _differs(row: Row, mark: Mark | None, seq: int) -> bool:
    return mark is None or (mark.digest != row.digest and mark.seq <= seq)


def _is_contested(row: Row, mark: Mark | None, seq: int, contested: int) -> bool:
    return mark is not None and mark.digest == row.digest and mark.seq <= contested and mark.seq < seq


def _transactions(rows: Sequence[Row]) -> Iterator[list[Row]]:
    chunk: list[Row] = []
    size = 0
    for row in rows:
        weight = len(row.data) * (1 if isinstance(row.data, bytes) else 2)
        if chunk and (len(chunk) == ACTIONS_PER_TRANSACTION or size + weight > BYTES_PER_TRANSACTION):
            yield chunk
            chunk, size = [], 0
        chunk.append(row)
        size += weight
    if chunk:
        yield chunk


def put_rows(table: Table, rows: Sequence[Row], seq: int) -> int:
    """How many were written; rows that a later run wrote meanwhile are not."""
    actions = [put(table.name, row.item(seq), NOT_LATE, {":seq": seq}) for row in rows]
    return transact_all(table, actions)


def transact_all(table: Table, actions: Sequence[Item]) -> int:
    """Do all actions whose conditions hold, in one transaction; how many they are. Raises ConditionFailed for other troubles."""
    left = list(actions)
    while left:
        try:
            transact(table.client, left)
            return len(left)
        except ConditionFailed as failed:
            left = without_failed(left, failed)
    return 0


def without_failed(actions: Sequence[T], failed: ConditionFailed) -> list[T]:
    """Those whose own condition held. Raises `failed` where no condition was the trouble: nothing may get lost unseen."""
    if len(failed.reasons) != len(actions) or "ConditionalCheckFailed" not in failed.reasons:
        raise failed
    return [action for action, reason in zip(actions, failed.reasons, strict=True) if reason != "ConditionalCheckFailed"]


def read_marks(table: Table, keys: Sequence[Key]) -> dict[Key, Mark]:
    """Digest and seq of the rows that exist, consistent."""
    items = read_some(table, keys, "PK, SK, digest, seq")
    return {key: Mark(item["digest"]["S"], int(item["seq"]["N"])) for key, item in items.items()}


def read_some(
    table: Table, keys: Sequence[Key], projection: str = "", names: Mapping[str, str] | None = None
) -> dict[Key, Mapping[str, Any]]:
    """Items in DynamoDB's own typed form, by key, consistent; 100 keys a call, a few calls at once."""
    shape: dict[str, Any] = {"ConsistentRead": True} | ({"ProjectionExpression": projection} if projection else {})
    shape |= {"ExpressionAttributeNames": dict(names)} if names else {}
    unique = list(dict.fromkeys(keys))
    chunks = [unique[start : start + KEYS_PER_BATCH] for start in range(0, len(unique), KEYS_PER_BATCH)]
    found: dict[Key, Mapping[str, Any]] = {}
    for part in in_parallel(lambda chunk: _read_chunk(table, chunk, shape), chunks):
        found.update(part)
    return found


def _read_chunk(table: Table, keys: Sequence[Key], shape: dict[str, Any]) -> dict[Key, Mapping[str, Any]]:
    asked: dict[str, Any] = {table.name: {"Keys": [{"PK": {"S": pk}, "SK": {"S": sk}} for pk, sk in keys]} | shape}
    found: dict[Key, Mapping[str, Any]] = {}
    while asked:
        answer = table.client.batch_get_item(RequestItems=asked)
        for item in answer["Responses"].get(table.name, []):
            found[item["PK"]["S"], item["SK"]["S"]] = item
        asked = dict(answer.get("UnprocessedKeys", {}))
    return found


def in_parallel(work: Callable[[T], R], parts: Sequence[T]) -> list[R]:
    """`work` of every part, in their order. The first error is raised once the others have ended."""
    if len(parts) < 2:
        return [work(part) for part in parts]
    with ThreadPoolExecutor(PARALLEL_CALLS) as pool:
        return list(pool.map(work, parts))
