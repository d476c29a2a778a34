"""A third of the hostile files through the whole conversation and the worker: a verdict in Russian, and nothing else happens."""

import re
from collections.abc import Iterator

import pytest

from chalicelib import runtime
from chalicelib.domain.exchange.exchange import FileState
from chalicelib.log import logger
from tests.exchange import commerceml as cml
from tests.exchange.crash_site import CrashSite, Refusal
from tests.formats.hostile_files import xml_cases, zip_cases
from tests.formats.test_hostile_files import PROBLEMS

BIGGEST = 3 << 20
"""Longer ones take time and say no more than the reader's own tests."""


@pytest.fixture(autouse=True)
def _own_runtime() -> Iterator[None]:
    level = logger.log_level
    logger.setLevel("CRITICAL")
    yield
    logger.setLevel(level)
    runtime.use(None)


def _third() -> dict[str, tuple[str, bytes, str]]:
    """Case -> name of the file, bytes, words of the reason; every third of those that are not too long."""
    cases = {name: ("import0_1.xml", *case) for name, case in xml_cases().items()}
    cases |= {f"archive: {name}": ("v8_1.zip", *case) for name, case in zip_cases().items()}
    made = {name: (file, make(), words) for name, (file, make, words) in list(cases.items())[::2]}
    return {name: case for name, case in made.items() if len(case[1]) < BIGGEST}


THIRD = _third()


def _site() -> CrashSite:
    """With a catalogue in force."""
    site = CrashSite()
    goods = [cml.item(f"kept-{n}", f"Дрель {n}", sku=f"Д-{n}") for n in range(3)]
    rows = [cml.offer(f"kept-{n}", prices={cml.RETAIL: "10"}, stock={cml.MOSCOW: "3"}) for n in range(3)]
    site.exchange({"import0_1.xml": cml.catalogue(*goods), "offers0_1.xml": cml.offers(*rows)})
    site.drain()
    return site


def _verdict(site: CrashSite, file: str, data: bytes) -> str:
    asked = "import0_1.xml" if file.endswith(".zip") else file
    session = site.begun()
    session.send(file, data)
    for _ in range(20):
        try:
            reply = session.ask("import", filename=asked)
        except Refusal as refused:
            return str(refused)
        if reply.verdict != "progress":
            return reply.text
        site.step("imports")
    return "progress"


def test_it_is_a_third_of_the_list() -> None:
    print(f"{len(THIRD)} of {len(xml_cases()) + len(zip_cases())} hostile files through the exchange")
    assert len(THIRD) * 3 >= len(xml_cases()) + len(zip_cases())


@pytest.mark.parametrize("name", THIRD)
def test_a_hostile_file_through_the_exchange(name: str) -> None:
    """IN-08: `failure` with the reason, the run in the journal as failed, the catalogue in force untouched, no retry."""
    file, data, words = THIRD[name]
    site = _site()
    before = {key: row for key, row in site.rows().items() if "kept-" in key}
    answer = _verdict(site, file, data)
    site.drain()
    assert answer.startswith("failure\n") and re.search(words, answer), answer
    assert "Внутренняя ошибка" not in answer and file in answer
    assert {key: row for key, row in site.rows().items() if "kept-" in key} == before and len(before) == 9
    assert site.indexed()
    state, *_, error = site.verdicts()[file]
    assert state is FileState.FAILED and error
    site.balanced()


@pytest.mark.parametrize("name", PROBLEMS)
def test_what_no_table_could_hold(name: str) -> None:
    """The row is refused under its reason, the file is done; the journal itself stays small."""
    data, words = PROBLEMS[name]
    site = _site()
    answer = _verdict(site, "import.xml", data)
    site.drain()
    assert re.search(words, answer) and "Внутренняя ошибка" not in answer, answer
    assert site.verdicts()["import.xml"][0] is FileState.DONE


def test_two_hundred_problems_with_endless_names_fit_the_journal() -> None:
    site = _site()
    nameless = "".join(f"<Товар><Наименование>{'я' * 5000} {n}</Наименование></Товар>" for n in range(300))
    answer = _verdict(site, "import.xml", cml.catalogue(nameless))
    assert "отказано 300" in answer and "Внутренняя ошибка" not in answer, answer[:300]
