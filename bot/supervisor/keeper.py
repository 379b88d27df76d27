"""Keeps one program running: starts it, asks how it is, starts it again when it dies or no longer answers."""

from __future__ import annotations

import asyncio
import contextlib
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path

from bot.supervisor.health import well
from bot.supervisor.logs import LogFile
from bot.supervisor.problems import Problem
from bot.supervisor.process import Process
from bot.supervisor.rhythm import Pauses, Rhythm

Say = Callable[[str], None]
"""Tells the person at the terminal one sentence."""


@dataclass(frozen=True, slots=True)
class Program:
    """What is to be kept running.

    Arguments:
        name: name in messages and of the log file.
        command: program and arguments.
        environment: all of its environment.
        folder: folder in which it runs.
        health: URL that answers 200 when it is well.
    """

    name: str
    command: tuple[str, ...]
    environment: Mapping[str, str]
    folder: Path
    health: str


class Keeper:
    """Keeps a program running from `start` to `stop`."""

    def __init__(self, program: Program, log: LogFile, rhythm: Rhythm, say: Say) -> None:
        self.program = program
        self.log = log
        self.well = asyncio.Event()
        self.pid: int | None = None
        self._rhythm = rhythm
        self._say = say
        self._pauses = Pauses(rhythm)
        self._process: Process | None = None
        self._task: asyncio.Task[None] | None = None
        self._stopping = False
        self._forgiving = False
        self._deaths = 0
        self._well_since: float | None = None
        self._silent = False
        self._failed: asyncio.Future[None] = asyncio.get_running_loop().create_future()

    def start(self) -> None:
        self._task = asyncio.create_task(self._keep())

    def forgive(self) -> None:
        """From now on every death is followed by another try: the start has succeeded."""
        self._forgiving = True

    async def failed(self) -> None:
        """Waits until the program has died too often before the start succeeded, and raises Problem."""
        await asyncio.shield(self._failed)

    async def stop(self, hurry: asyncio.Event | None = None) -> None:
        """Ends the program for good: asks it, and after the grace (or at once in a hurry) insists."""
        self._stopping = True
        if self._process is not None:
            await self._process.stop(self._rhythm.grace, hurry)
        if self._task is not None:
            self._task.cancel()
            with contextlib.suppress(asyncio.CancelledError):
                await self._task
        if not self._failed.done():
            self._failed.cancel()

    async def _keep(self) -> None:
        while not self._stopping:
            ending, well_for = await self._run_once()
            if self._stopping:
                return
            self._deaths += 1
            if not self._forgiving and self._deaths >= self._rhythm.tries:
                self._give_up()
                return
            pause = self._pauses.after(well_for)
            self._say(f"{self.program.name} {ending}; starting it again in {pause:g} s.")
            await asyncio.sleep(pause)

    async def _run_once(self) -> tuple[str, float]:
        """One life of the program: how it ended, and for how many seconds it had been well."""
        try:
            self._process = await Process.start(
                self.program.command,
                folder=self.program.folder,
                environment=self.program.environment,
                line=self.log.write,
            )
        except OSError as error:  # no memory, no process numbers left: another try may succeed
            return f"could not be started ({error.strerror})", 0.0
        self.pid = self._process.pid
        self._well_since = None
        self._silent = False
        health = asyncio.create_task(self._watch(self._process))
        try:
            code = await self._process.ended()
        finally:
            health.cancel()
            self.well.clear()
            self.pid = None
        well_for = time.monotonic() - self._well_since if self._well_since is not None else 0.0
        if self._silent:
            return "did not answer", well_for
        return (f"was ended by signal {-code}" if code < 0 else f"ended with code {code}"), well_for

    async def _watch(self, process: Process) -> None:
        """Looks after the health of a running process and ends it when it is silent for too long."""
        health, rhythm = self.program.health, self._rhythm
        begin = time.monotonic()
        while not await well(health, rhythm.health_timeout):
            if time.monotonic() - begin > rhythm.start_limit:
                break
            await asyncio.sleep(rhythm.look_every)
        else:
            self._well_since = time.monotonic()
            self.well.set()
            failures = 0
            while failures < rhythm.health_failures:
                await asyncio.sleep(rhythm.health_every)
                failures = 0 if await well(health, rhythm.health_timeout) else failures + 1
        self._silent = True
        self.well.clear()
        await process.stop(rhythm.grace)

    def _give_up(self) -> None:
        if self._failed.done():
            return
        last = "\n".join(f"    {line}" for line in self.log.tail())
        self._failed.set_exception(
            Problem(
                f"{self.program.name} ended {self._deaths} times while starting; "
                f"its last words, from {self.log.path}, say why:\n{last}"
            )
        )
