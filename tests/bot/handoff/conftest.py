"""A helpline for each test: on SQLite, and where it matters on PostgreSQL too."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest

from bot.conversations.database import upgrade
from tests.bot.handoff.world import World


@pytest.fixture(scope="session")
def empty_sqlite(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A database that is up to date and empty; tests copy it."""
    path = tmp_path_factory.mktemp("empty") / "empty.db"
    upgrade(f"sqlite:///{path}")
    return path


@pytest.fixture
def world(empty_sqlite: Path, tmp_path: Path) -> Iterator[World]:
    shutil.copy(empty_sqlite, tmp_path / "porchlight.db")
    made = World(f"sqlite:///{tmp_path / 'porchlight.db'}")
    yield made
    made.close()


@pytest.fixture(params=["sqlite", "postgresql"])
def either(request: pytest.FixtureRequest, empty_sqlite: Path, tmp_path: Path) -> Iterator[World]:
    """The same on both databases."""
    if request.param == "sqlite":
        shutil.copy(empty_sqlite, tmp_path / "porchlight.db")
        url = f"sqlite:///{tmp_path / 'porchlight.db'}"
    else:
        url = request.getfixturevalue("empty_postgres")
        upgrade(url)
    made = World(url)
    yield made
    made.close()
