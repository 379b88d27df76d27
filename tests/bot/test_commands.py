"""bin/porchlight lists the commands that exist and answers mistakes in one sentence."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from bot import commands
from bot.commands.__main__ import main


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    # Commands of these names that another test has read already must not answer, nor these after the test.
    kept = {
        name: sys.modules.pop(name, None)
        for name in ("bot.commands.import_", "bot.commands.send_out", "bot.commands.look")
    }
    monkeypatch.setattr(commands, "FOLDER", tmp_path)
    monkeypatch.setattr(commands, "__path__", [str(tmp_path)])
    (tmp_path / "__init__.py").touch()
    (tmp_path / "send_out.py").write_text(
        '"""Sends things out.\n\nMore."""\nraise RuntimeError("must not run")\ndef command(): ...\n'
    )
    (tmp_path / "helper.py").write_text('"""Helps the others."""\n')
    (tmp_path / "import_.py").write_text(
        '"""Reads a directory."""\nimport click\n\n@click.command()\n@click.argument("file")\n'
        'def command(file: str) -> None:\n    click.echo(f"read {file}")\n    open(file)\n'
    )
    yield tmp_path
    for name, module in kept.items():
        sys.modules.pop(name, None)
        if module is not None:
            sys.modules[name] = module


def test_commands_are_listed_without_being_run(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["--help"]) == 0
    listed = capsys.readouterr().out
    assert "send-out  Sends things out\n" in listed
    assert "import    Reads a directory\n" in listed
    assert "helper" not in listed


def test_an_unknown_command_names_those_that_exist(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["sned"]) == 2
    assert "there is no command 'sned'; there are: import, send-out" in capsys.readouterr().err


def test_a_command_that_meets_a_missing_file_says_so(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["import", "/not/there"]) == 1
    seen = capsys.readouterr()
    assert seen.out == "read /not/there\n"
    assert seen.err == "bin/porchlight: No such file or directory (/not/there).\n"


def test_a_command_that_found_something_wrong_ends_with_its_exit_code(folder: Path) -> None:
    (folder / "look.py").write_text(
        '"""Looks."""\nimport click\n\n@click.command()\ndef command() -> None:\n    raise click.exceptions.Exit(3)\n'
    )
    assert main(["look"]) == 3
