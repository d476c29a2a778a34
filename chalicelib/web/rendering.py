"""Templates: Jinja, always escaping, with our figures as filters and gettext in them."""

from functools import cache
from pathlib import Path
from typing import Any

from jinja2 import Environment, FileSystemLoader, StrictUndefined

from chalicelib import texts
from chalicelib.web import figures, labels, static_files

TEMPLATES = Path(__file__).parent / "templates"


def render(template: str, **values: Any) -> bytes:
    return environment().get_template(template).render(values).encode()


@cache
def environment() -> Environment:
    made = Environment(
        loader=FileSystemLoader(TEMPLATES),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        extensions=["jinja2.ext.i18n"],
        auto_reload=False,
    )
    made.install_gettext_callables(texts.gettext_text, texts.ngettext_text, newstyle=True)  # type: ignore[attr-defined]
    for figure in (
        figures.number, figures.money, figures.price, figures.weight, figures.volume, figures.quantity, figures.editable,
        figures.percent, figures.day, figures.short_day, figures.moment, figures.clock_time, figures.phone, figures.machine_time,
        figures.file_size,
    ):  # fmt: skip
        made.filters[figure.__name__] = figure
    made.globals.update(labels=labels, asset=static_files.address, freshness=figures.freshness, seen_at=figures.seen_at)
    return made
