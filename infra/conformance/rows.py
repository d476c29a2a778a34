"""Texts of an element, whatever its namespace is, and the look of a number, a date and a flag."""

import re
from decimal import Decimal

from lxml import etree

Element = etree._Element
NUMBER = re.compile(r"-?\d+([.,]\d+)?")
DATE, TIME = re.compile(r"\d{4}-\d\d-\d\d"), re.compile(r"\d\d:\d\d:\d\d")
NO_REFERENCE = "00000000-0000-0000-0000-000000000000"


def name_of(element: Element) -> str:
    return etree.QName(element).localname


def text(element: Element, path: str) -> str:
    found = element.find("/".join(f"{{*}}{name}" for name in path.split("/")))
    return (found.text or "").strip() if found is not None else ""


def texts(element: Element, path: str) -> list[str]:
    found = element.iterfind("/".join(f"{{*}}{name}" for name in path.split("/")))
    return [(one.text or "").strip() for one in found]


def children(element: Element, path: str) -> list[Element]:
    return list(element.iterfind("/".join(f"{{*}}{name}" for name in path.split("/"))))


def has(element: Element, path: str) -> bool:
    return element.find("/".join(f"{{*}}{name}" for name in path.split("/"))) is not None


def number(value: str) -> Decimal | None:
    """As 1C and the portal read it: a comma will do, blanks between thousands too."""
    plain = re.sub(r"[ \u00a0\u202f]", "", value)
    return Decimal(plain.replace(",", ".")) if NUMBER.fullmatch(plain) and len(plain) <= 32 else None


def whole_id(row: Element) -> str:
    item, variant = text(row, "Ид"), text(row, "ИдХарактеристики")
    return f"{item}#{variant}" if variant and variant != NO_REFERENCE and "#" not in item else item


def deleted(row: Element) -> bool:
    return row.get("Статус", "").lower().startswith("удал") or text(row, "ПометкаУдаления").lower() == "true"


def requisites(row: Element) -> list[tuple[str, str]]:
    return [(text(one, "Наименование"), text(one, "Значение")) for one in children(row, "ЗначенияРеквизитов/ЗначениеРеквизита")]
