"""The book of conversations on SQLite and on a real PostgreSQL."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from bot.conversations.database import upgrade
from bot.conversations.ledger import Ledger
from bot.database import open_database


@pytest.fixture(params=["sqlite", "postgresql"])
def ledger(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Ledger]:
    if request.param == "sqlite":
        url = f"sqlite:///{tmp_path / 'book.db'}"
    else:
        url = request.getfixturevalue("empty_postgres")
    upgrade(url)
    upgrade(url)  # a second time changes nothing
    engine = open_database(url)
    yield Ledger(engine)
    engine.dispose()
