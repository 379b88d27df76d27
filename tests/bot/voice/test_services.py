"""Services for the ear: short to choose from, whole when asked for, each word by a voice that can say it."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from pathlib import Path

import pytest

from bot.cards import Cards
from bot.language.catalogue import Catalogue
from bot.language.names import CORE
from bot.voice.languages import Recordings, voice_for
from bot.voice.services import details, summary
from bot.voice.speech import Speech
from bot.voice.utterance import Utterance
from directory_client.listings import Listing
from tests.bot.conftest import MONDAY
from tests.bot.voice.services import ALL, HALL, HOUSE, KITCHEN, PANTRY

CATALOGUE = Catalogue.load()
CARDS = Cards(CATALOGUE)
SPEECH = Speech(CATALOGUE, Recordings(Path("/nonexistent")))


def short(listing: Listing, language: str = "en") -> list[Utterance]:
    card = CARDS.card(listing, language, MONDAY, detail=False).as_json()
    return list(summary(SPEECH, card, language))


def whole(listing: Listing, language: str = "en") -> list[Utterance]:
    card = CARDS.card(listing, language, MONDAY, detail=True).as_json()
    return list(details(SPEECH, card, language))


def texts(said: Iterable[Utterance]) -> list[str]:
    return [one.text for one in said]


def test_in_short_a_service_is_its_name_its_way_its_hours_and_one_number() -> None:
    assert texts(short(PANTRY)) == [
        "Example Pantry.",
        "SAMPLE, not a real service",
        "2.1 kilometres away",
        "Closed now. Opens Tuesday, Nov 24 at 12 p.m.",
        "Phone: 9 0 5, 5 5 5, 0 1 0 1",
        "extension 3 4",
    ]


def test_in_whole_it_has_what_helps_to_go_there_but_no_web_address() -> None:
    said = texts(whole(PANTRY))
    assert "Free food once a month. Bring ID." in said
    assert "Address: 1 Example Street, Ajax" in said and "Fee: $5 a month" in said
    assert "For: Residents of Ajax, write to its email address" in said
    assert "Languages: English, French, Somali. Interpreters can be asked for" in said
    assert said[-1] == "It has a website. I can send the address to you as a text."
    assert [one for one in said if one.startswith("Phone")] == [
        "Phone: 9 0 5, 5 5 5, 0 1 0 1", "Phone: 9 0 5, 5 5 5, 0 1 0 2",
    ]  # fmt: skip


def test_a_number_for_texts_is_read_when_there_is_no_other_and_a_tty_never() -> None:
    assert texts(short(KITCHEN))[-1] == "Text (SMS) FOOD to 6 8 6, 8 6 8"
    tty = replace(PANTRY, phones=(PANTRY.phones[-1],))
    assert not [one for one in texts(short(tty)) if "5 5 5" in one]


@pytest.mark.parametrize("language", [code for code in CORE if code not in ("en", "fr") and voice_for(code).voice])
def test_the_directorys_own_words_get_a_voice_of_their_own_language(language: str) -> None:
    own = {one.text for one in whole(PANTRY, language) if one.language == "en"}
    assert {"Example Pantry.", "Free food once a month. Bring ID.", "1 Example Street, Ajax", "$5 a month"} <= own
    assert {one.language for one in whole(PANTRY, language)} == {language, "en"}


def test_in_french_the_french_words_are_read() -> None:
    french = replace(PANTRY, description_fr="Aliments gratuits, lun-ven.")
    said = whole(french, "fr")
    assert {one.language for one in said} == {"fr"}
    assert texts(said)[0] == "Garde-manger Exemple." and "Aliments gratuits, lundi au vendredi." in texts(said)


def test_a_description_in_another_language_is_announced() -> None:
    said = whole(PANTRY, "es")
    at = next(n for n, one in enumerate(said) if one.message == "listing_shown_in_english")
    assert (said[at].language, said[at + 1].language) == ("es", "en")


@pytest.mark.parametrize("language", ["ur", "fa", "so"])
def test_without_a_voice_everything_is_english_hours_and_languages_too(language: str) -> None:
    said = whole(PANTRY, language)
    assert {one.language for one in said} == {"en"}
    assert "Closed now" in texts(said)
    assert "Languages: English, French, Somali" in texts(said)
    assert "Interpreters can be asked for" in texts(said)
    assert "Open now" in texts(whole(HOUSE, language))
    assert "Monday to Friday 9 to 5" in texts(whole(HALL, language))


@pytest.mark.parametrize("listing", ALL.values(), ids=lambda one: one.id)
@pytest.mark.parametrize("language", CORE)
def test_whatever_is_read_of_a_service_can_be_spoken(listing: Listing, language: str) -> None:
    for one in [*short(listing, language), *whole(listing, language)]:
        assert one.text and voice_for(one.language).voice
        assert "example.org" not in one.text


def test_a_long_description_is_cut_at_a_sentence() -> None:
    long = replace(PANTRY, description="This is one sentence about food. " * 40)
    (said,) = [one for one in texts(whole(long)) if one.startswith("This is")]
    assert len(said) < 300 and said.endswith("food.")


def test_what_a_record_does_not_know_is_not_said() -> None:
    bare = replace(
        HOUSE, description="", address=None, fees=None, eligibility=None, languages=(), interpretation=False,
        stale=False, sample=False, url=None, distance_km=None,
    )  # fmt: skip
    assert texts(whole(bare)) == ["C House.", "Open 24 hours, every day"]
