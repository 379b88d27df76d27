"""What a caller wants, by what was heard and what was asked."""

from __future__ import annotations

from functools import partial

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.safety import Level
from bot.voice.heard import Heard
from bot.voice.moves import Move, move
from bot.voice.state import State
from bot.voice.utterance import Utterance
from bot.voice.yes_no import yes_no

ANYWHERE = ["languages", "talk", "confirm", "text", "code", "postal"]


def risk(text: str) -> Level:
    return Level.HIGH if "die" in text else Level.NONE


def wanted(state: State, *, keys: str = "", words: str = "", confidence: float = 0.9) -> Move:
    return move(state, Heard(keys, words, confidence), risk, partial(yes_no, language="en"))


@pytest.mark.parametrize("at", ANYWHERE)
@pytest.mark.parametrize("confidence", [0.9, 0.1])
def test_words_about_danger_are_taken_whatever_was_asked_and_however_unsure(at: str, confidence: float) -> None:
    said = wanted(State(at=at), words="I want to die", confidence=confidence)  # type: ignore[arg-type]
    assert said == Move("turn", "I want to die")


@pytest.mark.parametrize("at", ANYWHERE)
@pytest.mark.parametrize("keys", ["0", "00", "000"])
def test_zero_asks_for_a_person_from_anywhere(at: str, keys: str) -> None:
    assert wanted(State(at=at, keys={"0": "5"}), keys=keys) == Move("person")  # type: ignore[arg-type]


@pytest.mark.parametrize("at", ANYWHERE)
def test_nine_repeats_everywhere(at: str) -> None:
    assert wanted(State(at=at), keys="9") == Move("again")  # type: ignore[arg-type]


@pytest.mark.parametrize("at", ANYWHERE)
def test_nothing_is_silence(at: str) -> None:
    assert wanted(State(at=at)) == Move("silence")  # type: ignore[arg-type]


def test_a_key_is_the_choice_that_it_stands_for() -> None:
    state = State(at="talk", keys={"3": "11", "8": "more"}, rest=((4, "Other"),))
    assert wanted(state, keys="3") == Move("turn", "11")
    assert wanted(state, keys="8") == Move("turn", "more")
    assert wanted(State(at="talk", rest=((4, "Other"),)), keys="8") == Move("rest")
    assert wanted(State(at="talk"), keys="8") == Move("wrong_key", "8")
    assert wanted(state, keys="5") == Move("wrong_key", "5")


def test_star_does_what_the_page_offers_and_nothing_where_nothing_is_offered() -> None:
    assert wanted(State(at="talk", star="text"), keys="*") == Move("star")
    assert wanted(State(at="talk"), keys="*") == Move("wrong_key", "*")


def test_a_language_is_chosen_by_its_key_and_eight_has_more_of_them() -> None:
    menu = State(at="languages", keys={"1": "en", "6": "pa"})
    assert wanted(menu, keys="6") == Move("language", "pa")
    assert wanted(menu, keys="8") == Move("languages")


def test_doubtful_words_are_asked_about_once_and_not_again() -> None:
    assert wanted(State(at="talk"), words="a food tank", confidence=0.3) == Move("confirm", "a food tank")
    assert wanted(State(at="confirm", heard="x"), words="a food bank", confidence=0.3) == Move("unclear")
    assert wanted(State(at="confirm", heard="x"), words="I said a food bank") == Move("turn", "I said a food bank")
    assert wanted(State(at="languages"), words="une banque", confidence=0.2) == Move("unclear")


@pytest.mark.parametrize("at", ["confirm", "text"])
def test_yes_and_no_are_keys_or_words(at: str) -> None:
    state = State(at=at, keys={"1": "4"})  # type: ignore[arg-type]
    assert wanted(state, keys="1") == wanted(state, words="Yes.") == Move("yes")
    assert wanted(state, keys="2") == wanted(state, words="no thank you") == Move("no")


def test_keys_of_a_code_and_of_a_postal_code_are_taken_together() -> None:
    assert wanted(State(at="code"), keys="123456") == Move("code", "123456")
    assert wanted(State(at="code"), keys="123") == Move("wrong_key", "123")
    assert wanted(State(at="postal"), keys="517") == Move("postal", "517")
    assert wanted(State(at="postal", keys={"1": "L1S"}), keys="1") == Move("turn", "L1S")


@given(st.dictionaries(st.sampled_from(["Digits", "SpeechResult", "Confidence"]), st.text()))
def test_whatever_the_carrier_sends_is_read(form: dict[str, str]) -> None:
    heard = Heard.read(form)
    assert set(heard.keys) <= set("0123456789*#")
    assert "\x00" not in heard.words
    for at in ANYWHERE:
        move(State(at=at), heard, risk, partial(yes_no, language="en"))  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("confidence", "sure"), [("0.49", False), ("0.5", True), ("", True), ("nan", True), ("?", True)]
)
def test_a_confidence_that_is_none_does_not_make_a_person_repeat_themselves(confidence: str, sure: bool) -> None:
    assert Heard.read({"SpeechResult": "a food bank", "Confidence": confidence}).sure is sure


def test_a_state_comes_back_from_the_database_as_it_was() -> None:
    state = State(
        at="talk", keys={"1": "2"}, rest=((3, "Éducation"),), star="text", failures=1, said=7, shown=("a",),
        spoken=(Utterance("hello", "en"), Utterance("x", "so", "voice_moment", "so/voice_moment.mp3")),
    )  # fmt: skip
    assert State.of(state.as_json()) == state
    assert State.of({"said": 3, "something_of_an_older_version": 1}) == State(said=3)
