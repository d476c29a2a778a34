"""The package runs as Lambda runs it: unpacked, alone, read-only, behind the Runtime API with AWS's own client.

Wheels for Lambda's Python 3.13 can't run where the tests run on another Python, and can't be fetched without a network: here the
package is filled with the same pinned packages as they are installed. `make package` makes the one that is deployed.
"""

import base64
import json
import shutil
import subprocess
import sys
import zipfile
from datetime import UTC, datetime, timedelta
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from chalicelib.runtime import Runtime
from infra import deploy, package
from infra.local.events import queue_event, schedule_event
from infra.local.proxy import Request, event
from tests.infra.lambda_runtime import closure, provide, running

UNPACKED_LIMIT = 250_000_000
ZIP_LIMIT = 50_000_000


def installed(vendor: Path) -> None:
    """Fill `vendor` with the run-time packages of this environment."""
    for name, path in closure(*package.requirements()).items():
        if path.is_dir():
            shutil.copytree(path, vendor / name, dirs_exist_ok=True)
        elif path.exists():
            shutil.copy2(path, vendor / name)
    package.trim(vendor)


class Package:
    """The zip of a stage and its unpacked tree; `handlers` by the function's name."""

    def __init__(self, folder: Path) -> None:
        python = f"{sys.version_info.major}.{sys.version_info.minor}"
        self.zip = deploy.make_package("dev", folder / "tree", fill=installed, python=python)
        self.task = folder / "task"
        with zipfile.ZipFile(self.zip) as packed:
            packed.extractall(self.task)
            self.unpacked = sum(entry.file_size for entry in packed.infolist())
        self.provided = provide(folder / "provided")
        template = json.loads((self.zip.parent / "sam.json").read_text())
        functions = [resource for resource in template["Resources"].values() if resource["Type"] == "AWS::Serverless::Function"]
        self.handlers = {function["Properties"]["Handler"] for function in functions}
        for path in self.task.rglob("*"):
            path.chmod(path.stat().st_mode & ~0o222)

    def handler(self, end: str) -> str:
        return next(handler for handler in self.handlers if handler.endswith(end))


@pytest.fixture(scope="module")
def packed(tmp_path_factory: pytest.TempPathFactory) -> Package:
    return Package(tmp_path_factory.mktemp("package"))


def get(path: str, resource: str, parameters: dict[str, str] | None = None) -> dict[str, Any]:
    headers = [("Host", "portal.example.com"), ("Accept", "text/html,*/*;q=0.8")]
    return event(Request("GET", path, "", headers, b"", "203.0.113.7", 443), resource, parameters or {}, "/api")


def test_it_fits(packed: Package) -> None:
    assert packed.zip.stat().st_size < ZIP_LIMIT
    assert packed.unpacked < UNPACKED_LIMIT
    assert not [path for path in packed.task.rglob("*") if path.name in ("__pycache__", "tests", "boto3", "botocore", "infra")]


def test_its_templates_are_modules(packed: Package) -> None:
    """The first page of a new instance does not wait for templates to be compiled."""
    web = packed.task / "chalicelib" / "web"
    assert len(list((web / "compiled_templates").glob("tmpl_*.py"))) == len(list((web / "templates").rglob("*.html")))


def test_it_serves_a_page_with_its_style(packed: Package, aws: SimpleNamespace) -> None:
    with running("app.app", packed.task, packed.provided, aws.environment) as function:
        answer = function.invoke(get("/sign-in", "/sign-in"))
        page = base64.b64decode(answer["body"]).decode()
        assert answer["statusCode"] == 200
        assert answer["headers"]["Content-Type"].startswith("text/html")
        assert 'action="/api/sign-in"' in page
        missing = function.invoke(get("/no/such", "/{proxy+}", {"proxy": "no/such"}))
        assert missing["statusCode"] == 404
        style = function.invoke(get("/static/bootstrap.min.css", "/static/{name}", {"name": "bootstrap.min.css"}))
        assert style["statusCode"] == 200
        assert b"Bootstrap" in base64.b64decode(style["body"])[:200]


def test_it_does_a_message_of_a_queue(packed: Package, aws: SimpleNamespace, tmp_path: Path) -> None:
    body = {"channel": "sms", "to": "+79161234567", "subject": "", "text": "Ваш заказ принят"}
    row = Runtime().outbox.add("messages", "user", body, datetime.now(UTC))
    aws.sqs.send_message(QueueUrl=aws.environment["QUEUE_MESSAGES"], MessageBody=json.dumps({"row": row.id}))
    received = aws.sqs.receive_message(QueueUrl=aws.environment["QUEUE_MESSAGES"], MessageSystemAttributeNames=["All"])
    given = queue_event(received["Messages"], "arn:aws:sqs:eu-central-1:1:kabinet-dev-messages")
    environ = aws.environment | {"SMS_URL": f"file:{tmp_path}"}
    with running(packed.handler(".worker_messages"), packed.task, packed.provided, environ) as function:
        assert function.invoke(given) == {"batchItemFailures": []}
    [written] = [path for path in tmp_path.iterdir() if path.is_file()]
    assert "Ваш заказ принят" in written.read_text()
    assert Runtime().outbox.read("messages", row.id) is None


def test_it_keeps_a_schedule(packed: Package, aws: SimpleNamespace) -> None:
    row = Runtime().outbox.add("messages", "user", {"channel": "sms"}, datetime.now(UTC) - timedelta(seconds=45))
    with running(packed.handler(".schedule_outbox"), packed.task, packed.provided, aws.environment) as function:
        function.invoke(schedule_event("outbox", datetime.now(UTC)))
    [message] = aws.sqs.receive_message(QueueUrl=aws.environment["QUEUE_MESSAGES"])["Messages"]
    assert json.loads(message["Body"]) == {"row": row.id}


def test_every_function_can_be_loaded(packed: Package) -> None:
    """Lambda finds each handler by the name that Chalice wrote down."""
    program = "import importlib, sys\nfor handler in sys.argv[1:]:\n    module, name = handler.rsplit('.', 1)\n"
    program += "    assert callable(getattr(importlib.import_module(module), name)), handler"
    environ = {"PYTHONPATH": f"{packed.task}:{packed.provided}"}
    python = getattr(sys, "_base_executable", sys.executable)
    subprocess.run([python, "-S", "-c", program, *sorted(packed.handlers)], cwd=packed.task, env=environ, check=True)
    assert len(packed.handlers) == len(package_functions())


def package_functions() -> set[str]:
    import app

    return {"api_handler", *(source.name for source in app.app.event_sources)}
