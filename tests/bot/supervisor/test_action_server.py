"""The action server, really started."""

from __future__ import annotations

import os
import subprocess
import sys
import time
from collections.abc import Iterator

import pytest

from bot.supervisor.health import ask
from bot.supervisor.ports import free_port
from tests.support.system import PROJECT


@pytest.fixture(scope="module")
def server() -> Iterator[tuple[str, subprocess.Popen[str]]]:
    port = free_port()
    process = subprocess.Popen(
        [sys.executable, "-P", "-m", "bot.supervisor.action_server", str(port)],
        cwd=PROJECT, env={**os.environ, "PYTHONPATH": str(PROJECT)}, stderr=subprocess.PIPE, text=True,
    )  # fmt: skip
    url = f"http://127.0.0.1:{port}"
    end = time.monotonic() + 60
    while ask("GET", f"{url}/health") is None:
        assert process.poll() is None and time.monotonic() < end, process.communicate()[1]
        time.sleep(0.2)
    yield url, process
    process.terminate()
    process.wait(10)


def test_every_named_action_is_served(server: tuple[str, subprocess.Popen[str]]) -> None:
    answer = ask("GET", f"{server[0]}/actions")
    assert answer is not None
    assert "action_fallback" in [action["name"] for action in answer[1]]


def test_an_error_repeats_nothing_of_what_was_said(server: tuple[str, subprocess.Popen[str]]) -> None:
    broken = {"next_action": "action_fallback", "domain": {}, "tracker": {"latest_message": "I want to die"}}
    assert ask("POST", f"{server[0]}/webhook", body=broken) == (500, {"error": "action failed"})


def test_it_is_one_process_that_ends_when_asked(server: tuple[str, subprocess.Popen[str]]) -> None:
    import psutil

    assert psutil.Process(server[1].pid).children() == []
    server[1].terminate()
    assert server[1].wait(5) == 0
