"""The environment as one frozen value, read on first use; names every variable that is missing."""

import os
from collections.abc import Mapping
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Queue:
    """An SQS queue: `timeout` is the seconds its function may run for one batch."""

    name: str
    timeout: int
    batch: int = 1
    fifo: bool = False

    @property
    def suffix(self) -> str:
        return ".fifo" if self.fifo else ""


QUEUES = (
    Queue("imports", timeout=900, fifo=True),
    Queue("stock", timeout=120),
    Queue("snapshot", timeout=600),
    Queue("pictures", timeout=120, batch=5),
    Queue("documents", timeout=60, batch=5),
    Queue("messages", timeout=30, batch=10),
    Queue("deliveries", timeout=60),
    Queue("rereads", timeout=300),
    Queue("pricelists", timeout=600),
)


def resource_name(stage: str, name: str) -> str:
    """The name of a table or queue in a stage: `kabinet-prod-portal`."""
    return f"kabinet-{stage}-{name}"


def queue_name(queue: Queue, stage: str) -> str:
    return resource_name(stage, queue.name) + queue.suffix


@dataclass(frozen=True, slots=True)
class Settings:
    """`mail`, `sms` and `erp` are URLs whose scheme chooses the adapter; an empty `erp` means that 1C can't be asked.

    `push` are URLs of systems that orders are sent to, apart by spaces: the first one is where answers come from, the others
    get copies; empty where 1C comes for its orders itself. `private_addresses` lets them lie in private networks.
    `telegram` is the URL of our bot, empty where there is none. `public_url` is where people open the portal, without a
    trailing slash: links in letters start with it.
    """

    portal_table: str
    catalogue_table: str
    ephemeral_table: str
    bucket: str
    queues: Mapping[str, str]
    public_url: str
    mail: str
    sms: str
    erp: str
    push: str = ""
    telegram: str = ""
    private_addresses: bool = False

    @classmethod
    def read(cls, environ: Mapping[str, str] = os.environ) -> "Settings":
        """Raises RuntimeError naming what is missing."""
        needed = ["PORTAL_TABLE", "CATALOGUE_TABLE", "EPHEMERAL_TABLE", "BUCKET", "PUBLIC_URL", "MAIL_URL", "SMS_URL"]
        needed += [queue_variable(queue.name) for queue in QUEUES]
        missing = [name for name in needed if not environ.get(name)]
        if missing:
            raise RuntimeError("environment variables missing: " + ", ".join(missing))
        return cls(
            portal_table=environ["PORTAL_TABLE"],
            catalogue_table=environ["CATALOGUE_TABLE"],
            ephemeral_table=environ["EPHEMERAL_TABLE"],
            bucket=environ["BUCKET"],
            queues={queue.name: environ[queue_variable(queue.name)] for queue in QUEUES},
            public_url=environ["PUBLIC_URL"].rstrip("/"),
            mail=environ["MAIL_URL"],
            sms=environ["SMS_URL"],
            erp=environ.get("ERP_URL", ""),
            push=environ.get("PUSH_URL", ""),
            telegram=environ.get("TELEGRAM_URL", ""),
            private_addresses=environ.get("PRIVATE_ADDRESSES", "") == "allow",
        )


def queue_variable(queue: str) -> str:
    """The variable that holds a queue's URL."""
    return f"QUEUE_{queue.upper()}"


def dead_letter_url(url: str) -> str:
    """The URL of the queue where messages of the queue at `url` lie that nobody could do; see `infra.resources`."""
    plain = url.removesuffix(".fifo")
    return f"{plain}-dead" + url.removeprefix(plain)


def deploy_stage() -> str:
    """The stage whose queues `chalice deploy` binds; its config sets it. Running code does not look at it."""
    return os.environ.get("KABINET_STAGE", "dev")
