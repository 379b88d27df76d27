"""A text that comes in is screened once, though it is looked at twice; a fault is not remembered, and no words are."""

from __future__ import annotations

import pytest

from bot.safety import Level, Screen
from bot.safety.screen import REMEMBERED


@pytest.fixture(scope="module")
def loaded() -> Screen:
    return Screen.load()


def test_the_second_look_at_a_text_costs_nothing(loaded: Screen, monkeypatch: pytest.MonkeyPatch) -> None:
    first = loaded.assess("I want to die tonight")
    monkeypatch.setattr(Screen, "_assess", lambda *_: pytest.fail("screened again"))
    assert loaded.assess("I want to die tonight") == first
    assert first.level >= Level.HIGH


def test_a_fault_is_said_and_not_remembered(loaded: Screen, monkeypatch: pytest.MonkeyPatch) -> None:
    with monkeypatch.context() as broken:
        broken.setattr(Screen, "_assess", lambda *_: 1 / 0)
        assert loaded.assess("I am going to kill myself").reasons == ("screen:failed",)
    assert loaded.assess("I am going to kill myself").level >= Level.HIGH


def test_few_findings_are_remembered_and_no_words(loaded: Screen) -> None:
    for number in range(REMEMBERED + 5):
        loaded.assess(f"food please {number}")
    assert len(loaded._recent) == REMEMBERED
    assert all(isinstance(key, bytes) and len(key) == 16 for key in loaded._recent)
