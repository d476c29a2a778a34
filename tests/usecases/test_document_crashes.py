"""The life of a document of 1C's, dying at every call to the database and the storage, then repeated as 1C would."""

import hashlib
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from datetime import timedelta
from typing import Any, BinaryIO

import pytest

from chalicelib.domain.documents import Document
from chalicelib.domain.partners.partners import PartnerScope
from chalicelib.usecases.documents.take_documents import Announcement, DocumentDesk, announce, uploaded
from tests.stand_ins.files import MemoryFiles
from tests.usecases.orders_world import START, Died, World, answer_to

FIRST, SECOND = b"%PDF first", b"%PDF second"
OURS = "invoice-printed-here"


@dataclass
class DyingFiles(MemoryFiles):
    """A storage whose every call counts as one of the world's."""

    world: World = field(kw_only=True)

    def __post_init__(self) -> None:
        super().__init__()

    def put(self, key: str, body: bytes | BinaryIO, content_type: str = "application/octet-stream") -> None:
        self.world.dynamo.fault("put", "before")
        super().put(key, body, content_type)
        self.world.dynamo.fault("put", "after")

    def stored(self, key: str) -> Any:
        self.world.dynamo.fault("stored", "before")
        return super().stored(key)


class Sender:
    """1C with an invoice for one order, over a portal whose own print of it stands."""

    def __init__(self) -> None:
        self.world = world = World({"a": ("100.00", 10)})
        self.files = DyingFiles(world=world)
        world.put("a", 2)
        self.order = world.place()
        world.answer(answer_to(world.read(self.order)))
        key = f"documents/p-1/{OURS}.pdf"
        ours = Document(OURS, "p-1", "payment_invoice", "1", START, 20000, "RUB", self.order, "ООО", key, 2)
        world.documents.save(ours)
        self.files.bodies |= {key: b"ours", key.replace(".pdf", "-superseded.pdf"): b"ours, superseded"}
        self.desk = DocumentDesk(world.documents, world.orders, self.files, world.queues, world.clock)

    def announcement(self, body: bytes, revision: int) -> Announcement:
        document = Document(
            "inv", "", "payment_invoice", "УТ-1", START + timedelta(hours=1), 20000, "RUB", "", "", "", revision, "announced",
            "erp", size=len(body), sha256=hashlib.sha256(body).hexdigest(),
        )  # fmt: skip
        return Announcement(document, self.order)

    def send(self, body: bytes, revision: int) -> None:
        """The whole way as 1C goes it."""
        announcement = self.announcement(body, revision)
        told = announce(self.desk, announcement)
        if "upload" in told.more:
            url = str(told.more["upload"]["url"])
            self.files.bodies[url.removeprefix("memory:")] = body
            uploaded(self.desk, "inv", revision)

    def send_until_done(self, body: bytes, revision: int) -> None:
        try:
            self.send(body, revision)
        except Died:
            self.send(body, revision)

    def check(self, newest: bytes, count: int) -> None:
        """One invoice stands, its file is the checked one, ours says it is superseded, and each revision was told of once."""
        found = self.world.documents.of_order(PartnerScope("p-1"), self.order)
        standing = [one for one in found if one.status == "issued"]
        assert [one.id for one in standing] == ["inv"], found
        assert self.files.bodies[standing[0].key] == newest
        assert len(found) == count + 1
        assert self.files.bodies[f"documents/p-1/{OURS}.pdf"] == b"ours, superseded"
        assert self.world.documents.announced("inv") is None


def calls(action: Any) -> int:
    """How many calls an undisturbed run makes."""
    sender, made = Sender(), 0

    def count(_name: str, moment: str) -> None:
        nonlocal made
        made += moment == "before"

    sender.world.dynamo.fault = count
    action(sender)
    return made


def deaths(action: Any) -> Iterator[tuple[int, str]]:
    return ((call, when) for call in range(1, calls(action) + 1) for when in ("before", "after"))


def test_dying_anywhere_ends_as_if_nothing_had_happened() -> None:
    """DC-03, DC-08: every call of announcing and confirming, before and after it."""
    tried = 0
    for call, when in deaths(lambda sender: sender.send(FIRST, 1)):
        sender = Sender()
        sender.world.die_at(call, when)
        sender.send_until_done(FIRST, 1)
        sender.world.live()
        sender.check(FIRST, 1)
        tried += 1
    print(f"{tried} deaths of a first revision")
    assert tried > 20


def test_dying_anywhere_while_the_second_revision_comes() -> None:
    for call, when in deaths(lambda sender: (sender.send(FIRST, 1), sender.send(SECOND, 2))):
        sender = Sender()
        sender.world.die_at(call, when)
        sender.send_until_done(FIRST, 1)
        sender.send_until_done(SECOND, 2)
        sender.world.live()
        sender.check(SECOND, 2)


@pytest.mark.parametrize("order", [(1, 2), (2, 1), (2, 2), (1, 2, 1)])
def test_revisions_in_any_order_end_with_the_newest(order: tuple[int, ...]) -> None:
    sender = Sender()
    for revision in order:
        sender.send({1: FIRST, 2: SECOND}[revision], revision)
    newest = sender.world.documents.current("inv")
    assert newest and (newest.revision, newest.sha256) == (2, hashlib.sha256(SECOND).hexdigest())


def test_a_wrong_file_is_never_shown_whatever_repeats() -> None:
    sender = Sender()
    announcement = sender.announcement(FIRST, 1)
    told = announce(sender.desk, announcement)
    key = str(told.more["upload"]["url"]).removeprefix("memory:")
    for body in (b"", b"other", FIRST + b"!", FIRST[:-1]):
        sender.files.bodies[key] = body
        with pytest.raises(Exception, match="не тот файл"):
            uploaded(sender.desk, "inv", 1)
        assert announce(sender.desk, announcement).more["visible"] is False
        assert sender.world.documents.current("inv") is None
    wrong = replace(announcement.document, partner_id="p-2")
    with pytest.raises(Exception, match="другому партнёру"):
        announce(sender.desk, replace(announcement, document=wrong))
