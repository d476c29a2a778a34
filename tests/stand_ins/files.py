"""A file store and queues in memory, for what needs no AWS."""

import io
from collections.abc import Iterator, Mapping
from datetime import timedelta
from hashlib import sha256
from threading import Lock
from typing import BinaryIO

from chalicelib.domain.errors import NotFound
from chalicelib.usecases.ports.files import StoredFile, Upload


class MemoryFiles:
    """Keeps the contract of `ports.FileStore`; `opened` counts the reads of each key."""

    def __init__(self) -> None:
        self.bodies: dict[str, bytes] = {}
        self.opened: list[str] = []
        self.lock = Lock()

    def put(self, key: str, body: bytes | BinaryIO, content_type: str = "application/octet-stream") -> None:
        self.bodies[key] = body if isinstance(body, bytes) else body.read()

    def open(self, key: str) -> BinaryIO:
        if key not in self.bodies:
            raise NotFound("Нет файла %(key)s", key=key)
        with self.lock:
            self.opened.append(key)
        return io.BytesIO(self.bodies[key])

    def keys(self, prefix: str) -> Iterator[str]:
        return iter(sorted(key for key in self.bodies if key.startswith(prefix)))

    def delete(self, key: str) -> None:
        self.bodies.pop(key, None)

    def stored(self, key: str) -> StoredFile | None:
        body = self.bodies.get(key)
        return None if body is None else StoredFile(len(body), sha256(body).hexdigest())

    def upload(self, key: str, file: StoredFile, content_type: str, lifetime: timedelta) -> Upload:
        return Upload(f"memory:{key}", "PUT", {"Content-Type": content_type})

    def link(self, key: str, filename: str, lifetime: timedelta, content_type: str = "application/pdf") -> str:
        return f"memory:{key}"


class MemoryQueues:
    """Keeps what was sent: (queue, message, delay)."""

    def __init__(self) -> None:
        self.sent: list[tuple[str, Mapping[str, object], int]] = []

    def send(self, queue: str, message: Mapping[str, object], *, group: str = "", unique: str = "", delay: int = 0) -> None:
        self.sent.append((queue, message, delay))
