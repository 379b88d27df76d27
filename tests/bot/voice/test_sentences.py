"""Sentences of the catalogue are known again by their words, in every language."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.language.catalogue import Catalogue, Source
from bot.language.names import CORE
from bot.voice.sentences import Sentence, Sentences

CATALOGUE = Catalogue.load()
SENTENCES = Sentences(CATALOGUE)
WRITTEN = [source for source in CATALOGUE.sources.values() if not source.id.startswith(("voice_", "web_", "map_"))]


def said(source: Source, language: str, **facts: str) -> str:
    return CATALOGUE.say(source.id, language, **{**{name: str(one) for name, one in source.facts.items()}, **facts})


@pytest.mark.parametrize("language", CORE)
def test_every_sentence_is_known_again_with_its_facts(language: str) -> None:
    for source in WRITTEN:
        text = said(source, language)
        found = SENTENCES.of(text, language)
        assert found is not None, (source.id, text)
        # Some messages say the same; whichever is found says it with the same facts.
        assert CATALOGUE.say(found.message, language, **found.facts) == text
        if found.message == source.id and source.id != "listing_opens_on":  # where a day ends and a time begins
            assert dict(found.facts) == {name: str(one) for name, one in source.facts.items()}


@pytest.mark.parametrize("language", CORE)
def test_hardly_any_sentence_is_taken_for_another(language: str) -> None:
    taken = [
        (source.id, found.message)
        for source in WRITTEN
        if (found := SENTENCES.of(said(source, language), language)) and found.message != source.id
    ]
    same = [
        (one, other) for one, other in taken
        if said(CATALOGUE.sources[one], language) == said(CATALOGUE.sources[other], language)
    ]  # fmt: skip
    assert taken == same


@pytest.mark.parametrize("text", ["", "I need food", "Example Pantry", "Hello.", "9-1-1", "Where are you now? Or else"])
def test_other_words_are_no_sentence(text: str) -> None:
    assert SENTENCES.of(text, "en") is None


def test_a_language_without_a_sentence_has_it_in_english() -> None:
    lacking = Sentences(Catalogue(CATALOGUE.sources, {"so": {}}))
    assert lacking.of(CATALOGUE.say("ask_place", "en"), "so") == Sentence("ask_place")


def test_a_fact_that_stands_twice_must_be_the_same() -> None:
    twice = Catalogue({"x": Source("x", "Say {code}. Again: {code}.", "", {"code": "1"})}, {})
    sentences = Sentences(twice)
    assert sentences.of("Say 5. Again: 5.", "en") == Sentence("x", {"code": "5"})
    assert sentences.of("Say 5. Again: 6.", "en") is None


@settings(max_examples=100)
@given(
    st.text(st.characters(exclude_categories=("Cc", "Cs", "Cf", "Zl", "Zp")), min_size=1, max_size=30),
    st.sampled_from(["en", "fr", "ar", "ko"]),
)
def test_any_name_of_a_place_is_read_back(place: str, language: str) -> None:
    found = SENTENCES.of(CATALOGUE.say("place_changed", language, place=place), language)
    assert found is not None
    assert CATALOGUE.say(found.message, language, **found.facts) == CATALOGUE.say(
        "place_changed", language, place=place
    )
