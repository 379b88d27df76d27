"""Door files: the shipped ones load, a broken one is refused with file, line and reason."""

from __future__ import annotations

from pathlib import Path

import pytest

from bot.doors.loading import FOLDER, BrokenDoor, load
from bot.language.catalogue import read_sources

GOOD = (FOLDER / "good2talk.yml").read_text(encoding="utf-8")
GENERAL = (FOLDER / "211.yml").read_text(encoding="utf-8")


def folder_with(tmp_path: Path, text: str, name: str = "good2talk.yml") -> Path:
    (tmp_path / "211.yml").write_text(GENERAL, encoding="utf-8")
    (tmp_path / name).write_text(text, encoding="utf-8")
    return tmp_path


def test_the_shipped_doors_load_and_say_only_messages_that_exist() -> None:
    messages = read_sources()
    for door in load().values():
        said = [*door.greeting, *(door.question,) * bool(door.question)]
        said += [message for route in door.routes for message in (route.label, route.say)]
        assert [message for message in said if message not in messages] == []


@pytest.mark.parametrize(
    ("old", "new", "reason"),
    [
        ("state: open", "state: perhaps", "status.state"),
        ("web: /good2talk", "web: good2talk", "entry.web"),
        ("need: mental.counselling", "need: mental.magic", "not a need"),
        ("line: connexontario", "line: nobody", "no line record"),
        ("youth: true", "yuoth: true", "yuoth"),
        ("question: good2talk_choose\n", "", "routes and question"),
        ("names:", "names", "line"),
        ("checked: 2026-11-21", "checked: yesterday", "checked"),
    ],
)
def test_a_broken_field_is_refused_with_file_line_and_reason(tmp_path: Path, old: str, new: str, reason: str) -> None:
    with pytest.raises(BrokenDoor) as refusal:
        load(folder_with(tmp_path, GOOD.replace(old, new)))
    said = str(refusal.value)
    assert "good2talk.yml, line " in said and reason in said


def test_two_doors_cannot_share_a_web_path(tmp_path: Path) -> None:
    folder = folder_with(tmp_path, GOOD)
    (folder / "twin.yml").write_text(GOOD.replace("id: good2talk", "id: twin"), encoding="utf-8")
    with pytest.raises(BrokenDoor, match="/good2talk"):
        load(folder)


def test_the_general_door_must_be_there(tmp_path: Path) -> None:
    (tmp_path / "good2talk.yml").write_text(GOOD, encoding="utf-8")
    with pytest.raises(BrokenDoor, match="211"):
        load(tmp_path)
