"""S3 whose files are read without botocore: the first page of a new instance waits for the search snapshot, not for an SDK.

Everything else is botocore's, which is loaded when it is first asked for.
"""

import os
import re
import time
from datetime import UTC, datetime
from functools import cached_property
from hashlib import sha256
from http.client import HTTPException, HTTPResponse
from typing import TYPE_CHECKING, Any
from urllib.parse import quote, urlsplit

from botocore.exceptions import ClientError

from chalicelib.adapters.connect import connect
from chalicelib.adapters.signature import credentials, region, signed

if TYPE_CHECKING:
    from mypy_boto3_s3.client import S3Client

TRIES = 4
EMPTY = sha256(b"").hexdigest()


class QuickS3:
    """Stands for botocore's S3Client. Keys and region are read where it is made."""

    def __init__(self) -> None:
        self._region = region()
        self._credentials = credentials()
        named = os.environ.get("AWS_ENDPOINT_URL_S3") or os.environ.get("AWS_ENDPOINT_URL")
        self._address = urlsplit(named or f"https://s3.{self._region}.amazonaws.com")

    @cached_property
    def whole(self) -> "S3Client":
        import boto3
        from botocore.config import Config

        return boto3.client("s3", config=Config(signature_version="s3v4"))

    def __getattr__(self, name: str) -> Any:
        return getattr(self.whole, name)

    def get_object(self, *, Bucket: str, Key: str) -> dict[str, Any]:
        """{"Body": a stream to be read once}. Raises ClientError: NoSuchKey and whatever else S3 answers."""
        path = f"/{Bucket}/{quote(Key, safe='/~')}"
        for attempt in range(TRIES):
            try:
                return {"Body": Download(self._get(path))}
            except (ClientError, OSError, HTTPException) as error:
                if attempt + 1 == TRIES or not _may_pass(error):
                    raise
            time.sleep(0.1 * 2**attempt)
        raise AssertionError("unreachable")

    def _get(self, path: str) -> HTTPResponse:
        plain = {"host": self._address.netloc, "x-amz-content-sha256": EMPTY}
        scope, now = (self._region, "s3"), datetime.now(UTC)
        connection = connect(self._address)
        connection.request("GET", path, headers=signed(plain, b"", by=self._credentials, scope=scope, at=now, line=("GET", path)))
        answer = connection.getresponse()
        if answer.status != 200:
            raise _error(answer.status, answer.read())
        return answer


class Download:
    """The bytes of an answer as they come. http.client takes a connection that breaks for the end of the file: we do not."""

    def __init__(self, answer: HTTPResponse) -> None:
        self._answer = answer

    def read(self, size: int | None = None) -> bytes:
        data = self._answer.read(size)
        if not data and size != 0 and self._answer.length:
            raise ConnectionError(f"the file broke off, {self._answer.length} bytes are missing")
        return data

    def close(self) -> None:
        self._answer.close()


def _may_pass(error: Exception) -> bool:
    return not isinstance(error, ClientError) or error.response["ResponseMetadata"]["HTTPStatusCode"] >= 500


def _error(status: int, answer: bytes) -> ClientError:
    code = re.search(rb"<Code>(\w+)</Code>", answer)
    told = {"Code": code[1].decode() if code else str(status), "Message": answer[:200].decode(errors="replace")}
    return ClientError({"Error": told, "ResponseMetadata": {"HTTPStatusCode": status}}, "GetObject")  # type: ignore[typeddict-item]
