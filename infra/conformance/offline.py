"""Files of an exchange without the conversation: the same rules, in the order in which they would be loaded."""

from collections.abc import Iterable
from pathlib import Path

from lxml import etree

from infra.conformance.answers import Answers
from infra.conformance.dialogue import finish_goods
from infra.conformance.files import check_archive, check_file
from infra.conformance.known import Known
from infra.conformance.messages import PREFIX, Messages, loaded
from infra.conformance.report import Report
from infra.conformance.schema import Schemas

_ORDER = {"Каталог": 1, "ПакетПредложений": 2, "ИзмененияПакетаПредложений": 3, "Документ": 5}
_DICTIONARIES = ("Группа", "Свойство", "ТипЦены", "Склад", "ЕдиницаИзмерения")


def check_paths(paths: Iterable[Path], schemas: Schemas, report: Report | None = None) -> Report:
    """Files, and folders with all that lies in them. Names are given as they stand below the folder."""
    report, known = report or Report(), Known()
    found = [(name, path) for given in paths for name, path in _files(given)]
    known.sent.update(name for name, _ in found)
    messages = Messages(report, schemas)
    for name, path in sorted(found, key=lambda pair: (_rank(pair[1]), _natural(pair[0]))):
        _check(report, known, messages, name, path)
    Answers(report, known).finish()
    finish_goods(report, known)
    return report


def _files(given: Path) -> list[tuple[str, Path]]:
    if given.is_dir():
        return [(path.relative_to(given).as_posix(), path) for path in sorted(given.rglob("*")) if path.is_file()]
    return [(given.name, given)]


def _check(report: Report, known: Known, messages: Messages, name: str, path: Path) -> None:
    kind = path.suffix.lower()
    if kind == ".json":
        body = path.read_bytes()
        messages.check_batch(body, _address(messages, body, name), name)
        return
    if kind in (".xml", ".zip"):
        with path.open("rb") as stream:
            if kind == ".zip":
                check_archive(report, known, name, stream)
            else:
                check_file(report, known, name, stream)


def _address(messages: Messages, body: bytes, name: str) -> str:
    """Where a batch would be sent: its only field says so, else the name of the file."""
    batch = loaded(body)
    field = next(iter(batch), "") if isinstance(batch, dict) else ""
    for guess in (field, Path(name).stem):
        if messages.schemas.record(PREFIX + str(guess)):
            return PREFIX + str(guess)
    return ""


def _rank(path: Path) -> int:
    """Dictionaries and goods before offers, offers before documents: told by what comes first in a file."""
    if path.suffix.lower() != ".xml":
        return 0 if path.suffix.lower() == ".zip" else 9
    order = _ORDER | dict.fromkeys(_DICTIONARIES, 0)
    try:
        for _, element in etree.iterparse(str(path), ("start",), resolve_entities=False, no_network=True, load_dtd=False):
            rank = order.get(etree.QName(element).localname)
            if rank is not None:
                return rank
    except etree.XMLSyntaxError:
        return 4
    return 4


def _natural(name: str) -> tuple[tuple[int, int, str], ...]:
    """import2 before import10."""
    parts: list[tuple[int, int, str]] = []
    digits = ""
    for letter in f"{name}\0":
        if letter.isdigit():
            digits += letter
            continue
        if digits:
            parts.append((0, int(digits), ""))
            digits = ""
        parts.append((1, 0, letter))
    return tuple(parts)
