"""Who of the supplier's staff did what by hand."""

from dataclasses import dataclass
from datetime import datetime


@dataclass(frozen=True, slots=True)
class AuditEntry:
    """`action` is a code ("exchange.retry"), `subject` what it was done to; `run` is the exchange run where there is one."""

    at: datetime
    actor_id: str
    actor_name: str
    action: str
    subject: str
    run: str = ""
