from __future__ import annotations

from pathlib import Path

import pytest
from sqlalchemy.orm import Session

from bot import workers
from bot.conversations.database import upgrade
from bot.database import open_database
from bot.settings import Settings
from directory_client import marked
from directory_client.memory import Memory
from directory_client.models import SearchHours
from directory_client.sample import load_lines


def test_workers_are_born_knowing_the_sites_of_the_directory(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    url = f"sqlite:///{tmp_path / 'directory.db'}"
    upgrade(url)
    with Session(open_database(url)) as session, session.begin():
        count = load_lines(session)
    known: Memory[int, marked.Columns] = Memory(marked.SITES_KEPT)
    monkeypatch.setattr(marked, "_sites", known)
    workers._learn(Settings(directory_url=url))
    assert len(known) == count


def test_a_directory_without_an_index_is_no_reason_not_to_start(tmp_path: Path) -> None:
    url = f"sqlite:///{tmp_path / 'empty.db'}"
    upgrade(url)
    workers._learn(Settings(directory_url=url))


def test_a_timetable_that_nobody_can_read_is_no_reason_either(tmp_path: Path) -> None:
    url = f"sqlite:///{tmp_path / 'broken.db'}"
    upgrade(url)
    with Session(open_database(url)) as session, session.begin():
        session.add(SearchHours(name="broken", zone="Nowhere/Else", rules="["))
    workers._learn(Settings(directory_url=url))
