"""What Lambda does around a function: its Runtime API, and the Python it starts in the unpacked package with AWS's own client."""

import contextlib
import json
import os
import queue
import shutil
import subprocess
import sys
import sysconfig
import threading
import time
from collections.abc import Iterator, Mapping
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from importlib.metadata import distribution
from pathlib import Path
from typing import Any

from packaging.requirements import Requirement

from infra.local.events import Context

PACKAGES = Path(sysconfig.get_paths()["purelib"])


def closure(*names: str) -> dict[str, Path]:
    """Everything the installed distributions `names` need: name in site-packages -> its path."""
    left, seen, found = list(names), set[str](), dict[str, Path]()
    while left:
        name = left.pop().lower().replace("_", "-")
        if name in seen:
            continue
        seen.add(name)
        of = distribution(name)
        wanted = map(Requirement, of.requires or [])
        left += [one.name for one in wanted if one.marker is None or one.marker.evaluate({"extra": ""})]
        tops = {Path(str(file)).parts[0] for file in of.files or [] if ".." not in str(file)} - {"__pycache__"}
        found |= {top: PACKAGES / top for top in tops}
    return found


class RuntimeApi(ThreadingHTTPServer):
    """One event at a time: `invoke` gives it to the function and waits for what it answers."""

    daemon_threads = True

    program: "subprocess.Popen[bytes]"

    def __init__(self) -> None:
        self.events: queue.Queue[dict[str, Any]] = queue.Queue()
        self.answers: queue.Queue[tuple[str, Any]] = queue.Queue()
        super().__init__(("127.0.0.1", 0), RuntimeApiRequest)

    def invoke(self, event: dict[str, Any], seconds: float = 30) -> Any:
        """Raises RuntimeError with what the function raised, or said before it ended."""
        self.events.put(event)
        until = time.monotonic() + seconds
        while time.monotonic() < until and self.program.poll() is None:
            with contextlib.suppress(queue.Empty):
                kind, answer = self.answers.get(timeout=0.2)
                if kind == "response":
                    return answer
                raise RuntimeError(answer)
        self.program.kill()
        raise RuntimeError(self.program.communicate()[0].decode())


class RuntimeApiRequest(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    server: RuntimeApi

    def do_GET(self) -> None:
        event = json.dumps(self.server.events.get()).encode()
        context = Context("packaged", 60)
        self.send_response(200)
        self.send_header("Lambda-Runtime-Aws-Request-Id", context.aws_request_id)
        self.send_header("Lambda-Runtime-Deadline-Ms", "9999999999999")
        self.send_header("Lambda-Runtime-Invoked-Function-Arn", context.invoked_function_arn)
        self.send_header("Lambda-Runtime-Trace-Id", "Root=1-0-0;Parent=0;Sampled=0")
        self.send_header("Content-Type", "application/json")  # without it AWS's client ends in a segmentation fault
        self.send_header("Content-Length", str(len(event)))
        self.end_headers()
        self.wfile.write(event)

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers.get("Content-Length") or 0)) or self._chunks()
        self.send_response(202)
        self.send_header("Content-Length", "0")
        self.end_headers()
        self.server.answers.put((self.path.rpartition("/")[2], json.loads(body or b"null")))

    def _chunks(self) -> bytes:
        body = b""
        while size := int(self.rfile.readline() or b"0", 16):
            body += self.rfile.read(size)
            self.rfile.readline()
        return body

    def log_message(self, format: str, *args: Any) -> None:
        """Silent."""


def provide(folder: Path) -> Path:
    """What stands in Lambda beside the package: the client of its Runtime API and boto3."""
    folder.mkdir()
    for name, path in closure("awslambdaric", "boto3").items():
        (folder / name).symlink_to(path)
    return folder


@contextlib.contextmanager
def running(handler: str, task: Path, provided: Path, environ: Mapping[str, str]) -> Iterator[RuntimeApi]:
    """The function `handler` of the unpacked package `task`, with nothing else importable than what Lambda has."""
    api = RuntimeApi()
    threading.Thread(target=api.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True).start()
    python = getattr(sys, "_base_executable", None) or shutil.which("python3") or sys.executable
    lambdas = {
        "AWS_LAMBDA_RUNTIME_API": f"127.0.0.1:{api.server_port}",
        "LAMBDA_TASK_ROOT": str(task),
        "PYTHONPATH": f"{task}{os.pathsep}{provided}",
        "PYTHONDONTWRITEBYTECODE": "1",
    }
    kept = {name: value for name, value in os.environ.items() if name in ("PATH", "HOME", "TMPDIR") or name.startswith("AWS_")}
    api.program = subprocess.Popen(
        [python, "-S", "-m", "awslambdaric", handler],
        cwd=task,
        env=kept | dict(environ) | lambdas,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
    )
    try:
        yield api
    finally:
        api.program.kill()
        api.program.communicate()
        api.shutdown()
        api.server_close()
