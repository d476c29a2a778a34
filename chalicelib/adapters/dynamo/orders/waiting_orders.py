"""Orders of 1C's that wait for their partner.

portal      WAITINGORDERS   <1C's id>     node, since, answer (JSON, packed where it is long)
"""

import json
from dataclasses import asdict, fields, is_dataclass
from datetime import date, datetime
from decimal import Decimal
from enum import StrEnum
from functools import cache
from types import UnionType
from typing import Any, get_args, get_origin, get_type_hints

from chalicelib.adapters.dynamo.catalogue.cards import packed, unpacked
from chalicelib.adapters.dynamo.table import Key, Table, to_wire
from chalicelib.adapters.dynamo.times import instant, instant_text
from chalicelib.domain.errors import Refused
from chalicelib.domain.orders.orders import ErpOrder
from chalicelib.usecases.ports.orders import WaitingOrder

PARTITION = "WAITINGORDERS"
LONGEST = 350_000
"""Bytes that an item has room for beside its other attributes."""


def _key(erp_id: str) -> Key:
    return PARTITION, erp_id


class DynamoWaitingOrders:
    def __init__(self, portal: Table) -> None:
        self.portal = portal

    def put(self, waiting: WaitingOrder) -> None:
        """Raises Refused for one that is too long to wait."""
        answer = packed(json.dumps(asdict(waiting.answer), default=_text, ensure_ascii=False, separators=(",", ":")))
        if len(answer) > LONGEST:
            raise Refused("Заказ слишком велик, чтобы ждать партнёра: отправьте его после партнёра ещё раз")
        partition, sort = _key(waiting.answer.erp_id)
        item = {"PK": partition, "SK": sort, "node": waiting.node, "answer": answer}
        self.portal.put(item | {"since": instant_text(waiting.since)})

    def all(self) -> tuple[WaitingOrder, ...]:
        found = (
            WaitingOrder(item["node"], _value(ErpOrder, json.loads(unpacked(to_wire(item["answer"])))), instant(item["since"]))
            for item in self.portal.query(PARTITION, strong=True)
        )
        return tuple(sorted(found, key=lambda waiting: waiting.since))

    def remove(self, erp_id: str) -> None:
        self.portal.delete(_key(erp_id))


def _text(value: object) -> str:
    if isinstance(value, datetime | date):
        return value.isoformat()
    if isinstance(value, Decimal):
        return str(value)
    raise TypeError(type(value).__name__)


@cache
def _hints(kind: type) -> dict[str, Any]:
    return get_type_hints(kind)


def _value(kind: Any, plain: Any) -> Any:
    """What `json` has read, as the type of the field says: dataclasses, tuples, decimals, dates, enums; None stays."""
    if plain is None:
        return None
    if isinstance(kind, UnionType):
        kind = next(one for one in get_args(kind) if one is not type(None))
    if get_origin(kind) is tuple:
        return _tuple(get_args(kind), plain)
    if isinstance(kind, type) and is_dataclass(kind):
        hints = _hints(kind)
        return kind(**{one.name: _value(hints[one.name], plain[one.name]) for one in fields(kind) if one.name in plain})
    if kind in (datetime, date):
        return kind.fromisoformat(plain)
    return kind(plain) if isinstance(kind, type) and issubclass(kind, Decimal | StrEnum) else plain


def _tuple(kinds: tuple[Any, ...], plain: list[Any]) -> tuple[Any, ...]:
    if kinds[-1] is Ellipsis:
        return tuple(_value(kinds[0], one) for one in plain)
    return tuple(_value(kind, one) for kind, one in zip(kinds, plain, strict=True))
