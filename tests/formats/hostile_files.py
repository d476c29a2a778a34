"""The list of hostile files, XML and zip: name -> what makes the bytes, and words of the reason that is given."""

from collections.abc import Callable

from tests.formats.commerceml_files import catalogue, file, item
from tests.formats.hostile_archives import lying_directory, quoted_overlap
from tests.formats.test_archive import REFUSED as ARCHIVES
from tests.formats.test_commerceml_hostile import BOMB, GOOD, doctype
from tests.formats.test_commerceml_hostile import HOSTILE as FILES

Make = Callable[[], bytes]
BOMB_OF_WORDS = f'[<!ENTITY b0 "лол">{BOMB}]'
LATE = catalogue(*(item(id=f"i-{n}") for n in range(4000)))
PIECES = 20


def _without_end(data: bytes, twentieth: int) -> bytes:
    return data[: len(data) * twentieth // PIECES]


def _ansi_as_utf8(name: str) -> bytes:
    return catalogue(item(name="@@"), *(item(id=f"i-{n}") for n in range(50))).replace(b"@@", name.encode("cp1251"))


MORE: dict[str, tuple[Make, str]] = {
    "a bomb in a namespace": (lambda: doctype(BOMB_OF_WORDS, '<Каталог xmlns="&b9;"/>'), "DOCTYPE|ошибка XML"),
    "a bomb in a prefix's namespace": (lambda: doctype(BOMB_OF_WORDS, '<Каталог xmlns:a="&b9;"/>'), "DOCTYPE|ошибка XML"),
    "a bomb in a default attribute": (
        lambda: doctype(f'[<!ENTITY b0 "лол">{BOMB}<!ATTLIST Каталог а CDATA "&b9;">]', "<Каталог/>"),
        "DOCTYPE|ошибка XML",
    ),
    "a bomb in parameter entities": (
        lambda: doctype('[<!ENTITY % a "<!ENTITY b \'c\'>"><!ENTITY % d "%a;%a;%a;">%d;%d;%d;]', "&b;"),
        "DOCTYPE|ошибка XML",
    ),
    "a bomb in a requisite": (lambda: doctype(BOMB_OF_WORDS, item(name="&b9;")), "DOCTYPE|ошибка XML"),
    "a bomb nobody sets off": (lambda: doctype(BOMB_OF_WORDS, item()), "DOCTYPE"),
    "an external file in an attribute": (
        lambda: doctype('[<!ENTITY x SYSTEM "file:///etc/passwd">]', '<Каталог а="&x;"/>'),
        "DOCTYPE|ошибка XML",
    ),
    "xinclude of a file that is not there": (
        lambda: file('<xi:include href="file:///etc/passwd" xmlns:xi="http://www.w3.org/2001/XInclude"/>')[:-9],
        "обрывается",
    ),
    "a doctype after the root": (lambda: GOOD.replace(b"</", b"<!DOCTYPE a></", 1), "ошибка XML"),
    "a second declaration": (lambda: GOOD.replace("<Каталог".encode(), "<?xml version='1.0'?><Каталог".encode()), "ошибка XML"),
    "windows-1251 said to be UTF-8": (lambda: _ansi_as_utf8("Дрель"), r"байт \d+: знаки не в той кодировке"),
    "windows-1251 said to be UTF-8, late": (
        lambda: LATE[:-200] + "Ж".encode("cp1251") * 3 + LATE[-200:],
        r"байт \d+: знаки не в той кодировке|ошибка XML",
    ),
    "UTF-16 without its mark": (lambda: file("<Каталог/>", encoding="utf-16")[2:-1], "ошибка XML|обрывается|кодировк|CommerceML"),
    "UTF-7": (lambda: file("", declared="utf-7").replace(b"<", b"+ADw-"), "ошибка XML|кодировк|обрывается"),
    "EBCDIC": (lambda: file("").decode().encode("cp500", "replace"), "ошибка XML|кодировк|обрывается|CommerceML"),
    "overlong UTF-8": (lambda: GOOD.replace("Дрель".encode(), b"\xc0\xaf"), "байт|ошибка XML"),
    "half a letter at the end of a text": (lambda: GOOD.replace("Дрель".encode(), b"\xd0"), "байт|ошибка XML"),
    "a surrogate in UTF-8": (lambda: GOOD.replace("Дрель".encode(), b"\xed\xa0\x80"), "байт|ошибка XML"),
    "ten thousand attributes of a price": (
        lambda: catalogue(item("<Цены " + " ".join(f'a{n}="1"' for n in range(10_000)) + "/>")),
        "больше 64 атрибутов|ошибка XML",
    ),
    "ten thousand namespaces": (
        lambda: catalogue(item("<а " + " ".join(f'xmlns:a{n}="u:{n}" a{n}:b="1"' for n in range(10_000)) + "/>")),
        "больше 64 атрибутов|ошибка XML",
    ),
    "nesting through many chunks": (
        lambda: file("<а>" * 20 + "<б>" * 13 + "текст" * 30_000 + "</б>" * 13 + "</а>" * 20),
        "вложенность больше 32",
    ),
    "a name of ten megabytes": (lambda: catalogue(item(name="я" * (5 << 20))), "текст длиннее|слишком велик|ошибка XML"),
} | {f"cut after {n}/{PIECES}": ((lambda n=n: _without_end(LATE, n)), "обрывается|пуст|ошибка XML") for n in range(PIECES)}

MORE_ARCHIVES: dict[str, tuple[Make, str]] = {
    "Fifield's overlap": (lambda: quoted_overlap(50, 1_000_000), "наложены"),
    "Fifield's overlap of two": (lambda: quoted_overlap(2, 100_000_000), "наложены|больше чем в 200 раз"),
    "one gigabyte announced": (lambda: lying_directory(b"import.xml", 1 << 30), "наложены|повреждён"),
    "four gigabytes announced": (lambda: lying_directory(b"import.xml", 0xFFFFFFF0), "наложены|повреждён"),
    "an entry without a name": (lambda: lying_directory(b"", 12), "Недопустимое имя"),
    "another name in the header": (
        lambda: lying_directory(b"a.xml", 12).replace(b"a.xml", b"b.xml", 1),
        "повреждён|не читается",
    ),
}


def xml_cases() -> dict[str, tuple[Make, str]]:
    return {name: ((lambda data=data: data), words) for name, (data, words) in FILES.items()} | MORE


def zip_cases() -> dict[str, tuple[Make, str]]:
    """Those that are refused with the limits of the running portal."""
    return {name: case for name, case in ARCHIVES.items() if name != "too much altogether"} | MORE_ARCHIVES
