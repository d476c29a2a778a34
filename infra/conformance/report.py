"""What was found: live in the terminal, at the end as a summary, an HTML page and JSON."""

import json
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from html import escape
from pathlib import Path

from infra.conformance.rules import RULES, Rule

KEPT = 50
"""Findings of one rule that are shown; the others are counted."""
SHOWN = 5


@dataclass(frozen=True, slots=True)
class Finding:
    """A rule that was broken: `place` is the request or the file with its line, `subject` the object, `detail` what is wrong."""

    rule: str
    place: str
    subject: str
    detail: str

    def line(self) -> str:
        return ": ".join(part for part in (self.place, self.subject, self.detail) if part)


@dataclass
class Verdict:
    """Of one rule: how often it held, how often not."""

    rule: Rule
    held: int = 0
    broken: int = 0
    findings: list[Finding] = field(default_factory=list)

    @property
    def mark(self) -> str:
        if self.broken:
            return "!" if self.rule.advice else "✗"
        return "✓" if self.held else "…"


class Report:
    """`tell` gets a line for every new kind of fault as it is met."""

    def __init__(self, tell: Callable[[str], None] = lambda _: None) -> None:
        self.verdicts = {id: Verdict(rule) for id, rule in RULES.items()}
        self.tell = tell

    def expect(self, rule: str, holds: object, place: str, subject: str = "", detail: str = "") -> bool:
        """Note that the rule was looked at; whether it held."""
        if holds:
            self.verdicts[rule].held += 1
            return True
        self.fault(rule, place, subject, detail)
        return False

    def fault(self, rule: str, place: str, subject: str = "", detail: str = "") -> None:
        verdict = self.verdicts[rule]
        verdict.broken += 1
        finding = Finding(rule, place, subject[:200], detail[:500])
        if len(verdict.findings) < KEPT:
            verdict.findings.append(finding)
        if verdict.broken <= SHOWN:
            self.tell(f"{verdict.mark} {rule} {verdict.rule.title}\n    {finding.line()}\n    Как исправить: {verdict.rule.mend}")

    @property
    def broken(self) -> list[str]:
        """Ids of all rules that did not hold, advice included."""
        return [id for id, verdict in self.verdicts.items() if verdict.broken]

    @property
    def failed(self) -> bool:
        return any(verdict.mark == "✗" for verdict in self.verdicts.values())

    def summary(self) -> str:
        """«Пройдено 23 из 25»: of the rules that there was an occasion to look at."""
        met = [verdict for verdict in self.verdicts.values() if verdict.mark != "…"]
        passed = sum(verdict.mark != "✗" for verdict in met)
        return f"Пройдено {passed} из {len(met)}"

    # --- outputs ------------------------------------------------------------------------------------------------------

    def text(self) -> str:
        return "\n".join([*self._lines(), "", self.summary()])

    def _lines(self) -> Iterator[str]:
        group = ""
        for verdict in self.verdicts.values():
            if verdict.rule.group != group:
                group = verdict.rule.group
                yield f"\n{group}"
            count = f" — нарушений: {verdict.broken}" if verdict.broken else ""
            yield f"  {verdict.mark} {verdict.rule.id} {verdict.rule.title}{count}"
            for finding in verdict.findings[:SHOWN]:
                yield f"      {finding.line()}"
            if verdict.broken:
                yield f"      Почему это важно: {verdict.rule.why}"
                yield f"      Как исправить: {verdict.rule.mend}"

    def save(self, folder: Path) -> tuple[Path, Path]:
        """`report.html` and `report.json`."""
        folder.mkdir(parents=True, exist_ok=True)
        page, data = folder / "report.html", folder / "report.json"
        page.write_text(self.html(), "utf-8")
        data.write_text(json.dumps(self.data(), ensure_ascii=False, indent=1), "utf-8")
        return page, data

    def data(self) -> dict[str, object]:
        return {
            "passed": not self.failed,
            "summary": self.summary(),
            "rules": [
                {
                    "id": verdict.rule.id,
                    "title": verdict.rule.title,
                    "mark": verdict.mark,
                    "held": verdict.held,
                    "broken": verdict.broken,
                    "findings": [{"place": one.place, "object": one.subject, "detail": one.detail} for one in verdict.findings],
                }
                for verdict in self.verdicts.values()
            ],
        }

    def html(self) -> str:
        rows = "".join(map(_row, self.verdicts.values()))
        return (
            '<!doctype html><html lang="ru"><meta charset="utf-8"><title>Проверка обмена с 1С</title>'
            "<style>body{font:16px/1.5 sans-serif;max-width:70em;margin:2em auto;padding:0 1em}table{border-collapse:collapse}"
            "td,th{border-top:1px solid #ccc;padding:.4em .6em;vertical-align:top;text-align:left}ul{margin:0;padding-left:1.2em}"
            f"</style><h1>Проверка обмена с 1С</h1><p><strong>{escape(self.summary())}</strong></p>"
            f"<table><tr><th></th><th>Правило</th><th>Что нашли</th></tr>{rows}</table></html>"
        )


def _row(verdict: Verdict) -> str:
    found = "".join(f"<li>{escape(one.line())}</li>" for one in verdict.findings)
    more = verdict.broken - len(verdict.findings)
    found += f"<li>и ещё {more}</li>" if more > 0 else ""
    told = (
        f"<ul>{found}</ul><p>{escape(verdict.rule.why)} {escape(verdict.rule.mend)}</p>" if found else f"проверок: {verdict.held}"
    )
    return f"<tr><td>{verdict.mark}</td><td>{verdict.rule.id} {escape(verdict.rule.title)}</td><td>{told}</td></tr>"
