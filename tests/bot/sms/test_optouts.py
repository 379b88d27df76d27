"""STOP is kept, START opens, HELP informs, and none of them hides a person in danger."""

from __future__ import annotations

import itertools

import pytest

from bot.language.catalogue import Catalogue
from bot.language.names import CORE
from bot.safety import Level
from bot.sms.keywords import Keyword
from bot.sms.optouts import Answer, answer
from bot.sms.segments import count
from directory_client.lines import lines

KEYWORDS: list[Keyword | None] = ["stop", "start", "help", None]
ROWS = [
    answer(word, opted_out=out, risk=risk, ambiguous=doubt, carrier_answered=carrier, held=held)
    for word, out, risk, doubt, carrier, held in itertools.product(
        KEYWORDS, (False, True), Level, (False, True), (False, True), (False, True)
    )
]
LINES = {"line_911": "emergency", "line_988": "suicide-988", "line_211": "211-ontario"}


def test_stop_is_kept_and_confirmed_once() -> None:
    assert answer("stop", opted_out=False) == Answer(("sms_stop",), opt_out=True)
    assert answer("stop", opted_out=True) == Answer((), opt_out=True, send_allowed=False)


def test_nothing_is_sent_after_the_carrier_has_stopped_it() -> None:
    assert answer("stop", opted_out=False, carrier_answered=True) == Answer((), opt_out=True, send_allowed=False)


@pytest.mark.parametrize("risk", Level)
def test_a_stop_word_that_may_be_a_cry_is_answered_for_both_readings_whatever_the_screen_says(risk: Level) -> None:
    found = answer("stop", opted_out=False, risk=risk, ambiguous=True)
    assert found.messages == ("sms_stop_or_help",) and found.opt_out is True and found.send_allowed


def test_the_answer_for_both_readings_names_the_way_back_and_the_lines(catalogue: Catalogue) -> None:
    said = catalogue.say("sms_stop_or_help", "en", line_911="9-1-1", line_988="9-8-8")
    assert all(part in said for part in ("no more texts", "START", "9-1-1", "9-8-8"))


@pytest.fixture(scope="module")
def catalogue() -> Catalogue:
    return Catalogue.load()


@pytest.mark.parametrize("word", ["stop", "help"])
@pytest.mark.parametrize("out", [False, True])
def test_staff_see_an_ambiguous_word_of_somebody_who_may_be_in_danger(word: Keyword, out: bool) -> None:
    assert answer(word, opted_out=out, risk=Level.CONCERN, ambiguous=True).handoff
    assert not answer(word, opted_out=out, risk=Level.NONE, ambiguous=True).handoff


def test_help_is_information_until_there_is_danger() -> None:
    assert answer("help", opted_out=False, ambiguous=True).messages == ("sms_help",)
    in_danger = answer("help", opted_out=False, risk=Level.HIGH)
    assert in_danger.messages == ("sms_help_or_danger",) and in_danger.handoff


def test_information_that_the_carrier_gave_is_not_given_twice_but_help_is() -> None:
    assert answer("help", opted_out=False, carrier_answered=True).messages == ()
    assert answer("help", opted_out=False, carrier_answered=True, ambiguous=True).messages == ("sms_help",)


def test_the_system_does_not_speak_for_help_while_a_specialist_does() -> None:
    assert answer("help", opted_out=False, held=True, risk=Level.HIGH) == Answer(turn=True)
    assert answer("stop", opted_out=False, held=True).messages == ("sms_stop",)


def test_only_a_start_word_opens_again() -> None:
    assert answer("start", opted_out=True) == Answer(("sms_start",), opt_out=False)
    assert [row for row in ROWS if row.opt_out is False] and all(
        row.messages[0] == "sms_start" for row in ROWS if row.opt_out is False
    )


def test_somebody_in_danger_who_comes_back_is_given_the_line_and_shown_to_staff() -> None:
    back = answer("start", opted_out=True, risk=Level.HIGH)
    assert back.messages == ("sms_start", "concern_lines") and back.handoff


def test_start_from_somebody_who_never_stopped_is_an_ordinary_text() -> None:
    assert answer("start", opted_out=False) == Answer(turn=True)


def test_after_an_opt_out_nothing_is_sent_not_even_in_danger_but_staff_see_it() -> None:
    found = answer(None, opted_out=True, risk=Level.HIGH)
    assert not found.send_allowed and found.messages == () and found.handoff and not found.turn
    assert not answer(None, opted_out=True).handoff


def test_ordinary_words_go_on_to_the_turn() -> None:
    for risk in Level:
        assert answer(None, opted_out=False, risk=risk) == Answer(turn=True)


def test_no_row_says_anything_where_nothing_may_be_sent() -> None:
    assert all(not row.messages and not row.turn for row in ROWS if not row.send_allowed)


def test_every_row_that_promises_a_person_asks_for_one() -> None:
    assert all(row.handoff for row in ROWS if "sms_help_or_danger" in row.messages)


def test_every_row_can_be_worded_with_the_lines_of_the_directory(catalogue: Catalogue) -> None:
    for row in ROWS:
        for message, piece in zip(row.messages, row.pieces, strict=True):
            facts = {name: lines()[fact["line"]].voice or "" for name, fact in piece["facts"].items()}
            assert catalogue.say(message, "en", **facts)


@pytest.mark.parametrize("language", sorted(CORE))
@pytest.mark.parametrize("message", ["sms_stop_or_help", "sms_help_or_danger"])
def test_the_answers_to_ambiguous_words_are_short(catalogue: Catalogue, message: str, language: str) -> None:
    """One text where GSM-7 can carry the language's words, two otherwise."""
    facts = {name: lines()[LINES[name]].voice or "" for name in catalogue.sources[message].facts}
    found = count(catalogue.say(message, language, **facts))
    assert found.segments <= (1 if found.encoding == "gsm7" else 2)
    assert found.encoding == "gsm7" or language not in ("en", "fr", "es", "it", "pt", "so", "tl")
