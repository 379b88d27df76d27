"""The table of languages against what the carrier publishes, and the recordings that stand in."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from bot.language.names import CORE
from bot.voice.languages import MENU_KEYS, RECORDINGS, Recordings, VoiceLanguage, menu, table, voice_for
from tests.peers.twiml import VOICE
from tests.peers.typings import read

PUBLISHED_AS = {"zh": ("cmn", "zh"), "tl": ("fil", "tl")}
"""Where the carrier's code does not begin with ours."""


def published(element: str, attribute: str) -> frozenset[str]:
    choices = read(VOICE).children[element].attributes[attribute].choices
    assert len(choices) > 50
    return choices


def of_language(code: str, choices: frozenset[str]) -> set[str]:
    """The published codes that are of a language of ours."""
    names = PUBLISHED_AS.get(code, (code,))
    return {choice for choice in choices if re.split("-", choice)[0] in names}


def test_every_core_language_has_its_row_and_nothing_else_has() -> None:
    assert tuple(table()) == CORE


@pytest.mark.parametrize("code", CORE)
def test_every_code_is_published_and_of_its_language(code: str) -> None:
    language = voice_for(code)
    if language.recognised is not None:
        assert language.recognised in of_language(code, published("Gather", "language"))
    if language.spoken is not None:
        assert language.spoken in of_language(code, published("Say", "language"))
    if language.voice is not None:
        assert language.voice in published("Say", "voice")


@pytest.mark.parametrize("code", CORE)
def test_what_the_table_says_is_missing_is_not_published(code: str) -> None:
    """Fails on the day that the carrier learns a language: then the table can say so."""
    language = voice_for(code)
    if language.recognised is None:
        assert not of_language(code, published("Gather", "language"))
    if language.spoken is None:
        assert not of_language(code, published("Say", "language"))
        assert not [voice for voice in published("Say", "voice") if re.match(rf"Google\.{code}-", voice)]


@pytest.mark.parametrize("language", table().values(), ids=lambda one: one.code)
def test_a_voice_comes_with_the_language_that_it_speaks(language: VoiceLanguage) -> None:
    assert (language.spoken is None) == (language.voice is None)
    if language.voice and language.voice.startswith("Google."):
        assert language.voice.startswith(f"Google.{language.spoken}-")


def test_english_and_french_are_those_of_canada_where_there_are_any() -> None:
    assert (voice_for("en").recognised, voice_for("fr").recognised, voice_for("fr").spoken) == (
        "en-CA", "fr-CA", "fr-CA",
    )  # fmt: skip


def test_recognition_and_speech_are_named_apart_where_they_differ() -> None:
    assert (voice_for("zh").recognised, voice_for("zh").spoken) == ("cmn-Hans-CN", "cmn-CN")
    assert (voice_for("yue").recognised, voice_for("yue").spoken) == ("yue-Hant-HK", "yue-HK")
    assert (voice_for("pa").recognised, voice_for("pa").spoken) == ("pa-guru-IN", "pa-IN")


def test_a_language_that_is_not_in_the_table_can_do_nothing() -> None:
    assert voice_for("moh") == VoiceLanguage("moh", None, None, None)


def test_the_menu_has_every_language_once_and_leaves_the_other_keys_free() -> None:
    pages = menu()
    assert [code for page in pages for code in page] == list(CORE)
    assert pages[0][:2] == ("en", "fr")
    assert all(0 < len(page) <= MENU_KEYS <= 7 for page in pages)  # 8 is for more, 9 for again, 0 for a person


def test_a_recording_is_found_by_language_and_message(tmp_path: Path) -> None:
    (tmp_path / "so").mkdir()
    for name in ("voice_moment.mp3", "voice_goodbye.wav", "voice_silence.wav", "voice_silence.mp3", "notes.txt"):
        (tmp_path / "so" / name).touch()
    recordings = Recordings(tmp_path)
    assert recordings.of("voice_moment", "so") == tmp_path / "so" / "voice_moment.mp3"
    assert recordings.of("voice_goodbye", "so") == tmp_path / "so" / "voice_goodbye.wav"
    assert recordings.of("voice_silence", "so") == tmp_path / "so" / "voice_silence.mp3"
    assert recordings.of("voice_moment", "ur") is None
    assert recordings.of("notes", "so") is None
    assert recordings.have("so") == {"voice_moment", "voice_goodbye", "voice_silence"}
    assert recordings.have("ur") == frozenset()


def test_the_folder_of_recordings_is_in_the_product_and_only_for_sounds_of_known_languages() -> None:
    assert RECORDINGS.is_dir()
    for path in RECORDINGS.rglob("*"):
        assert path.is_dir() or path.name in (".gitkeep", "README.md") or path.suffix in (".mp3", ".wav")
