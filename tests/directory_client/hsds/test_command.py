"""bin/porchlight export hsds."""

from __future__ import annotations

from pathlib import Path

import pytest
from click.testing import CliRunner, Result
from sqlalchemy import Engine

from bot.commands import export
from bot.supervisor.problems import Problem


@pytest.fixture
def run(engine: Engine, monkeypatch: pytest.MonkeyPatch) -> object:
    monkeypatch.setattr(export, "ready_directory", lambda: engine)

    def run(*arguments: object) -> Result:
        return CliRunner().invoke(export.command, ["hsds", *map(str, arguments)])

    return run


def test_a_package_is_written_where_it_is_wanted(run, tmp_path: Path) -> None:  # type: ignore[no-untyped-def]
    result = run(tmp_path / "one.zip", "--no-sample")
    assert result.exit_code == 0, result.output
    assert (tmp_path / "one.zip").exists()
    assert "services in" in result.stderr
    assert result.stdout == ""


def test_a_source_that_nobody_knows_is_a_sentence(run, tmp_path: Path) -> None:  # type: ignore[no-untyped-def]
    result = run(tmp_path / "one", "--source", "nobody")
    assert isinstance(result.exception, Problem)
    assert "example" in str(result.exception)


def test_a_folder_of_something_else_is_a_sentence(run, tmp_path: Path) -> None:  # type: ignore[no-untyped-def]
    (tmp_path / "letter.txt").write_text("keep me")
    result = run(tmp_path)
    assert isinstance(result.exception, Problem)
