"""CommerceML 2.03-2.10 and 3.1 as records, one at a time: what a file holds is told by its content, never by its name."""

from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import datetime
from typing import TYPE_CHECKING, BinaryIO

from chalicelib.domain.errors import BrokenFile
from chalicelib.domain.exchange.exchange import Problem
from chalicelib.formats.commerceml.classifier import (
    group_records,
    price_type_records,
    property_records,
    unit_records,
    warehouse_records,
)
from chalicelib.formats.commerceml.companies import counterparty_records, seller_records
from chalicelib.formats.commerceml.documents import container_records, order_records
from chalicelib.formats.commerceml.items import item_records
from chalicelib.formats.commerceml.offers import offer_records
from chalicelib.formats.commerceml.records import Head, Record, Seller
from chalicelib.formats.commerceml.stream import elements
from chalicelib.formats.commerceml.units import MAX_WORD
from chalicelib.formats.commerceml.values import flag, local, text

if TYPE_CHECKING:
    from lxml.etree import _Element

Handler = Callable[["_Element"], Iterator[Record]]


ROOT = "КоммерческаяИнформация"
FOREIGN_SHOWN = 10
MAX_ROWS = 1_000_000
"""Of one file: 1C cuts what is longer into portions."""


def read(stream: BinaryIO, name: str = "", max_rows: int = MAX_ROWS) -> Iterator[Record]:
    """Records in file order, a `Head` first. `name` is the file's, for messages.

    A row that can't be understood comes as a `Problem`, the rest goes on. Raises BrokenFile where the bytes are no
    CommerceML at all, or turn out hostile, after the records of what was good before.
    """
    reader, left = _Reader(), max_rows
    for element in elements(stream, name, frozenset(reader.rows)):
        tag = local(element.tag)
        if tag in reader.rows:
            left -= 1
            if left < 0:
                raise BrokenFile("Файл «%(file)s»: строк больше %(limit)s, передавайте их порциями", file=name, limit=max_rows)
            yield from reader.rows[tag](element)
        elif tag in reader.sections:
            yield from reader.sections[tag](element)
        else:
            reader.pass_over(element, tag)
    if left == max_rows:
        yield from reader.foreign_sections()


class _Reader:
    """The handlers of a file, with the little that must be remembered between its rows."""

    def __init__(self) -> None:
        self._head: Head | None = None
        self._seller: Seller | None = None
        self._silence_is_zero = False
        self._foreign: dict[str, None] = {}
        self.rows: dict[str, Handler] = {
            "Товар": item_records,
            "Предложение": self._offer,
            "Группа": group_records,
            "Свойство": property_records,
            "СвойствоНоменклатуры": property_records,
            "ТипЦены": price_type_records,
            "Склад": warehouse_records,
            "ЕдиницаИзмерения": unit_records,
            "Владелец": self._owner,
            "Контрагент": counterparty_records,
            "Документ": order_records,
            "Контейнер": container_records,
        }
        self.sections: dict[str, Handler] = {
            ROOT: self._root,
            "Классификатор": self._section,
            "Каталог": self._section,
            "ПакетПредложений": self._section,
            "ИзмененияПакетаПредложений": self._changes,
            "СодержитТолькоИзменения": self._changes_element,
            "ИдКаталога": self._catalogue,
        }

    def _root(self, element: "_Element") -> Iterator[Record]:
        if self._head is not None:
            return
        schema = element.get("ВерсияСхемы", "").strip()
        # УПП 1.3 and УТ 10.3, which know no namespace, leave out the quantity of what is not there
        self._silence_is_zero = schema in ("2.04", "2.05") and not element.tag.startswith("{")
        yield from self._say(Head(schema, _instant(element.get("ДатаФормирования", ""))))

    def _section(self, element: "_Element") -> Iterator[Record]:
        stated = element.get("СодержитТолькоИзменения")
        head = self._head or Head()
        yield from self._say(head if stated is None else replace(head, only_changes=flag(stated)))

    def _changes(self, _: "_Element") -> Iterator[Record]:
        self._silence_is_zero = False
        yield from self._say(replace(self._head or Head(), only_changes=True))

    def _changes_element(self, element: "_Element") -> Iterator[Record]:
        yield from self._say(replace(self._head or Head(), only_changes=flag(text(element))))

    def _catalogue(self, element: "_Element") -> Iterator[Record]:
        yield from self._say(replace(self._head or Head(), catalogue_id=text(element)))

    def pass_over(self, element: "_Element", tag: str) -> None:
        """Sections of the root that nobody here reads, such as ПользовательскиеСправочники of the BUS module."""
        above = element.getparent()
        if above is not None and local(above.tag) == ROOT and len(element) and len(self._foreign) < FOREIGN_SHOWN:
            self._foreign[tag] = None

    def foreign_sections(self) -> Iterator[Record]:
        """Of a file that has nothing else: nobody may think that it was loaded."""
        for tag in self._foreign:
            yield Problem("section", "", tag[:MAX_WORD], "Портал не загружает такой раздел")

    def _say(self, head: Head) -> Iterator[Record]:
        if head != self._head:
            self._head = head
            yield head

    def _owner(self, element: "_Element") -> Iterator[Record]:
        """Our company once, though every section repeats it."""
        for seller in seller_records(element):
            if seller != self._seller and isinstance(seller, Seller):
                self._seller = seller
                yield seller

    def _offer(self, element: "_Element") -> Iterator[Record]:
        return offer_records(element, self._silence_is_zero)


def _instant(value: str) -> datetime | None:
    try:
        return datetime.fromisoformat(value.strip()).replace(tzinfo=None)
    except ValueError:
        return None
