"""What the simulated 1C remembers between runs: one JSON file, replaced as a whole."""

import json
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from threading import RLock
from typing import Any


class State:
    """`data` is JSON: change it inside `changing()`, which saves it. A half-written file never takes the place of a good one."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._lock = RLock()
        self._depth = 0
        self.data: dict[str, Any] = json.loads(path.read_text("utf-8")) if path.exists() else {}

    @contextmanager
    def reading(self) -> Iterator[dict[str, Any]]:
        with self._lock:
            yield self.data

    @contextmanager
    def changing(self) -> Iterator[dict[str, Any]]:
        """Saved when the outermost change is done; what an error cut short is not."""
        with self._lock:
            self._depth += 1
            try:
                yield self.data
            finally:
                self._depth -= 1
            if not self._depth:
                self._save()

    def _save(self) -> None:
        self._path.parent.mkdir(parents=True, exist_ok=True)
        draft = self._path.with_suffix(".draft")
        with draft.open("w", encoding="utf-8") as file:
            json.dump(self.data, file, ensure_ascii=False, indent=1, default=str)
            file.flush()
            os.fsync(file.fileno())
        draft.replace(self._path)
