"""Whoever records the script of a language is heard wherever nothing but fixed sentences is said."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path

import pytest

from bot.language.catalogue import Catalogue
from bot.language.names import CORE
from bot.safety.levels import Level, Risk
from bot.safety.replies import crisis_reply, still_here
from bot.voice.callbacks import HOURS, OFFERED
from bot.voice.conference import CALLBACK_KEY
from bot.voice.languages import Recordings, voice_for
from bot.voice.script import script, strays
from bot.voice.speech import AGAIN_KEY, PERSON_KEY, Speech
from bot.voice.spoken_keys import NO, YES
from directory_client.needs import NEEDS
from tests.bot.conftest import MONDAY
from tests.bot.voice.test_speech import choosing, page

CATALOGUE = Catalogue.load()
VOICELESS = [code for code in CORE if voice_for(code).voice is None]
KINDS = sorted(
    message.removeprefix("crisis_")
    for message in CATALOGUE.sources
    if message.startswith("crisis_")
    and not message.startswith(("crisis_still_here", "crisis_line", "crisis_person", "crisis_offer", "crisis_safe"))
    and message not in ("crisis_youth", "crisis_third_person", "crisis_breathing", "crisis_emergency_911")
)


@pytest.fixture
def recordings(tmp_path: Path) -> Recordings:
    """Everything is recorded in every language without a voice."""
    for language in VOICELESS:
        (tmp_path / language).mkdir()
        for line in script(CATALOGUE, language, Recordings(tmp_path)):
            (tmp_path / language / f"{line.name}.mp3").touch()
    return Recordings(tmp_path)


@pytest.mark.parametrize("language", VOICELESS)
@pytest.mark.parametrize("kind", KINDS)
def test_danger_is_spoken_in_the_persons_own_language(recordings: Recordings, kind: str, language: str) -> None:
    speech = Speech(CATALOGUE, recordings)
    for level in (Level.HIGH, Level.EMERGENCY):
        reply = crisis_reply(
            Risk(level, kind, (), third_person=True, minor=True), door_youth=False, language=language, now=MONDAY
        )
        pieces = [{"say": message, "facts": facts} for message, facts in reply if message != "crisis_line_language"]
        made = page(pieces, language, speech)
        assert made.utterances
        assert [one for one in made.utterances if one.recording is None] == []


def test_waiting_in_danger_is_spoken_too(recordings: Recordings) -> None:
    speech = Speech(CATALOGUE, recordings)
    for said in range(1, 6):
        reply = still_here(said, language="so", now=datetime.now(MONDAY.tzinfo))
        made = page([{"say": message, "facts": facts} for message, facts in reply], "so", speech)
        assert all(one.recording for one in made.utterances)


@pytest.mark.parametrize("language", VOICELESS)
def test_every_need_can_be_chosen_by_its_recorded_name(recordings: Recordings, language: str) -> None:
    speech = Speech(CATALOGUE, recordings)
    made = page([choosing("ask_need", *({"need": code} for code in NEEDS))], language, speech)
    while True:
        assert all(one.recording for one in made.utterances)
        if not made.rest:
            break
        made = speech.choices(made.rest, language)


@pytest.mark.parametrize(
    ("message", "facts"),
    [
        ("voice_keys", {"person": PERSON_KEY, "again": AGAIN_KEY}),
        ("voice_text_offer", {"yes": YES, "no": NO}),
        ("voice_callback_message", {"yes": YES, "no": NO}),
        ("voice_queue", {"callback": CALLBACK_KEY}),
        ("voice_nobody_free", OFFERED),
        ("voice_callback_when", HOURS),
        ("voice_language_choice", {"number": "1"}),
        ("voice_details", {"number": "3"}),
        ("map_open_now", {}),
    ],
)
def test_sentences_with_keys_are_recorded_with_the_keys_that_are_used(
    recordings: Recordings, message: str, facts: dict[str, str]
) -> None:
    assert Speech(CATALOGUE, recordings).say(message, "so", **facts).recording


def test_sentences_with_changing_facts_are_not_in_the_script() -> None:
    names = {line.name for line in script(CATALOGUE, "so", Recordings(Path("/nonexistent")))}
    assert not names & {"results_near", "voice_confirm", "voice_connecting", "voice_number_confirm", "voice_postal_one"}
    assert not [name for name in names if name.startswith(("web_", "sms_", "voice_whisper"))]
    assert "ask_need" not in names and "voice_ask_need" in names


def test_the_script_is_in_the_language_and_says_what_is_there(tmp_path: Path) -> None:
    (tmp_path / "so").mkdir()
    (tmp_path / "so" / "voice_moment.wav").touch()
    (tmp_path / "so" / "voice_momment.mp3").touch()
    lines = {line.name: line for line in script(CATALOGUE, "so", Recordings(tmp_path))}
    assert lines["voice_moment"].recorded and not lines["voice_goodbye"].recorded
    assert lines["voice_moment"].text == CATALOGUE.say("voice_moment", "so") != CATALOGUE.say("voice_moment", "en")
    assert lines["voice_choice_2"].text.startswith("…") and "2" in lines["voice_choice_2"].text
    assert strays(CATALOGUE, "so", Recordings(tmp_path)) == ["voice_momment"]
