"""Files in S3: exchange files, pictures, snapshots, documents."""

from base64 import b64decode, b64encode
from collections.abc import Iterator
from datetime import timedelta
from io import BufferedReader, BytesIO, RawIOBase
from typing import TYPE_CHECKING, Any, BinaryIO, cast
from urllib.parse import quote

from botocore.exceptions import ClientError

from chalicelib.domain.errors import NotFound
from chalicelib.usecases.ports.files import StoredFile, Upload

if TYPE_CHECKING:
    from mypy_boto3_s3.client import S3Client

READ_AHEAD = 256 * 1024


class S3Files:
    def __init__(self, client: "S3Client", bucket: str) -> None:
        self.client = client
        self.bucket = bucket

    def put(self, key: str, body: bytes | BinaryIO, content_type: str = "application/octet-stream") -> None:
        """A stream goes up part by part: it is never whole in memory."""
        stream = BytesIO(body) if isinstance(body, bytes) else body
        self.client.upload_fileobj(stream, self.bucket, key, ExtraArgs={"ContentType": content_type})

    def open(self, key: str) -> BinaryIO:
        """A stream read as it goes, without seeking. Raises NotFound."""
        try:
            answer = self.client.get_object(Bucket=self.bucket, Key=key)
        except ClientError as error:
            if error.response["Error"]["Code"] in ("NoSuchKey", "404"):
                raise NotFound("Нет файла %(key)s", key=key) from error
            raise
        return BufferedReader(cast(RawIOBase, _Body(answer["Body"])), READ_AHEAD)

    def keys(self, prefix: str) -> Iterator[str]:
        for page in self.client.get_paginator("list_objects_v2").paginate(Bucket=self.bucket, Prefix=prefix):
            yield from (found["Key"] for found in page.get("Contents", []))

    def delete(self, key: str) -> None:
        self.client.delete_object(Bucket=self.bucket, Key=key)

    def stored(self, key: str) -> StoredFile | None:
        try:
            answer = self.client.head_object(Bucket=self.bucket, Key=key, ChecksumMode="ENABLED")
        except ClientError as error:
            if error.response["Error"]["Code"] in ("NoSuchKey", "404"):
                return None
            raise
        return StoredFile(answer["ContentLength"], b64decode(answer.get("ChecksumSHA256", "")).hex())

    def upload(self, key: str, file: StoredFile, content_type: str, lifetime: timedelta) -> Upload:
        """Size and checksum are signed: S3 refuses other bytes, and nothing becomes of a link that leaks."""
        checksum = b64encode(bytes.fromhex(file.sha256)).decode()
        params = {
            "Bucket": self.bucket,
            "Key": key,
            "ContentType": content_type,
            "ContentLength": file.size,
            "ChecksumSHA256": checksum,
        }
        url = self.client.generate_presigned_url("put_object", Params=params, ExpiresIn=int(lifetime.total_seconds()))
        headers = {"Content-Type": content_type, "Content-Length": str(file.size), "x-amz-checksum-sha256": checksum}
        return Upload(url, "PUT", headers)

    def link(self, key: str, filename: str, lifetime: timedelta, content_type: str = "application/pdf") -> str:
        params = {
            "Bucket": self.bucket,
            "Key": key,
            "ResponseContentDisposition": disposition(filename),
            "ResponseContentType": content_type,
        }
        return self.client.generate_presigned_url("get_object", Params=params, ExpiresIn=int(lifetime.total_seconds()))


class _Body(RawIOBase):
    """What S3 streams, as Python's io classes want it."""

    def __init__(self, body: Any) -> None:
        self.body = body

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: Any) -> int:
        data = self.body.read(len(buffer))
        buffer[: len(data)] = data
        return len(data)

    def close(self) -> None:
        self.body.close()
        super().close()


def disposition(filename: str) -> str:
    """A content disposition for a file that opens in the browser and is saved under its name, whatever letters it has."""
    plain = "".join(letter if (letter.isascii() and letter.isalnum()) or letter in " ._-" else "_" for letter in filename)
    return f"inline; filename=\"{plain}\"; filename*=UTF-8''{quote(filename, safe='')}"
