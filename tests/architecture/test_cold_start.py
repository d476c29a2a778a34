"""What the first request of a new Lambda instance waits for: `import app` in a fresh interpreter."""

import json
import subprocess
import sys

from tests.architecture.imports import ROOT

HEAVY = {
    *("PIL", "argon2", "aws_lambda_powertools", "babel", "boto3", "botocore.client", "infra", "lxml", "num2words"),
    *("phonenumbers", "reportlab", "tantivy"),
}
"""Modules that are imported by the function that needs them, when it is called."""


def test_importing_the_application_is_cheap() -> None:
    program = "import app, json, sys; print(json.dumps(sorted(sys.modules)))"
    said = subprocess.run([sys.executable, "-c", program], cwd=ROOT, capture_output=True, text=True, check=True).stdout
    loaded = set(json.loads(said.splitlines()[-1]))
    assert "chalice" in loaded
    assert loaded & HEAVY == set()
