"""Encodings that must pass, and everything that must be refused with a clear reason, in bounded time and memory."""

import random
import re
import subprocess
import sys
from collections import Counter

import pytest

from chalicelib.domain.catalogue.catalogue import Item
from chalicelib.domain.errors import BrokenFile
from chalicelib.formats.commerceml import Record, read
from tests.formats.commerceml_files import (
    Trickle,
    catalogue,
    classifier,
    file,
    item,
    of,
    offer,
    package,
    price,
    prices,
    records,
    stream,
)

WORDS = "Дрель «Ударная» — №5"


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "windows-1251", "utf-16", "koi8-r"])
def test_encodings(encoding: str) -> None:
    words = "Дрель" if encoding == "koi8-r" else WORDS
    inside = f"<Каталог><Товары>{item(name=words)}</Товары></Каталог>"
    declared = encoding.removesuffix("-sig")
    for data in (
        file(inside, encoding=encoding, declared=declared),
        b"\n" * (encoding != "utf-16") + file(inside, "", encoding, declared),
    ):
        assert [one.name for one in of(Item, records(data))] == [words]


def test_no_declaration_means_utf8() -> None:
    plain = f"<КоммерческаяИнформация><Каталог><Товары>{item(name=WORDS)}</Товары></Каталог></КоммерческаяИнформация>"
    assert of(Item, records(plain.encode()))[0].name == WORDS


BOMB = "".join(f'<!ENTITY b{n} "{f"&b{n - 1};" * 10}">' for n in range(1, 10))


def doctype(inside: str, body: str = "") -> bytes:
    root = "КоммерческаяИнформация"
    return f'<?xml version="1.0" encoding="utf-8"?><!DOCTYPE {root} {inside}><{root}>{body}</{root}>'.encode()


def nested(depth: int, tag: str = "а") -> str:
    return f"<{tag}>" * depth + f"</{tag}>" * depth


GOOD = catalogue(item())
LONG = "я" * (1 << 20)

HOSTILE: dict[str, tuple[bytes, str]] = {
    "nothing": (b"", "пуст"),
    "blanks": (b" \n\t \n", "пуст"),
    "no xml": ("просто текст".encode(), "ошибка XML|не CommerceML|обрывается"),
    "html": (b"<html><body>502 Bad Gateway</body></html>", "не CommerceML"),
    "json": (b'{"message": "Internal server error"}', "ошибка XML|обрывается"),
    "a zip": (b"PK\x03\x04" + bytes(100), "ошибка XML|обрывается"),
    "zero bytes": (bytes(5000), "ошибка XML|обрывается|пуст"),
    "another root": ("<Файл><Каталог><Ид>1</Ид></Каталог></Файл>".encode(), "корень «Файл»"),
    "another root with nothing known": ("<Файл><Лист/></Файл>".encode(), "не CommerceML"),
    "cut in a tag": (GOOD[:-9], "обрывается на строке 2"),
    "cut in a text": (GOOD[: GOOD.index("Дрель".encode()) + 4], "обрывается"),
    "cut in the declaration": (GOOD[:20], "обрывается|ошибка XML"),
    "two roots": (GOOD + GOOD.partition(b"\n")[2], "строка 2: ошибка XML"),
    "wrong end tag": (GOOD.replace("</Товар>".encode(), "</Товары>".encode()), "ошибка XML"),
    "unquoted attribute": ("<КоммерческаяИнформация ВерсияСхемы=2.07/>".encode(), "ошибка XML"),
    "an attribute twice": ('<КоммерческаяИнформация а="1" а="2"/>'.encode(), "ошибка XML"),
    "unknown entity": (catalogue(item(name="&nbsp;")), "строка 2: ошибка XML .*nbsp"),
    "unknown entity in a long file": (
        catalogue(item(name="&nbsp;"), *(item() for _ in range(5000))),
        "строка 2: ошибка XML .*nbsp",
    ),
    "text between rows": (catalogue("<![CDATA[текст]]>" * 300_000 + item()), "текст длиннее|слишком велик"),
    "bare ampersand": (catalogue(item(name="A & B")), "ошибка XML"),
    "control character": (catalogue(item(name="A\x01B")), "ошибка XML"),
    "reference to a control character": (catalogue(item(name="&#1;")), "ошибка XML"),
    "reference to a surrogate": (catalogue(item(name="&#xD800;")), "ошибка XML"),
    "unknown prefix": (catalogue("<x:Товар/>")[:-20], "ошибка XML|обрывается"),
    "unknown encoding": (file("", declared="windows-9999"), "ошибка XML|кодировк"),
    "cp1251 called utf-8": (
        file(catalogue_text := "<Каталог>Дрели и пилы</Каталог>", "", "windows-1251", "utf-8"),
        "не в той кодировке|ошибка XML",
    ),
    "utf-8 called utf-16": (file(catalogue_text, declared="utf-16") + b"\xff\xfe", "ошибка XML|обрывается|кодировк"),
    "one byte of cp1251 inside utf-8": (
        GOOD.replace("Дрель".encode(), b"\xc4\xf0\xe5\xeb\xfc"),
        "байт [0-9]+: знаки не в той кодировке",
    ),
    "half of utf-16": (file("<Каталог/>", encoding="utf-16")[:-3], "обрывается|ошибка XML|кодировк"),
    "doctype": (doctype(""), "DOCTYPE"),
    "doctype with a system id": (doctype('SYSTEM "file:///etc/passwd"'), "DOCTYPE"),
    "doctype with a public id": (doctype('PUBLIC "-//x" "http://127.0.0.1:9/x.dtd"'), "DOCTYPE"),
    "billion laughs": (doctype(f'[<!ENTITY b0 "лол">{BOMB}]', "&b9;"), "DOCTYPE|ошибка XML"),
    "billion laughs in an attribute": (doctype(f'[<!ENTITY b0 "лол">{BOMB}]', '<Ид а="&b9;"/>'), "DOCTYPE|ошибка XML"),
    "quadratic blow-up": (doctype(f'[<!ENTITY a "{"a" * 50000}">]', "&a;" * 50000), "DOCTYPE|ошибка XML"),
    "external entity": (doctype('[<!ENTITY x SYSTEM "file:///etc/passwd">]', "<Ид>&x;</Ид>"), "DOCTYPE|ошибка XML"),
    "external parameter entity": (doctype('[<!ENTITY % x SYSTEM "http://127.0.0.1:9/">%x;]'), "DOCTYPE|ошибка XML"),
    "entity in itself": (doctype('[<!ENTITY x "&x;">]', "&x;"), "DOCTYPE|ошибка XML"),
    "doctype without end": (doctype("[" + '<!ENTITY a "b">' * 200_000), "CommerceML|ошибка XML|обрывается|DOCTYPE"),
    "deep inside a row": (catalogue(item(nested(29))), "вложенность больше 32"),
    "deep outside of rows": (file(nested(33)), "вложенность больше 32"),
    "deeper than the parser goes": (catalogue(item(nested(100_000))), "ошибка XML"),
    "groups in groups": (
        classifier("<Группы><Группа><Ид>g</Ид>" * 20 + "</Группа></Группы>" * 20),
        "вложенность больше 32",
    ),
    "many attributes of a row": (catalogue(item(mark=" ".join(f'a{n}="1"' for n in range(65)))), "больше 64 атрибутов"),
    "many attributes of the root": (
        file("<Каталог><Ид>1</Ид></Каталог>", " ".join(f'a{n}="1"' for n in range(100_000))),
        "больше 64|ошибка XML",
    ),
    "a long text": (catalogue(item(f"<Описание>{LONG}я</Описание>")), "текст длиннее"),
    "a long attribute": (catalogue(item(mark=f'Статус="{LONG}я"')), "текст длиннее"),
    "a long name of an element": (catalogue(item(f"<{LONG}/>")), "ошибка XML|слишком велик|обрывается"),
    "a text of eleven megabytes": (
        catalogue(item(f"<Описание>{LONG * 11}</Описание>")),
        "текст длиннее|ошибка XML|слишком велик",
    ),
    "a row without end": (catalogue(item("<Картинка>a.jpg</Картинка>" * 500_000)), "слишком велик"),
    "a comment of twenty megabytes": (catalogue("<!--" + "x" * (20 << 20) + "-->"), "ошибка XML|слишком велик"),
    "twenty megabytes before the root": (
        b"<?xml version='1.0'?>" + b"<!-- x -->" * (2 << 20),
        "не CommerceML|ошибка XML|слишком велик",
    ),
}


@pytest.mark.parametrize("name", HOSTILE)
def test_what_is_hostile_or_broken_is_refused(name: str) -> None:
    """In Russian, with the file's name; nothing but a BrokenFile ever comes out."""
    data, words = HOSTILE[name]
    with pytest.raises(BrokenFile) as caught:
        records(data, "import0_1.xml")
    assert re.search(words, str(caught.value)), str(caught.value)
    assert "«import0_1.xml»" in str(caught.value)


def test_the_limits_themselves_pass() -> None:
    """32 deep, 64 attributes, a mebi-letter of text."""
    marks = " ".join(f'a{n}="1"' for n in range(64))
    data = catalogue(item(f"<Описание>{LONG}</Описание>{nested(28)}", mark=marks))
    (found,) = of(Item, records(data))
    assert len(found.description) == 1 << 20


def test_what_was_good_before_the_break_has_come() -> None:
    rows = [item(id=f"i-{n}") for n in range(2000)]
    data = catalogue(*rows)[:-40]
    found: list[Record] = []
    with pytest.raises(BrokenFile, match="обрывается"):
        found.extend(read(stream(data), "x.xml"))
    got: list[Record] = []
    with pytest.raises(BrokenFile):
        for record in read(stream(data), "x.xml"):
            got.append(record)
    assert len(of(Item, got)) > 1900


def test_the_place_of_a_wrong_byte_is_told() -> None:
    body = catalogue(*(item(id=f"i-{n}") for n in range(3000)), item(name="@"), *(item() for _ in range(3000)))
    data = body.replace(b"@", b"\xc4\xf0\xe5\xeb\xfc")
    with pytest.raises(BrokenFile) as caught:
        records(data)
    assert abs(int(str(caught.value.params["byte"])) - data.index(b"\xc4\xf0\xe5\xeb\xfc")) < 4


ENDLESS = """
import resource, sys
from chalicelib.formats.commerceml import read

class Endless:
    def __init__(self, head, piece, size):
        self.parts, self.rest = [head], size
        self.piece = piece * (65536 // len(piece))

    def read(self, _):
        if self.parts:
            return self.parts.pop()
        self.rest -= len(self.piece)
        return self.piece if self.rest > 0 else b""

def peak(piece, size):
    try:
        for _ in read(Endless(HEAD, piece, size), "x.xml"):
            pass
    except Exception as error:
        assert type(error).__name__ == "BrokenFile" and "обрывается" in str(error), error
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss

HEAD = "<КоммерческаяИнформация><Каталог><Товары>".encode()
PIECES = [piece.encode() for piece in sys.argv[1:]]
before = max(peak(piece, 1_000_000) for piece in PIECES)
print(max(peak(piece, 10_000_000) for piece in PIECES) - before)
"""


def test_memory_does_not_grow_with_the_file() -> None:
    """Ten megabytes of anything leave the process as small as one did: as a tree they would take fifty."""
    pieces = [
        item(),
        offer(prices(price())),
        "<Неизвестное><Вложенное>текст</Вложенное></Неизвестное>",
        "<Пусто/>",
        "<!-- примечание -->",
        "<?указание к обработке?>",
        '<Товар Статус="Удален"/>',
    ]
    done = subprocess.run([sys.executable, "-c", ENDLESS, *pieces], capture_output=True, text=True, check=True)
    assert int(done.stdout) < 8_000, f"{done.stdout} KB more"


def test_five_hundred_mutants_break_nothing() -> None:
    """Whatever a wire or a foreign exporter does to a file: records, problems, or BrokenFile."""
    chance = random.Random(20261121)
    sources = [
        catalogue(*(item(f"<Артикул>{n}</Артикул><Штрихкод>460{n}</Штрихкод>", f"i-{n}#v") for n in range(8))),
        package(
            *(
                offer(prices(price(), price("7,5", "t-2")) + '<Склад ИдСклада="w" КоличествоНаСкладе="3"/>', f"i-{n}")
                for n in range(6)
            )
        ),
        classifier(
            "<Группы><Группа><Ид>g</Ид><Наименование>Г</Наименование><Группы><Группа><Ид>h</Ид></Группа></Группы></Группа></Группы>"
        ),
        file(
            "<Документ><Номер>1</Номер><Товары><Товар><Ид>i</Ид><Количество>1</Количество><Цена>5</Цена></Товар></Товары></Документ>"
        ),
    ]
    outcomes: Counter[str] = Counter()
    for _ in range(500):
        data = _mutant(chance, bytearray(chance.choice(sources)))
        try:
            outcomes["read"] += bool(list(read(Trickle(data, chance.choice((5, 50, 5000))), "mutant.xml")))
        except BrokenFile as error:
            assert str(error)
            outcomes["refused"] += 1
    assert outcomes.total() == 500 and min(outcomes["read"], outcomes["refused"]) > 25, outcomes


def _mutant(chance: random.Random, data: bytearray) -> bytes:
    for _ in range(chance.randint(1, 4)):
        place, other = sorted((chance.randrange(len(data)), chance.randrange(len(data))))
        match chance.randrange(6):
            case 0:
                data[place] = chance.randrange(256)
            case 1:
                del data[place : place + chance.randrange(1, 40)]
            case 2:
                data[place:place] = data[other : other + 60]
            case 3:
                data[place:place] = chance.choice(
                    (b"<", b"&", b"]]>", b"<!--", b"\x00", b"\xff\xfe", b"<!DOCTYPE a>", b"<![CDATA[")
                )
            case 4:
                digits = [n for n, byte in enumerate(data) if 48 <= byte < 58]
                if digits:
                    data[chance.choice(digits)] = chance.choice(b"-.,e9 x")
            case _:
                data[:] = re.sub(rb">([^<>]{1,30})<", lambda found: b"><" if chance.random() < 0.2 else found[0], bytes(data))
        if not data:
            return b""
    return bytes(data)
