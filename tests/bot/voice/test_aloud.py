"""What stands on a screen, as a voice reads it."""

from __future__ import annotations

import re
import unicodedata

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.language.catalogue import Catalogue
from bot.language.names import CORE
from bot.voice.aloud import aloud, shortened, spaced

CATALOGUE = Catalogue.load()
NUMBER = "9 0 5, 5 5 5, 0 1 2 3"
ADDRESS = re.compile(r"https?:|www\.|\S@\S|\.(?:ca|com|org|net)\b", re.IGNORECASE)


@pytest.mark.parametrize(
    "written",
    ["905-555-0123", "(905) 555-0123", "905.555.0123", "905 555 0123", "9055550123", "٩٠٥-٥٥٥-٠١٢٣", "৯০৫-৫৫৫-০১২৩"],
)
def test_a_phone_number_is_read_digit_by_digit_in_groups(written: str) -> None:
    assert aloud(f"Call {written}.", "en") == f"Call {NUMBER}."


@pytest.mark.parametrize(
    ("written", "language", "said"),
    [
        ("+1 905-555-0123", "en", f"1, {NUMBER}"),
        ("1-905-555-0123 #34", "en", f"1, {NUMBER}, extension 3 4"),
        ("905-555-0123 ext. 34", "en", f"{NUMBER}, extension 3 4"),
        ("905-555-0123x34", "en", f"{NUMBER}, extension 3 4"),
        ("905-555-0123, poste 34", "fr", f"{NUMBER}, poste 3 4"),
        ("211, 9-1-1 or 9-8-8", "en", "2 1 1, 9 1 1 or 9 8 8"),
        ("Text CONNECT to 686868", "en", "Text CONNECT to 6 8 6, 8 6 8"),
        ("905-555-0123입니다", "ko", f"{NUMBER}입니다"),
        ("请拨打9-1-1或211。", "zh", "请拨打9 1 1或2 1 1。"),
        ("911-ஐ அழைக்கவும்", "ta", "9 1 1-ஐ அழைக்கவும்"),
        ("9-1-1'i arayın", "tr", "9 1 1'i arayın"),
        ("L1S 1A1, near K1A", "en", "L 1 S, 1 A 1, near K 1 A"),
    ],
)
def test_other_numbers_and_codes_are_read_digit_by_digit_too(written: str, language: str, said: str) -> None:
    assert aloud(written, language) == said


@pytest.mark.parametrize(
    "written", ["$911", "40,000 people", "12345-6789", "911.50", "1999", "A211B", "98.8 %", "988%"]
)
def test_other_figures_stay_figures(written: str) -> None:
    assert aloud(written, "en") == written


@pytest.mark.parametrize("language", CORE)
def test_every_number_in_every_sentence_is_read_digit_by_digit(language: str) -> None:
    for source in CATALOGUE.sources.values():
        said = aloud(
            CATALOGUE.say(source.id, language, **{name: str(value) for name, value in source.facts.items()}), language
        )
        assert not re.search(r"\d-\d-\d|\d{3}-\d{4}|(?<!\d)(?:211|911|988)(?!\d)", said), (source.id, said)
        assert not ADDRESS.search(said), (source.id, said)


@pytest.mark.parametrize(
    ("written", "language", "said"),
    [
        ("Free meals. See https://example.org/a?b=c#d.", "en", "Free meals."),
        ("See www.example.org. Call 905-555-0123.", "en", f"Call {NUMBER}."),
        ("Call 905-555-0123 or see example.org.", "en", f"Call {NUMBER} or see its website."),
        ("Apply at example.ca/help or help@example.ca", "en", "Apply at its website or its email address"),
        ("Voir exemple.ca", "fr", "Voir son site web"),
        ("https://example.org", "en", ""),
        ("请看example.org。免费。", "zh", "免费。"),
        ("请看https://example.org/食物，免费", "zh", "请看食物，免费"),
    ],
)
def test_web_and_mail_addresses_are_not_read(written: str, language: str, said: str) -> None:
    assert aloud(written, language) == said


def test_marks_of_a_screen_are_not_read() -> None:
    assert aloud("**Free** → food\n- beds\n• `soup` 😀 ☎", "en") == "Free food. beds. soup"
    assert aloud("\u2068Ajax\u2069\u200f, \u202anow", "en") == "Ajax, now"
    assert aloud("Food · Beds | “Help”", "en") == "Food, Beds, Help"


def test_lines_become_sentences() -> None:
    assert aloud("Food bank\n\nOpen now.\nFree", "en") == "Food bank. Open now. Free"
    assert aloud("食物\n床位。\n免费", "zh") == "食物. 床位。 免费"


@settings(max_examples=150)
@given(st.text(max_size=120), st.sampled_from(["en", "fr", "zh", "ar"]))
def test_any_text_becomes_one_clean_line(text: str, language: str) -> None:
    said = aloud(text, language)
    assert said == " ".join(said.split())
    assert all(unicodedata.category(c) not in ("Cc", "Cs") and c not in "\u200f\u202e\u2068<>" for c in said)


@settings(max_examples=100)
@given(st.from_regex(r"[2-9][0-9]{2}-?555-?01[0-9]{2}", fullmatch=True), st.sampled_from(CORE))
def test_no_digit_of_a_number_is_lost(number: str, language: str) -> None:
    said = aloud(number, language)
    assert re.sub(r"\D", "", said) == re.sub(r"\D", "", number)
    assert re.fullmatch(r"\d \d \d, \d \d \d, \d \d \d \d", said)


@pytest.mark.parametrize(
    ("digits", "said"),
    [
        ("9055550123", NUMBER),
        ("19055550123", f"1, {NUMBER}"),
        ("482916", "4 8 2, 9 1 6"),
        ("340", "3 4 0"),
        ("9-8-8", "9 8 8"),
        ("2024", "2 0 2 4"),
        ("", ""),
    ],
)
def test_digits_in_groups(digits: str, said: str) -> None:
    assert spaced(digits) == said


def test_long_texts_end_with_a_sentence() -> None:
    text = "First one. " + "Second one is longer. " * 20
    short = shortened(text, 60)
    assert short.startswith("First one. Second") and short.endswith("longer.") and len(short) <= 60
    assert shortened("Only one.", 5) == "Only one."
    assert shortened("一句。两句。三句。", 6) == "一句。两句。"
    assert len(shortened("word " * 400, 60)) <= 120


def test_a_long_hostile_text_takes_no_time() -> None:
    """Nothing here may be slow on a text of the longest length that is taken."""
    for text in ("a" * 4000, "-" * 4000, "9" * 4000, "www." * 1000, "a@" * 2000, "**" * 2000, "1-" * 2000):
        assert isinstance(aloud(text, "en"), str)
