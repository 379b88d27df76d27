"""Doors on the phone: danger at the railway goes to a person, a screening is asked by keys."""

from __future__ import annotations

from starlette.applications import Starlette

from bot.doors.loading import load
from bot.intake.by_phone import alarming, first_question
from bot.intake.machine import given
from bot.intake.state import State
from tests.bot.conftest import MONDAY


def test_only_the_railway_is_an_alarm_by_itself() -> None:
    doors = load()
    assert alarming(doors["rail-northumberland"]) and not alarming(doors["211"]) and not alarming(doors["dso-toronto"])


def test_the_first_question_of_a_screening_is_asked_without_the_greeting_again(gateway: Starlette) -> None:
    service, door = gateway.state.service, load()["dso-toronto"]
    pieces, memory = first_question(service.ledger, door, {}, "en", MONDAY)
    assert [piece["say"] for piece in pieces] == ["dso-toronto/ask_for_whom"]
    assert memory is not None and State.of(memory["intake"]).at == "for_whom"  # type: ignore[union-attr]
    assert pieces[0]["choices"][0]["given"] == given({"do": "answer", "value": "myself"})


def test_a_question_that_is_open_is_asked_again_and_not_begun_anew(gateway: Starlette) -> None:
    service, door = gateway.state.service, load()["dso-toronto"]
    _, memory = first_question(service.ledger, door, {}, "en", MONDAY)
    assert memory is not None
    memory["intake"]["at"] = "age"
    pieces, begun = first_question(service.ledger, door, memory, "en", MONDAY)
    assert [piece["say"] for piece in pieces] == ["dso-toronto/ask_age"] and begun is None
