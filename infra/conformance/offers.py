"""Rules of prices and balances (P…)."""

from collections.abc import Iterator

from infra.conformance.known import Known
from infra.conformance.report import Report
from infra.conformance.rows import Element, children, deleted, number, text, whole_id

CURRENCIES = frozenset(
    {
        *("RUB", "RUR", "РУБ", "РУБ.", "643", "810", "USD", "840", "EUR", "978", "CNY", "156"),
        *("KZT", "BYN", "UAH", "ГРН", "GEL", "AMD", "UZS", "KGS", "AZN", "TRY", "GBP"),
    }
)


class Offers:
    """Of one file."""

    def __init__(self, report: Report, known: Known) -> None:
        self.report, self.known = report, known
        self.seen: set[str] = set()

    def price_type(self, row: Element, _: str) -> None:
        self.known.price_types.add(text(row, "Ид"))

    def warehouse(self, row: Element, _: str) -> None:
        self.known.warehouses.add(text(row, "Ид"))

    def offer(self, row: Element, place: str) -> None:
        id, name = whole_id(row), text(row, "Наименование")
        subject = f"предложение «{name or self.known.goods.get(id) or id}»"
        if not self.report.expect("P11", id, place, subject, "нет Ид"):
            return
        subject = f"{subject} ({id})"
        self.report.expect("P08", id not in self.seen, place, subject, "такое Предложение уже было в этом файле")
        self.seen.add(id)
        if deleted(row):
            return
        if self.known.whole and self.known.goods:
            self.report.expect("P03", self.known.has_item(id), place, subject, "такого товара в каталоге нет")
        for rule, holds, detail in (*self._prices(id, row), *self._balances(row)):
            self.report.expect(rule, holds, place, subject, detail)

    # --- prices -------------------------------------------------------------------------------------------------------

    def _prices(self, id: str, row: Element) -> Iterator[tuple[str, object, str]]:
        seen: set[tuple[str, str, str]] = set()
        for price in children(row, "Цены/Цена"):
            kind, amount = text(price, "ИдТипаЦены"), text(price, "ЦенаЗаЕдиницу")
            declared = bool(kind) and (not self.known.price_types or kind in self.known.price_types)
            yield "P01", declared, f"вид цены «{kind}» не описан" if kind else "нет ИдТипаЦены"
            value = number(amount)
            yield "P02", value is not None and value >= 0, f"цена «{amount}»"
            currency = text(price, "Валюта").upper()
            yield "P07", not currency or currency in CURRENCIES, f"валюта «{currency}»"
            key = (kind, text(price, "МинКоличество"), text(price, "Единица"))
            yield "P09", key not in seen, f"две цены вида {kind}"
            seen.add(key)
            self.known.priced.add(id)

    # --- balances -----------------------------------------------------------------------------------------------------

    def _balances(self, row: Element) -> Iterator[tuple[str, object, str]]:
        for warehouse, amount in _stated(row):
            value = number(amount)
            where = f" на складе {warehouse}" if warehouse else ""
            yield "P05", value is not None, f"остаток «{amount}»{where}"
            if value is not None:
                yield "P04", value >= 0, f"остаток {amount}{where}"
            if warehouse and self.known.warehouses:
                yield "P06", warehouse in self.known.warehouses, f"склад {warehouse}"


def _stated(row: Element) -> Iterator[tuple[str, str]]:
    """(warehouse, quantity) in all the forms there are of it."""
    yield from (("", amount.text or "") for amount in children(row, "Количество") if (amount.text or "").strip())
    for tag in ("Склад", "Склады", "Склады/Склад"):
        for one in children(row, tag):
            if one.get("ИдСклада") is not None:
                yield one.get("ИдСклада", ""), one.get("КоличествоНаСкладе", "")
    for one in (*children(row, "Остатки/Остаток/Склад"), *children(row, "Склады/Склад")):
        if one.get("ИдСклада") is None:
            yield text(one, "Ид"), text(one, "Количество")
    for one in children(row, "Остатки/Остаток"):
        if not children(one, "Склад"):
            yield "", text(one, "Количество")
