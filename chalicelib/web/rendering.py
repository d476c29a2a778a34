"""Templates: Jinja, always escaping, with our figures as filters and gettext in them."""

from functools import cache, lru_cache
from pathlib import Path
from typing import Any

from jinja2 import Environment, FileSystemLoader, ModuleLoader, StrictUndefined
from markupsafe import Markup

from chalicelib import texts
from chalicelib.web import figures, labels, static_files

TEMPLATES = Path(__file__).parent / "templates"
COMPILED = Path(__file__).parent / "compiled_templates"
"""Modules made of the templates by `infra.package`: the first page of a new instance would wait for that else."""


def render(template: str, **values: Any) -> bytes:
    return environment().get_template(template).render(values).encode()


@cache
def environment() -> Environment:
    made = Environment(
        loader=ModuleLoader(COMPILED) if COMPILED.is_dir() else FileSystemLoader(TEMPLATES),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        auto_reload=False,
    )
    for figure in (
        figures.number, figures.money, figures.price, figures.weight, figures.volume, figures.quantity, figures.editable,
        figures.percent, figures.day, figures.short_day, figures.moment, figures.clock_time, figures.phone, figures.machine_time,
        figures.file_size,
    ):  # fmt: skip
        made.filters[figure.__name__] = figure
    made.globals.update(labels=labels, asset=static_files.address, freshness=figures.freshness, seen_at=figures.seen_at)
    made.globals.update({"_": text, "ngettext": counted_text})
    return made


# Jinja's own i18n extension does the same at ten times the cost, and a page of the catalogue asks for hundreds of texts.


def text(msgid: str, /, **params: object) -> Markup:
    """The text of a msgid in the visitor's language; what stands in its places is escaped."""
    found = _marked(texts.current_language(), msgid)
    return found % params if params else _filled(found)


def counted_text(one: str, many: str, number: int, /, **params: object) -> Markup:
    """The form that goes with the number, which is in `%(num)s` too."""
    return Markup(texts.ngettext_text(one, many, number)) % ({"num": number} | params)  # noqa: S704  # msgids and translations are ours


@lru_cache(maxsize=4096)
def _marked(_language: str, msgid: str) -> Markup:
    return Markup(texts.gettext_text(msgid))  # noqa: S704  # msgids and translations are ours


@lru_cache(maxsize=4096)
def _filled(found: Markup) -> Markup:
    return found % {}
