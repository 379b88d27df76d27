"""The form's actions: a thin client of the machine, which may be asked twice about one message."""

from __future__ import annotations

from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st
from rasa_sdk import Tracker

from actions.intake import Ask, Done, Validate
from bot.clock import system_clock
from bot.doors.conditions import World
from bot.doors.loading import load
from bot.intake import machine
from bot.intake.answers import Said

DSO = load()["dso-toronto"]
WORLD = World(system_clock(), areas=DSO.areas)


def tracker(state: Any, wanted: dict[str, Any] | None) -> Tracker:
    message: dict[str, Any] = {
        "intent": {"name": "intake" if wanted else "what_is_this"},
        "entities": [{"entity": "intake", "value": wanted}] if wanted else [],
        "metadata": {"intake": {"door": "dso-toronto", "state": state.as_json()}},
    }
    return Tracker("c", {}, message, [], False, None, {}, None)


def test_the_state_is_the_same_however_often_rasa_validates() -> None:
    asked = tracker(machine.started(DSO, WORLD), {"do": "answer", "value": "family"})
    (said, first), (_, second) = Validate().answer(asked), Validate().answer(asked)
    assert said == [] and first == second
    assert first[0]["value"]["at"] == "age" and first[1]["value"] is None
    assert [piece["say"] for piece in Ask().answer(asked)[0] if "say" in piece] == ["dso-toronto/ask_age"]


def test_the_last_answer_ends_the_form_with_the_reason() -> None:
    state = machine.applied(DSO, machine.started(DSO, WORLD), {"do": "answer", "value": "family"}, WORLD).state
    asked = tracker(state, {"do": "answer", "value": "child"})
    assert Validate().answer(asked)[1][1]["value"] is True
    assert "dso-toronto/reason_child" in [piece.get("say") for piece in Done().answer(asked)[0]]


def test_what_is_no_answer_is_left_to_the_other_rules() -> None:
    asked = tracker(machine.started(DSO, WORLD), None)
    assert Validate().answer(asked) == ([], []) and Ask().answer(asked) == ([], [])


@settings(max_examples=80, deadline=None)
@given(st.lists(st.text(max_size=60), max_size=12), st.sampled_from(["en", "fr", "pa", "ar", "zh"]))
def test_no_text_in_any_order_breaks_the_questions(texts: list[str], language: str) -> None:
    state = machine.started(DSO, WORLD)
    for text in texts:
        wanted = machine.read(DSO, state, Said(text, language), WORLD)
        state = machine.applied(DSO, state, wanted or {"do": "again"}, WORLD).state
        assert machine.asked(DSO, state, WORLD) or state.phase == "done"
