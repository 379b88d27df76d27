"""Which language a message is in; the lines are those of lines.tsv."""

from __future__ import annotations

import pytest

from bot.language.identification import Identifier
from tests.bot.language.measure import measure


@pytest.fixture(scope="module")
def identifier() -> Identifier:
    return Identifier.load()


# What each slice must reach; measured values are higher, see `python -m tests.bot.language.measure`.
LEAST = {
    "english": 0.93,
    "sentence": 0.95,
    "script": 0.95,
    "short": 0.9,
    "romanised": 0.9,
    "mixed": 0.9,
    "abstain": 0.97,
    "fresh": 0.92,
}


def test_every_slice_is_identified_well_and_fast(identifier: Identifier) -> None:
    measured = measure(identifier)
    for name, least in LEAST.items():
        assert measured.right[name] / measured.total[name] >= least, (name, measured.wrong)
    at = measured.milliseconds
    assert at[int(len(at) * 0.95)] < 25  # about 3 on an idle machine


def test_helpline_words_in_english_stay_english(identifier: Identifier) -> None:
    for text in ("food bank", "Punjabi speaking doctor", "where is the nearest shelter", "I need rent help"):
        assert identifier.identify(text).language == "en", text


def test_a_borrowed_word_does_not_leave_the_session(identifier: Identifier) -> None:
    for text in ("thanks", "hello", "ok thanks", "food bank", "yes"):
        assert identifier.identify(text, session_language="pa").language in ("und", "pa"), text


def test_the_session_breaks_ties_but_never_outvotes_the_text(identifier: Identifier) -> None:
    assert identifier.identify("mujhe madad chahiye", session_language="ur").language == "ur"
    assert identifier.identify("mujhe madad chahiye", session_language="hi").language == "hi"
    assert identifier.identify("سلام", session_language="fa").language == "fa"
    assert identifier.identify("I need help paying my rent this month", session_language="fr").language == "en"
    assert identifier.identify("necesito ayuda con la renta", session_language="en").language == "es"


def test_answers_are_the_same_every_time(identifier: Identifier) -> None:
    texts = ("transport gratis", "ayuda food", "casa", "une place", "mi sta bene cosi grazie a tutti")
    assert [identifier.identify(text) for text in texts] == [identifier.identify(text) for text in texts]


def test_strange_texts_are_unknown_and_harmless(identifier: Identifier) -> None:
    for text in ("", " ", "\x00", "\ud800", "12345", "🙏🏽", "...", "٣٤٥", "a", "_" * 4000, "\u200f\u200f"):
        assert identifier.identify(text).language == "und", text
    assert identifier.identify("x" * 100_000).language == "und"
    assert identifier.identify("food " * 2000).language == "en"
