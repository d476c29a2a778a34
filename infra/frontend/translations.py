"""Keep the translation catalogues in step with the sources: `python -m infra.frontend.translations`.

Msgids are Russian, so the Russian catalogue only adds the plural forms; other languages translate everything that pages say.
What only 1C and its administrator read (the exchange, files, adapters) stays Russian: 1C's own messages are.
"""

import ast
import re
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

from babel.messages.catalog import Catalog
from babel.messages.extract import extract_from_dir
from babel.messages.pofile import read_po, write_po

from infra.frontend.collect import LOCALES, ROOT, compile_translations

SOURCE = ROOT / "chalicelib"
METHODS = [("**/templates/**.html", "jinja2"), ("**.py", "python")]
ERRORS = (
    "InvalidInput",
    "NotFound",
    "Conflict",
    "NotSignedIn",
    "Forbidden",
    "TooManyAttempts",
    "BrokenFile",
    "Unavailable",
    "PricesRose",
)
KEYWORDS: dict[str, tuple[int, ...] | None] = {
    "_": None,
    "N_": None,
    "ngettext": (1, 2),
    "ngettext_text": (1, 2),
    **dict.fromkeys(ERRORS),
    "OrderEvent": (4,),
    "Problem": (4,),
    "Reason": (1,),
}
SILENT = (
    "adapters/",
    "formats/",
    "exchange/",
    "workers/",
    "schedules/",
    "usecases/catalogue/import_",
    "usecases/catalogue/resolve_",
    "usecases/partners/import_",
    "usecases/exchange/answer_once",
    "usecases/exchange/change_feed",
    "usecases/exchange/import_",
    "usecases/exchange/receive_",
    "usecases/exchange/snapshots",
    "usecases/exchange/waiting_records",
)
"""Parts whose texts no page shows."""

SPOKEN = ("formats/spreadsheets/",)
"""What of them is shown all the same: a dealer's own file is refused on a page."""

RULES = ("domain/", "usecases/", "web/", *SPOKEN)

RUSSIAN = re.compile("[А-Яа-яЁё]")
LANGUAGES = ("ru", "en")
BEGUN = datetime(2026, 11, 21, tzinfo=UTC)


def messages() -> Iterator[tuple[str, int, str | tuple[str, str]]]:
    """(file, line, msgid or the pair of a plural) of every text for people."""
    options = {"**/templates/**.html": {"trimmed": "false", "silent": "false"}}
    found = extract_from_dir(SOURCE, METHODS, options, KEYWORDS, comment_tags=())
    for name, line, message, _comments, _context in found:
        texts = tuple(text for text in message if text) if isinstance(message, tuple) else message
        if isinstance(texts, tuple) and len(texts) == 1:
            texts = texts[0]
        if texts and _is_shown(name) and RUSSIAN.search(texts if isinstance(texts, str) else texts[0]):
            yield name, line, texts  # type: ignore[misc]


def kept_aside() -> Iterator[tuple[str, str]]:
    """(file, msgid) of texts that reach a page as values: constants, faults a rule returns, what is wrong with a field."""
    for path in sorted(SOURCE.rglob("*.py")):
        name = path.relative_to(SOURCE).as_posix()
        if name.startswith(RULES) and _is_shown(name):
            for node in ast.walk(ast.parse(path.read_text())):
                yield from ((name, text) for text in _texts_of(node) if _is_said(text))


def _is_shown(name: str) -> bool:
    return name.startswith(SPOKEN) or not name.startswith(SILENT)


def _is_said(text: str) -> bool:
    """Letters and names of systems are not said on pages."""
    return bool(RUSSIAN.search(text)) and "\n" not in text and len(text) > len("1С OData")


def _texts_of(node: ast.AST) -> Iterator[str]:
    holds_text = isinstance(node, ast.Return) or (
        isinstance(node, ast.Assign) and str(getattr(node.targets[0], "id", "")).isupper()
    )
    if holds_text and isinstance(getattr(node, "value", None), ast.Constant):
        found: list[ast.AST] = [node.value]  # type: ignore[attr-defined]
    elif isinstance(node, ast.Call) and getattr(node.func, "id", "") in ERRORS:
        found = [inner for argument in node.args for inner in ast.walk(argument)]
    else:
        return
    yield from (str(one.value) for one in found if isinstance(one, ast.Constant) and isinstance(one.value, str))


def template() -> Catalog:
    made = Catalog(project="Kabinet", charset="utf-8")
    for name, _line, message in messages():
        made.add(message, locations=[(name, 0)])
    for name, text in kept_aside():
        made.add(text, locations=[(name, 0)])
    return made


def catalogue_path(language: str) -> Path:
    return LOCALES / language / "LC_MESSAGES" / "kabinet.po"


def read_catalogue(language: str) -> Catalog:
    with catalogue_path(language).open("rb") as file:
        return read_po(file, locale=language)


def update(language: str) -> Catalog:
    """Add new msgids, drop those that are gone; translations stay."""
    path = catalogue_path(language)
    standing = read_catalogue(language) if path.exists() else Catalog(locale=language, project="Kabinet", charset="utf-8")
    standing.update(template(), no_fuzzy_matching=True)
    standing.obsolete.clear()
    standing.fuzzy = False
    standing.header_comment = f"# Kabinet: {language}"
    standing.creation_date = standing.revision_date = BEGUN  # the file changes when a text does, not whenever it is written
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("wb") as file:
        write_po(file, standing, width=120, sort_output=True, no_location=True, omit_header=False, ignore_obsolete=True)
    return standing


def missing(catalogue: Catalog) -> list[str]:
    """Msgids without a translation; in Russian only the plurals need one."""
    needed = [one for one in catalogue if one.id and (one.pluralizable or str(catalogue.locale) != "ru")]
    return [str(one.id) for one in needed if not (all(one.string) if isinstance(one.string, tuple) else one.string)]


def main() -> None:
    for language in LANGUAGES:
        absent = missing(update(language))
        print(f"{language}: {len(absent)} not translated", *absent, sep="\n  ")
    compile_translations()


if __name__ == "__main__":
    main()
