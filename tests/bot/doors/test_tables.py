"""What a door file may say of tables, diversions and marks that lead to a person; what is refused."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from bot.doors.loading import FOLDER, BrokenDoor, read


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    for door in ("rmt-sudbury", "calgary-911", "211"):
        shutil.copy(FOLDER / f"{door}.yml", tmp_path)
        shutil.copytree(FOLDER / "texts" / door, tmp_path / "texts" / door)
    return tmp_path


BROKEN = [
    ("rmt-sudbury", "  meeting: meets\n", "  meeting: sometimes\n", "no setting of kind text named 'sometimes'"),
    ("rmt-sudbury", '    value: ""\n', '    value: "Tuesdays"\n', "not a weekly timetable"),
    ("rmt-sudbury", "  quorum: 2\n", "  quorum: 1\n", "table.quorum"),
    ("rmt-sudbury", "  quorum: 2\n", "  quorum: 19\n", "greater than the number of agencies"),
    ("rmt-sudbury", "  names_days: 30\n", "", "table.names_days"),
    ("rmt-sudbury", "  names_days: 30\n", "  names_days: 30\n  score: 5\n", "table.score"),
    ("rmt-sudbury", "{en: Hospital, fr: Hôpital}", "{en: Hospital}", "needs en and fr"),
    ("rmt-sudbury", "to: situation, say", "to: specialist, say", "no route leads to a situation"),
    ("calgary-911", "  back: emergency\n", "  back: somebody\n", "no line record"),
    ("calgary-911", "{en: Fire, fr: Incendie}", "{fr: Incendie}", "needs en and fr"),
    ("calgary-911", "      to: person\n", "      to: menu\n", "no route to a specialist"),
    ("calgary-911", "      to: person\n", "", "belong to a mark with to"),
    ("calgary-911", "meanwhile: meanwhile", "meanwhile: later", "there is no sentence"),
    ("211", "      say: [organization]\n", "", "give say"),
    ("211", "        - become a partner of 211\n", "        - x\n", "phrases"),
]


@pytest.mark.parametrize(("door", "right", "wrong", "reason"), BROKEN, ids=[one[2].strip()[:30] for one in BROKEN])
def test_a_broken_field_is_refused_with_its_reason(
    folder: Path, door: str, right: str, wrong: str, reason: str
) -> None:
    path = folder / f"{door}.yml"
    text = path.read_text(encoding="utf-8")
    assert right in text
    path.write_text(text.replace(right, wrong, 1), encoding="utf-8")
    with pytest.raises(BrokenDoor) as refused:
        read(path)
    assert reason in str(refused.value) and f"{door}.yml, line " in str(refused.value)


def test_another_table_is_another_file(folder: Path) -> None:
    text = (folder / "rmt-sudbury.yml").read_text(encoding="utf-8")
    shutil.copytree(folder / "texts" / "rmt-sudbury", folder / "texts" / "other-table")
    (folder / "other-table.yml").write_text(
        text.replace("id: rmt-sudbury", "id: other-table").replace("/rmt-sudbury", "/other-table"), encoding="utf-8"
    )
    table = read(folder / "other-table.yml").table
    assert table is not None and table.quorum == 2
