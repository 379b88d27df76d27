"""Robots are left alone after a while; a person, above all one in danger, is not."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.safety import Level
from bot.sms.reading import Texted, read
from bot.sms.robots import _PERIODS, LOOK_BACK, SAME, SAME_IN_DANGER, Exchange, looping, needs_answer, told

OURS = "Are you thinking about hurting yourself? You can tell me."
ROBOT, ANSWER = "Thanks for your text! Our office is closed.", "I did not understand that."


def text(body: str) -> Texted:
    return read({"MessageSid": "SM1", "From": "+15555550101", "To": "+15555550100", "Body": body})


def conversation(texts: list[str], answers: list[str], *, told_as: str = "I have stopped answering.") -> list[Exchange]:
    """What goes back and forth when our side keeps to the rule."""
    exchanges: list[Exchange] = []
    for came, went in zip(texts, answers, strict=True):
        if looping(exchanges, came):
            went = "" if told(exchanges) else told_as
        exchanges.append((came, went))
    return exchanges


def test_the_fifth_same_text_after_four_same_answers_is_told_once_and_then_left() -> None:
    went = [went for _, went in conversation([ROBOT] * 9, [ANSWER] * 9)]
    assert went == [ANSWER] * SAME + ["I have stopped answering."] + [""] * 4


def test_what_is_looked_back_at_holds_the_longest_loop() -> None:
    assert max(_PERIODS) * SAME_IN_DANGER * 2 < LOOK_BACK


def test_somebody_who_writes_something_else_is_answered_again() -> None:
    went = [went for _, went in conversation([*[ROBOT] * 6, "I am a person", ROBOT], [ANSWER] * 8)]
    assert went[-2:] == [ANSWER, ANSWER]


@pytest.mark.parametrize("period", [2, 3])
def test_robots_that_take_turns_with_several_texts_are_noticed_too(period: int) -> None:
    texts = [f"text {'abc'[place % period]}" for place in range(period * SAME + 2)]
    answers = [f"answer {'xyz'[place % period]}" for place in range(period * SAME + 2)]
    went = [went for _, went in conversation(texts, answers)]
    assert went[period * SAME :] == ["I have stopped answering.", ""]


def test_same_texts_with_different_answers_are_no_loop() -> None:
    answers = [f"Here are more services: {'abcdefgh'[place]}" for place in range(8)]
    assert [went for _, went in conversation(["more"] * 8, answers)] == answers


def test_case_and_signs_make_no_difference_but_words_do() -> None:
    assert looping([(ROBOT, ANSWER)] * SAME, f"  {ROBOT.upper()} ")
    assert not looping([(ROBOT, ANSWER)] * SAME, "Our office is open.")
    assert not looping([(ROBOT, ANSWER)] * (SAME - 1), ROBOT)


def test_a_text_sent_many_times_before_the_first_answer_is_no_loop() -> None:
    assert not looping([("please answer", "")] * 10, "please answer")


def test_empty_texts_are_never_a_loop() -> None:
    assert not looping([("", ANSWER)] * 10, "")


def test_in_danger_it_takes_far_longer_until_nobody_answers() -> None:
    plea = "please help me i want to die"
    assert not looping([(plea, ANSWER)] * (SAME_IN_DANGER - 1), plea, Level.HIGH)
    assert looping([(plea, ANSWER)] * SAME_IN_DANGER, plea, Level.HIGH)


@given(st.lists(st.tuples(st.sampled_from("abc"), st.sampled_from("xyz")), max_size=30), st.sampled_from("abc"))
def test_there_is_never_a_loop_without_four_same_exchanges(previous: list[Exchange], came: str) -> None:
    if looping(previous, came):
        assert any(previous.count(exchange) >= SAME - 1 for exchange in previous)


def test_a_reaction_to_our_words_needs_no_answer_even_when_they_are_about_danger() -> None:
    assert not needs_answer(text(f"Liked “{OURS}”"), [OURS], Level.HIGH)
    assert not needs_answer(text("Loved an image"), [])


def test_what_only_looks_like_a_reaction_is_a_persons_text() -> None:
    assert needs_answer(text("Loved “I want to die”"), [OURS])


def test_an_automatic_text_needs_no_answer_unless_it_may_be_about_danger() -> None:
    driving = text("I'm driving.")
    assert not needs_answer(driving, [])
    assert needs_answer(driving, [], Level.CONCERN)


@pytest.mark.parametrize("body", ["food", "", "STOP", "https://maps.apple.com/?ll=43,-79"])
def test_everything_else_is_answered(body: str) -> None:
    assert needs_answer(text(body), [OURS])
