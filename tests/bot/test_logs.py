"""What the log holds, and that nothing waits for it."""

from __future__ import annotations

import io
import json
import sys

import pytest
import structlog

from bot.logs import set_up_logs


def test_a_line_goes_to_the_output_of_the_moment(capsys: pytest.CaptureFixture[str]) -> None:
    set_up_logs("info")
    log = structlog.get_logger("here")
    log.info("counted", count=3)
    log.debug("not at this level")
    (line,) = capsys.readouterr().out.splitlines()
    said = json.loads(line)
    assert (said["event"], said["count"], said["level"]) == ("counted", 3, "info")


def test_an_exception_is_told_by_kind_and_place_without_its_words(capsys: pytest.CaptureFixture[str]) -> None:
    set_up_logs("info")
    try:
        raise ValueError("17 Quiet Crescent")
    except ValueError:
        structlog.get_logger("here").exception("failed")
    out = capsys.readouterr().out
    assert "Quiet" not in out
    said = json.loads(out)
    assert said["exception"] == "ValueError" and said["places"][0].startswith("test_logs.py:")


@pytest.mark.parametrize("gone", ["closed", "broken"])
def test_an_output_that_is_gone_ends_nothing(gone: str, monkeypatch: pytest.MonkeyPatch) -> None:
    class Broken(io.StringIO):
        def write(self, _text: str) -> int:
            raise BrokenPipeError

    stream = Broken() if gone == "broken" else io.StringIO()
    if gone == "closed":
        stream.close()
    set_up_logs("info")
    monkeypatch.setattr(sys, "stdout", stream)
    structlog.get_logger("here").error("request failed")
