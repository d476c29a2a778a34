"""Read units as DynamoDB counts them, from a request and its answer: the embedded AWS rounds a batch as one, AWS each item of it.

https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/CapacityUnitCalculations.html
"""

from math import ceil
from typing import Any

READS = ("GetItem", "BatchGetItem", "Query", "Scan")
UNIT = 4096


def read_units(operation: str, request: dict[str, Any], answer: dict[str, Any]) -> float:
    """What was not there costs as much as the smallest item."""
    match operation:
        case "GetItem":
            return _rounded(size(answer.get("Item", {}))) * _rate(request)
        case "BatchGetItem":
            return sum(
                (sum(map(_rounded, found)) + len(asked["Keys"]) - len(found)) * _rate(asked)
                for asked, found in (
                    (asked, [size(item) for item in answer["Responses"].get(table, [])])
                    for table, asked in request["RequestItems"].items()
                )
            )
        case "Query" | "Scan":
            return _rounded(sum(map(size, answer["Items"]))) * _rate(request)
    return 0


def _rounded(size: int) -> int:
    return max(1, ceil(size / UNIT))


def _rate(request: dict[str, Any]) -> float:
    return 1 if request.get("ConsistentRead") else 0.5


def size(item: dict[str, Any]) -> int:
    """Bytes of an item: its names and values."""
    return sum(len(name.encode()) + _size(value) for name, value in item.items())


def _size(typed: dict[str, Any]) -> int:
    kind, value = next(iter(typed.items()))
    match kind:
        case "S":
            return len(value.encode())
        case "N":
            return (len(value.strip("-").replace(".", "").strip("0")) + 1) // 2 + 1
        case "B":
            return len(value) * 3 // 4  # base64, as it travels
        case "M":
            return 3 + size(value) + len(value)
        case "L":
            return 3 + sum(map(_size, value)) + len(value)
        case "SS":
            return sum(len(one.encode()) for one in value)
    return 1
