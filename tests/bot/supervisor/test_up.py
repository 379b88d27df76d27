"""bin/up from start to stop, with stand-ins for the three programs."""

from __future__ import annotations

import contextlib
import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import psutil
import pytest

from bot.supervisor.ports import free_port
from tests.support.system import PROJECT

FAKE_UP = PROJECT / "tests" / "support" / "fake_up.py"


class Up:
    """A running bin/up with stand-ins."""

    def __init__(self, folder: Path, port: int, **habits: str) -> None:
        self.diary = folder / "diary"
        environment = {**os.environ, "PORCHLIGHT_VAR": str(folder / "var"), "PYTHONPATH": str(PROJECT)}
        environment |= {f"FAKE_{name.upper()}": habit for name, habit in habits.items()}
        self.process = subprocess.Popen(
            [sys.executable, "-P", FAKE_UP, str(port), self.diary],
            env=environment, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True,
        )  # fmt: skip

    def ready(self) -> str:
        assert self.process.stdout is not None
        return self.process.stdout.readline().strip()

    def events(self, word: str) -> list[str]:
        lines = self.diary.read_text().splitlines() if self.diary.exists() else []
        return [line.split()[0] for line in lines if f" {word} " in line]

    def pids(self) -> list[int]:
        return [int(line.split()[-1]) for line in self.diary.read_text().splitlines() if " started " in line]

    def end(self, number: signal.Signals = signal.SIGTERM) -> tuple[int, str, str]:
        self.process.send_signal(number)
        out, err = self.process.communicate(timeout=60)
        return self.process.returncode, out, err


@pytest.fixture
def up(tmp_path: Path) -> Iterator[Callable[..., Up]]:
    running: list[Up] = []

    def start(port: int | None = None, **habits: str) -> Up:
        running.append(Up(tmp_path, port or free_port(), **habits))
        return running[-1]

    yield start
    for one in running:
        if one.process.poll() is None:
            one.process.kill()
            one.process.wait()


def wait_for(condition: Callable[[], bool], seconds: float = 10) -> None:
    end = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < end, "waited in vain"
        time.sleep(0.02)


def gone(pid: int) -> bool:
    with contextlib.suppress(psutil.NoSuchProcess):
        return psutil.Process(pid).status() == psutil.STATUS_ZOMBIE
    return True


def test_the_ready_line_names_the_address_that_was_asked_for(up: Callable[..., Up]) -> None:
    port = free_port()
    assert up(port).ready() == f"Porchlight is ready: http://127.0.0.1:{port}"


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT, signal.SIGHUP])
def test_a_signal_stops_gateway_then_rasa_then_actions_and_ends_with_0(
    up: Callable[..., Up], number: signal.Signals
) -> None:
    running = up()
    said = running.ready()
    code, _, err = running.end(number)
    assert (code, said.partition(":")[0]) == (0, "Porchlight is ready"), err
    assert running.events("ended") == ["gateway", "rasa", "actions"]
    assert all(gone(pid) for pid in running.pids())


def test_a_signal_while_starting_leaves_nothing_behind(up: Callable[..., Up]) -> None:
    running = up()
    wait_for(lambda: len(running.events("started")) == 3)
    code, out, _ = running.end()
    assert code == 0
    assert out == ""
    assert all(gone(pid) for pid in running.pids())


def test_a_program_that_ignores_the_request_to_end_is_ended(up: Callable[..., Up]) -> None:
    running = up(rasa="stubborn")
    running.ready()
    code, _, _ = running.end()
    assert code == 0
    assert running.events("ended") == ["gateway", "actions"]
    assert all(gone(pid) for pid in running.pids())


def test_a_killed_program_is_started_again_and_the_others_are_left_alone(up: Callable[..., Up]) -> None:
    running = up()
    running.ready()
    os.kill(running.pids()[running.events("started").index("rasa")], signal.SIGKILL)
    wait_for(lambda: running.events("started").count("rasa") == 2)
    assert running.events("started").count("gateway") == 1
    _, _, err = running.end()
    assert "rasa was ended by signal 9; starting it again in 0.1 s." in err


def test_the_children_of_a_killed_program_do_not_outlive_it(up: Callable[..., Up]) -> None:
    running = up(rasa="family")
    running.ready()
    child = int(next(line.split()[2] for line in running.diary.read_text().splitlines() if " child " in line))
    os.kill(running.pids()[running.events("started").index("rasa")], signal.SIGKILL)
    wait_for(lambda: gone(child))


@pytest.mark.skipif(sys.platform != "linux", reason="the system must promise to end children with their parent")
def test_a_killed_supervisor_takes_its_programs_with_it(up: Callable[..., Up]) -> None:
    running = up()
    running.ready()
    running.process.kill()
    wait_for(lambda: all(gone(pid) for pid in running.pids()))


def test_a_program_that_cannot_start_ends_it_all_with_the_reason(up: Callable[..., Up]) -> None:
    running = up(rasa="broken")
    out, err = running.process.communicate(timeout=60)
    assert running.process.returncode == 1
    assert out == ""
    assert "Porchlight cannot start: rasa ended 3 times while starting" in err
    assert "the model is broken" in err
    assert all(gone(pid) for pid in running.pids())


def test_a_port_in_use_is_said_at_once_with_what_to_do(up: Callable[..., Up]) -> None:
    with socket.socket() as other:
        other.bind(("127.0.0.1", 0))
        other.listen()
        port = other.getsockname()[1]
        running = up(port)
        _, err = running.process.communicate(timeout=60)
    assert running.process.returncode == 1
    assert err.splitlines() == [
        f"Porchlight cannot start: port {port} on 127.0.0.1 is in use: stop what uses it, "
        f"or choose another port, for example bin/up --port {port + 1}."
    ]
    assert running.events("started") == []


def test_a_second_one_in_the_same_folder_says_which_one_runs(up: Callable[..., Up]) -> None:
    first = up()
    url = first.ready().removeprefix("Porchlight is ready: ")
    second = up()
    _, err = second.process.communicate(timeout=60)
    assert second.process.returncode == 1
    assert err.splitlines() == [
        f"Porchlight cannot start: it runs in this folder already (process {first.process.pid}, {url}): "
        "use that one, or stop it first with Ctrl-C."
    ]
    assert first.process.poll() is None


def test_after_kill_9_the_next_start_finds_the_folder_free(up: Callable[..., Up]) -> None:
    first = up()
    first.ready()
    first.process.kill()
    first.process.wait()
    assert up().ready().startswith("Porchlight is ready: ")


def test_what_programs_print_goes_into_their_logs(up: Callable[..., Up], tmp_path: Path) -> None:
    running = up()
    running.ready()
    running.end()
    assert "rasa speaks" in (tmp_path / "var" / "log" / "rasa.log").read_text()
