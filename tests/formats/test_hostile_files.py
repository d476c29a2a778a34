"""Every hostile file of the list: refused in Russian with the file's name, all of them in a small process."""

import io
import json
import re
import resource
import subprocess
import sys
from pathlib import Path

import pytest

from chalicelib.domain.errors import BrokenFile
from chalicelib.domain.exchange.exchange import Problem
from chalicelib.formats.archive import unpack
from chalicelib.formats.commerceml import read
from tests.formats.commerceml_files import catalogue, classifier, item, offer, package, price, prices, problems, records, stream
from tests.formats.hostile_files import MORE, MORE_ARCHIVES, xml_cases, zip_cases

MEMORY_MB = 256


def test_the_list_is_long() -> None:
    """At least sixty; the figures are printed."""
    print(f"{len(xml_cases())} XML files, {len(zip_cases())} archives")
    assert len(xml_cases()) + len(zip_cases()) >= 100 and not set(xml_cases()) & set(MORE_ARCHIVES)


@pytest.mark.parametrize("name", MORE)
def test_hostile_xml(name: str) -> None:
    make, words = MORE[name]
    with pytest.raises(BrokenFile) as caught:
        records(make(), "import0_1.xml")
    assert re.search(words, str(caught.value)), str(caught.value)
    assert "«import0_1.xml»" in str(caught.value)


@pytest.mark.parametrize("name", MORE_ARCHIVES)
def test_hostile_archives(name: str) -> None:
    make, words = MORE_ARCHIVES[name]
    with pytest.raises(BrokenFile, match=words):
        for _, entry in unpack(io.BytesIO(make())):
            while entry.read(1 << 16):
                pass


def test_the_byte_of_a_wrong_encoding_is_told() -> None:
    data = MORE["windows-1251 said to be UTF-8"][0]()
    with pytest.raises(BrokenFile) as caught:
        records(data)
    assert caught.value.params["byte"] == data.index("Дрель".encode("cp1251"))


def test_more_rows_than_a_file_may_have() -> None:
    data = catalogue(*(item(id=f"i-{n}") for n in range(300)))
    assert len(list(read(stream(data), "x.xml", max_rows=300))) == 301
    with pytest.raises(BrokenFile, match="строк больше 299"):
        list(read(stream(data), "x.xml", max_rows=299))


LONG = "я" * 3000
PROBLEMS = {
    "an id of an item": (catalogue(item(id=LONG)), "Ид длиннее 255"),
    "an id of an offer": (package(offer("", id=LONG)), "Ид длиннее 255"),
    "an id of a group": (
        classifier(f"<Группы><Группа><Ид>{LONG}</Ид><Наименование>Г</Наименование></Группа></Группы>"),
        "Ид длиннее",
    ),
    "a name of a group": (
        classifier(f"<Группы><Группа><Ид>g</Ид><Наименование>{LONG * 4}</Наименование></Группа></Группы>"),
        "Наименование длиннее 10000",
    ),
    "an id of a property": (
        classifier(f"<Свойства><Свойство><Ид>{LONG}</Ид><Наименование>П</Наименование></Свойство></Свойства>"),
        "Ид длиннее",
    ),
    "an id of a price type": (package(before=f"<ТипыЦен><ТипЦены><Ид>{LONG}</Ид></ТипЦены></ТипыЦен>"), "Ид длиннее"),
    "an id of a warehouse": (package(before=f"<Склады><Склад><Ид>{LONG}</Ид></Склад></Склады>"), "Ид длиннее"),
    "a warehouse of a balance": (package(offer(f'<Склад ИдСклада="{LONG}" КоличествоНаСкладе="3"/>')), "Ид длиннее"),
    "a thousand and one warehouses": (
        package(offer("".join(f'<Склад ИдСклада="w-{n}" КоличествоНаСкладе="3"/>' for n in range(1001)))),
        "Складов больше 1000",
    ),
    "a number of 33 digits": (package(offer(prices(price("9" * 33)))), "не число"),
    "infinity": (package(offer(prices(price("1e309")))), "не число"),
    "not a number": (package(offer("<Количество>NaN</Количество>")), "не число"),
}


@pytest.mark.parametrize("name", PROBLEMS)
def test_what_no_table_could_hold_refuses_its_row_alone(name: str) -> None:
    data, words = PROBLEMS[name]
    found = problems(data)
    assert [re.search(words, problem.reason % dict(problem.params)) is not None for problem in found] == [True]
    assert all(isinstance(problem, Problem) for problem in found)


ALL = """
import io, json, sys
from chalicelib.domain.errors import BrokenFile
from chalicelib.formats.archive import unpack
from chalicelib.formats.commerceml import read
from infra.bench.memory import peak
from tests.formats.hostile_files import xml_cases, zip_cases

def xml(data):
    for _ in read(io.BytesIO(data), "import0_1.xml"):
        pass

def archive(data):
    for name, entry in unpack(io.BytesIO(data)):
        for _ in read(entry, name) if name.endswith(".xml") else iter(lambda: entry.read(1 << 16), b""):
            pass

passed, before = [], peak()
for cases, take in ((xml_cases(), xml), (zip_cases(), archive)):
    for name, (make, _) in cases.items():
        try:
            take(make())
            passed.append(name)
        except BrokenFile:
            pass
print(json.dumps([passed, before, peak()]))
"""


def test_all_of_them_in_a_small_process() -> None:
    """One process, with its address space limited, takes the whole list and grows by less than 256 MB."""
    done = subprocess.run(
        [sys.executable, "-c", ALL],
        capture_output=True,
        text=True,
        cwd=Path(__file__).parents[2],
        preexec_fn=lambda: resource.setrlimit(resource.RLIMIT_AS, (2 << 30, 2 << 30)),
    )
    assert done.returncode == 0, done.stderr[-2000:]
    passed, before, peak = json.loads(done.stdout.splitlines()[-1])
    print(f"{len(xml_cases()) + len(zip_cases())} hostile files: {before:.0f} MB with the list itself, at most {peak:.0f} MB")
    assert passed == [] and peak - before < MEMORY_MB
