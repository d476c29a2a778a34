"""Small CommerceML files of our own making, in the handwriting of the different 1C."""

import io
from collections.abc import Iterable
from typing import Any, BinaryIO, TypeVar

from chalicelib.domain.exchange.exchange import Problem
from chalicelib.formats.commerceml import Head, Record, read

UT = 'xmlns="urn:1C.ru:commerceml_2" ВерсияСхемы="2.07" ДатаФормирования="2026-11-21T10:15:30"'
UNF = 'xmlns="urn:1C.ru:commerceml_210" ВерсияСхемы="2.08" ДатаФормирования="2026-11-21T10:15:30"'
UPP = 'ВерсияСхемы="2.05" ДатаФормирования="2026-11-21T10:15:30"'
BUS = 'xmlns="urn:1C.ru:commerceml_3" ВерсияСхемы="3.1" ДатаФормирования="2026-11-21T10:15:30" Ид="1"'
OLD = 'ВерсияСхемы="2.03" ДатаФормирования="2008-03-28"'

T = TypeVar("T")


def file(inside: str, root: str = UT, encoding: str = "utf-8", declared: str | None = None) -> bytes:
    head = f'<?xml version="1.0" encoding="{declared or encoding}"?>\n'
    return f"{head}<КоммерческаяИнформация {root}>{inside}</КоммерческаяИнформация>".encode(encoding)


def catalogue(*items: str, mark: str = "", root: str = UT) -> bytes:
    return file(f"<Каталог {mark}><Ид>c-1</Ид><Товары>{''.join(items)}</Товары></Каталог>", root)


def package(*offers: str, mark: str = "", root: str = UT, before: str = "") -> bytes:
    body = f"<Ид>c-1#</Ид><ИдКаталога>c-1</ИдКаталога>{before}<Предложения>{''.join(offers)}</Предложения>"
    return file(f"<ПакетПредложений {mark}>{body}</ПакетПредложений>", root)


def classifier(inside: str, root: str = UT) -> bytes:
    return file(f"<Классификатор><Ид>c-1</Ид><Наименование>Основной</Наименование>{inside}</Классификатор>", root)


def requisites(**pairs: str) -> str:
    """ЗначенияРеквизитов; an underscore in a name stands for a blank."""
    row = "<ЗначениеРеквизита><Наименование>{}</Наименование><Значение>{}</Значение></ЗначениеРеквизита>"
    rows = "".join(row.format(name.replace("_", " "), value) for name, value in pairs.items())
    return f"<ЗначенияРеквизитов>{rows}</ЗначенияРеквизитов>"


def item(inside: str = "", id: str = "i-1", name: str = "Дрель", mark: str = "") -> str:
    return f"<Товар {mark}><Ид>{id}</Ид><Наименование>{name}</Наименование>{inside}</Товар>"


def offer(inside: str = "", id: str = "i-1", mark: str = "") -> str:
    return f"<Предложение {mark}><Ид>{id}</Ид>{inside}</Предложение>"


def price(amount: str = "100.50", type_id: str = "t-1", more: str = "<Валюта>RUB</Валюта>") -> str:
    return f"<Цена><ИдТипаЦены>{type_id}</ИдТипаЦены><ЦенаЗаЕдиницу>{amount}</ЦенаЗаЕдиницу>{more}</Цена>"


def prices(*rows: str) -> str:
    return f"<Цены>{''.join(rows)}</Цены>"


def stream(data: bytes) -> BinaryIO:
    return io.BytesIO(data)


def records(data: bytes, name: str = "test.xml") -> list[Record]:
    return list(read(stream(data), name))


def of(kind: type[T], found: Iterable[Any]) -> list[T]:
    return [record for record in found if isinstance(record, kind)]


def only(kind: type[T], data: bytes) -> T:
    """The one record of a kind, in a file without problems."""
    found = records(data)
    assert of(Problem, found) == []
    (one,) = of(kind, found)
    return one


def problems(data: bytes) -> list[Problem]:
    return of(Problem, records(data))


def heads(data: bytes) -> list[Head]:
    return of(Head, records(data))


class Trickle(io.BytesIO):
    """A stream that gives its bytes `size` at a time, whatever is asked for."""

    def __init__(self, data: bytes, size: int) -> None:
        super().__init__(data)
        self._size = size

    def read(self, _: int | None = -1) -> bytes:
        return super().read(self._size)
