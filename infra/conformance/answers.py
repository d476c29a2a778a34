"""Rules of the documents 1C sends back (O…)."""

from collections.abc import Iterator
from decimal import Decimal

from infra.conformance.known import Known
from infra.conformance.report import Report
from infra.conformance.rows import DATE, TIME, Element, children, number, requisites, text

ORDER = "заказ товара"
OPERATIONS = frozenset(
    (
        ORDER, "счет на оплату", "отпуск товара", "счет-фактура", "возврат товара", "передача товара на комиссию",
        "возврат комиссионного товара", "отчет о продажах комиссионного товара", "выплата наличных денег",
        "возврат наличных денег", "выплата безналичных денег", "возврат безналичных денег", "прочие",
        "оплата", "передача прав", "эквайринговая операция",
    )
)  # fmt: skip
FLAGS = frozenset({"проведен", "отменен", "пометкаудаления"})
Said = tuple[str, object, str]


class Answers:
    def __init__(self, report: Report, known: Known) -> None:
        self.report, self.known = report, known

    def document(self, row: Element, place: str) -> None:
        number_of, operation = text(row, "Номер"), text(row, "ХозОперация").lower().replace("ё", "е")
        subject = f"документ № {number_of or 'без номера'}"
        if not self.report.expect("O06", operation in OPERATIONS, place, subject, f"ХозОперация «{operation}»"):
            return
        found = [*_dates(row)]
        if operation == ORDER:
            found += [*self._identity(row, number_of, place), *self._numbers(row), *_lines(row), *self._goods(row), *_sums(row)]
        for rule, holds, detail in found:
            self.report.expect(rule, holds, place, subject, detail)

    def _identity(self, row: Element, number_of: str, place: str) -> Iterator[Said]:
        id = text(row, "Ид")
        if self.known.orders and number_of not in self.known.orders:
            self.known.unknown_answers.append((place, number_of))
            return
        former = self.known.answers.setdefault(number_of, id)
        yield "O05", former == id, f"был Ид {former}, теперь {id}"

    def _numbers(self, row: Element) -> Iterator[Said]:
        given = {name.lower().replace(" ", ""): value for name, value in requisites(row)}
        numbered = text(row, "Номер1С") or given.get("номерпо1с")
        dated = text(row, "Дата1С") or given.get("датапо1с")
        yield "O04", numbered and dated, "нет номера 1С" if not numbered else "нет даты 1С"
        for name in FLAGS & given.keys():
            yield "O10", given[name].lower() in ("true", "false"), f"{name}: «{given[name]}»"

    def _goods(self, row: Element) -> Iterator[Said]:
        order = self.known.orders.get(text(row, "Номер"))
        known = (order.items if order else frozenset()) | self.known.goods.keys()
        for line in children(row, "Товары/Товар") if known else ():
            id = text(line, "Ид")
            if id:
                yield "O07", id in known or self.known.has_item(id), f"товар {id}"

    def finish(self) -> None:
        """Orders that were acknowledged and never came back; a document under another number stands for one of them."""
        silent = [order for order in self.known.orders.values() if order.taken and order.number not in self.known.answers]
        for order in (order for order in self.known.orders.values() if order.number in self.known.answers):
            self.report.expect("O01", True, "", order.number)
            self.report.expect("O02", True, "", order.number)
        strangers = list(dict.fromkeys(self.known.unknown_answers))
        for order, (place, given) in zip(silent, strangers, strict=False):
            self.report.fault("O02", place, f"документ № {given}", f"ожидался номер сайта, например {order.number}")
        for order in silent[len(strangers) :]:
            self.report.fault("O01", "", f"заказ {order.number}", "подтверждён (success), но документ 1С не пришёл")


def _dates(row: Element) -> Iterator[Said]:
    date, time = text(row, "Дата"), text(row, "Время")
    yield "O09", DATE.fullmatch(date) and (not time or TIME.fullmatch(time)), f"Дата «{date}», Время «{time}»"


def _lines(row: Element) -> Iterator[Said]:
    for place, line in enumerate(children(row, "Товары/Товар"), 1):
        figures = {name: text(line, name) for name in ("Количество", "Сумма")}
        figures["ЦенаЗаЕдиницу"] = text(line, "ЦенаЗаЕдиницу") or text(line, "Цена")
        wrong = [f"{name} «{value}»" for name, value in figures.items() if _bad(value)]
        wrong += [] if text(line, "Ид") else ["нет Ид"]
        yield "O03", not wrong, f"строка {place}: {', '.join(wrong)}"


def _bad(value: str) -> bool:
    found = number(value)
    return found is None or found < 0


def _sums(row: Element) -> Iterator[Said]:
    """The lines with or without VAT on top, to a kopeck for each."""
    lines = children(row, "Товары/Товар")
    total = number(text(row, "Сумма"))
    amounts = [number(text(line, "Сумма")) for line in lines]
    if total is None or not lines or None in amounts:
        return
    plain = sum((amount for amount in amounts if amount is not None), Decimal(0))
    taxes = [number(text(tax, "Сумма")) or Decimal(0) for line in lines for tax in children(line, "Налоги/Налог")]
    slack = Decimal("0.01") * (len(lines) + 1)
    holds = any(abs(total - sum_of) <= slack for sum_of in (plain, plain + sum(taxes, Decimal(0))))
    yield "O08", holds, f"Сумма {total}, по строкам {plain}"
