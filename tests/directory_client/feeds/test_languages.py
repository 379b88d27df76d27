"""Languages out of the texts of records."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from directory_client.feeds.languages import Spoken, code_of, offer

VOCABULARY = Path(__file__).parents[4] / "shared" / "vocabulary.md"


@pytest.mark.parametrize(
    ("name", "code"),
    [
        ("English", "en"),
        ("français", "fr"),
        ("FRENCH", "fr"),
        ("Mandarin", "zh"),
        ("Chinese (Cantonese)", "yue"),
        ("Farsi", "fa"),
        ("Dari", "prs"),
        ("Punjabi", "pa"),
        ("pendjabi", "pa"),
        ("Filipino", "tl"),
        ("Tagalog", "tl"),
        ("Ojibwe", "oj"),
        ("Oji-Cree", "ojs"),
        ("Twi (Ghana)", "tw"),
        ("Haitian Creole", "ht"),
        ("American Sign Language (ASL)", "ase"),
        ("Elvish", None),
    ],
)
def test_names_in_either_language_have_codes(name: str, code: str | None) -> None:
    assert code_of(name) == code


@pytest.mark.skipif(not VOCABULARY.exists(), reason="../shared/vocabulary.md is not here")
def test_every_language_of_the_vocabulary_can_come_out() -> None:
    section = VOCABULARY.read_text(encoding="utf-8").partition("## Languages")[2]
    codes = {
        code
        for line in re.findall(r"(?:Core|too)[^:]*:\s*([a-z, \n]+)\.", section)
        for code in re.findall(r"[a-z]{2,3}", line)
    }
    from directory_client.feeds.languages import _codes

    assert len(codes) > 50
    assert codes <= set(_codes().values())


def test_lists_are_taken_apart_however_they_are_written() -> None:
    for text in (
        "English; French; Arabic",
        "English, French and Arabic",
        "English - French - Arabic",
        "anglais / arabe et français",
    ):
        assert {spoken.code for spoken in offer(text).languages} == {"en", "fr", "ar"}


def test_interpretation_is_no_language() -> None:
    given_text = offer("English ; Interpretation in over 200 languages")
    assert given_text.languages == (Spoken("English", "en"),)
    assert given_text.interpretation == "Interpretation in over 200 languages"


def test_an_unknown_name_is_kept_without_a_code() -> None:
    assert offer("Klingonish").languages == (Spoken("Klingonish", None),)


def test_a_language_is_there_once() -> None:
    assert len(offer("French; français; FRENCH").languages) == 1


@given(st.text(max_size=200))
def test_any_text_is_an_offer(text: str) -> None:
    offer(text)
