"""A CommerceML file looked at from its first byte to its last, in bounded memory (F…); rows go to the rules of their kind."""

import re
import zipfile
from collections.abc import Callable
from typing import Any, BinaryIO

from lxml import etree

from infra.conformance.answers import Answers
from infra.conformance.goods import Goods
from infra.conformance.known import Known
from infra.conformance.offers import Offers
from infra.conformance.report import Report
from infra.conformance.rows import Element, name_of

ROOT = "КоммерческаяИнформация"
SECTIONS = frozenset(
    {
        *("Классификатор", "Каталог", "ПакетПредложений", "ИзмененияПакетаПредложений"),
        *("Документ", "Контейнер", "Контрагенты", "ПользовательскиеСправочники"),
    }
)
NAMESPACES = re.compile(r"(urn:1C\.ru:commerceml_(2|3|205|206|207|208|209|210))?")
SCHEMA = re.compile(r"2\.(0[3-9]|10)|3\.\d+")
MOMENT = re.compile(r"\d{4}-\d\d-\d\d(T\d\d:\d\d:\d\d)?")
ENCODINGS = frozenset({"utf-8", "windows-1251", "cp1251", "utf-16"})
_DECLARED = re.compile(rb"""<\?xml[^>]*encoding=["']([^"']+)["']""")
_HEAD = 1 << 16
_WRONG_BYTES = 81

Row = Callable[[Element, str], None]


def check_archive(report: Report, known: Known, name: str, stream: BinaryIO) -> list[str]:
    """Every XML file in the archive; the names of all."""
    try:
        archive = zipfile.ZipFile(stream)
        names = archive.namelist()
        bad = archive.testzip()
    except (zipfile.BadZipFile, RuntimeError) as error:
        report.fault("F07", name, "", str(error))
        return []
    wrong = [one for one in names if not safe(one)] + ([bad] if bad else [])
    report.expect("F07", not wrong, name, ", ".join(wrong), "имя или содержимое")
    known.sent.update(names)
    for one in names:
        if one.lower().endswith(".xml"):
            with archive.open(one) as entry:
                check_file(report, known, one, entry)
    return names


def safe(name: str) -> bool:
    """A path below the folder of the exchange."""
    return bool(name) and "\\" not in name and ":" not in name and not name.startswith("/") and ".." not in name.split("/")


def check_file(report: Report, known: Known, name: str, stream: Any) -> None:
    """`stream` is binary, at its beginning."""
    _File(report, known, name).read(stream)


class _File:
    def __init__(self, report: Report, known: Known, name: str) -> None:
        self.report, self.known, self.name = report, known, name
        goods, offers, answers = Goods(report, known), Offers(report, known), Answers(report, known)
        self.rows: dict[str, Row] = {
            "Товар": goods.item,
            "Предложение": offers.offer,
            "Группа": goods.group,
            "Свойство": goods.property,
            "ТипЦены": offers.price_type,
            "Склад": offers.warehouse,
            "Документ": answers.document,
            "Контрагент": lambda *_: None,
            "Владелец": lambda *_: None,
        }
        self.row: Element | None = None
        self.root: Element | None = None
        self.sections = 0
        self.depth = 0
        self.refused = False

    def read(self, stream: Any) -> None:
        head = stream.read(_HEAD)
        if not self._encoding_holds(head):
            return
        parser: Any = etree.XMLPullParser(
            ("start", "end"), resolve_entities=False, no_network=True, load_dtd=False, huge_tree=True
        )
        try:
            self._feed(parser, head, stream)
        except etree.XMLSyntaxError as caught:
            error: Any = caught
            rule = "F02" if error.code == _WRONG_BYTES else "F01"
            self.report.fault(rule, f"{self.name}, строка {error.lineno}", "", str(error.msg))
            return
        self.report.expect("F01", True, self.name)
        self.report.expect("F02", True, self.name)
        if self.root is not None and name_of(self.root) == ROOT and not self.refused:
            self.report.expect("F09", self.sections, self.name, "", "ни одного известного раздела")

    def _feed(self, parser: Any, head: bytes, stream: Any) -> None:
        part = head.lstrip(b" \t\r\n")
        while part:
            parser.feed(part)
            if not self._events(parser):
                self.refused = True
                return
            part = stream.read(_HEAD)
        parser.close()
        self._events(parser)

    def _encoding_holds(self, head: bytes) -> bool:
        found = _DECLARED.search(head[:400])
        declared = found[1].decode("ascii", "replace").lower() if found else "utf-8"
        if declared not in ENCODINGS:
            return self.report.expect("F02", False, self.name, "", f"кодировка {declared} не поддерживается")
        if declared in ("windows-1251", "cp1251") and _is_utf8(head):
            return self.report.expect("F02", False, self.name, "", f"объявлена {declared}, записано в UTF-8")
        return True

    # --- events -------------------------------------------------------------------------------------------------------

    def _events(self, parser: Any) -> bool:
        """Whether it is worth reading on."""
        for event, element in parser.read_events():
            if not isinstance(element.tag, str):
                continue
            if event == "start" and not self._start(element):
                return False
            if event == "end":
                self._end(element)
        return True

    def _start(self, element: Element) -> bool:
        self.depth += 1
        if self.root is None:
            self.root = element
            return self._root(element)
        if self.row is None:
            self._section(element)
            if name_of(element) in self.rows:
                self.row = element
        return True

    def _root(self, root: Element) -> bool:
        clean = root.getroottree().docinfo.internalDTD is None
        if not self.report.expect("F03", clean, self.name, "", "DOCTYPE"):
            return False
        named = name_of(root) == ROOT or name_of(root) in SECTIONS
        schema = root.get("ВерсияСхемы", "").strip()
        right = named and (name_of(root) != ROOT or SCHEMA.fullmatch(schema))
        told = f"корень {name_of(root)}, ВерсияСхемы «{schema}»"
        if not self.report.expect("F04", right, self.name, "", told) and not named:
            return False
        namespace = etree.QName(root).namespace or ""
        self.report.expect("F05", NAMESPACES.fullmatch(namespace), self.name, "", namespace)
        if name_of(root) == ROOT:
            formed = root.get("ДатаФормирования", "")
            self.report.expect("F06", MOMENT.fullmatch(formed[:19]), self.name, "", f"ДатаФормирования «{formed}»")
        else:
            self.sections += 1
        return True

    def _section(self, element: Element) -> None:
        name = name_of(element)
        if self.depth == 2 and name in SECTIONS:
            self.sections += 1
        changes = element.get("СодержитТолькоИзменения", "").lower()
        if name == "Каталог" and changes == "false":
            self.known.whole = True
        if name == "ПакетПредложений" and changes == "false":
            self.known.offers_whole = True

    def _end(self, element: Element) -> None:
        self.depth -= 1
        if element is self.row:
            self.rows[name_of(element)](element, f"{self.name}, строка {element.sourceline}")
            self.row = None
            _forget(element)


def _forget(element: Element) -> None:
    """Let go of a row and of those before it."""
    element.clear()
    parent = element.getparent()
    while parent is not None and element.getprevious() is not None:
        del parent[0]


def _is_utf8(head: bytes) -> bool:
    try:
        return not head[: len(head) - 4].decode().isascii()
    except UnicodeDecodeError:
        return False
