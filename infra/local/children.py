"""The processes of the laptop: started with a log of their own, ended politely."""

import subprocess
import sys
import threading
from collections.abc import Callable, Iterable, Mapping
from pathlib import Path

POLITE = 12.0
"""Seconds a process gets to end after SIGTERM."""


class Failed(Exception):
    """The laptop can't start or go on; the message is for its owner."""


class Child:
    """`python -m MODULE` with its output in `<logs>/<name>.log`, and line by line to `tell`.

    In a session of its own, so that Ctrl-C reaches the supervisor alone and everything ends in order.
    """

    def __init__(
        self,
        name: str,
        module: str,
        arguments: Iterable[str],
        environment: Mapping[str, str],
        logs: Path,
        tell: Callable[[str], None] | None = None,
    ) -> None:
        logs.mkdir(parents=True, exist_ok=True)
        self.name = name
        self.log = logs / f"{name}.log"
        self.tell = tell
        self.lines: list[str] = []
        self.process = subprocess.Popen(
            [sys.executable, "-m", "infra.local.child", module, *arguments],
            env=dict(environment),
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            start_new_session=True,
        )
        self._reader = threading.Thread(target=self._read, name=name, daemon=True)
        self._reader.start()

    def _read(self) -> None:
        assert self.process.stdout
        with self.log.open("wb") as log:
            for line in self.process.stdout:
                log.write(line)
                log.flush()
                text = line.decode(errors="replace").rstrip()
                self.lines = [*self.lines[-19:], text]
                if self.tell:
                    self.tell(text)

    def said(self, words: str) -> bool:
        """Whether one of the last lines has these words."""
        return any(words in line for line in self.lines)

    def check(self) -> None:
        """Raises Failed if it has ended."""
        code = self.process.poll()
        if code is not None:
            self._reader.join(1)
            raise Failed("\n".join([f"{self.name} ended with code {code}; its last words ({self.log}):", *self.lines]))

    def end(self) -> None:
        """SIGTERM, then SIGKILL for one that does not listen."""
        self.process.terminate()
        try:
            self.process.wait(POLITE)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()
        self._reader.join(1)
