"""`python -m infra.bench`, which `make bench` runs: every benchmark after the other, each in a process of its own."""

import subprocess
import sys
from pathlib import Path

LIBRARY = {"__init__", "__main__", "assortment", "files", "laptop"}
"""Modules that the benchmarks share."""


def main() -> int:
    names = sorted(path.stem for path in Path(__file__).parent.glob("*.py") if path.stem not in LIBRARY)
    failed = []
    for name in names:
        print(f"\n== {name}", flush=True)
        if subprocess.run([sys.executable, "-m", f"infra.bench.{name}"], check=False).returncode:
            failed.append(name)
    if failed:
        print("failed:", ", ".join(failed))
    return len(failed)


if __name__ == "__main__":
    sys.exit(main())
