"""An item or an offer while its element is read."""

import re
from collections.abc import Callable
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from chalicelib.domain.catalogue.catalogue import Item, ItemPrice, Package
from chalicelib.formats.commerceml.values import NAMES, Row, is_deleted, whole_id

if TYPE_CHECKING:
    from lxml.etree import _Element

_IN_BRACKETS = re.compile(r"\(([^()]*)\)$")


PriceKey = tuple[str, Decimal | None]


class Draft:
    """`fields` are those of `Item`, the lists become its tuples, `marks` are the plain texts nobody took.

    `prices` by (price type, minimum quantity) with the factor of their unit; None where the file is silent. `total` is the
    stock without warehouses; `by_warehouse` and `spoken` say whether any was named, a refused one included.
    """

    __slots__ = (
        "attributes",
        "balances",
        "barcodes",
        "by_warehouse",
        "fields",
        "marks",
        "packages",
        "pictures",
        "prices",
        "properties",
        "row",
        "spoken",
        "total",
        "variant",
    )

    def __init__(self, kind: str) -> None:
        self.row = Row(kind)
        self.fields: dict[str, Any] = {}
        self.marks: dict[str, str] = {}
        self.barcodes: list[str] = []
        self.pictures: list[str] = []
        self.packages: list[Package] = []
        self.properties: list[tuple[str, str]] = []
        self.attributes: list[tuple[str, str]] = []
        self.variant: list[str] = []
        self.prices: dict[PriceKey, tuple[Decimal, ItemPrice]] | None = None
        self.balances: dict[str, Decimal] = {}
        self.total: Decimal | None = None
        self.by_warehouse = self.spoken = False

    def item(self, element: "_Element") -> Item:
        marks = self.marks
        item_id = whole_id(marks.get("Ид", ""), marks.get("ИдХарактеристики", ""))
        parent, mark, _ = item_id.partition("#")
        name = marks.get("Наименование", "")
        variant = ", ".join(self.variant)
        if mark and not variant and (found := _IN_BRACKETS.search(name)):
            variant = found[1]
        return Item(
            id=item_id,
            name=name,
            parent_id=parent if mark else None,
            variant=variant,
            barcodes=tuple(self.barcodes),
            pictures=tuple(dict.fromkeys(self.pictures)),
            packages=tuple(self.packages),
            properties=tuple(self.properties),
            attributes=tuple(self.attributes),
            deleted=is_deleted(element, marks),
            **self.fields,
        )


Taker = Callable[[Draft, "_Element"], None]


def draft(element: "_Element", kind: str, takers: dict[str, Taker]) -> Draft:
    """Every child given to its taker; a child that has none is a plain text to remember."""
    found = Draft(kind)
    marks = found.marks
    for child in element:
        name = NAMES[child.tag]
        if name in takers:
            takers[name](found, child)
        elif value := child.text:
            marks.setdefault(name, value.strip())
    # a problem of a part is found before the name of the whole may be known
    found.row.id = marks.get("Ид", "")
    found.row.name = marks.get("Наименование", "")
    return found
