"""Archives of the exchange, honest and hostile, and names of files as 1C gives them."""

import io
import random
import stat
import struct
import zipfile
from collections import Counter
from collections.abc import Callable

import pytest

from chalicelib.domain.errors import BrokenFile
from chalicelib.formats.archive import safe_name, unpack
from chalicelib.formats.commerceml import read
from tests.formats.commerceml_files import catalogue, item


def packed(*entries: tuple[str | zipfile.ZipInfo, bytes], method: int = zipfile.ZIP_DEFLATED) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", method) as archive:
        for name, data in entries:
            archive.writestr(name, data)
    return out.getvalue()


def unpacked(data: bytes, max_bytes: int = 1 << 30) -> dict[str, bytes]:
    return {name: entry.read() for name, entry in unpack(io.BytesIO(data), max_bytes)}


def noise(size: int) -> bytes:
    return random.Random(size).randbytes(size)


def test_an_honest_archive() -> None:
    entries = [("import0_1.xml", catalogue(item())), ("import_files/ab/one.jpg", noise(200_000)), ("offers0_1.xml", b"")]
    for method in (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED):
        assert unpacked(packed(("import_files/", b""), *entries, method=method)) == dict(entries)


def test_an_entry_is_read_as_a_stream() -> None:
    data = packed(("import.xml", catalogue(*(item(id=f"i-{n}") for n in range(5000)))))
    ((name, entry),) = ((name, list(read(stream, name))) for name, stream in unpack(io.BytesIO(data)))
    assert (name, len(entry)) == ("import.xml", 5001)


def test_an_entry_nobody_reads_is_passed_over() -> None:
    names = [name for name, _ in unpack(io.BytesIO(packed(("a.xml", noise(100_000)), ("b.xml", b"<x/>"))))]
    assert names == ["a.xml", "b.xml"]


def test_thousands_of_pictures_are_honest() -> None:
    entries = [(f"import_files/{n % 256:02x}/{n}.jpg", b"\xff\xd8") for n in range(3000)]
    assert len(unpacked(packed(*entries))) == 3000


def test_russian_names_of_dos() -> None:
    """1C on Windows packs names in cp866 without saying so."""
    data = packed(("xxxxxx.xml", b"1")).replace(b"xxxxxx", "Импорт".encode("cp866"))
    assert unpacked(data) == {"Импорт.xml": b"1"}
    assert unpacked(packed(("Товары.xml", b"2"), ("a\\b.xml", b"3"))) == {"Товары.xml": b"2", "a/b.xml": b"3"}


def test_thirty_to_one_is_an_honest_ratio() -> None:
    data = b"".join(f"<Предложение><Ид>{n}</Ид><Количество>{n % 90}</Количество></Предложение>".encode() for n in range(60_000))
    archive = packed(("offers.xml", data))
    assert 8 < len(data) / len(archive) < 200
    assert unpacked(archive)["offers.xml"] == data


def test_a_small_file_of_blanks_is_no_bomb() -> None:
    assert len(unpacked(packed(("a.xml", b" " * 900_000)))["a.xml"]) == 900_000


def link(name: str) -> zipfile.ZipInfo:
    info = zipfile.ZipInfo(name)
    info.create_system, info.external_attr = 3, (stat.S_IFLNK | 0o777) << 16
    return info


def overlapping() -> bytes:
    """Many directory rows that share the bytes of one entry."""
    body = packed(("0.jpg", noise(10_000)))
    start = body.rindex(b"PK\x01\x02")
    end = body.rindex(b"PK\x05\x06")
    row = body[start:end]
    rows = b"".join(row.replace(b"0.jpg", f"{n}.jpg".encode()) for n in range(10))
    tail = struct.pack("<4s4H2LH", b"PK\x05\x06", 0, 0, 10, 10, len(rows), start, 0)
    return body[:start] + rows + tail


def encrypted(data: bytes) -> bytes:
    """The mark of encryption in both headers."""
    changed = bytearray(data)
    changed[data.index(b"PK\x03\x04") + 6] |= 1
    changed[data.rindex(b"PK\x01\x02") + 8] |= 1
    return bytes(changed)


def with_method(data: bytes, method: int) -> bytes:
    changed = bytearray(data)
    changed[data.index(b"PK\x03\x04") + 8] = method
    changed[data.rindex(b"PK\x01\x02") + 10] = method
    return bytes(changed)


def lying_size(data: bytes, size: int) -> bytes:
    """The directory says the entry unpacks to `size` bytes."""
    place = data.rindex(b"PK\x01\x02") + 24
    return data[:place] + struct.pack("<L", size) + data[place + 4 :]


def wrong_byte(data: bytes) -> bytes:
    place = data.index(b"a.xml") + 40
    return data[:place] + bytes([data[place] ^ 0xFF]) + data[place + 1 :]


XML = ("a.xml", b"<x/>" * 50)

REFUSED: dict[str, tuple[Callable[[], bytes], str]] = {
    "nothing": (lambda: b"", "не читается"),
    "no zip": (lambda: "Это не архив".encode() * 20, "не читается"),
    "cut": (lambda: packed(XML)[:-30], "не читается"),
    "only the end": (lambda: packed(XML)[-40:], "не читается"),
    "parent folder": (lambda: packed(("../a.xml", b"")), "Недопустимое имя"),
    "parent folder inside": (lambda: packed(("import_files/../../a.xml", b"")), "Недопустимое имя"),
    "parent folder with backslashes": (lambda: packed(("..\\..\\a.xml", b"")), "Недопустимое имя"),
    "absolute": (lambda: packed(("/etc/a.xml", b"")), "Недопустимое имя"),
    "drive letter": (lambda: packed(("C:\\a.xml", b"")), "Недопустимое имя"),
    "share": (lambda: packed(("\\\\server\\a.xml", b"")), "Недопустимое имя"),
    "NUL in a name": (lambda: packed(("a.xmlZ.jpg", b"")).replace(b"Z", b"\x00"), "недопустимые знаки"),
    "new line in a name": (lambda: packed(("a\nb.xml", b"")), "недопустимые знаки"),
    "hidden direction of letters": (lambda: packed(("a\u202elmx.jpg", b"")), "недопустимые знаки"),
    "a name of a thousand letters": (lambda: packed(("a" * 1000 + ".xml", b"")), "длиннее 255"),
    "symbolic link": (lambda: packed((link("a.xml"), b"/etc/passwd")), "ссылка"),
    "the same name twice": (lambda: packed(XML, ("b.xml", b"")).replace(b"b.xml", b"a.xml"), "дважды"),
    "the same name in capitals": (lambda: packed(XML, ("A.XML", b"")), "дважды"),
    "an archive inside by name": (lambda: packed(("b.zip", packed(XML))), "архив в архиве"),
    "an archive inside by content": (lambda: packed(("b.jpg", packed(XML))), "архив в архиве"),
    "another archive inside": (lambda: packed(("b.7z", b"7z")), "архив в архиве"),
    "encrypted": (lambda: encrypted(packed(XML)), "зашифрован"),
    "an unknown method": (lambda: with_method(packed(XML), 99), "неизвестным способом"),
    "bzip2": (lambda: packed(XML, method=zipfile.ZIP_BZIP2), "неизвестным способом"),
    "too many xml files": (lambda: packed(*((f"{n}.xml", b"") for n in range(65))), "больше 64 файлов XML"),
    "a bomb": (lambda: packed(("a.xml", bytes(30 << 20))), "больше чем в 200 раз"),
    "overlapping entries": (overlapping, "наложены|повреждён"),
    "too much altogether": (lambda: packed(*((f"{n}.jpg", noise(400_000)) for n in range(3))), "слишком велик"),
    "a lying size": (lambda: lying_size(packed(("a.xml", noise(9000))), 10), "повреждён"),
    "a wrong checksum": (lambda: wrong_byte(packed(("a.xml", noise(9000)), method=zipfile.ZIP_STORED)), "повреждён"),
    "broken compression": (lambda: wrong_byte(packed(("a.xml", b"abcd" * 5000))), "повреждён"),
}


@pytest.mark.parametrize("name", REFUSED)
def test_what_is_hostile_or_broken_is_refused(name: str) -> None:
    make, words = REFUSED[name]
    with pytest.raises(BrokenFile, match=words):
        unpacked(make(), max_bytes=1_000_000 if name == "too much altogether" else 1 << 30)


def test_nothing_of_an_archive_with_a_bad_name_is_given() -> None:
    given = unpack(io.BytesIO(packed(XML, ("../b.xml", b""))))
    with pytest.raises(BrokenFile):
        next(given)


def test_a_bomb_stops_long_before_it_is_unpacked() -> None:
    count = 0
    with pytest.raises(BrokenFile):
        for _, entry in unpack(io.BytesIO(packed(("a.xml", bytes(100 << 20))))):
            while part := entry.read(1 << 16):
                count += len(part)
    assert count < 25 << 20


@pytest.mark.parametrize(
    "name",
    [
        "import.xml",
        "import0_1.xml",
        "import_files/ab/ab12_cd34.jpg",
        "Каталог товаров.xml",
        "import___b815e2db-7a65.xml",
        "a..b.xml",
        "v8_1A2B_3.zip",
    ],
)
def test_names_that_pass(name: str) -> None:
    assert safe_name(name) == name


def test_backslashes_are_folders() -> None:
    assert safe_name("import_files\\ab\\x.jpg") == "import_files/ab/x.jpg"


@pytest.mark.parametrize(
    "name",
    [
        "",
        ".",
        "..",
        "/",
        "a/",
        "a//b",
        "../a",
        "a/../b",
        "a/..",
        "/a",
        "\\a",
        "C:/a",
        "a:b",
        ". ./a",
        " ",
        "a/ /b",
        "a\x00",
        "a\tb",
        "a\x7f",
        "a\u200bb",
        "\ufeffa",
        "a\ud800",
        "я" * 256,
    ],
)
def test_names_that_do_not(name: str) -> None:
    with pytest.raises(BrokenFile) as caught:
        safe_name(name)
    assert str(caught.value).isprintable()


def test_mutants_of_an_archive_break_nothing() -> None:
    chance = random.Random(7)
    source = packed(XML, ("import_files/a.jpg", noise(300)), ("Имя.xml", b"<y/>" * 300))
    outcomes: Counter[str] = Counter()
    for _ in range(500):
        data = bytearray(source)
        for _ in range(chance.randint(1, 5)):
            data[chance.randrange(len(data))] = chance.randrange(256)
        try:
            unpacked(bytes(data[: chance.choice((len(data), len(data), chance.randrange(len(data))))]), 1 << 20)
            outcomes["read"] += 1
        except BrokenFile as error:
            assert str(error)
            outcomes["refused"] += 1
    assert min(outcomes["read"], outcomes["refused"]) > 10, outcomes
