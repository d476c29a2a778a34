"""The description of `/exchange/v1`: of a portal that answers, or of this package."""

import json
from typing import Any
from urllib.request import ProxyHandler, Request, build_opener

from infra.conformance.schema import Schemas

ADDRESS = "/exchange/v1/openapi.json"


def of_package() -> Schemas:
    """As this version of the portal has it."""
    from chalicelib.exchange import openapi

    return Schemas(openapi.document("http://127.0.0.1"))


def of_portal(url: str) -> Schemas:
    """As the portal at `url` has it. Raises OSError, ValueError where it does not say."""
    opener = build_opener(ProxyHandler({}))
    with opener.open(Request(url.rstrip("/") + ADDRESS), timeout=30) as answer:
        document: dict[str, Any] = json.loads(answer.read())
    return Schemas(document)
