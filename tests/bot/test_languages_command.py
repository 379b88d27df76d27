"""bin/porchlight languages: what each language has, on the telephone too."""

from __future__ import annotations

from pathlib import Path

import pytest

from bot.commands import languages
from bot.commands.__main__ import main
from bot.language.names import CORE
from bot.voice.languages import Recordings


@pytest.fixture(autouse=True)
def recordings(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder with one sentence in Somali that somebody has spoken, and one with a wrong name."""
    folder = tmp_path / "recordings"
    (folder / "so").mkdir(parents=True)
    (folder / "so" / "voice_moment.mp3").touch()
    (folder / "so" / "voice_momment.mp3").touch()
    monkeypatch.setattr(languages, "Recordings", lambda: Recordings(folder))
    return folder


def test_the_table_says_what_the_telephone_understands_and_speaks(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["languages"]) == 0
    rows = {line.split()[0]: line for line in capsys.readouterr().out.splitlines() if line.split()}
    assert all(code in rows for code in CORE)
    assert rows["fr"].endswith("yes / yes")
    assert "yes / 0 of " in rows["ur"] and rows["ur"].endswith(" recorded")
    assert "no / 1 of " in rows["so"] and rows["so"].endswith(" recorded")
    assert "yes" not in rows["am"]


def test_the_script_lists_what_to_record_and_what_is_there(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["languages", "recordings", "so"]) == 0
    seen = capsys.readouterr()
    rows = dict(line.split("\t", 1) for line in seen.out.splitlines())
    assert rows["voice_moment"].startswith("recorded\t")
    assert rows["voice_greeting_danger"].startswith("missing\t")
    assert rows["voice_momment"].startswith("never played\t")
    assert seen.err.startswith("1 of ")


def test_only_what_is_missing_can_be_asked_for(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["languages", "recordings", "so", "--missing"]) == 0
    assert "voice_moment\t" not in capsys.readouterr().out


@pytest.mark.parametrize(
    ("language", "problem"), [("en", "A computer voice speaks English"), ("am", "am is no language")]
)
def test_a_language_that_needs_no_recordings_says_so(
    language: str, problem: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["languages", "recordings", language]) == 1
    assert problem in capsys.readouterr().err
