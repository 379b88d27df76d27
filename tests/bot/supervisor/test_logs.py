"""Logs are rotated and hold no words of people."""

from __future__ import annotations

import errno
from pathlib import Path

import pytest

from bot.supervisor.logs import LogFile, scrubbed


@pytest.mark.parametrize(
    "line",
    [
        "Failed to run 'action_x': {'text': 'I want to die', 'intent': {}}",
        '{"latest_message": {"text": "I don\'t want to live"}}',
        """{'text': 'she said "help" and I don\\'t want to live'}""",
        "tracker dump cut off: 'text': 'my husband beats me and",
        "slot 'phone' = +1 (416) 555-0134",
        "mail to someone@example.org failed",
        "parse of 'أريد أن أموت' took 3 ms",
        "parse of unquoted 我想死 took 3 ms",
    ],
)
def test_what_a_person_said_does_not_reach_the_log(line: str) -> None:
    clean = scrubbed(line)
    for word in ("die", "live", "help", "husband", "0134", "someone", "أموت", "想死"):
        assert word not in clean


def test_what_an_operator_needs_stays() -> None:
    line = "2026-11-21 rasa.core.actions - Failed to run custom action 'action_search': status 500; can't go on"
    assert scrubbed(line) == line


def test_a_dumped_conversation_is_cut() -> None:
    assert len(scrubbed("word " * 5000)) < 600


def test_a_full_file_is_renamed_and_the_oldest_goes(tmp_path: Path) -> None:
    log = LogFile(tmp_path / "x.log", limit=10, keep=2)
    for number in range(6):
        log.write(f"line number {number}")
    assert [(tmp_path / name).read_text() for name in ("x.log", "x.log.1", "x.log.2")] == [
        "line number 5\n", "line number 4\n", "line number 3\n",
    ]  # fmt: skip
    assert len(list(tmp_path.iterdir())) == 3


def test_a_full_disk_loses_lines_and_nothing_else(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    log = LogFile(tmp_path / "x.log")

    def full(*_: object, **__: object) -> None:
        raise OSError(errno.ENOSPC, "No space left on device")

    with monkeypatch.context() as patch:
        patch.setattr(Path, "open", full)
        log.write("lost")
        assert log.trouble is not None
    log.write("kept")
    assert log.trouble is None
    assert log.tail() == ["kept"]
