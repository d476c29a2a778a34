"""How a process of ours ends: on Ctrl-C, on SIGTERM, and with the supervisor that started it, however that one ended."""

import os
import signal
import threading
from collections.abc import Callable


def on_stop(stop: Callable[[], None]) -> None:
    """Call `stop` once, at the first SIGTERM or Ctrl-C, in the main thread."""
    asked = threading.Event()

    def handle(_signal: int, _frame: object) -> None:
        if not asked.is_set():
            asked.set()
            stop()

    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, handle)


def end_with_parent(every: float = 1.0) -> None:
    """Send ourselves SIGTERM once the process that started us is gone: a killed supervisor leaves nothing running."""
    parent = os.getppid()
    tick = threading.Event()

    def watch() -> None:
        while os.getppid() == parent:
            tick.wait(every)
        os.kill(os.getpid(), signal.SIGTERM)

    threading.Thread(target=watch, name="parent", daemon=True).start()
