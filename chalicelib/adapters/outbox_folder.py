"""A folder that stands for the post: one file per message, whole or not at all."""

from datetime import UTC, datetime
from pathlib import Path
from uuid import uuid4

from chalicelib.log import logger


class OutboxFolder:
    """Files are named by time, so that the newest is the last one."""

    def __init__(self, folder: str, extension: str) -> None:
        self.folder = Path(folder)
        self.extension = extension

    def add(self, body: bytes, subject: str) -> Path:
        """The log gets the subject and the file's name; the text, with links that let people in, stays in the file."""
        self.folder.mkdir(parents=True, exist_ok=True)
        name = f"{datetime.now(UTC):%Y%m%d-%H%M%S-%f}-{uuid4().hex[:6]}.{self.extension}"
        unfinished = self.folder / f".{name}"
        unfinished.write_bytes(body)
        file = unfinished.rename(self.folder / name)
        logger.info("%s -> %s", subject, file)
        return file
