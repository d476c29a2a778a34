"""A 1C that talks to the portal in real gateway events, and the worker of its files fed with the queue's real messages."""

import base64
import importlib
import json
from dataclasses import dataclass, field
from datetime import timedelta
from types import SimpleNamespace
from typing import Any

from chalicelib import runtime
from chalicelib.adapters.passwords import Argon2Hasher
from chalicelib.domain.exchange.exchange import ExchangeNode
from chalicelib.runtime import Runtime
from chalicelib.workers.imports import imports
from chalicelib.workers.worker import consume_batch

LOGIN, PASSWORD = "1c", "пароль 1С"
PATH = "/exchange/1c"


@dataclass
class Reply:
    status: int
    headers: dict[str, str]
    body: bytes

    @property
    def text(self) -> str:
        return self.body.decode()

    @property
    def verdict(self) -> str:
        return self.text.split("\n")[0]


class Site:
    """The portal with one exchange account. `patience`: seconds an `import` waits for its file."""

    def __init__(self, patience: float = 0, **node: Any) -> None:
        self.runtime = Runtime()
        self.runtime.exchange_patience = timedelta(seconds=patience)
        runtime.use(self.runtime)
        self.runtime.exchange.save_node(ExchangeNode(LOGIN, Argon2Hasher().hash(PASSWORD), **node))
        self.app = importlib.import_module("app").app

    def ask(
        self, query: dict[str, str], body: bytes | None = None, *, headers: dict[str, str] | None = None, path: str = PATH
    ) -> Reply:
        answer = self.app(_event(query, body, headers or {}, path), SimpleNamespace())
        raw = base64.b64decode(answer["body"]) if answer.get("isBase64Encoded") else answer["body"].encode()
        names = {name.lower(): value for name, value in answer["headers"].items()}
        return Reply(answer["statusCode"], names, raw)

    def messages(self, queue: str) -> list[dict[str, Any]]:
        """All that lies in a queue, taken out of it."""
        return [json.loads(record["body"]) for record in self._take_all(queue)]

    def _take_all(self, queue: str) -> list[dict[str, Any]]:
        taken = []
        while records := self._take(queue):
            taken += records
        return taken

    def _take(self, queue: str) -> list[dict[str, Any]]:
        sqs, url = self.runtime.sqs, self.runtime.settings.queues[queue]
        found = sqs.receive_message(QueueUrl=url, MaxNumberOfMessages=1).get("Messages", [])
        for message in found:
            sqs.delete_message(QueueUrl=url, ReceiptHandle=message["ReceiptHandle"])
        return [{"messageId": message["MessageId"], "body": message["Body"]} for message in found]

    def work(self, budget_ms: list[int] | None = None) -> list[dict[str, Any]]:
        """Load every file that waits; the messages that were worked on. `budget_ms`: what is left of the worker's time,
        asked again and again; then there is plenty."""
        left = iter(budget_ms or [])
        context = SimpleNamespace(get_remaining_time_in_millis=lambda: next(left, 900_000))
        done = []
        while records := self._take("imports"):
            assert consume_batch(imports, records, context, in_order=True) == {"batchItemFailures": []}
            done += [json.loads(record["body"]) for record in records]
        return done


def _event(query: dict[str, str], body: bytes | None, headers: dict[str, str], path: str) -> dict[str, Any]:
    """What API Gateway makes of a request of 1C: no Content-Type, `Accept: */*`."""
    sent = {"Accept": "*/*", "User-Agent": "1C+Enterprise/8.3", **headers}
    return {
        "httpMethod": "GET" if body is None else "POST",
        "path": path,
        "resource": path,
        "headers": sent,
        "multiValueHeaders": {name: [value] for name, value in sent.items()},
        "queryStringParameters": query,
        "multiValueQueryStringParameters": {name: [value] for name, value in query.items()},
        "pathParameters": None,
        "stageVariables": None,
        "body": None if body is None else base64.b64encode(body).decode(),
        "isBase64Encoded": body is not None,
        "requestContext": {
            "httpMethod": "GET" if body is None else "POST",
            "resourcePath": path,
            "identity": {"sourceIp": "203.0.113.7"},
        },
    }


def basic(login: str = LOGIN, password: str = PASSWORD) -> dict[str, str]:
    return {"Authorization": "Basic " + base64.b64encode(f"{login}:{password}".encode()).decode()}


@dataclass
class Session:
    """One session of УТ 11: Basic with every request, the cookie of `checkauth`, `sessid` in the address."""

    site: Site
    kind: str = "catalog"
    path: str = PATH
    headers: dict[str, str] = field(default_factory=basic)
    extra: dict[str, str] = field(default_factory=dict)

    def check_in(self, cookies: bool = True) -> "Session":
        lines = self.ask("checkauth").text.split("\n")
        assert lines[0] == "success", lines
        if cookies:
            self.headers = self.headers | {"Cookie": f"{lines[1]}={lines[2]}"}
            self.extra = {"sessid": lines[3].removeprefix("sessid=")}
        return self

    def ask(self, mode: str, body: bytes | None = None, **query: str) -> Reply:
        params = {"type": self.kind, "mode": mode, **self.extra, **query}
        return self.site.ask(params, body, headers=self.headers, path=self.path)

    def send(self, name: str, content: bytes, limit: int = 4_000_000) -> None:
        """The file in as many chunks as it takes, each under the same name."""
        for start in range(0, len(content), limit) or [0]:
            assert self.ask("file", content[start : start + limit], filename=name).body == b"success"

    def load(self, name: str, content: bytes, limit: int = 4_000_000) -> Reply:
        """Send, let the worker work, ask for the verdict."""
        self.send(name, content, limit)
        self.site.work()
        return self.ask("import", filename=name)
