"""A system that talks to `/exchange/v1` over the real routes."""

import base64
import json
from dataclasses import dataclass, field
from typing import Any

from chalice.test import Client

from app import app
from chalicelib import runtime
from chalicelib.domain.exchange.exchange import ExchangeNode
from chalicelib.exchange.accounts import new_key
from chalicelib.formats.messages import COMPANY_EXAMPLE, PARTNER_EXAMPLE
from tests.people import Portal

PASSWORD = "пароль обмена"


def basic(login: str = "1c", password: str = PASSWORD) -> dict[str, str]:
    return {"Authorization": "Basic " + base64.b64encode(f"{login}:{password}".encode()).decode()}


def partner(number: int = 1, **changes: Any) -> dict[str, Any]:
    """The documented example as the partner number so-and-so, with a phone and mail of its own."""
    made = json.loads(json.dumps(PARTNER_EXAMPLE)) | {"id": f"partner-{number}", "name": f"Партнёр {number}", "revision": 1}
    made["contacts"][0] |= {"id": f"contact-{number}", "phone": f"8 (916) 000-{number:04d}", "email": f"c{number}@dealer.example"}
    return made | changes


def company(number: int = 1, **changes: Any) -> dict[str, Any]:
    return COMPANY_EXAMPLE | {"id": f"company-{number}"} | changes


@dataclass
class Answer:
    status: int
    content_type: str
    body: Any


@dataclass
class Sender:
    portal: Portal
    headers: dict[str, str] = field(default_factory=basic)

    def __post_init__(self) -> None:
        key, key_hash = new_key("1c")
        self.bearer = {"Authorization": f"Bearer {key}"}
        hashed = self.portal.runtime.hasher.hash(PASSWORD)
        self.portal.runtime.exchange.save_node(ExchangeNode("1c", hashed, api_key_hash=key_hash))
        runtime.use(self.portal.runtime)

    def call(self, method: str, path: str, body: bytes = b"", headers: dict[str, str] | None = None) -> Answer:
        sent = {"Content-Type": "application/json"} | (self.headers if headers is None else headers)
        with Client(app) as client:
            reply = client.http.request(method, path, headers=sent, body=body)
        kind = str(reply.headers.get("Content-Type", ""))
        return Answer(reply.status_code, kind, json.loads(reply.body))

    def post(self, kind: str, records: Any, **more: Any) -> Answer:
        return self.call("POST", f"/exchange/v1/{kind}", json.dumps({kind: records}, ensure_ascii=False).encode(), **more)

    def post_message(self, path: str, message: Any, **more: Any) -> Answer:
        return self.call("POST", f"/exchange/v1/{path}", json.dumps(message, ensure_ascii=False).encode(), **more)

    def partners(self, *records: Any) -> list[dict[str, Any]]:
        answer = self.post("partners", records)
        assert answer.status == 200, answer
        return list(answer.body["results"])
