"""Fixtures of all tests: an embedded AWS of one's own for each test, made from the declaration of `infra`."""

import os
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from functools import cache
from itertools import count
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import boto3
import botocore.session
import pytest
from botocore.loaders import create_loader

from chalicelib.settings import QUEUES, queue_name
from infra import resources

_accounts = count(1)

# A logger made while a test runs would otherwise keep its lines from `caplog` for good.
os.environ["POWERTOOLS_LOG_DEDUPLICATION_DISABLED"] = "true"


@pytest.fixture(scope="session")
def aws_url(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The address of an embedded AWS that lives as long as the test run."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    folder = tmp_path_factory.mktemp("aws")
    quiet = {"BIND_HOST": "127.0.0.1", "GATEWAY_PORT": str(port), "SFTP_ENABLED": "0", "IOT_MTLS_ENABLED": "0", "AUTH": "true"}
    url = f"http://127.0.0.1:{port}"
    with Path(folder, "aws.log").open("wb") as log:
        server = subprocess.Popen(
            [sys.executable, "-m", "ministack.app"], env=os.environ | quiet, cwd=folder, stdout=log, stderr=subprocess.STDOUT
        )
        _wait_for(url, server)
        yield url
        server.terminate()
        server.wait(10)


def _wait_for(url: str, server: "subprocess.Popen[bytes]") -> None:
    for _ in range(200):
        if server.poll() is not None:
            raise RuntimeError("the embedded AWS did not start")
        try:
            urllib.request.urlopen(f"{url}/_ministack/health", timeout=1).close()
            return
        except (urllib.error.URLError, OSError):
            time.sleep(0.05)
    raise RuntimeError("the embedded AWS does not answer")


@pytest.fixture
def aws(aws_url: str, monkeypatch: pytest.MonkeyPatch) -> Iterator[SimpleNamespace]:
    """A fresh account with every table, queue and the bucket; the environment names them as in production.

    `.dynamodb`, `.s3`, `.sqs` are clients; `.environment` the variables that were set.
    """
    account = f"{os.getpid() % 100000:05d}{next(_accounts):07d}"
    monkeypatch.setenv("AWS_ENDPOINT_URL", aws_url)
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", account)
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "test")
    monkeypatch.setenv("AWS_DEFAULT_REGION", "eu-central-1")
    session = boto_session(account)
    monkeypatch.setattr(boto3, "DEFAULT_SESSION", session)  # else it remembers the account of the first test
    clients = {name: session.client(name, endpoint_url=aws_url) for name in ("dynamodb", "s3", "sqs")}
    environment = make_resources(clients, f"kabinet-{account}")
    environment |= {"PUBLIC_URL": "http://127.0.0.1:8000", "MAIL_URL": "memory:", "SMS_URL": "memory:"}
    for name, value in environment.items():
        monkeypatch.setenv(name, value)
    yield SimpleNamespace(**clients, environment=environment, url=aws_url)


@cache
def _models() -> Any:
    """botocore's descriptions of the services, read once for all accounts: parsing them again is half the work of a test."""
    return create_loader()


def boto_session(account: str) -> boto3.Session:
    core = botocore.session.get_session()
    core.register_component("data_loader", _models())
    return boto3.Session(account, "test", region_name="eu-central-1", botocore_session=core)


def make_resources(clients: dict[str, Any], bucket: str) -> dict[str, str]:
    """Every table, queue and the bucket of the declaration, without waiting; the variables that name them."""
    for table in resources.TABLES:
        clients["dynamodb"].create_table(**resources.table_request(table, "test"))
    urls = {}
    for queue in QUEUES:
        attributes = {"FifoQueue": "true", "ContentBasedDeduplication": "false"} if queue.fifo else {}
        clients["sqs"].create_queue(QueueName=resources.dead_queue_name(queue, "test"), Attributes=attributes)
        name = queue_name(queue, "test")
        urls[queue.name] = clients["sqs"].create_queue(QueueName=name, Attributes=attributes)["QueueUrl"]
    region = {"LocationConstraint": "eu-central-1"}
    clients["s3"].create_bucket(Bucket=bucket, CreateBucketConfiguration=region)
    return resources.environment("test", bucket, urls)
