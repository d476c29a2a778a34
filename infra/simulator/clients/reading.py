"""How strictly 1C reads the orders of a site: what its readers stumble over, each told in the words of its log."""

import re
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass

from lxml import etree

from infra.simulator.commerceml import Element
from infra.simulator.documents import parsed

_DATE, _TIME = re.compile(r"\d{4}-\d\d-\d\d"), re.compile(r"\d\d:\d\d:\d\d")
_NUMBER = re.compile(r"-?\d+(\.\d+)?")
_TRADER = re.compile(r"\bИП\b|индивидуальный предприниматель", re.IGNORECASE)
_FIGURES = ("Сумма", "ЦенаЗаЕдиницу", "Количество", "Курс", "Коэффициент")
_ONCE = ("Номер", "Дата", "Время", "Валюта", "ХозОперация")


class NotLoaded(Exception):
    """The batch is rolled back: `success` is not said."""


@dataclass(frozen=True, slots=True)
class Strictness:
    """`typed_tree`: ФабрикаXDTO builds the tree (УТ, УНФ): a namespace brings the schema in, an empty element is no text.

    `warehouse_contacts`: the address and contact of Склад are read without a look whether they are there (УТ).
    `number_limit`: letters of Номер, None for any. `other_documents`: payments and shipments may stand beside orders.
    """

    typed_tree: bool = True
    warehouse_contacts: bool = False
    number_limit: int | None = 11
    other_documents: bool = False


def check(xml: str, strictness: Strictness) -> None:
    """Raises NotLoaded with all that is wrong in the first bad document."""
    document = _parsed(xml)
    if strictness.typed_tree and etree.QName(document).namespace:
        raise NotLoaded("Ошибка чтения XDTO: указано пространство имён, пакет проверяет документ строго")
    for element in document.iter("{*}Документ"):
        faults = [fault for find in CHECKS for fault in find(element, strictness)]
        if faults:
            raise NotLoaded(f"заказ «{_text(element, 'Номер')}»: {'; '.join(faults)}")


def _parsed(xml: str) -> Element:
    if not xml.startswith("<?xml"):
        raise NotLoaded("ответ сайта не начинается с <?xml")
    try:
        return parsed(xml)
    except ValueError as error:
        raise NotLoaded(str(error)) from error


def _head(element: Element, strictness: Strictness) -> Iterator[str]:
    number = _text(element, "Номер")
    if not number:
        yield "нет номера"
    elif strictness.number_limit and len(number) > strictness.number_limit:
        yield f"номер длиннее {strictness.number_limit} знаков: заказ не найти"
    if not _DATE.fullmatch(_text(element, "Дата")):
        yield f"дата «{_text(element, 'Дата')}» станет 01.01.0001"
    if not _TIME.fullmatch(_text(element, "Время")):
        yield f"время «{_text(element, 'Время')}» не прочитать"
    if _text(element, "ХозОперация") != "Заказ товара" and not strictness.other_documents:
        yield f"ХозОперация «{_text(element, 'ХозОперация')}»: ожидается «Заказ товара»"
    if not _text(element, "Валюта"):
        yield "не заполнена валюта"


def _once(element: Element, strictness: Strictness) -> Iterator[str]:
    """What stands twice is a list in the tree."""
    if strictness.typed_tree:
        names = Counter(etree.QName(child).localname for child in element)
        yield from (f"{name} указано несколько раз" for name in _ONCE if names[name] > 1)


def _empty(element: Element, strictness: Strictness) -> Iterator[str]:
    if strictness.typed_tree:
        bare = [child for child in element.iter("{*}*") if len(child) == 0 and not (child.text or "").strip()]
        yield from (f"пустой элемент {etree.QName(child).localname}: получен объект вместо строки" for child in bare)


def _figures(element: Element, _: Strictness) -> Iterator[str]:
    for name in _FIGURES:
        for figure in element.iter(f"{{*}}{name}"):
            if not _NUMBER.fullmatch((figure.text or "").strip()):
                yield f"{name} «{(figure.text or '').strip()}» не преобразовать в число"


def _lines(element: Element, _: Strictness) -> Iterator[str]:
    for place, row in enumerate(element.iterfind("{*}Товары/{*}Товар"), 1):
        if not _text(row, "Ид"):
            yield f"строка {place}: нет Ид, строка пропадёт"
        if not _text(row, "Наименование"):
            yield f"строка {place}: нет наименования, номенклатуру не создать"
        if not (_text(row, "Налоги/Налог/Ставка") or _text(row, "СтавкиНалогов/СтавкаНалога/Ставка")):
            yield f"строка {place}: нет ставки НДС, подставится ставка предыдущей строки"


def _buyer(element: Element, _: Strictness) -> Iterator[str]:
    buyer = element.find("{*}Контрагенты/{*}Контрагент")
    if buyer is None:
        yield "нет контрагента"
        return
    name = _text(buyer, "Наименование")
    if not name:
        yield "у контрагента нет наименования"
    if _text(buyer, "ОфициальноеНаименование") and (_TRADER.search(name) or len(_text(buyer, "ИНН")) == 12):
        yield f"«{name}» с ОфициальноеНаименование: вместо ИП создастся юрлицо"


def _warehouse(element: Element, strictness: Strictness) -> Iterator[str]:
    if strictness.warehouse_contacts:
        for warehouse in element.iterfind("{*}Склады/{*}Склад"):
            for path in (
                "Адрес/АдресноеПоле/Тип",
                "Адрес/АдресноеПоле/Значение",
                "Контакты/Контакт/Тип",
                "Контакты/Контакт/Значение",
            ):
                if not _text(warehouse, path):
                    yield f"Склад: поле объекта не обнаружено ({path.replace('/', '.')})"


CHECKS: tuple[Callable[[Element, Strictness], Iterator[str]], ...] = (
    _head, _once, _empty, _figures, _lines, _buyer, _warehouse
)  # fmt: skip


def _text(element: Element, path: str) -> str:
    found = element.find("/".join(f"{{*}}{name}" for name in path.split("/")))
    return (found.text or "").strip() if found is not None else ""
