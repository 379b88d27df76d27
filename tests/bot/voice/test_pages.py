"""Pages for the carrier, held to what it publishes."""

from __future__ import annotations

from xml.etree.ElementTree import fromstring

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.language.catalogue import Catalogue
from bot.language.names import CORE
from bot.voice import pages
from bot.voice.hints import LONGEST, MOST, dialogue_words, hints, towns
from bot.voice.languages import voice_for
from bot.voice.utterance import Utterance
from tests.peers.twiml import VOICE, valid

URL = "https://porchlight.example.org"


def question(language: str = "en", **options: object) -> str:
    said = [Utterance("Hello.", "en"), Utterance("…", "so", "voice_moment", "so/voice_moment.mp3")]
    return str(pages.question(said, action="/voice/step?n=1", language=language, public_url=URL, **options))  # type: ignore[arg-type]


@pytest.mark.parametrize("language", CORE)
@pytest.mark.parametrize("digits", [1, 6])
def test_a_question_is_valid_in_every_language_and_hears_speech_where_the_carrier_can(
    language: str, digits: int
) -> None:
    catalogue = Catalogue.load()
    words = hints([*dialogue_words(catalogue, language), *towns()])
    xml = question(language, digits=digits, hints=words)
    assert valid(xml, VOICE) == []
    gather = fromstring(xml)[0]
    recognised = voice_for(language).recognised
    assert gather.get("input") == ("dtmf speech" if recognised else "dtmf")
    assert gather.get("language") == recognised
    assert gather.get("actionOnEmptyResult") == "true"
    if recognised:
        assert gather.get("profanityFilter") == "false"
        assert int(gather.get("speechTimeout", "")) > 0


def test_one_key_is_enough_and_star_and_pound_are_keys_too() -> None:
    gather = fromstring(question())[0]
    assert (gather.get("numDigits"), gather.get("finishOnKey")) == ("1", "")


def test_recordings_are_played_from_our_own_address() -> None:
    assert f"<Play>{URL}/voice/recordings/so/voice_moment.mp3</Play>" in question()


@settings(max_examples=50)
@given(st.text(max_size=200))
def test_words_of_a_person_never_break_a_page(words: str) -> None:
    response = pages.farewell([Utterance(words, "en"), Utterance("Goodbye.", "en")], public_url=URL)
    assert valid(str(response), VOICE) == []


def test_hints_keep_to_the_limits_of_the_carrier() -> None:
    made = hints([*(f"town {n}, Ontario" for n in range(700)), "x" * 200, "", "town 1 Ontario"])
    phrases = made.split(", ")
    assert len(phrases) == MOST and all(len(phrase) <= LONGEST for phrase in phrases)
    assert "Toronto" in towns() and "Ajax" in towns()
