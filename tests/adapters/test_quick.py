"""The client that does without botocore says and hears what botocore's does, and tries as often."""

import json
import ssl
import threading
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from http.client import HTTPException
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from types import SimpleNamespace
from typing import Any, ClassVar, cast
from urllib.parse import urlsplit

import boto3
import pytest
from botocore.auth import SigV4Auth
from botocore.awsrequest import AWSRequest
from botocore.credentials import Credentials as BotocoreCredentials
from botocore.exceptions import ClientError

from chalicelib.adapters.connect import connect
from chalicelib.adapters.dynamo import quick as quick_module
from chalicelib.adapters.dynamo.quick import TRIES, QuickDynamo
from chalicelib.adapters.dynamo.table import ConditionFailed, Table, batch_get, put, transact, update
from chalicelib.adapters.signature import Credentials, credentials, region, signed
from chalicelib.runtime import Runtime
from infra.watched import watched
from tests.adapters.test_calls import tls_server

ITEM = {
    "PK": "P#дверь",
    "SK": 'S"\\\n',
    "text": "Дверь «Тайга» \u2028 & ёлка",
    "bytes": bytes(range(256)),
    "number": Decimal("0.00000000012345678901234567890123456789"),
    "rows": [{"a": None, "b": True}, [1, -2]],
}


def tables(aws: SimpleNamespace) -> tuple[Table, Table]:
    return Runtime().portal, Table(boto3.client("dynamodb"), aws.environment["PORTAL_TABLE"])


def test_what_is_written_is_what_was_said(aws: SimpleNamespace) -> None:
    quick, plain = tables(aws)
    transact(quick.client, [put(quick.name, ITEM)])
    for table in (quick, plain):
        assert table.get((ITEM["PK"], ITEM["SK"]), strong=True) == ITEM
        found = batch_get(table.client, [(table.name, (ITEM["PK"], ITEM["SK"])), (table.name, ("none", "none"))])
        assert found == {(table.name, (ITEM["PK"], ITEM["SK"])): ITEM}


def test_conditions_fail_with_their_reasons(aws: SimpleNamespace) -> None:
    for table in tables(aws):
        transact(table.client, [put(table.name, ITEM)])
        with pytest.raises(ConditionFailed) as caught:
            other = ITEM | {"PK": "other"}
            transact(table.client, [put(table.name, ITEM, "attribute_not_exists(PK)"), put(table.name, other)])
        assert caught.value.reasons == ("ConditionalCheckFailed", "None")


def test_every_transaction_has_a_token_that_makes_its_repeat_harmless(aws: SimpleNamespace) -> None:
    """A request is sent again when no answer came: an addition must not be made twice."""
    quick, _ = tables(aws)
    sent: list[dict[str, Any]] = []
    add = [update(quick.name, ("P", "S"), "ADD n :one", values={":one": 1})]
    with watched(quick.client, see=lambda _service, _operation, request: sent.append(request)):
        transact(quick.client, add)
        transact(quick.client, add)
    tokens = [request["ClientRequestToken"] for request in sent]
    assert len(set(tokens)) == 2 and all(tokens)
    for _ in range(2):
        transact(quick.client, add, token="chosen")
    assert quick.get(("P", "S"), strong=True) == {"PK": "P", "SK": "S", "n": 3}


# --- signature --------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("token", ["", "a role's/session+token=="])
def test_a_request_is_signed_as_botocore_signs_it(token: str) -> None:
    at = datetime(2026, 11, 22, 7, 5, 9, tzinfo=UTC)
    body = '{"имя":"дверь"}'.encode()
    plain = {"content-type": "application/x-amz-json-1.0", "host": "dynamodb.eu-central-1.amazonaws.com", "x-amz-target": "T.Q"}
    ours = signed(plain, body, by=Credentials("AKID", "secret/+", token), scope=("eu-central-1", "dynamodb"), at=at)
    request = AWSRequest("POST", f"https://{plain['host']}/", plain | {"X-Amz-Date": "20261122T070509Z"}, body)
    if token:
        request.headers["X-Amz-Security-Token"] = token
    request.context["timestamp"] = "20261122T070509Z"
    theirs = SigV4Auth(BotocoreCredentials("AKID", "secret/+", token or None), "dynamodb", "eu-central-1")
    signature = theirs.signature(theirs.string_to_sign(request, theirs.canonical_request(request)), request)
    assert ours["authorization"].endswith(f"Signature={signature}")
    assert ours.get("x-amz-security-token", "") == token


def test_the_key_of_yesterday_signs_nothing_today() -> None:
    at = datetime(2026, 11, 22, 23, 59, 59, tzinfo=UTC)
    by, scope = Credentials("AKID", "secret"), ("eu-central-1", "dynamodb")
    days = [signed({"host": "h"}, b"", by=by, scope=scope, at=when)["authorization"] for when in (at, at + timedelta(seconds=1))]
    assert "20261122/eu" in days[0] and "20261123/eu" in days[1]


def test_where_the_environment_has_no_keys_the_profile_is_asked(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    profile = tmp_path / "credentials"
    profile.write_text("[default]\naws_access_key_id = OPERATOR\naws_secret_access_key = s\nregion = eu-north-1\n")
    for name in ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY", "AWS_SESSION_TOKEN", "AWS_DEFAULT_REGION", "AWS_REGION"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("AWS_SHARED_CREDENTIALS_FILE", str(profile))
    assert credentials() == Credentials("OPERATOR", "s")
    assert region() == "eu-north-1"
    assert credentials({"AWS_ACCESS_KEY_ID": "ROLE", "AWS_SECRET_ACCESS_KEY": "r", "AWS_SESSION_TOKEN": "t"}).token == "t"


# --- trying again -----------------------------------------------------------------------------------------------------


class Moody(BaseHTTPRequestHandler):
    """Answers what stands in `answers`, one after another, then with an empty item; None hangs up without a word."""

    protocol_version = "HTTP/1.1"
    answers: ClassVar[list[tuple[int, str] | None]] = []
    heard: ClassVar[list[bytes]] = []

    def do_POST(self) -> None:
        self.heard.append(self.rfile.read(int(self.headers["Content-Length"])))
        answer = self.answers.pop(0) if self.answers else (200, "")
        if answer is None:
            self.close_connection = True
            return
        body = json.dumps({"__type": f"com.amazonaws.dynamodb.v20120810#{answer[1]}", "message": "m"} if answer[1] else {})
        self.send_response(answer[0])
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body.encode())

    def log_message(self, *_: Any) -> None:
        """Nothing to say."""


@pytest.fixture
def moody(monkeypatch: pytest.MonkeyPatch) -> Iterator[tuple[QuickDynamo, type[Moody]]]:
    for name, value in {"AWS_ACCESS_KEY_ID": "k", "AWS_SECRET_ACCESS_KEY": "s", "AWS_DEFAULT_REGION": "eu-central-1"}.items():
        monkeypatch.setenv(name, value)
    monkeypatch.setattr(quick_module.time, "sleep", lambda _seconds: None)
    Moody.answers, Moody.heard = [], []
    with ThreadingHTTPServer(("127.0.0.1", 0), Moody) as server:
        threading.Thread(target=server.serve_forever, args=(0.01,), daemon=True).start()
        yield QuickDynamo(f"http://127.0.0.1:{server.server_port}"), Moody
        server.shutdown()


@pytest.mark.parametrize(
    "trouble",
    [None, (500, "InternalServerError"), (503, ""), (400, "ThrottlingException"), (400, "TransactionInProgressException")],
)
def test_what_passes_is_tried_again_with_the_same_words(
    moody: tuple[QuickDynamo, type[Moody]], trouble: tuple[int, str] | None
) -> None:
    client, server = moody
    server.answers = [trouble] * 3
    client.transact_write_items(TransactItems=[])
    assert len(server.heard) == 4 and len(set(server.heard)) == 1


def test_a_refusal_is_an_answer(moody: tuple[QuickDynamo, type[Moody]]) -> None:
    client, server = moody
    server.answers = [(400, "ConditionalCheckFailedException"), (400, "ValidationException")]
    with pytest.raises(ConditionFailed):
        Table(cast(Any, client), "t").put({"PK": "p", "SK": "s"}, "attribute_not_exists(PK)")
    with pytest.raises(ClientError, match="ValidationException"):
        client.query(TableName="t")
    assert len(server.heard) == 2


@pytest.mark.parametrize(("trouble", "error"), [(None, HTTPException), ((500, "InternalServerError"), ClientError)])
def test_trying_ends(moody: tuple[QuickDynamo, type[Moody]], trouble: tuple[int, str] | None, error: type[Exception]) -> None:
    client, server = moody
    server.answers = [trouble] * 20
    with pytest.raises(error):
        client.get_item(TableName="t", Key={})
    assert len(server.heard) == TRIES


def test_connections_stay_open(moody: tuple[QuickDynamo, type[Moody]]) -> None:
    client, server = moody
    ports = set[int]()
    setup = server.setup
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(server, "setup", lambda self: (ports.add(self.client_address[1]), setup(self))[1])
        for _ in range(5):
            client.get_item(TableName="t", Key={})
    assert len(ports) == 1


def test_a_certificate_nobody_signed_hears_nothing(tmp_path: Path) -> None:
    with tls_server(tmp_path) as port, pytest.raises(ssl.SSLCertVerificationError):
        connect(urlsplit(f"https://localhost:{port}")).request("POST", "/", b"secret")
