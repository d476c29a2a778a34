"""SQS in memory as the workers meet it: groups in their order, repeats dropped for five minutes, what is taken stays hidden."""

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

REPEATS_ARE_DROPPED_FOR = timedelta(minutes=5)


@dataclass
class Message:
    """`hidden`: somebody works on it. `from_`: when it may be given first."""

    id: str
    body: str
    group: str
    sent_at: datetime
    from_: datetime
    hidden: bool = False
    received: int = 0

    def record(self) -> dict[str, Any]:
        """As Lambda hands it to a function."""
        sent = str(int(self.sent_at.timestamp() * 1000))
        attributes = {"ApproximateReceiveCount": str(self.received), "SentTimestamp": sent}
        return {"messageId": self.id, "body": self.body, "attributes": attributes}


@dataclass
class MemorySqs:
    """Keeps the contract of `ports.Queues`; `fifo` names the queues that keep the order within a group."""

    clock: Callable[[], datetime]
    fifo: frozenset[str] = frozenset({"imports"})
    waiting: dict[str, list[Message]] = field(default_factory=dict)
    seen: dict[tuple[str, str], datetime] = field(default_factory=dict)
    count: int = 0

    def send(self, queue: str, message: Mapping[str, object], *, group: str = "", unique: str = "", delay: int = 0) -> None:
        body = json.dumps(message, ensure_ascii=False, sort_keys=True)
        now = self.clock()
        if queue in self.fifo:
            key = (queue, unique or body)
            if key in self.seen and now - self.seen[key] < REPEATS_ARE_DROPPED_FOR:
                return
            self.seen[key] = now
            delay = 0
        self.count += 1
        place = self.waiting.setdefault(queue, [])
        place.append(Message(f"m-{self.count}", body, group, now, now + timedelta(seconds=delay)))

    def receive(self, queue: str) -> dict[str, Any] | None:
        """The next message, hidden from now on; of a FIFO group only while nobody has another one of it."""
        now, busy = self.clock(), set()
        for message in self.waiting.get(queue, []):
            if message.hidden:
                busy.add(message.group)
            elif message.from_ <= now and not (queue in self.fifo and message.group in busy):
                message.hidden = True
                message.received += 1
                return message.record()
        return None

    def delete(self, queue: str, record: Mapping[str, Any]) -> None:
        self.waiting[queue] = [message for message in self.waiting[queue] if message.id != record["messageId"]]

    def give_back(self, queue: str, record: Mapping[str, Any]) -> None:
        """Nobody works on it any more: its visibility timeout is over."""
        for message in self.waiting[queue]:
            if message.id == record["messageId"]:
                message.hidden = False
