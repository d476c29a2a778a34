"""Chalice's command line, which packages for Lambda's Python (LAMBDA_PYTHON) instead of for the one that runs it.

A file of its own that imports nothing of ours: Chalice must import the application of the tree it deploys.
"""

import os
import sys

from chalice.cli import main
from chalice.config import Config

if __name__ == "__main__":
    sys.path.pop(0)
    version = os.environ["LAMBDA_PYTHON"]
    Config.lambda_python_version = property(lambda _: f"python{version}")  # type: ignore[method-assign, assignment]
    sys.exit(main())
