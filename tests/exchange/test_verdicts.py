"""What 1C hears of a file: a row's own fault never holds up the others, and nothing that was ignored is a success."""

from collections.abc import Mapping
from datetime import UTC, datetime

import pytest

from chalicelib.domain.exchange.exchange import ExchangeFile, ExchangeRun, FileState, Problem, Tally, all_refused
from chalicelib.exchange import verdicts
from tests.exchange import commerceml as cml
from tests.exchange.conversation import Session, Site

RUN = ExchangeRun("00000007", 7, "1c", "catalog", datetime(2026, 11, 21, tzinfo=UTC))
BAD = Problem("item", "i1", "Дрель", "Не указан реквизит «%(field)s»", (("field", "Наименование"),))


def told(tallies: Mapping[str, Tally], problems: int = 0, error: str = "", state: FileState = FileState.DONE) -> list[str]:
    file = ExchangeFile(
        "import0_1.xml", state, tallies=tallies, problems=(BAD,) * min(problems, 20), problem_count=problems, error=error
    )
    return verdicts.of_file(file, RUN).decode().split("\n")


@pytest.mark.parametrize(
    ("tallies", "refused"),
    [
        ({}, False),
        ({"items": Tally(3, 2, 0, 1)}, False),
        ({"items": Tally(3, 0, 2, 1)}, False),
        ({"items": Tally(3, 0, 0, 3)}, True),
        (
            {"price_types": Tally(2, 2), "companies": Tally(1, 0, 1), "prices": Tally(9, 0, 0, 9), "stock": Tally(9, 0, 0, 9)},
            True,
        ),
        ({"prices": Tally(1, 1), "stock": Tally(1, 0, 0, 1)}, False),
        ({"groups": Tally(2, 0, 0, 2)}, True),
        ({"groups": Tally(2, 1, 0, 1)}, False),
        ({"orders": Tally(1, waiting=1)}, False),
        ({"sections": Tally(1, 0, 0, 1)}, True),
    ],
)
def test_nothing_taken_is_told_by_what_a_file_is_sent_for(tallies: Mapping[str, Tally], refused: bool) -> None:
    assert all_refused(tallies) is refused


def test_a_row_with_a_fault_is_told_below_success() -> None:
    """IN-03: УТ and УПП read the first line, and put the rest into their log, as they do with what Bitrix says there."""
    first, *rest = told({"items": Tally(500, 488, 0, 12)}, 12)
    assert first == "success" and len(rest) == 1
    assert "загружен с замечаниями" in rest[0] and "отказано 12" in rest[0] and "Журнал обмена: № 7" in rest[0]
    assert "Товар «Дрель» (i1): Не указан реквизит «Наименование»" in rest[0] and "и ещё 2" in rest[0]
    assert told({"items": Tally(500, 0, 500)}) == ["success"] and told({}) == ["success"]


def test_failure_is_for_a_file_that_is_not_loaded() -> None:
    for lines in (
        told({"items": Tally(2, 0, 0, 2)}, 2),
        told({"items": Tally(9, 9)}, error="Файл «import0_1.xml» обрывается на строке 9", state=FileState.FAILED),
    ):
        assert lines[0] == "failure" and len(lines) == 2 and "import0_1.xml" in lines[1] and "№ 7" in lines[1]
    assert told({}, state=FileState.RUNNING)[0] == "progress"


def test_one_bad_row_does_not_hold_up_the_exchange(site: Site) -> None:
    """IN-03, CT-01: УТ sends a portion that failed again and again; here it goes on, and the journal has the row."""
    session = Session(site).check_in()
    rows = cml.catalogue(cml.item("i1", "Дрель"), "<Товар><Ид>i2</Ид></Товар>", cml.item("i3", "Пила"))
    first, second = session.load("import0_1.xml", rows).text.split("\n")
    assert first == "success" and "(i2): Не указан реквизит «Наименование»" in second
    (run,) = site.runtime.exchange.runs()
    assert (run.summary.state, run.summary.rows.refused) == ("problems", 1)
    assert session.load("offers0_1.xml", cml.offers(cml.offer("i3", stock={cml.MOSCOW: "4"}))).body == b"success"


def test_a_file_of_which_nothing_is_taken_is_no_success(site: Site) -> None:
    """IN-03: neither one whose goods are not here, nor one that holds nothing the portal knows; an empty one is."""
    session = Session(site).check_in()
    own = "<ПользовательскиеСправочники><Справочник><Ид>1</Ид></Справочник></ПользовательскиеСправочники>"
    for name, file, reason in (
        ("offers0_1.xml", cml.offers(cml.offer("ghost", stock={cml.MOSCOW: "4"})), "Такого товара нет в каталоге"),
        ("own.xml", cml.document(own), "Портал не загружает такой раздел"),
    ):
        answer = session.load(name, file)
        assert answer.verdict == "failure" and reason in answer.text and "ничего не загружено" in answer.text
    marks = site.runtime.monitor.marks()
    assert marks["stock"].problem and marks["stock"].success_at is None, "the monitor calls it a fault, not a success"
    assert session.load("empty.xml", cml.document("")).body == b"success"


@pytest.mark.parametrize("cut", ["a long file", "before its first item"])
def test_a_file_cut_off_keeps_what_came_whole_and_takes_nothing_away(site: Site, cut: str) -> None:
    """CT-01, IN-03: a file «СодержитТолькоИзменения=false» breaks off; what it had not come to stays, a repeat mends it."""
    ids = [f"i{n}" for n in range(1200)]
    whole = cml.catalogue(*cml.many(ids)).replace(b'"true"', b'"false"')
    assert Session(site).check_in().load("import0_1.xml", whole).body == b"success"
    news = whole.replace("Дрель i".encode(), "Перфоратор i".encode())
    broken = news[: len(news) * 2 // 3 if cut == "a long file" else 1500]
    session = Session(site).check_in()
    session.send("import0_1.xml", broken)
    session.ask("import", filename="import0_1.xml")
    site.work()
    answer = session.ask("import", filename="import0_1.xml")
    assert answer.verdict == "failure" and "обрывается" in answer.text
    cards = site.runtime.catalogue.cards(ids)
    assert len(cards) == 1200 and not any(card.deleted for card in cards.values())
    renamed = [id for id, card in cards.items() if card.name.startswith("Перфоратор")]
    assert (500 <= len(renamed) < 1200) == (cut == "a long file")
    assert session.load("import0_1.xml", news).body == b"success"
    assert {card.name.split()[0] for card in site.runtime.catalogue.cards(ids).values()} == {"Перфоратор"}
    assert session.ask("deactivate").body == session.ask("complete").body == b"success"
    assert not any(card.deleted for card in site.runtime.catalogue.cards(ids).values())
