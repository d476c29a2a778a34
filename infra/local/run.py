"""The whole of Kabinet on one machine: `python -m infra.local.run`, which is what `make run` does.

Starts the embedded AWS, makes what `infra` declares in it, serves pages, works queues and schedules, and lets a simulated 1C
load the demo supplier through the exchange. Environment: PORT (8000), AWS_PORT (4566), ODATA_PORT (8081), VAR (folder of the
state and the logs, `var`), STAGE_PATH (`/api` to serve under a stage's prefix), DEMO=none for an empty portal; MAIL_URL,
SMS_URL and ERP_URL replace the laptop's own, PUSH_URL sends orders out.
"""

import json
import os
import signal
import socket
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from types import MappingProxyType
from typing import Any

from infra.local.children import Child, Failed
from infra.local.events import ACCOUNT, REGION

STAGE = "laptop"


class Stopped(BaseException):
    """Somebody asked us to end."""


@dataclass(frozen=True)
class Choice:
    """What the environment says. `var` is absolute; `demo` is False for an empty portal."""

    port: int
    aws_port: int
    odata_port: int
    var: Path
    stage_path: str
    demo: bool

    @classmethod
    def read(cls, environ: Mapping[str, str] = os.environ) -> "Choice":
        return cls(
            port=int(environ.get("PORT", "8000")),
            aws_port=int(environ.get("AWS_PORT", "4566")),
            odata_port=int(environ.get("ODATA_PORT", "8081")),
            var=Path(environ.get("VAR", "var")).absolute(),
            stage_path=environ.get("STAGE_PATH", "").rstrip("/"),
            demo=environ.get("DEMO", "") != "none",
        )

    @property
    def public_url(self) -> str:
        return f"http://127.0.0.1:{self.port}{self.stage_path}"

    @property
    def aws_url(self) -> str:
        return f"http://127.0.0.1:{self.aws_port}"

    @property
    def ports(self) -> dict[str, int]:
        """The variable that moves it -> the port."""
        ports = {"PORT": self.port, "AWS_PORT": self.aws_port}
        return ports | {"ODATA_PORT": self.odata_port} if self.demo else ports


def environment(choice: Choice, environ: Mapping[str, str] = os.environ) -> dict[str, str]:
    """The environment of our processes: nothing of the owner's AWS configuration gets in, and no proxy is asked."""
    kept = {name: value for name, value in environ.items() if not name.startswith("AWS_") and not name.lower().endswith("_proxy")}
    own = {
        "AWS_ENDPOINT_URL": choice.aws_url,
        "AWS_ACCESS_KEY_ID": ACCOUNT,
        "AWS_SECRET_ACCESS_KEY": "test",
        "AWS_DEFAULT_REGION": REGION,
        "AWS_CONFIG_FILE": os.devnull,
        "AWS_SHARED_CREDENTIALS_FILE": os.devnull,
        "AWS_EC2_METADATA_DISABLED": "true",
        "KABINET_STAGE": STAGE,
        "STAGE_PATH": choice.stage_path,
        "PUBLIC_URL": choice.public_url,
        "MAIL_URL": environ.get("MAIL_URL") or f"file:{choice.var / 'mail'}?from=portal@example.com",
        "SMS_URL": environ.get("SMS_URL") or f"file:{choice.var / 'sms'}",
        "ERP_URL": environ.get("ERP_URL") or (erp_url(choice) if choice.demo else ""),
        "PRIVATE_ADDRESSES": environ.get("PRIVATE_ADDRESSES", "allow"),
        "PYTHONUNBUFFERED": "1",
    }
    return kept | own


def erp_url(choice: Choice) -> str:
    """Where the simulated 1C answers questions."""
    return f"http://odata:odata@127.0.0.1:{choice.odata_port}/demo"


class Laptop:
    """The processes, in the order of their start; they end in the reverse."""

    def __init__(self, choice: Choice) -> None:
        self.choice = choice
        self.environment = environment(choice)
        self.credentials: dict[str, dict[str, str]] = {}
        self.children: list[Child] = []

    def start(self) -> None:
        """Returns once everything answers. Raises Failed."""
        for variable, port in self.choice.ports.items():
            refuse_busy(variable, port)
        self.choice.var.mkdir(parents=True, exist_ok=True)
        say("starting the embedded AWS")
        self._child("aws", "infra.local.aws", "--port", self.choice.aws_port, "--state", self.choice.var / "aws")
        self._wait("aws", lambda: answers(f"{self.choice.aws_url}/_ministack/health"))
        say("applying the declaration of infra/: tables, queues, bucket")
        self.environment |= self._declare()
        say("starting pages, queues and schedules")
        keys = {"FUNCTION_CREDENTIALS": json.dumps(self.credentials)}
        workers = self._child("workers", "infra.local.workers", "--notes", self.choice.var / "at-work", more=keys)
        self._child("gateway", "infra.local.gateway", "--port", self.choice.port, more=self.credentials["api_handler"])
        self._accounts()
        self._wait("gateway", lambda: listens(self.choice.port))
        self._wait("workers", lambda: workers.said("workers:"))
        if self.choice.demo:
            self._load_demo()

    def stop(self) -> None:
        while self.children:
            self.children.pop().end()

    def watch(self) -> None:
        """Waits for ever. Raises Failed when one of the processes ends by itself."""
        while True:
            self._check()
            time.sleep(0.5)

    def _declare(self) -> dict[str, str]:
        os.environ.clear()
        os.environ.update(self.environment)
        import boto3

        from infra.create import create
        from infra.local.policies import credentials
        from infra.stack import bucket_name

        session = boto3.Session()
        self.credentials = credentials(session, STAGE)
        return create(session, STAGE, bucket_name(STAGE, ACCOUNT))

    def _accounts(self) -> None:
        os.environ.update(self.environment)
        from infra.local.people import open_staff_accounts

        open_staff_accounts()

    def _load_demo(self) -> None:
        state = self.choice.var / "simulator.json"
        portal = ("--portal", self.choice.public_url, "--odata-port", self.choice.odata_port)
        simulator = self._child("1c", "infra.simulator", *portal, "--state", state, "--mail", self.choice.var / "mail", tell=say)
        self._wait("1c", lambda: simulator.said("demo loaded"), seconds=300)

    def _child(
        self,
        name: str,
        module: str,
        *arguments: object,
        more: Mapping[str, str] = MappingProxyType({}),
        tell: Callable[[str], None] | None = None,
    ) -> Child:
        child = Child(name, module, map(str, arguments), self.environment | dict(more), self.choice.var / "log", tell)
        self.children.append(child)
        return child

    def _check(self) -> None:
        for child in self.children:
            child.check()

    def _wait(self, name: str, ready: Callable[[], Any], seconds: float = 60) -> None:
        until = time.monotonic() + seconds
        while not ready():
            self._check()
            if time.monotonic() > until:
                raise Failed(f"{name} is not ready after {seconds:.0f} s; see {self.choice.var / 'log'}")
            time.sleep(0.05)


def refuse_busy(variable: str, port: int) -> None:
    """Raises Failed where somebody listens on the port already."""
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(("127.0.0.1", port))
        except OSError:
            raise Failed(
                f"port {port} is busy: end what listens there, or choose another, as in `make run {variable}={port + 1}`"
            ) from None


def listens(port: int) -> bool:
    try:
        socket.create_connection(("127.0.0.1", port), timeout=1).close()
    except OSError:
        return False
    return True


def answers(url: str) -> bool:
    try:
        urllib.request.build_opener(urllib.request.ProxyHandler({})).open(url, timeout=1).close()
    except urllib.error.HTTPError:
        return True
    except (urllib.error.URLError, OSError):
        return False
    return True


def say(line: str) -> None:
    print(line, flush=True)


def tell_ready(choice: Choice, sign_ins: Iterable[str]) -> None:
    say(f"\nready {choice.public_url}\n")
    for line in sign_ins:
        say(f"  {line}")
    say(f"\n  letters and SMS  {choice.var}/mail, {choice.var}/sms\n  logs             {choice.var}/log\n  Ctrl-C ends it\n")


def main() -> int:
    def stop(_signal: int, _frame: object) -> None:
        for number in (signal.SIGTERM, signal.SIGINT):
            signal.signal(number, signal.SIG_IGN)
        raise Stopped

    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, stop)
    from infra.local.people import sign_ins

    laptop = Laptop(Choice.read())
    try:
        laptop.start()
        tell_ready(laptop.choice, sign_ins(laptop.choice.public_url, demo=laptop.choice.demo))
        laptop.watch()
    except Stopped:
        say("\nending")
        return 0
    except Failed as failed:
        print(f"\n{failed}", file=sys.stderr, flush=True)
        return 1
    finally:
        laptop.stop()
    return 0


if __name__ == "__main__":
    sys.exit(main())
