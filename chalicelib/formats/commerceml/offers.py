"""Предложение: prices and balances, in the five forms 1C writes stock in."""

from collections.abc import Iterator
from decimal import Decimal
from typing import TYPE_CHECKING

from chalicelib.domain.catalogue.catalogue import NO_WAREHOUSE, ItemPrice, Offer
from chalicelib.domain.money import unit_price
from chalicelib.formats.commerceml.draft import Draft, PriceKey, Taker, draft
from chalicelib.formats.commerceml.items import TAKERS as ITEM_TAKERS
from chalicelib.formats.commerceml.records import Record
from chalicelib.formats.commerceml.units import MAX_WORD, currency
from chalicelib.formats.commerceml.values import MAX_ID, NUMBERS, children, number, text, texts

if TYPE_CHECKING:
    from lxml.etree import _Element

MAX_WAREHOUSES = 1000
"""Of one item: what a row of the tables holds."""
_ONE, _NOTHING = Decimal(1), Decimal(0)


def offer_records(element: "_Element", silence_is_zero: bool = False) -> Iterator[Record]:
    """The offer with the problems of its parts.

    `silence_is_zero`: an offer that has prices and says nothing of stock has none (УПП 1.3 leaves the quantity out then).
    """
    found = draft(element, "offer", TAKERS)
    item = found.item(element)
    if 0 < len(item.id) <= MAX_ID:
        prices = None if found.prices is None else tuple(price for _, price in found.prices.values())
        yield Offer(item, prices, _balances(found, silence_is_zero))
    elif item.id:
        found.row.refuse("Ид длиннее %(limit)s знаков", limit=str(MAX_ID))
    else:
        found.row.refuse("Не указан реквизит «%(field)s»", field="Ид")
    yield from found.row.named_problems()


def _balances(found: Draft, silence_is_zero: bool) -> dict[str, Decimal] | None:
    """By warehouse where the offer names any; else the total alone. A refused quantity is not a zero."""
    if len(found.balances) > MAX_WAREHOUSES:
        found.row.refuse("Складов больше %(limit)s: остатки не загружены", "stock", limit=str(MAX_WAREHOUSES))
        return None
    if found.by_warehouse:
        return found.balances or None
    if found.total is not None:
        return {NO_WAREHOUSE: found.total}
    if silence_is_zero and found.prices and not found.spoken:
        return {NO_WAREHOUSE: Decimal(0)}
    return None


def _prices(found: Draft, element: "_Element") -> None:
    found.prices = found.prices or {}
    for one in element:
        _price(found, found.prices, texts(one))


def _price(found: Draft, prices: dict[PriceKey, tuple[Decimal, ItemPrice]], values: dict[str, str]) -> None:
    """One Цена. That of a package is brought to the base unit, and gives way to a price of the base unit itself."""
    amount = found.row.number("Цена за единицу", values.get("ЦенаЗаЕдиницу", ""), "price")
    type_id = values.get("ИдТипаЦены")
    if amount is None:
        return
    if not type_id:
        found.row.refuse("Цена %(value)s без вида цен: не указан реквизит «ИдТипаЦены»", "price", value=str(amount))
        return
    factor = (number(values["Коэффициент"]) or _ONE) if "Коэффициент" in values else _ONE
    if factor is not _ONE and factor != 1 and factor > 0:
        amount = unit_price(amount / factor)
    minimum = number(values["МинКоличество"]) if "МинКоличество" in values else None
    key = (type_id, minimum)
    if key not in prices or prices[key][0] != 1 or factor == 1:
        name = currency(values.get("Валюта", "")[:MAX_WORD])
        prices[key] = factor, ItemPrice(type_id, amount, name, values.get("Единица", ""), minimum)


def _total(found: Draft, element: "_Element") -> None:
    if value := text(element):
        found.spoken = True
        found.total = _quantity(found, "Количество", value)


def _at_warehouse(found: Draft, element: "_Element") -> None:
    """`Склад` of an offer and `Склады` of a change carry attributes; other `Склады` hold `Склад` elements."""
    warehouse_id = element.get("ИдСклада")
    if warehouse_id is not None:
        value = element.get("КоличествоНаСкладе", "")
        quantity = NUMBERS[value]
        if quantity is not None and quantity >= 0 and 0 < len(warehouse_id) < MAX_ID:  # nearly all
            found.by_warehouse = True
            found.balances[warehouse_id.strip() or NO_WAREHOUSE] = quantity
        else:
            _balance(found, warehouse_id, value)
        return
    inside = children(element, "Склад")
    for one in inside:
        _at_warehouse(found, one)
    if not inside:
        _stated(found, texts(element))


def _remainders(found: Draft, element: "_Element") -> None:
    """Остатки/Остаток: each with Склад elements (Ид, Количество), or with the quantity alone."""
    for remainder in element:
        inside = children(remainder, "Склад")
        for one in inside:
            _at_warehouse(found, one)
        if not inside:
            _stated(found, texts(remainder))


def _stated(found: Draft, values: dict[str, str]) -> None:
    """A balance written in elements; without a warehouse it is the total."""
    if "Ид" in values:
        _balance(found, values["Ид"], values.get("Количество", ""))
    elif "Количество" in values:
        found.spoken = True
        found.total = _quantity(found, "Количество", values["Количество"])


def _balance(found: Draft, warehouse_id: str, value: str) -> None:
    found.by_warehouse = True
    if len(warehouse_id) > MAX_ID:
        found.row.refuse("Ид длиннее %(limit)s знаков", "stock", limit=str(MAX_ID))
        return
    quantity = _quantity(found, "Количество на складе", value.strip())
    if quantity is not None:
        found.balances[warehouse_id.strip() or NO_WAREHOUSE] = quantity


def _quantity(found: Draft, field: str, value: str) -> Decimal | None:
    """Less than nothing is nothing: 1C has reserved more than there is, and the balance before it must not stay on sale."""
    quantity = number(value)
    if quantity is None or quantity >= 0:
        return found.row.number(field, value, "stock")
    found.row.refuse("%(field)s: %(value)s меньше нуля, принято за 0", field=field, value=value)
    return _NOTHING


TAKERS: dict[str, Taker] = ITEM_TAKERS | {
    "Цены": _prices,
    "Количество": _total,
    "Склад": _at_warehouse,
    "Склады": _at_warehouse,
    "Остатки": _remainders,
}
"""Who reads which child of a Предложение."""
