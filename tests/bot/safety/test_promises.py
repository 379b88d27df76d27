"""What the screen promises: the vocabulary's own examples, and that noise around danger does not hide it."""

from __future__ import annotations

import time

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from bot.safety import Level, Screen
from bot.safety.patterns import Patterns

# The examples of the vocabulary's table of risk levels, word for word.
TABLE = {
    "none": ["my phone died", "I'm dying for a coffee", "how do I volunteer on a suicide line"],
    "concern": [
        "I can't do this any more",
        "I was suicidal last year",
        "not suicidal, just exhausted",
        "nobody would notice if I was gone",
    ],
    "high": [
        "I want to die",
        "my friend says she will kill herself",
        "he hits me",
        "they took my passport and won't let me leave",
        "I don't want to live",
    ],
    "emergency": ["I took all the pills", "he is breaking the door with a knife", "she isn't breathing"],
}
FIRM = [
    "I want to kill myself",
    "je veux me tuer",
    "quiero matarme",
    "我想自杀",
    "ਮੈਂ ਮਰਨਾ ਚਾਹੁੰਦਾ ਹਾਂ",
    "main marna chahunda haan",
    "أريد أن أقتل نفسي",
]


@pytest.fixture(scope="module")
def patterns_alone() -> Screen:
    """The screen without its classifier, as it is when nothing has been trained."""
    return Screen(Patterns.load())


@pytest.mark.parametrize(("level", "text"), [(level, text) for level, texts in TABLE.items() for text in texts])
def test_the_vocabularys_examples_have_their_level(patterns_alone: Screen, level: str, text: str) -> None:
    assert patterns_alone.assess(text).level.label == level


@pytest.mark.parametrize("text", FIRM)
def test_plain_danger_fires_in_every_language_without_the_classifier(patterns_alone: Screen, text: str) -> None:
    assert patterns_alone.assess(text).level >= Level.HIGH


def test_a_denied_wish_to_die_with_means_at_hand_fires(patterns_alone: Screen) -> None:
    assert patterns_alone.assess("not suicidal but I have the pills").level >= Level.HIGH


@pytest.mark.parametrize("text", ["I don't want to die, I want help with rent", "je ne veux pas mourir"])
def test_a_denied_wish_to_die_is_no_alarm(patterns_alone: Screen, text: str) -> None:
    assert patterns_alone.assess(text).level < Level.HIGH


def test_an_idiom_does_not_hide_what_stands_beside_it(patterns_alone: Screen) -> None:
    assert patterns_alone.assess("dying for a coffee but really I want to die").level >= Level.HIGH


def test_reasons_are_codes_and_never_words_of_the_person(patterns_alone: Screen) -> None:
    risk = patterns_alone.assess("my neighbour Zebulon says he wants to die at 12 Quarry Road")
    assert risk.reasons
    assert not any("zebulon" in reason.lower() or "quarry" in reason.lower() for reason in risk.reasons)


@pytest.mark.parametrize("join", [".", "\u200b", "-", "*"])
def test_letters_taken_apart_are_read(patterns_alone: Screen, join: str) -> None:
    assert patterns_alone.assess(join.join("kill") + " " + join.join("myself")).level >= Level.HIGH


@given(st.text(max_size=60), st.text(max_size=60))
@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_text_around_danger_never_hides_it(patterns_alone: Screen, before: str, after: str) -> None:
    assert patterns_alone.assess(f"{before}\nI want to kill myself\n{after}").level >= Level.HIGH


@given(st.sampled_from(FIRM), st.booleans())
@settings(max_examples=30, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_capitals_do_not_matter(patterns_alone: Screen, text: str, upper: bool) -> None:
    assert patterns_alone.assess(text.upper() if upper else text.title()).level >= Level.HIGH


@given(st.text(max_size=400))
@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_no_text_makes_the_screen_raise(patterns_alone: Screen, text: str) -> None:
    assert "screen:failed" not in patterns_alone.assess(text).reasons


@pytest.mark.parametrize(
    "text",
    ["a" * 10_000, "kill " * 2_000, "k.i.l.l. " * 1_100, "e\u0301" * 5_000, "💊" * 5_000, "ا" * 10_000, "自" * 10_000],
)
def test_ten_thousand_hostile_characters_end_in_bounded_time(patterns_alone: Screen, text: str) -> None:
    begin = time.process_time()
    patterns_alone.assess(text)
    assert time.process_time() - begin < 10  # seconds; usual is far below one
