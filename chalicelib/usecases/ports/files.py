"""Stored files, queues, letters."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import timedelta
from typing import BinaryIO, Protocol


@dataclass(frozen=True, slots=True)
class StoredFile:
    """`sha256` is hexadecimal, "" where the storage did not compute it."""

    size: int
    sha256: str


@dataclass(frozen=True, slots=True)
class Upload:
    """Where to send a file, by which method, and the headers that must go with it."""

    url: str
    method: str
    headers: Mapping[str, str]


class FileStore(Protocol):
    def put(self, key: str, body: bytes | BinaryIO, content_type: str = "application/octet-stream") -> None: ...

    def open(self, key: str) -> BinaryIO:
        """A stream. Raises NotFound."""
        ...

    def keys(self, prefix: str) -> Iterator[str]:
        """In order of the key."""
        ...

    def delete(self, key: str) -> None:
        """Nothing happens where there is none."""
        ...

    def stored(self, key: str) -> StoredFile | None:
        """What lies there, by the word of the storage; None where nothing does."""
        ...

    def upload(self, key: str, file: StoredFile, content_type: str, lifetime: timedelta) -> Upload:
        """A presigned link that takes this very file and no other."""
        ...

    def link(self, key: str, filename: str, lifetime: timedelta, content_type: str = "application/pdf") -> str:
        """A presigned link that opens the file under a name."""
        ...


class Queues(Protocol):
    def send(self, queue: str, message: Mapping[str, object], *, group: str = "", unique: str = "", delay: int = 0) -> None:
        """Put a JSON message; `group` and `unique` for FIFO queues, `delay` in seconds for the others."""
        ...


@dataclass(frozen=True, slots=True)
class Letter:
    """A text for one person. `subject` is empty for an SMS."""

    to: str
    subject: str
    text: str


class Sender(Protocol):
    """Mail or SMS."""

    def send(self, letter: Letter) -> None: ...
