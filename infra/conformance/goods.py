"""Rules of the classifier and of goods (C…)."""

from collections.abc import Callable, Iterator

from infra.conformance.known import Known
from infra.conformance.report import Report
from infra.conformance.rows import Element, children, deleted, has, number, requisites, text, texts

RATES = ("без ндс", "без налога", "ндс не облагается", "")
FIGURES = frozenset({"вес", "объем", "объём", "количество в упаковке"})
Say = Callable[[str, object, str], bool]


class Goods:
    """Of one file: what must not come twice in it."""

    def __init__(self, report: Report, known: Known) -> None:
        self.report, self.known = report, known
        self.seen: set[str] = set()
        self.seen_groups: set[str] = set()

    def group(self, row: Element, place: str) -> None:
        """A group with all below it."""
        for one in row.iter("{*}Группа"):
            self._one_group(one, place)

    def _one_group(self, row: Element, place: str) -> None:
        id, name = text(row, "Ид"), text(row, "Наименование")
        fault = "нет Ид" if not id else "нет Наименование" if not name else "Ид повторяется" if id in self.seen_groups else ""
        self.report.expect("C06", not fault, place, f"группа «{name or id}»", fault)
        self.seen_groups.add(id)
        if id:
            self.known.groups.add(id)

    def property(self, row: Element, _: str) -> None:
        self.known.properties.add(text(row, "Ид"))

    def item(self, row: Element, place: str) -> None:
        id, name = text(row, "Ид"), text(row, "Наименование")
        subject = f"товар «{name or id}»"
        if not self.report.expect("C01", id, place, subject, "нет Ид"):
            return

        def say(rule: str, holds: object, detail: str) -> bool:
            return self.report.expect(rule, holds, place, f"{subject} ({id})", detail)

        say("C02", id not in self.seen, "такой Ид уже был в этом файле")
        say("C09", len(id) <= 80 and not any(letter.isspace() for letter in id), f"«{id}»")
        self.seen.add(id)
        if deleted(row):
            self.known.variants.add(id)
            return
        self.known.goods[id] = name
        say("C03", name, "нет Наименование")
        self._described(row, say)
        for path in texts(row, "Картинка"):
            if path:
                self.known.pictures.setdefault(path, (place, subject))

    def _described(self, row: Element, say: Say) -> None:
        for rule, holds, detail in (*self._references(row), *_unit(row), *_rates(row), *_figures(row)):
            say(rule, holds, detail)

    def _references(self, row: Element) -> Iterator[tuple[str, object, str]]:
        """Groups and properties, where there is something to hold them against."""
        known = self.known
        groups = texts(row, "Группы/Ид")
        if known.groups or known.whole:
            yield "C04", groups and all(id in known.groups for id in groups), f"группа {', '.join(groups) or 'не указана'}"
        if known.properties or known.whole:
            for id in texts(row, "ЗначенияСвойств/ЗначенияСвойства/Ид"):
                yield "C07", id in known.properties, f"свойство {id}"


def _unit(row: Element) -> Iterator[tuple[str, object, str]]:
    unit = row.find("{*}БазоваяЕдиница")
    named = unit is not None and ((unit.text or "").strip() or unit.get("Код") or unit.get("НаименованиеПолное"))
    yield "C05", named, "нет БазоваяЕдиница" if unit is None else "БазоваяЕдиница пуста"


def _rates(row: Element) -> Iterator[tuple[str, object, str]]:
    for tax in children(row, "СтавкиНалогов/СтавкаНалога"):
        rate = text(tax, "Ставка")
        found = number(rate.rstrip("%"))
        yield "C08", rate.lower() in RATES or (found is not None and 0 <= found <= 100), f"ставка «{rate}»"


def _figures(row: Element) -> Iterator[tuple[str, object, str]]:
    given = [pair for pair in requisites(row) if pair[0].lower() in FIGURES]
    given += [("Вес", text(row, "Вес"))] if has(row, "Вес") else []
    for name, value in given:
        if value:
            yield "C10", number(value) is not None, f"{name} «{value}»"
