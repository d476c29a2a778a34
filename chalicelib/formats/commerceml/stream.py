"""A file as finished elements in bounded memory. Everything hostile or broken is refused here, with the line where it is.

The tree grows chunk by chunk and is emptied behind: no events are made for the elements inside a row, so that a row costs
what libxml2 needs for it and nothing more.
"""

from collections.abc import Iterator
from functools import lru_cache
from typing import TYPE_CHECKING, Any, BinaryIO

from chalicelib.domain.errors import BrokenFile
from chalicelib.formats.commerceml.values import local

if TYPE_CHECKING:
    from lxml.etree import _Element

CHUNK = 1 << 16
MAX_DEPTH = 32
MAX_ATTRIBUTES = 64
MAX_TEXT = 1 << 20
MAX_ROW = 16 << 20
"""Bytes of one row, and of what stands before the root: libxml2 takes about five times as much memory."""
MAX_BYTES = 2 << 30

ROOTS = frozenset({"КоммерческаяИнформация", "Классификатор", "Каталог", "ПакетПредложений", "ИзмененияПакетаПредложений"})

_CUT = frozenset({57, 73, 77})
"""libxml2's codes of what is not finished: the declaration, a tag, an element."""

_WRONG_BYTES = 81


def elements(stream: BinaryIO, name: str, rows: frozenset[str]) -> Iterator["_Element"]:
    """The root, sections as they are entered (again with every chunk), and all that is finished inside them, in file order.

    `rows` are the local names that come as whole subtrees; what is not one of them is entered and thrown away behind.
    An element is good until the next one is asked for. Raises BrokenFile.
    """
    document = _Document(stream, name, rows)
    while not document.closed:
        document.read()
        yield from document.finished()


class _Document:
    """A tree that grows at the end and is emptied at the beginning."""

    def __init__(self, stream: BinaryIO, name: str, rows: frozenset[str]) -> None:
        from lxml import etree

        self._stream, self._name, self._rows = stream, name or "1С", rows
        self._errors = etree.XMLSyntaxError
        self._parser: Any = etree.XMLPullParser(
            events=("start",),
            tag=[f"{{*}}{root}" for root in sorted(ROOTS)],
            resolve_entities=False,
            no_network=True,
            load_dtd=False,
            huge_tree=False,
            remove_comments=True,
            remove_pis=True,
        )
        self._root: _Element | None = None
        self._total = self._pending = 0
        self._ends_in_a_tag = True
        self._checked = False
        self.closed = False

    def read(self) -> None:
        """Take the next chunk, or the end."""
        chunk = self._stream.read(CHUNK)
        if not self._total:
            chunk = chunk.lstrip(b" \t\r\n")  # home-made exporters leave blank lines before the declaration
        try:
            self._feed(chunk)
        except self._errors as caught:
            error: Any = caught
            raise self._broken(error.code, error.lineno, error.msg, chunk) from None
        for entry in self._parser.feed_error_log.filter_from_fatals():  # an unknown entity stops the parser without a word
            raise self._broken(entry.type, entry.line, entry.message, chunk)
        self._total += len(chunk)
        self._pending += len(chunk)
        self._checked = False
        self._meet_root()
        if self._pending > MAX_ROW or self._total > MAX_BYTES:
            message = "Файл «%(file)s» слишком велик: больше допустимого уже к байту %(byte)s"
            raise BrokenFile(message, file=self._name, byte=self._total)

    def _feed(self, chunk: bytes) -> None:
        if chunk:
            self._ends_in_a_tag = chunk.rstrip(b" \t\r\n\0").endswith(b">")
            self._parser.feed(chunk)
        else:
            self.closed = True
            self._parser.close()

    def _meet_root(self) -> None:
        """Let go of the events; the first one gives the root."""
        for _, element in self._parser.read_events():
            if self._root is None:
                self._root = element.getroottree().getroot()
                self._accept_root(self._root)
        if self._root is None and (self.closed or self._pending > MAX_TEXT):
            raise BrokenFile("Файл «%(file)s» — не CommerceML: нет элемента «КоммерческаяИнформация»", file=self._name)

    def _accept_root(self, root: Any) -> None:
        if root.getroottree().docinfo.internalDTD is not None:
            raise BrokenFile("Файл «%(file)s» содержит DOCTYPE: такие файлы не принимаются", file=self._name)
        if local(root.tag) not in ROOTS:
            raise BrokenFile("Файл «%(file)s» — не CommerceML: его корень «%(root)s»", file=self._name, root=local(root.tag)[:80])

    def finished(self) -> Iterator["_Element"]:
        if self._root is not None:
            yield self._root
            yield from self._drained(self._root, self.closed)

    def _drained(self, node: "_Element", closed: bool) -> Iterator["_Element"]:
        """What is whole below a section, taken out of the tree. The last child of an open section still grows."""
        children = list(node)
        last = None if closed or not children else children.pop()
        if children:
            self._check()
        for child in children:
            yield child
            if len(child) and local(child.tag) not in self._rows:
                yield from self._drained(child, True)
            child.clear()
        del node[: len(children)]
        del children
        if last is not None and len(last) and local(last.tag) not in self._rows:
            yield last
            yield from self._drained(last, False)

    def _check(self) -> None:
        """Refuse what no 1C writes, once a chunk and only when something has become whole."""
        if self._checked:
            return
        self._checked = True
        deep, crowded, wordy, places = _limits()
        if deep(self._root) or crowded(self._root) or (self._pending > MAX_TEXT and wordy(self._root)):
            for find, message, limit in places:
                if found := find(self._root):
                    raise BrokenFile(message, file=self._name, line=found[0].sourceline, limit=limit)
        self._pending = 0

    def _broken(self, code: int, line: int | None, detail: str | None, chunk: bytes) -> BrokenFile:
        where = {"file": self._name, "line": line or 1}
        if not self._total and not chunk:
            return BrokenFile("Файл «%(file)s» пуст", file=self._name)
        if self.closed and (code in _CUT or not self._ends_in_a_tag):
            return BrokenFile("Файл «%(file)s» обрывается на строке %(line)s", **where)
        byte = _not_utf8(chunk) if code == _WRONG_BYTES else None
        if byte is not None:
            message = "Файл «%(file)s», строка %(line)s, байт %(byte)s: знаки не в той кодировке, что указана в файле"
            return BrokenFile(message, byte=self._total + byte, **where)
        return BrokenFile("Файл «%(file)s», строка %(line)s: ошибка XML (%(detail)s)", detail=detail or "", **where)


_DEEP = "/" + "*/" * MAX_DEPTH + "*"
_WORDY = f"text()[string-length() > {MAX_TEXT}] or @*[string-length() > {MAX_TEXT}]"


@lru_cache(1)
def _limits() -> Any:
    """Quick questions asked of every chunk (one by one: an `or` doubles their time), and the slower ones that say where."""
    from lxml.etree import XPath

    return (
        XPath(f"boolean({_DEEP})"),
        XPath(f"boolean(//@*[{MAX_ATTRIBUTES + 1}])"),
        XPath(f"boolean(//*[{_WORDY}])"),
        (
            (XPath(f"({_DEEP})[1]"), "Файл «%(file)s», строка %(line)s: вложенность больше %(limit)s", MAX_DEPTH),
            (
                XPath(f"(//*[@*[{MAX_ATTRIBUTES + 1}]])[1]"),
                "Файл «%(file)s», строка %(line)s: у элемента больше %(limit)s атрибутов",
                MAX_ATTRIBUTES,
            ),
            (XPath(f"(//*[{_WORDY}])[1]"), "Файл «%(file)s», строка %(line)s: текст длиннее %(limit)s знаков", MAX_TEXT),
        ),
    )


def _not_utf8(chunk: bytes) -> int | None:
    """The place of the first byte that can't be UTF-8; a chunk may begin and end inside a letter."""
    start = next((n for n, byte in enumerate(chunk[:4]) if byte & 0xC0 != 0x80), 0)
    try:
        chunk[start:].decode()
    except UnicodeDecodeError as error:
        return start + error.start if start + error.start < len(chunk) - 3 else None
    return None
