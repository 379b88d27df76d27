"""A program is kept running."""

from __future__ import annotations

import asyncio
import sys
from pathlib import Path

import pytest

from bot.supervisor.keeper import Keeper, Program
from bot.supervisor.logs import LogFile
from bot.supervisor.ports import free_port
from bot.supervisor.problems import Problem
from bot.supervisor.rhythm import Pauses, Rhythm
from tests.support.system import PROJECT

QUICK = Rhythm(
    first_pause=0.05, longest_pause=0.1, look_every=0.05, health_every=0.1, health_timeout=0.3,
    health_failures=2, start_limit=0.5, grace=0.5,
)  # fmt: skip


def keeper(folder: Path, *habits: str, said: list[str]) -> Keeper:
    port = free_port()
    script = str(PROJECT / "tests" / "support" / "fake_program.py")
    command = (sys.executable, script, "rasa", str(port), str(folder / "diary"), *habits)
    program = Program("rasa", command, {}, folder, f"http://127.0.0.1:{port}/")
    return Keeper(program, LogFile(folder / "log"), QUICK, said.append)


def test_pauses_grow_to_a_minute_and_begin_again_after_five_healthy_minutes() -> None:
    pauses = Pauses(Rhythm())
    assert [pauses.after(0) for _ in range(8)] == [1, 2, 4, 8, 16, 32, 60, 60]
    assert pauses.after(299) == 60
    assert [pauses.after(300), pauses.after(0)] == [1, 2]


def test_a_program_that_never_answers_is_started_again(tmp_path: Path) -> None:
    said: list[str] = []

    async def scene() -> None:
        kept = keeper(tmp_path, "silent", said=said)
        kept.forgive()
        kept.start()
        while (tmp_path / "diary").exists() is False or (tmp_path / "diary").read_text().count("started") < 2:
            await asyncio.sleep(0.05)
        await kept.stop()

    asyncio.run(asyncio.wait_for(scene(), 20))
    assert said[0] == "rasa did not answer; starting it again in 0.05 s."


def test_a_program_that_stops_answering_is_started_again(tmp_path: Path) -> None:
    import os
    import signal

    async def scene() -> tuple[int | None, int | None]:
        kept = keeper(tmp_path, said=[])
        kept.forgive()
        kept.start()
        await kept.well.wait()
        first = kept.pid
        assert first is not None
        os.kill(first, signal.SIGSTOP)
        while kept.pid in (first, None):
            await asyncio.sleep(0.05)
        await kept.well.wait()
        second = kept.pid
        await kept.stop()
        return first, second

    first, second = asyncio.run(asyncio.wait_for(scene(), 20))
    assert first != second


def test_it_fails_for_good_only_while_starting(tmp_path: Path) -> None:
    async def scene() -> None:
        kept = keeper(tmp_path, "broken", said=[])
        kept.start()
        try:
            await kept.failed()
        finally:
            await kept.stop()

    with pytest.raises(Problem, match="ended 3 times while starting"):
        asyncio.run(asyncio.wait_for(scene(), 20))
