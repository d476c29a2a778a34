"""A picture comes from 1C in parts, and a dealer sees it in the catalogue."""

import io
from datetime import UTC, datetime
from types import SimpleNamespace

import pytest
from PIL import Image

from chalicelib.domain.catalogue.catalogue import Item
from chalicelib.domain.catalogue.pictures import SIZES, picture_key
from chalicelib.domain.errors import BrokenFile, NotFound
from chalicelib.domain.exchange.exchange import ExchangeFile, FileState, Tally
from chalicelib.runtime import Runtime
from chalicelib.usecases.catalogue.publish_snapshot import publish_snapshot
from chalicelib.usecases.catalogue.store_picture import MAX_BYTES, store_picture
from chalicelib.usecases.ports.catalogue import Search

NOW = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)
FILE = "import_files/d0/дверь.jpg"


def jpeg(colour: str = "red") -> bytes:
    file = io.BytesIO()
    Image.effect_noise((300, 200), 60).convert("RGB").save(file, "JPEG", comment=colour)
    return file.getvalue()


class Exchange:
    """A run of 1C with the real stores."""

    def __init__(self) -> None:
        self.runtime = Runtime(clock=lambda: NOW)
        self.run = self.runtime.exchange.open_run("1c", "catalog", NOW).id

    def receive(self, name: str, *chunks: bytes) -> None:
        for chunk in chunks:
            place = self.runtime.exchange.next_chunk(self.run, name, len(chunk))
            self.runtime.files.put(f"exchange/{self.run}/{name}/{place:06d}", chunk)

    def store(self, name: str = FILE) -> str:
        stores = self.runtime
        return store_picture(
            stores.files,
            stores.catalogue,
            stores.exchange,
            stores.picture_maker,
            stores.queues,
            clock=stores.clock,
            run=self.run,
            file=name,
        )

    def journal(self, name: str = FILE) -> ExchangeFile:
        found = self.runtime.exchange.file(self.run, name)
        assert found is not None
        return found


@pytest.fixture
def exchange(aws: SimpleNamespace) -> Exchange:
    return Exchange()


def test_the_parts_become_a_picture_in_three_sizes(exchange: Exchange, aws: SimpleNamespace) -> None:
    """CT-15."""
    body = jpeg()
    exchange.receive(FILE, body[:1000], body[1000:5000], body[5000:])
    name = exchange.store()
    assert set(exchange.runtime.files.keys("pictures/")) == {picture_key(name, size) for size in SIZES}
    with exchange.runtime.files.open(picture_key(name, "s")) as stored:
        assert Image.open(io.BytesIO(stored.read())).size == (96, 64)
    head = aws.s3.head_object(Bucket=aws.environment["BUCKET"], Key=picture_key(name, "l"))
    assert head["ContentType"] == "image/webp"
    assert exchange.runtime.catalogue.pictures() == {FILE: name}
    assert (exchange.journal().state, exchange.journal().tallies) == (FileState.DONE, {"pictures": Tally(1, 1)})


def test_the_item_shows_it_after_the_next_snapshot(exchange: Exchange) -> None:
    """CT-15: the picture of an item is found by 1C's path; one that has not come is passed over."""
    exchange.receive(FILE, jpeg())
    name = exchange.store()
    runtime = exchange.runtime
    runtime.catalogue.save_cards([Item("door", "Дверь", pictures=("import_files/missing.jpg", FILE)), Item("nut", "Гайка")], 1)
    key = publish_snapshot(
        runtime.catalogue, runtime.categories, runtime.files, runtime.snapshot_writer, clock=runtime.clock, asked_at=None
    )
    assert {card.id: card.picture for card in runtime.index.search(key, Search()).cards} == {"door": name, "nut": ""}


def test_a_repeat_and_the_same_picture_elsewhere_are_stored_once(exchange: Exchange) -> None:
    body = jpeg()
    exchange.receive(FILE, body)
    exchange.receive("import_files/other.jpg", body)
    assert exchange.store() == exchange.store() == exchange.store("import_files/other.jpg")
    assert len(list(exchange.runtime.files.keys("pictures/"))) == 3
    assert len(exchange.runtime.catalogue.pictures()) == 2


def test_a_new_picture_under_an_old_path_gets_a_new_name(exchange: Exchange) -> None:
    """Stored pictures never change, so browsers may keep them for ever."""
    exchange.receive(FILE, jpeg("red"))
    first = exchange.store()
    exchange.receive(FILE, jpeg("blue"))
    second = exchange.store()
    assert first != second and exchange.runtime.catalogue.pictures() == {FILE: second}


def test_half_stored_sizes_are_completed(exchange: Exchange) -> None:
    exchange.receive(FILE, jpeg())
    name = exchange.store()
    exchange.runtime.files.delete(picture_key(name, "m"))
    exchange.store()
    assert len(list(exchange.runtime.files.keys("pictures/"))) == 3


@pytest.mark.parametrize("body", [b"<html>", b"\xff\xd8\xff cut", b""])
def test_what_is_no_picture_is_refused_and_the_journal_says_so(exchange: Exchange, body: bytes) -> None:
    exchange.receive(FILE, body, b".")
    with pytest.raises(BrokenFile):
        exchange.store()
    file = exchange.journal()
    assert file.state is FileState.FAILED and "не является картинкой" in file.error
    assert exchange.runtime.catalogue.pictures() == {} and list(exchange.runtime.files.keys("pictures/")) == []


def test_a_file_of_20_megabytes_and_more_is_refused(exchange: Exchange) -> None:
    half = b"\0" * (MAX_BYTES // 2)
    exchange.receive(FILE, half, half, b"\0")
    with pytest.raises(BrokenFile, match="больше 20 МБ"):
        exchange.store()


def test_a_file_that_never_came_is_not_found(exchange: Exchange) -> None:
    with pytest.raises(NotFound):
        exchange.store("import_files/none.jpg")
