"""The worker of 1C's files with the queue's own messages: stops, crashes, repeats and late files."""

from collections.abc import Iterator, Mapping
from decimal import Decimal
from types import SimpleNamespace
from typing import Any

import pytest

from chalicelib import runtime
from chalicelib.domain.exchange.exchange import ExchangeFile, FileState, Tally
from tests.exchange import commerceml as cml
from tests.exchange.conversation import Session, Site

PLENTY, NOTHING = 900_000, 1


@pytest.fixture
def site(aws: SimpleNamespace) -> Iterator[Site]:
    yield Site()
    runtime.use(None)


def kept(site: Site, name: str, run: str = "00000001") -> ExchangeFile:
    found = site.runtime.exchange.file(run, name)
    assert found
    return found


def test_a_load_that_runs_out_of_time_goes_on_where_it_stopped(site: Site) -> None:
    """CT-01, CT-16: counts add up as if it had never stopped, and the offers behind it do not overtake it."""
    session = Session(site).check_in()
    session.send("import.xml", cml.catalogue(*cml.many(f"i{n}" for n in range(1200))))
    session.send("offers.xml", cml.offers(*(cml.offer(f"i{n}", prices={cml.RETAIL: "1"}) for n in range(1200))))
    done = site.work([PLENTY, PLENTY, PLENTY, NOTHING])
    assert [message["file"] for message in done] == ["import.xml", "offers.xml", "import.xml", "offers.xml"]
    assert kept(site, "import.xml").tallies["items"] == Tally(1200, 1200)
    assert kept(site, "offers.xml").tallies["prices"] == Tally(1200, 1200)
    assert session.ask("import", filename="import.xml").body == b"success"


class Flaky:
    """A stock store that fails some calls before it works."""

    def __init__(self, stock: Any, failures: int) -> None:
        self.stock, self.failures = stock, failures

    def apply(self, balances: Mapping[str, Mapping[str, Decimal]], seq: int, *, contested: int = 0) -> Tally:
        if self.failures:
            self.failures -= 1
            raise ConnectionError("the store is away")
        return self.stock.apply(balances, seq, contested=contested)


def test_a_crash_is_tried_again_and_changes_no_count(site: Site) -> None:
    session = Session(site).check_in()
    session.load("import.xml", cml.catalogue(cml.item("i1", "Дрель")))
    site.runtime.stock = Flaky(site.runtime.stock, 2)
    session.send("offers.xml", cml.offers(cml.offer("i1", prices={cml.RETAIL: "1"}, stock={cml.MOSCOW: "3"})))
    assert [message["attempt"] for message in site.work()] == [1, 2, 3]
    assert session.ask("import", filename="offers.xml").body == b"success"
    assert kept(site, "offers.xml").tallies["stock"] == Tally(1, 1)


def test_a_file_that_always_crashes_gets_a_verdict(site: Site) -> None:
    """1C would ask for `progress` for ever."""
    session = Session(site).check_in()
    session.load("import.xml", cml.catalogue(cml.item("i1", "Дрель")))
    site.runtime.stock = Flaky(site.runtime.stock, 99)
    session.send("offers.xml", cml.offers(cml.offer("i1", stock={cml.MOSCOW: "3"})))
    assert len(site.work()) == 4
    answer = session.ask("import", filename="offers.xml")
    assert answer.verdict == "failure" and "Внутренняя ошибка портала" in answer.text


def test_a_message_that_comes_twice_does_nothing_twice(site: Site) -> None:
    session = Session(site).check_in()
    session.send("import.xml", cml.catalogue(cml.item("i1", "Дрель")))
    (message,) = site.work()
    before = kept(site, "import.xml")
    site.messages("snapshot")
    site.runtime.queues.send("imports", message, group="1c", unique="redelivered")
    site.runtime.queues.send("imports", message | {"file": "never.xml"}, group="1c", unique="never")
    assert len(site.work()) == 2
    assert kept(site, "import.xml") == before and site.messages("snapshot") == []


def test_a_late_file_never_overwrites_a_newer_one(site: Site) -> None:
    """C-07: it had begun to come before the newer one, and came to its end after it, in a session of its own."""
    late, newer = Session(site).check_in(), Session(site).check_in()
    old = {
        "import.xml": cml.catalogue(cml.item("i1", "Старое"), cml.item("i2", "Только здесь")),
        "offers.xml": cml.offers(cml.offer("i1", prices={cml.RETAIL: "1"}, stock={cml.KAZAN: "1"})),
    }
    new = {
        "import.xml": cml.catalogue(cml.item("i1", "Новое")),
        "offers.xml": cml.offers(cml.offer("i1", prices={cml.RETAIL: "2"}, stock={cml.KAZAN: "2"})),
    }
    for name, content in old.items():
        late.ask("file", content[:300], filename=name)
    for name, content in new.items():
        assert newer.load(name, content).body == b"success"
    for name, content in old.items():
        late.ask("file", content[300:], filename=name)
    site.work()
    cards = site.runtime.catalogue.cards(["i1", "i2"])
    assert (cards["i1"].name, cards["i2"].name) == ("Новое", "Только здесь")
    prices, stock = site.runtime.offers.read(["i1"])["i1"]
    assert (prices.by_type[cml.RETAIL].amount, stock.available(cml.KAZAN)) == (2, 2)


def test_only_what_changed_makes_a_new_snapshot(site: Site) -> None:
    """ST-08: prices and balances are live; the search index is made anew when it would look otherwise."""
    session = Session(site).check_in()
    content = cml.catalogue(cml.item("i1", "Дрель"))
    session.load("import.xml", content)
    session.load("offers.xml", cml.offers(head=cml.WAREHOUSES))
    assert len(site.messages("snapshot")) == 2
    session.load("import.xml", content)
    session.load("offers.xml", cml.offers(cml.offer("i1", stock={cml.MOSCOW: "1"}), head=""))
    assert site.messages("snapshot") == []
    beacons = site.runtime.catalogue_table.get(("META", "NOW"))
    assert beacons and "stock_at" in beacons and "prices_at" not in beacons


def test_a_file_waits_for_one_of_its_run_that_died_but_not_for_ever(site: Site) -> None:
    session = Session(site).check_in()
    session.send("import.xml", cml.catalogue(cml.item("i1", "Дрель")))
    site.messages("imports")
    site.runtime.exchange.start_file("00000001", "import.xml", site.runtime.clock())
    session.send("offers.xml", cml.offers())
    assert len(site.work()) == 21
    assert kept(site, "offers.xml").state is FileState.DONE


def test_a_hostile_archive_is_refused_by_name(site: Site) -> None:
    session = Session(site).check_in()
    session.send("v8_1.zip", b"PK\x03\x04 no archive at all")
    session.ask("import", filename="import.xml")
    site.work()
    answer = session.ask("import", filename="import.xml")
    assert answer.verdict == "failure" and "v8_1.zip" in answer.text and "Архив не читается" in answer.text
