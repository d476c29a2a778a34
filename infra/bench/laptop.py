"""An embedded AWS with every resource for a benchmark, in a folder that goes away; its work is not counted as ours."""

import os
import socket
import subprocess
import sys
import tempfile
import time
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import boto3

from infra.create import create

REGION = "eu-central-1"


@contextmanager
def embedded_aws() -> Iterator[None]:
    """While it stands, the environment of this process names its tables, queues and bucket."""
    with tempfile.TemporaryDirectory() as folder, (Path(folder) / "log").open("wb") as log:
        port = free_port()
        url = f"http://127.0.0.1:{port}"
        quiet = {"BIND_HOST": "127.0.0.1", "GATEWAY_PORT": str(port), "SFTP_ENABLED": "0", "IOT_MTLS_ENABLED": "0"}
        server = subprocess.Popen(
            [sys.executable, "-m", "ministack.app"], env=os.environ | quiet, cwd=folder, stdout=log, stderr=subprocess.STDOUT
        )
        try:
            _wait(url)
            os.environ.update(_environment(url))
            yield
        finally:
            server.terminate()
            server.wait(20)


def _environment(url: str) -> dict[str, str]:
    os.environ.update({"AWS_ENDPOINT_URL": url, "AWS_ACCESS_KEY_ID": "000000000000", "AWS_SECRET_ACCESS_KEY": "bench"})
    os.environ["AWS_DEFAULT_REGION"] = REGION
    made = create(boto3.Session(region_name=REGION), "bench", "kabinet-bench")
    return made | {"PUBLIC_URL": "http://127.0.0.1:8000", "MAIL_URL": "memory:", "SMS_URL": "memory:"}


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def _wait(url: str) -> None:
    for _ in range(400):
        try:
            urllib.request.urlopen(f"{url}/_ministack/health", timeout=1).close()
            return
        except OSError:
            time.sleep(0.05)
    raise RuntimeError("the embedded AWS does not answer")
