"""Composition root: every client, store and sender of a process, made on first use. The only module that knows all the others."""

from datetime import UTC, datetime
from functools import cached_property
from typing import TYPE_CHECKING

from chalicelib.settings import Settings

if TYPE_CHECKING:
    from mypy_boto3_dynamodb.client import DynamoDBClient
    from mypy_boto3_s3.client import S3Client
    from mypy_boto3_sqs.client import SQSClient

    from chalicelib.usecases import ports


def utc_now() -> datetime:
    return datetime.now(UTC)


class Runtime:
    """Pass another `clock` or replace an attribute to run with a stand-in."""

    def __init__(self, settings: Settings | None = None, clock: "ports.Clock" = utc_now) -> None:
        self.settings = settings or Settings.read()
        self.clock = clock

    @cached_property
    def dynamodb(self) -> "DynamoDBClient":
        import boto3

        return boto3.client("dynamodb")

    @cached_property
    def s3(self) -> "S3Client":
        import boto3
        from botocore.config import Config

        return boto3.client("s3", config=Config(signature_version="s3v4"))

    @cached_property
    def sqs(self) -> "SQSClient":
        import boto3

        return boto3.client("sqs")


_current: Runtime | None = None


def current() -> Runtime:
    """The runtime of this process."""
    global _current
    if _current is None:
        _current = Runtime()
    return _current


def use(runtime: Runtime | None) -> None:
    """Run the process with another runtime; None makes a new one at the next use."""
    global _current
    _current = runtime
