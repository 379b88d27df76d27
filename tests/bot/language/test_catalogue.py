"""The catalogue: complete, with the same placeholders and numbers in every language, and nothing left over."""

from __future__ import annotations

import pytest

from bot.language.catalogue import Catalogue, Source, Translation, languages_in, placeholders, read_sources
from bot.language.catalogue import read_translations as translations
from bot.language.po import problems

OFFERED = ("en", "fr", "es", "zh", "pa", "ar")


def test_six_languages_have_every_message() -> None:
    assert set(OFFERED) <= set(Catalogue.load().languages)


@pytest.mark.parametrize("language", [code for code in languages_in() if code != "en"])
def test_no_message_placeholder_or_number_differs_from_the_english(language: str) -> None:
    assert problems(read_sources(), translations(language)) == []


@pytest.mark.parametrize("language", OFFERED)
def test_every_message_can_be_said_with_its_sample_facts(language: str) -> None:
    catalogue = Catalogue.load()
    for source in catalogue.sources.values():
        said = catalogue.say(source.id, language, **{name: str(value) for name, value in source.facts.items()})
        assert said and "{" not in said, source.id


def test_the_facts_of_a_message_are_those_in_its_text() -> None:
    for source in read_sources().values():
        assert placeholders(source.text) == set(source.facts), source.id


def test_a_changed_number_or_placeholder_is_found() -> None:
    sources = {"x": Source("x", "Call {line} or 9-1-1.", "")}
    assert problems(sources, {"x": Translation("Appelez {ligne} ou 9-1-1.", True)})
    assert problems(sources, {"x": Translation("Appelez {line} ou 9-8-8.", True)})
    assert problems(sources, {"x": Translation("Appelez {line} ou 9-1-1.", True)}) == []


def test_a_fact_in_arabic_keeps_its_order() -> None:
    said = Catalogue.load().say("greeting_danger", "ar", line_911="9-1-1")
    assert "\u20689-1-1\u2069" in said


def test_without_drafts_only_reviewed_languages_are_offered() -> None:
    assert Catalogue.load(drafts=False).languages == ["en"]
