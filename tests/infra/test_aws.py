"""The embedded AWS keeps what it was given: over a polite end, and over kill -9. It rests on private functions of ministack."""

import contextlib
import subprocess
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import boto3
from botocore.config import Config

from infra.create import create
from infra.local.aws import SAVE_EVERY
from tests.infra.programs import free_port, listens, running, wait_until

ACCOUNT = "555000000001"


class Embedded:
    """An embedded AWS with its state in a folder, which can be started again."""

    def __init__(self, folder: Path, monkeypatch: Any) -> None:
        self.folder = folder
        self.port = free_port()
        for name, value in {"ENDPOINT_URL": f"http://127.0.0.1:{self.port}", "ACCESS_KEY_ID": ACCOUNT}.items():
            monkeypatch.setenv(f"AWS_{name}", value)
        self.session = boto3.Session(ACCOUNT, "test", region_name="eu-central-1")
        patient = Config(connect_timeout=2, read_timeout=20, retries={"total_max_attempts": 3})
        self.dynamodb, self.sqs, self.s3 = (self.session.client(name, config=patient) for name in ("dynamodb", "sqs", "s3"))

    @contextlib.contextmanager
    def running(self) -> Iterator["subprocess.Popen[str]"]:
        with running("infra.local.aws", "--port", self.port, "--state", self.folder) as program:
            wait_until(lambda: listens(self.port), "the embedded AWS answers")
            yield program

    def make(self) -> dict[str, str]:
        return create(self.session, "t", "kept-files")

    def put(self, name: str) -> None:
        self.dynamodb.put_item(TableName="kabinet-t-portal", Item={"PK": {"S": name}, "SK": {"S": "s"}})

    def has(self, name: str) -> bool:
        return "Item" in self.dynamodb.get_item(TableName="kabinet-t-portal", Key={"PK": {"S": name}, "SK": {"S": "s"}})

    def saved(self, name: str) -> bool:
        """Whether the table is on the disk with this item in it."""
        written = self.folder / "state" / "dynamodb.json"
        return written.exists() and name in written.read_text()


def test_kill_9_loses_the_last_seconds_at_most(tmp_path: Path, monkeypatch: Any) -> None:
    aws = Embedded(tmp_path, monkeypatch)

    def kept(service: str) -> str:
        """Each service has a file of its own, which is there some time after the others'."""
        file = tmp_path / "state" / f"{service}.json"
        return file.read_text() if file.exists() else ""

    with aws.running() as program:
        environment = aws.make()
        aws.put("old-item")
        aws.sqs.send_message(QueueUrl=environment["QUEUE_STOCK"], MessageBody="waiting")
        aws.s3.put_object(Bucket="kept-files", Key="a/b", Body=b"bytes")
        wait_until(lambda: aws.saved("old-item"), "the item is saved", SAVE_EVERY + 20)
        wait_until(lambda: "waiting" in kept("sqs"), "the message is saved")
        wait_until(lambda: "kept-files" in kept("s3"), "the bucket is saved")
        program.kill()
        program.wait()
    with aws.running():
        assert aws.has("old-item")
        assert aws.sqs.receive_message(QueueUrl=environment["QUEUE_STOCK"])["Messages"][0]["Body"] == "waiting"
        assert aws.s3.get_object(Bucket="kept-files", Key="a/b")["Body"].read() == b"bytes"
        assert aws.make() == environment
        assert aws.has("old-item")


def test_a_polite_end_loses_nothing(tmp_path: Path, monkeypatch: Any) -> None:
    aws = Embedded(tmp_path, monkeypatch)
    with aws.running() as program:
        aws.make()
        aws.put("last-item")
        program.terminate()
        assert program.wait(20) == 0
    with aws.running():
        assert aws.has("last-item")


def test_it_saves_one_moment_while_it_is_written_to(tmp_path: Path, monkeypatch: Any) -> None:
    aws = Embedded(tmp_path, monkeypatch)
    stop = threading.Event()

    def write(thread: int) -> None:
        number = 0
        while not stop.is_set():
            aws.put(f"item-{thread}-{number}")
            number += 1

    with aws.running() as program:
        aws.make()
        writers = [threading.Thread(target=write, args=(thread,)) for thread in range(3)]
        for writer in writers:
            writer.start()
        wait_until(lambda: aws.saved("item-0-0") and aws.saved("item-2-0"), "a save under load", SAVE_EVERY + 20)
        stop.set()
        for writer in writers:
            writer.join()
        program.kill()
        said = program.communicate()[0]
    assert "failed to save" not in said
    with aws.running():
        assert all(aws.has(f"item-{thread}-0") for thread in range(3))


def test_it_listens_on_the_loopback_interface_alone_and_asks_for_a_signature(tmp_path: Path, monkeypatch: Any) -> None:
    import urllib.error
    import urllib.request

    aws = Embedded(tmp_path, monkeypatch)
    with aws.running() as program:
        aws.make()
        aws.s3.put_object(Bucket="kept-files", Key="private", Body=b"bytes")
        assert listeners(program.pid) == {f"127.0.0.1:{aws.port}"}
        try:
            urllib.request.urlopen(f"http://127.0.0.1:{aws.port}/kept-files/private", timeout=5).close()
            raise AssertionError("an unsigned request got a private file")
        except urllib.error.HTTPError as refused:
            assert refused.code == 403


def listeners(pid: int) -> set[str]:
    """Addresses a process listens on, out of /proc."""
    inodes = {str(link.readlink())[8:-1] for link in Path(f"/proc/{pid}/fd").iterdir() if "socket:[" in str(link.readlink())}
    found = set()
    for family in ("tcp", "tcp6"):
        for line in Path("/proc/net", family).read_text().splitlines()[1:]:
            fields = line.split()
            if fields[3] == "0A" and fields[9] in inodes:
                address, port = fields[1].split(":")
                octets = [str(int(address[place : place + 2], 16)) for place in (6, 4, 2, 0)]
                found.add(f"{'.'.join(octets)}:{int(port, 16)}" if family == "tcp" else fields[1])
    return found
