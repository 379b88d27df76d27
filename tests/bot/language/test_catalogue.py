"""The catalogue: complete, with the same placeholders and numbers in every language, and nothing left over."""

from __future__ import annotations

from pathlib import Path

import pytest

from bot.language.catalogue import Catalogue, Source, Translation, languages_in, placeholders, read_sources
from bot.language.catalogue import read_translations as read
from bot.language.names import CORE, GREETING
from bot.language.po import Given, exported, given_in, problems, update
from bot.language.preview import page

NOBODY_VOUCHES = frozenset({"ti", "oj", "cr", "iu", "moh"})
"""Languages without a sentence of ours: nobody could check one."""
TRANSLATED = [code for code in languages_in() if code != "en"]


def test_every_core_language_has_every_message() -> None:
    assert set(Catalogue.load().languages) == set(CORE)


def test_every_other_language_can_greet_and_protect_but_those_that_nobody_vouches_for() -> None:
    assert set(Catalogue.load().greeted) == set(GREETING) - NOBODY_VOUCHES
    assert not NOBODY_VOUCHES & set(languages_in())


@pytest.mark.parametrize("language", TRANSLATED)
def test_no_message_placeholder_or_number_differs_from_the_english(language: str) -> None:
    assert problems(language, read_sources(), read(language)) == []


@pytest.mark.parametrize("language", ["en", *TRANSLATED])
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
    assert problems("fr", sources, {"x": Translation("Appelez {ligne} ou 9-1-1.", True)})
    assert problems("fr", sources, {"x": Translation("Appelez {line} ou 9-8-8.", True)})
    assert problems("fr", sources, {"x": Translation("Appelez {line} ou 9-1-1.", True)}) == []


def test_a_fact_in_arabic_keeps_its_order() -> None:
    said = Catalogue.load().say("greeting_danger", "ar", line_911="9-1-1")
    assert "\u20689-1-1\u2069" in said


def test_without_drafts_only_reviewed_languages_are_offered() -> None:
    assert Catalogue.load(drafts=False).languages == ["en"]


def test_a_translator_gets_a_file_and_gives_it_back(tmp_path: Path) -> None:
    """Export, translate, import: what a native speaker passed is reviewed, until the English changes."""
    (tmp_path / "messages.yml").write_text("hello: {text: Hello., note: Said first.}\n", encoding="utf-8")
    sent = exported("nl", folder=tmp_path).decode()
    assert "Said first." in sent
    update("nl", given_in(sent.replace('msgstr ""\n', 'msgstr "Dag."\n').replace("Dag.", "", 1).encode()), tmp_path)
    assert read("nl", tmp_path) == {"hello": Translation("Dag.", False)}
    (tmp_path / "messages.yml").write_text("hello: {text: Hello there., note: Said first.}\n", encoding="utf-8")
    update("nl", {}, tmp_path)
    assert read("nl", tmp_path) == {"hello": Translation("Dag.", True)}


def test_a_reviewed_translation_of_other_english_is_a_draft(tmp_path: Path) -> None:
    (tmp_path / "messages.yml").write_text("hello: {text: Hello., note: Said first.}\n", encoding="utf-8")
    update("nl", {"hello": Given("Dag.", draft=False, english="Good day.")}, tmp_path)
    assert read("nl", tmp_path) == {"hello": Translation("Dag.", True)}


def test_what_is_no_po_file_is_refused() -> None:
    with pytest.raises(ValueError, match="no PO file"):
        given_in(b"Dear sir or madam")


@pytest.mark.parametrize("language", ["ar", "am", "moh"])
def test_the_preview_shows_every_message_and_escapes_nothing_away(language: str) -> None:
    shown = page(language)
    assert all(f"{key}:" in shown for key in read_sources())
    assert ('dir="rtl"' in shown) == (language == "ar")
