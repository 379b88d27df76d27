"""Work in a second process comes back as if it had been done here."""

from __future__ import annotations

import multiprocessing
import os
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from subprocess import PIPE

import pytest

from directory_client.beside import AHEAD, Beside

ROOT = Path(__file__).parents[2]


def doubled(number: int) -> tuple[int, int]:
    """The double, and who worked it out."""
    return 2 * number, os.getpid()


def refused(number: int) -> int:
    if number == 3:
        raise ValueError("three is not taken")
    return number


def ended(number: int) -> tuple[int, int]:
    """Ends the helper at the third piece, as a system without memory would."""
    if number == 3 and multiprocessing.parent_process():
        os._exit(9)
    return doubled(number)


@pytest.fixture(autouse=True)
def two_cores(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(os, "sched_getaffinity", lambda pid: {0, 1})


def test_what_was_made_comes_in_the_order_of_the_pieces_and_from_another_process() -> None:
    with Beside(after=0) as beside:
        found = list(beside.made(doubled, range(10)))
        again = list(beside.made(doubled, [7]))
    assert [number for number, _ in found] == [2 * number for number in range(10)]
    assert {process for _, process in (*found, *again)} == {found[0][1]} != {os.getpid()}


def test_pieces_are_read_ahead_while_the_first_is_at_work_but_not_all_of_them() -> None:
    read: list[int] = []

    def pieces() -> Iterator[int]:
        for number in range(20):
            read.append(number)
            yield number

    with Beside(after=0) as beside:
        made = beside.made(doubled, pieces())
        next(made)
        assert len(read) == AHEAD + 1
        assert len(list(made)) == 19


def test_little_work_is_done_here() -> None:
    with Beside(after=9) as beside:
        assert list(beside.made(doubled, [1])) == [(2, os.getpid())]


def test_the_first_pieces_of_much_work_are_done_here_in_whatever_parts_it_comes() -> None:
    with Beside(after=3) as beside:
        found = [*beside.made(doubled, [1, 2]), *beside.made(doubled, [3, 4, 5])]
    assert [number for number, _ in found] == [2, 4, 6, 8, 10]
    assert [process == os.getpid() for _, process in found] == [True, True, True, False, False]


def test_on_one_core_the_work_is_done_here(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(os, "sched_getaffinity", lambda pid: {0})
    with Beside(after=0) as beside:
        assert list(beside.made(doubled, [1])) == [(2, os.getpid())]


def test_an_error_there_is_an_error_here() -> None:
    with Beside(after=0) as beside, pytest.raises(ValueError, match="three is not taken"):
        list(beside.made(refused, range(9)))


def test_what_a_helper_leaves_that_was_ended_is_done_here() -> None:
    with Beside(after=0) as beside:
        found = [*beside.made(ended, range(9)), *beside.made(doubled, [9])]
    assert [number for number, _ in found] == [2 * number for number in range(10)]
    assert found[-1][1] == os.getpid()


NEEDED = ("directory_client.beside.ProcessPoolExecutor", "multiprocessing.context.SpawnProcess.start")


@pytest.mark.parametrize("lacking", NEEDED)
def test_a_system_that_lets_us_have_no_helper_is_no_error(monkeypatch: pytest.MonkeyPatch, lacking: str) -> None:
    def none(*_: object, **__: object) -> object:
        raise OSError(11, "no semaphores, or no more processes, for us")

    monkeypatch.setattr(lacking, none)
    with Beside(after=0) as beside:
        assert list(beside.made(doubled, [1, 2])) == [(2, os.getpid()), (4, os.getpid())]


def test_the_helper_does_not_outlive_a_process_that_was_killed() -> None:
    command = [sys.executable, "-P", "-m", "tests.directory_client.left_alone"]
    with subprocess.Popen(command, cwd=ROOT, env={**os.environ, "PYTHONPATH": str(ROOT)}, stdout=PIPE) as process:
        assert process.stdout is not None
        helper = int(process.stdout.readline())
        assert is_running(helper)
        process.kill()
    ends = time.monotonic() + 20
    while is_running(helper) and time.monotonic() < ends:
        time.sleep(0.05)
    assert not is_running(helper)


def is_running(process: int) -> bool:
    """Whether it is there and not only waits for somebody to read how it ended."""
    try:
        return Path(f"/proc/{process}/stat").read_text().rpartition(")")[2].split()[0] != "Z"
    except FileNotFoundError:
        return False
