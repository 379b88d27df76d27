"""The order of partner lines."""

from __future__ import annotations

from bot.console.api.fitting import by_fit
from bot.doors.loading import load
from directory_client.lines import lines
from tests.bot.conftest import MONDAY

ABLE = [one for one in lines().values() if one.voice or one.text]


def first(kind: str | None, level: int, door: str = "211", needs: tuple[str, ...] = (), language: str = "en") -> str:
    return by_fit(ABLE, kind=kind, level=level, door=load()[door], needs=needs, language=language, now=MONDAY)[0].id


def test_988_stands_first_for_suicide_whatever_else_is_needed() -> None:
    assert first("suicide", 2, needs=("food.pantry",)) == "suicide-988"
    assert first("suicide", 3, door="good2talk", language="fr") == "suicide-988"


def test_danger_to_life_now_is_for_911() -> None:
    assert first("overdose", 3) == "emergency"


def test_each_danger_has_its_own_line() -> None:
    assert first("trafficking", 2) == "trafficking-hotline"
    assert "violence.partner" in lines()[first("partner_violence", 2)].needs


def test_without_danger_the_line_of_the_door_and_the_need_come_first() -> None:
    assert first(None, 0, door="good2talk", needs=("mental.counselling",)) in ("good2talk", "connexontario")
    assert first(None, 0, needs=("violence.elder",)) == "seniors-safety"
