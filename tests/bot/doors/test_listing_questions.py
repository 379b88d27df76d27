"""Questions whose answers are services: what a broken one is refused for, and how two places are told apart."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from bot.doors.conditions import World
from bot.doors.loading import FOLDER, BrokenDoor, load
from bot.intake.machine import applied, asked, started
from tests.bot.conftest import MONDAY

DOOR = (FOLDER / "literacy.yml").read_text(encoding="utf-8")


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    shutil.copy(FOLDER / "211.yml", tmp_path)
    for name in ("211", "common", "literacy"):
        shutil.copytree(FOLDER / "texts" / name, tmp_path / "texts" / name)
    return tmp_path


@pytest.mark.parametrize(
    ("old", "new", "reason"),
    [
        ("      nothing: nothing_found\n", "      nothing: nowhere\n", "no route named 'nowhere'"),
        ("      place: place\n", "      place: goal\n", "'goal' is no earlier question of kind place"),
        ("      time: time\n", "      time: later\n", "'later' is no earlier question of kind choice"),
        ("{id: weekend, label", "{id: night, label", "'night' is not one of day, evening, weekend, any"),
        ("        digital: learn.literacy\n", "", "needs has another list of answers"),
        ("        math: learn.literacy\n", "        math: learn.chess\n", "'learn.chess' is not a need"),
        ("    why: why_program\n    required: false\n", "    why: why_program\n", "required is false"),
        ("    listing: program\n", "", "a referral needs a consent that names the question of the service"),
        ("    listing: program\n", "    listing: goal\n", "'goal' is no question of kind listing"),
        ("{listing_phone: program}", "{listing_phone: place}", "'place' is no question of kind listing"),
        (
            "then: [{label: choice_where, to: where}]",
            "then: [{label: choice_where, to: gone}]",
            "no route named 'gone'",
        ),
        (
            "    kind: text\n    ask: ask_name\n",
            "    kind: listing\n    ask: ask_name\n",
            "find belongs to questions of kind listing",
        ),
    ],
)
def test_a_broken_field_is_refused(folder: Path, old: str, new: str, reason: str) -> None:
    assert old in DOOR
    (folder / "literacy.yml").write_text(DOOR.replace(old, new, 1), encoding="utf-8")
    with pytest.raises(BrokenDoor) as refused:
        load(folder)
    assert "literacy.yml, line " in str(refused.value) and reason in str(refused.value)


def test_a_service_that_was_not_offered_cannot_be_chosen() -> None:
    door = load()["literacy"]
    world = World(MONDAY)
    state = started(door, world)
    for value in ("reading", {"name": "Toronto", "lat": 43.7, "lon": -79.4}, "english", "any", "any"):
        state = applied(door, state, {"do": "answer", "value": value}, world).state
    assert state.at == "program" and "find" in asked(door, state, world)[0]
    forged = applied(door, state, {"do": "answer", "value": {"listing": "other", "name": "Other"}}, world)
    assert forged.state.at == "program" and not forged.said
