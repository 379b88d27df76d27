"""Replies as they are said on the phone, in every language."""

from __future__ import annotations

import re
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.answers import Piece
from bot.cards import Cards
from bot.conversations.views import Spoken
from bot.language.catalogue import Catalogue
from bot.language.names import CORE, english_name
from bot.voice import pages
from bot.voice.languages import Recordings, voice_for
from bot.voice.speech import MORE_KEY, MORE_WORD, Speech
from bot.voice.utterance import Page, Utterance
from bot.words import Words
from directory_client.needs import NEEDS
from tests.bot.conftest import MONDAY
from tests.bot.voice.services import find
from tests.peers.twiml import VOICE, valid

CATALOGUE = Catalogue.load()
WORDS = Words(CATALOGUE, Cards(CATALOGUE))
NONE = Recordings(Path("/nonexistent"))
SPEECH = Speech(CATALOGUE, NONE)
VOICELESS = tuple(code for code in CORE if voice_for(code).voice is None)
ADDRESS = re.compile(r"https?:|www\.|example\.org|@")
URL = "https://porchlight.example.org"


def spoken(pieces: list[Piece], language: str, kind: str = "text") -> list[Spoken]:
    replies = WORDS.replies(pieces, language, find, MONDAY, kind=kind)
    return [
        Spoken(n, str(n), "bot", one.language, one.kind, one.text, MONDAY, one.payload(), None)
        for n, one in enumerate(replies)
    ]


def page(pieces: list[Piece], language: str = "en", speech: Speech = SPEECH) -> Page:
    return speech.replies(spoken(pieces, language), language)


def text(page: Page) -> str:
    return "\n".join(one.text for one in page.utterances)


def say(message: str, **facts: Any) -> Piece:
    return {"say": message, "facts": facts}


def choosing(message: str, *labels: Mapping[str, str]) -> Piece:
    return {"say": message, "facts": {}, "choices": [{"label": label, "given": {}} for label in labels]}


NEED_LABELS = [{"need": code} for code in NEEDS]
RESULTS: list[Piece] = [
    say("results_near", need={"need": "food.pantry"}, place="Ajax"),
    {"listings": ["pantry", "kitchen", "house"], "near": None, "need": "food.pantry", "detail": False},
    choosing("results_hint"),
]
DETAIL: list[Piece] = [{"listings": ["pantry"], "near": None, "need": None, "detail": True}]
PAGES: dict[str, list[Piece]] = {
    "greeting": [say("greeting_211"), say("greeting_danger", line_911={"line": "emergency"})],
    "needs": [choosing("ask_need", *NEED_LABELS[:9], {"message": "choice_person"})],
    "results": RESULTS,
    "details": DETAIL,
    "person": [say("person_waiting", line_211={"line": "211-ontario"})],
    "who can see": [say("who_can_see")],
    "another place": [say("place_outside", place="Montréal")],
}


@pytest.mark.parametrize("language", CORE)
@pytest.mark.parametrize("name", PAGES)
def test_every_page_can_be_spoken_by_the_voices_that_there_are(name: str, language: str) -> None:
    made = page(PAGES[name], language)
    assert made.utterances
    for one in made.utterances:
        assert voice_for(one.language).voice, one
        assert one.language in (language, "en", "fr")
        assert not ADDRESS.search(one.text), one
        assert not re.search(r"\d{3}-\d{4}|\d-\d-\d", one.text), one
    response = pages.question(
        made.utterances, action="/voice/step?n=1", language=language, public_url=URL, digits=1, hints=""
    )
    assert valid(str(response), VOICE) == []


@pytest.mark.parametrize("language", VOICELESS)
@pytest.mark.parametrize("name", PAGES)
def test_a_voice_is_not_given_letters_that_it_cannot_read(name: str, language: str) -> None:
    """Urdu and Persian names of things are in no English sentence; all is said in English."""
    said = text(page(PAGES[name], language))
    assert not re.search("[\u0590-\u08ff]", said), said
    assert "I cannot speak" not in said


def test_what_is_written_for_a_screen_is_worded_for_the_phone() -> None:
    made = page([say("greeting_211"), choosing("what_next"), say("are_you_a_person")])
    assert [one.message for one in made.utterances] == [
        "voice_greeting_211", "voice_what_next", "voice_are_you_a_person",
    ]  # fmt: skip
    assert text(made).endswith("For a person, press 0.")


def test_what_is_about_a_page_is_not_said() -> None:
    made = page([say("crisis_safe_device"), say("crisis_person_joining"), say("thanks_reply")])
    assert [one.message for one in made.utterances] == ["thanks_reply"]


def test_choices_are_said_with_their_keys_and_not_as_numbered_lines() -> None:
    made = page([choosing("ask_need", *NEED_LABELS[:3])])
    assert dict(made.keys) == {"1": "1", "2": "2", "3": "3"}
    assert [one.text for one in made.utterances[1:]] == [
        "Food bank, groceries: press 1.", "Meals: press 2.", "Shelter, a bed tonight: press 3.",
    ]  # fmt: skip
    assert not made.rest and not made.sendable


def test_the_person_is_on_zero_and_not_among_the_choices() -> None:
    made = page([choosing("ask_need", {"need": "food.pantry"}, {"message": "choice_person"}, {"need": "food.meals"})])
    assert dict(made.keys) == {"1": "1", "2": "3"}
    assert "Talk to a person" not in text(made)


def test_seven_choices_fit_and_eight_leads_to_the_others() -> None:
    made = page([choosing("ask_need", *NEED_LABELS[:16])])
    assert list(made.keys) == list("1234567")
    assert made.utterances[-1] == SPEECH.say("voice_choice_more", "en", number=MORE_KEY)
    second = SPEECH.choices(made.rest, "en")
    assert dict(second.keys) == {str(key): str(key + 7) for key in range(1, 8)}
    third = SPEECH.choices(second.rest, "en")
    assert dict(third.keys) == {"1": "15", "2": "16"} and not third.rest
    assert len(third.utterances) == 2


def test_three_services_are_read_with_their_keys_then_where_more_are() -> None:
    more = [*RESULTS]
    more[1] = {**RESULTS[1], "listings": ["pantry", "kitchen", "house", "hall", "pantry"]}
    made = page(more)
    assert dict(made.keys) == {"1": "1", "2": "2", "3": "3", MORE_KEY: MORE_WORD}
    assert made.sendable
    said = text(made)
    assert all(name in said for name in ("Example Pantry.", "B Street Kitchen.", "C House."))
    assert "D Hall" not in said
    assert said.endswith("To hear more services, press 8.")


def test_choices_after_services_get_the_keys_behind_them() -> None:
    with_choices = [*RESULTS[:2], choosing("results_hint", {"need": "food.meals"}, {"message": "choice_person"})]
    made = page(with_choices)
    assert dict(made.keys) == {"1": "1", "2": "2", "3": "3", "4": "4", MORE_KEY: MORE_WORD}


def test_key_eight_is_for_the_other_choices_before_it_is_for_more_services() -> None:
    made = page([*RESULTS[:2], choosing("results_hint", *NEED_LABELS[:6])])
    assert list(made.keys) == list("1234567") and len(made.rest) == 2
    assert text(made).endswith("For more choices, press 8.") and "To hear more services" not in text(made)


def test_a_single_service_takes_no_key() -> None:
    made = page(DETAIL)
    assert not made.keys and made.sendable


def test_words_that_are_no_sentence_of_ours_are_read_by_a_voice_of_their_language() -> None:
    reply = Spoken(1, "1", "specialist", "pl", "text", "Dzień dobry, tu 905-555-0142", MONDAY, {}, None)
    assert SPEECH.replies([reply], "pl").utterances == (Utterance("Dzień dobry, tu 9 0 5, 5 5 5, 0 1 4 2", "pl"),)


@pytest.mark.parametrize("language", VOICELESS)
def test_words_that_no_voice_can_say_are_offered_through_a_person(language: str) -> None:
    reply = Spoken(1, "1", "specialist", language, "text", "سلام", MONDAY, {}, None)
    (said,) = SPEECH.replies([reply], language).utterances
    assert said.language == "en" and english_name(language) in said.text and "press 0" in said.text


@settings(max_examples=60, deadline=None)
@given(st.text(max_size=200), st.sampled_from(["en", "fr", "zh", "ar", "so"]))
def test_any_words_become_a_page_that_the_carrier_takes(words: str, language: str) -> None:
    reply = Spoken(1, "1", "specialist", language, "text", words, MONDAY, {}, None)
    made = SPEECH.replies([reply], language)
    response = pages.farewell([*made.utterances, SPEECH.say("voice_goodbye", "en")], public_url=URL)
    assert valid(str(response), VOICE) == []


# -- sentences of the catalogue


def test_numbers_in_a_sentence_are_in_groups() -> None:
    said = SPEECH.say("voice_number_confirm", "en", number="905-555-0142", yes="1", no="2").text
    assert said.startswith("The number is 9 0 5, 5 5 5, 0 1 4 2. If that is right, press 1.")
    assert "9 1 1" in SPEECH.say("voice_greeting_danger", "ko", line_911="9-1-1").text
    assert "L 1 S" in SPEECH.say("voice_postal_one", "en", code="L1S", place="Durham").text


@pytest.mark.parametrize("language", VOICELESS)
def test_a_language_without_a_voice_speaks_english(language: str) -> None:
    label = CATALOGUE.say("need_food_pantry", language)
    said = SPEECH.say("voice_choice", language, label=label, number="1")
    assert said == Utterance("Food bank, groceries: press 1.", "en", "voice_choice")


def test_a_language_that_the_phone_does_not_know_speaks_english() -> None:
    assert SPEECH.say("voice_moment", "am").language == "en"


def test_an_unknown_message_or_a_missing_fact_is_a_mistake_of_ours() -> None:
    with pytest.raises(KeyError):
        SPEECH.say("voice_nothing", "en")
    with pytest.raises(KeyError):
        SPEECH.say("voice_choice", "en", label="Food")


# -- recordings


@pytest.fixture
def recorded(tmp_path: Path) -> Speech:
    (tmp_path / "so").mkdir()
    (tmp_path / "en").mkdir()
    for name in (
        "voice_moment", "voice_details_2", "voice_language_choice_1", "voice_greeting_danger", "need_food_pantry",
        "voice_choice_1", "voice_choice_2", "voice_confirm", "voice_ask_need", "crisis_partner_violence",
    ):  # fmt: skip
        (tmp_path / "so" / f"{name}.mp3").touch()
    (tmp_path / "en" / "voice_moment.mp3").touch()
    return Speech(CATALOGUE, Recordings(tmp_path))


def test_a_recording_is_played_where_there_is_no_voice(recorded: Speech) -> None:
    said = recorded.say("voice_moment", "so")
    assert (said.language, said.recording) == ("so", "so/voice_moment.mp3")
    assert recorded.say("voice_moment", "en").recording is None
    assert recorded.say("voice_goodbye", "so").language == "en"


def test_a_recording_is_played_only_with_the_facts_that_it_says(recorded: Speech) -> None:
    assert recorded.say("voice_greeting_danger", "so", line_911="9-1-1").recording
    assert recorded.say("voice_greeting_danger", "so", line_911="9-8-8").recording is None
    assert recorded.say("voice_confirm", "so", words="guri", yes="1", no="2").recording is None


def test_a_key_has_a_recording_of_its_own(recorded: Speech) -> None:
    assert recorded.say("voice_details", "so", number="2").recording == "so/voice_details_2.mp3"
    assert recorded.say("voice_details", "so", number="3").recording is None


def test_a_choice_is_its_name_and_its_key(recorded: Speech) -> None:
    made = page([choosing("ask_need", {"need": "food.pantry"}, {"need": "food.meals"})], "so", recorded)
    assert [one.recording for one in made.utterances] == [
        "so/voice_ask_need.mp3", "so/need_food_pantry.mp3", "so/voice_choice_1.mp3", None,
    ]  # fmt: skip
    assert made.utterances[-1].text == "Meals: press 2."


def test_danger_is_spoken_by_whoever_recorded_it(recorded: Speech) -> None:
    made = page([say("crisis_partner_violence", line_911={"line": "emergency"})], "so", recorded)
    assert [one.recording for one in made.utterances] == ["so/crisis_partner_violence.mp3"]


# -- the menu of languages


def test_every_language_offers_itself_in_its_own_words() -> None:
    seen = []
    for number in range(4):
        menu = SPEECH.language_menu(number)
        for (key, code), line in zip(menu.keys.items(), menu.utterances, strict=False):
            seen.append(code)
            assert key in line.text
            if voice_for(code).voice:
                assert (line.language, line.message) == (code, "voice_language_choice")
            else:
                assert line.language == "en" and english_name(code) in line.text
    assert seen == list(CORE)


def test_the_menu_ends_with_the_key_for_more_in_english_and_french_and_begins_again() -> None:
    menu = SPEECH.language_menu()
    assert [one.language for one in menu.utterances[-2:]] == ["en", "fr"]
    assert MORE_KEY not in menu.keys
    assert SPEECH.language_menu(4) == menu


def test_a_recorded_language_offers_itself(recorded: Speech) -> None:
    (so,) = [
        line for line in recorded.language_menu(3).utterances if line.language == "so"
    ]  # fmt: skip
    assert so.recording == "so/voice_language_choice_1.mp3"
