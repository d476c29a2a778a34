"""The embedded AWS of the laptop: `python -m infra.local.aws --port 4566 --state var/aws`.

ministack keeps everything in memory and writes it down only when it is ended politely. Here it runs inside our process, which
also saves on a timer, so that a crash or kill -9 loses at most the last seconds. The saving functions are ministack's private
ones: its version is pinned, and tests/infra/test_aws.py holds us to what they do.
"""

import argparse
import asyncio
import os
import signal
import time
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Any

LOOK_EVERY = 0.2
"""Seconds between two looks whether something must be saved."""

SAVE_EVERY = 2.0
"""Least seconds between two saves; a big state is saved less often, see REST."""

REST = 10
"""Times the length of a save that go by before the next one: saving takes a tenth of a core at most."""

SAVE_LIMIT = 60.0
"""Seconds after which a save is given up and begun anew."""

READS = ("Get", "BatchGet", "Query", "Scan", "List", "Describe", "Head")

App = Callable[[dict[str, Any], Any, Any], Awaitable[None]]


class Changes:
    """The ASGI application in front of ministack's own: remembers whether anything may have changed since the last save."""

    def __init__(self, app: App) -> None:
        self.app = app
        self.pending = False

    async def __call__(self, scope: dict[str, Any], receive: Any, send: Any) -> None:
        await self.app(scope, receive, send)
        if scope["type"] == "http" and not _only_reads(scope):
            self.pending = True


def _only_reads(scope: dict[str, Any]) -> bool:
    target = dict(scope["headers"]).get(b"x-amz-target", b"").decode()
    if target:  # a poll of an empty queue is a ReceiveMessage too: what it hides for a while need not outlive a crash
        action = target.rpartition(".")[2]
        return action.startswith(READS) or action == "ReceiveMessage"
    return scope["method"] in ("GET", "HEAD")


class Saver:
    """Writes the state down from a forked copy of the process.

    The copy holds one moment of all services, is read by one thread only, and lets the server answer meanwhile; a copy that
    hangs on a lock which some thread held at the fork is killed, and the next look makes another.
    """

    def __init__(self, changes: Changes, save: Callable[[], None]) -> None:
        self.changes = changes
        self.save = save
        self.copy: int | None = None
        self.started = 0.0
        self.not_before = 0.0

    async def run(self) -> None:
        while True:
            await asyncio.sleep(LOOK_EVERY)
            self.look()

    def look(self) -> None:
        if self.copy is not None and not self._ended():
            return
        if self.changes.pending and time.monotonic() >= self.not_before:
            self.changes.pending = False
            self.started = time.monotonic()
            self.copy = self._fork()

    def _fork(self) -> int:
        copy = os.fork()
        if copy:
            return copy
        status = 1
        try:
            for number in (signal.SIGTERM, signal.SIGINT):
                signal.signal(number, signal.SIG_IGN)
            os.nice(10)
            os.closerange(3, os.sysconf("SC_OPEN_MAX"))  # the port must be free for a restart while we still write
            self.save()
            status = 0
        finally:
            os._exit(status)

    def _ended(self) -> bool:
        assert self.copy is not None
        ended, status = os.waitpid(self.copy, os.WNOHANG)
        if not ended and time.monotonic() - self.started < SAVE_LIMIT:
            return False
        if not ended:
            os.kill(self.copy, signal.SIGKILL)
            os.waitpid(self.copy, 0)
        now = time.monotonic()
        self.not_before = now + max(SAVE_EVERY, REST * (now - self.started))
        self.changes.pending |= not ended or status != 0
        self.copy = None
        return True

    def wait(self) -> None:
        """Let a save that runs come to its end: two at once would write into the same files."""
        while self.copy is not None and not self._ended():
            time.sleep(0.02)


def environment(port: int, state: Path) -> dict[str, str]:
    """What ministack must find in its environment before it is imported."""
    return {
        "BIND_HOST": "127.0.0.1",
        "GATEWAY_PORT": str(port),
        "SFTP_ENABLED": "0",
        "IOT_MTLS_ENABLED": "0",
        "AUTH": "true",
        "PERSIST_STATE": "1",
        "STATE_DIR": str(state / "state"),
        "S3_PERSIST": "1",
        "S3_DATA_DIR": str(state / "files"),
        "DOCKER_HOST": "unix:///nowhere",
    }


async def serve(port: int) -> None:
    """Answer until SIGTERM or Ctrl-C, then save."""
    from hypercorn.asyncio import serve as hypercorn_serve
    from hypercorn.config import Config
    from ministack import app as ministack
    from ministack.core.persistence import save_all

    changes = Changes(ministack.app)
    saver = Saver(changes, lambda: save_all(ministack._build_persistence_save_dict()))
    config = Config()
    config.bind = [f"127.0.0.1:{port}"]
    config.keep_alive_timeout = 75
    config.graceful_timeout = 1
    config.loglevel = "WARNING"
    stopped = asyncio.Event()
    loop = asyncio.get_running_loop()
    for number in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(number, stopped.set)

    async def stop() -> None:
        await stopped.wait()
        timer.cancel()
        saver.wait()

    timer = asyncio.create_task(saver.run())
    await hypercorn_serve(changes, config, shutdown_trigger=stop)  # type: ignore[arg-type]


def main() -> None:
    arguments = argparse.ArgumentParser(description=__doc__)
    arguments.add_argument("--port", type=int, default=4566)
    arguments.add_argument("--state", type=Path, default=Path("var/aws"))
    chosen = arguments.parse_args()
    os.environ.update(environment(chosen.port, chosen.state.absolute()))
    os.environ.setdefault("LOG_LEVEL", "WARNING")
    asyncio.run(serve(chosen.port))


if __name__ == "__main__":
    main()
