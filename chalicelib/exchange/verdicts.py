"""Verdicts as 1C reads them: a word in ASCII on the first line, Russian for the person below it."""

from collections.abc import Iterator

from chalicelib.domain.exchange.exchange import ExchangeFile, ExchangeRun, FileState, Problem, Tally, all_refused

SUCCESS = b"success"
PROBLEMS_SHOWN = 10
REASON_SHOWN = 300

_KINDS = {
    "item": "Товар",
    "offer": "Предложение",
    "price": "Цена товара",
    "stock": "Остаток товара",
    "group": "Группа",
    "property": "Свойство",
    "price_type": "Вид цен",
    "warehouse": "Склад",
    "order": "Заказ",
    "unit": "Единица измерения",
    "counterparty": "Контрагент",
    "section": "Раздел файла",
}


def failure(reason: str, encoding: str = "utf-8") -> bytes:
    """`reason` stays one line: some 1C show the second one and nothing more."""
    return b"failure\n" + _bytes(" ".join(reason.split()), encoding)


def of_file(file: ExchangeFile, run: ExchangeRun, encoding: str = "utf-8") -> bytes:
    """What became of a file: done, not yet, or what is wrong and where to look it up.

    A row with a fault of its own is told below `success`, as Bitrix tells things there: УТ, УНФ and УПП stop at a `failure`
    and send the same file again and again, so one bad row would hold up all that is good. `failure` is left for a file that
    is not loaded to its end, and for one of which nothing at all was taken.
    """
    if file.state is FileState.FAILED:
        return failure(f"Файл «{file.name}» не загружен: {file.error}. {_counts(file)}{_where(run)}", encoding)
    if file.state is not FileState.DONE:
        return b"progress\n" + _bytes(f"Загружается «{file.name}»", encoding)
    if all_refused(file.tallies):
        return failure(f"Из файла «{file.name}» ничего не загружено. {_told(file)}. {_where(run)}", encoding)
    if file.problem_count:
        return SUCCESS + _bytes(f"\nФайл «{file.name}» загружен с замечаниями. {_told(file)}. {_where(run)}", encoding)
    return SUCCESS


def _told(file: ExchangeFile) -> str:
    return " ".join((_counts(file) + "; ".join(_shown(file))).split())


def _counts(file: ExchangeFile) -> str:
    total = Tally()
    for tally in file.tallies.values():
        total = total.plus(tally)
    if not total.read:
        return ""
    return (
        f"Прочитано {total.read}, записано {total.written}, без изменений {total.unchanged}, "
        f"отказано {total.refused}, замечаний {file.problem_count}. "
    )


def _shown(file: ExchangeFile) -> Iterator[str]:
    yield from map(_line, file.problems[:PROBLEMS_SHOWN])
    if file.problem_count > PROBLEMS_SHOWN:
        yield f"и ещё {file.problem_count - PROBLEMS_SHOWN}"


def _line(problem: Problem) -> str:
    what = _KINDS.get(problem.kind, problem.kind)
    name = f" «{problem.name[:100]}»" if problem.name else ""
    ident = f" ({problem.id[:80]})" if problem.id else ""
    reason = problem.reason % dict(problem.params) if problem.params else problem.reason
    return f"{what}{name}{ident}: {reason[:REASON_SHOWN]}"


def _where(run: ExchangeRun) -> str:
    return f"Журнал обмена: № {run.number}"


def _bytes(text: str, encoding: str) -> bytes:
    return text.encode(encoding, errors="replace")
