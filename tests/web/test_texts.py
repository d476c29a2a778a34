"""The translation catalogues are in step with the sources."""

import re

import pytest

from chalicelib import texts
from infra.frontend import translations

FIX = "run python -m infra.frontend.translations and translate what it lists"


@pytest.mark.parametrize("language", translations.LANGUAGES)
def test_catalogues_are_in_step_with_the_sources(language: str) -> None:
    wanted = {message.id for message in translations.template() if message.id}
    kept = {message.id for message in translations.read_catalogue(language) if message.id}
    assert wanted == kept, FIX


@pytest.mark.parametrize("language", translations.LANGUAGES)
def test_everything_pages_say_is_translated(language: str) -> None:
    assert not translations.missing(translations.read_catalogue(language)), FIX


@pytest.mark.parametrize("language", translations.LANGUAGES)
def test_a_translation_has_the_places_of_its_text(language: str) -> None:
    """A place that is missing, or one too many, would fail the page that fills it."""
    for message in translations.read_catalogue(language):
        ids = message.id if isinstance(message.id, tuple) else (message.id,)
        strings = message.string if isinstance(message.string, tuple) else (message.string,)
        for string in filter(None, strings):
            assert places(string) == places(ids[0]), string


def places(text: str) -> set[str]:
    return set(re.findall(r"%\((\w+)\)", text))


def test_an_unknown_language_is_russian() -> None:
    texts.use_language("tlh")
    assert texts.current_language() == "ru"
