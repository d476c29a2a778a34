"""What a request costs at AWS's list prices, US dollars, us-east-1, on demand (November 2026)."""

import json
from pathlib import Path

from infra.watched import Bill

READ_UNIT, WRITE_UNIT = 0.125e-6, 0.625e-6
GATEWAY, INVOCATION = 3.50e-6, 0.20e-6
"""A request to a REST API; a call of the function."""

GIGABYTE_SECOND = 0.0000133334
"""Lambda on arm64."""

TRIP = 0.004
"""Seconds that a function waits for an answer of DynamoDB in its own region: an assumption, nothing here can measure it."""

MEMORY = json.loads(Path(".chalice/config.json").read_text())["lambda_memory_size"] / 1024


def store(bill: Bill) -> float:
    """Of the tables alone."""
    return bill.read * READ_UNIT + bill.write * WRITE_UNIT


def whole(bill: Bill, cpu: float) -> float:
    """With the gateway and the function, which is paid while it waits; `cpu` in seconds."""
    return store(bill) + GATEWAY + INVOCATION + (cpu + len(bill.calls) * TRIP) * MEMORY * GIGABYTE_SECOND
