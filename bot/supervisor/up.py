"""bin/up from the first check to the last process stopped."""

from __future__ import annotations

import asyncio
import contextlib
import os
import shutil
import signal
import sys
import time
from collections.abc import Coroutine
from dataclasses import replace
from pathlib import Path
from typing import Any

from bot.supervisor import programs, steps
from bot.supervisor.folders import Folders
from bot.supervisor.keeper import Keeper, Program
from bot.supervisor.lock import RunLock
from bot.supervisor.logs import LogFile, scrubbed
from bot.supervisor.models import rasa_model
from bot.supervisor.options import Options
from bot.supervisor.orphans import end_orphans, remember
from bot.supervisor.ports import free_port, port_problem
from bot.supervisor.probe import answered
from bot.supervisor.problems import Problem, explained, need_space
from bot.supervisor.rhythm import Rhythm


def main(options: Options) -> int:
    """Runs Porchlight until it is asked to stop; the exit code of bin/up."""
    folders = Folders.of(os.environ)
    try:
        return asyncio.run(_until_stopped(options, folders))
    except Problem as problem:
        print(f"Porchlight cannot start: {problem}", file=sys.stderr)
    except OSError as error:
        print(f"Porchlight cannot start: {explained(error, folders.var)}", file=sys.stderr)
    return 1


async def _until_stopped(options: Options, folders: Folders) -> int:
    hurry = asyncio.Event()
    work = asyncio.create_task(_run(options, folders, hurry))
    asked = False

    def stop() -> None:
        nonlocal asked
        if asked:
            hurry.set()
        asked = True
        work.cancel()

    loop = asyncio.get_running_loop()
    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        loop.add_signal_handler(number, stop)
    try:
        await work
    except asyncio.CancelledError:
        return 0
    return 0


async def _run(options: Options, folders: Folders, hurry: asyncio.Event) -> None:
    folders.make()
    if options.port == 0:
        options = replace(options, port=free_port(options.host))
    lock = RunLock(folders.run / "up.lock").take(options.url)
    problem = port_problem(options.host, options.port)
    if problem:
        raise Problem(problem)
    need_space(folders.var, 200, "running")
    end_orphans(folders.run / "processes.json")
    shutil.rmtree(folders.temporary, ignore_errors=True)
    folders.make()

    house = House(folders, Rhythm())
    try:
        await _start(options, folders, house)
        print(f"Porchlight is ready: {options.url}", flush=True)
        await house.mind()
    finally:
        # From here on a further signal must not interrupt the stopping, only hurry it.
        stopping = asyncio.create_task(house.stop(hurry))
        while not stopping.done():
            with contextlib.suppress(asyncio.CancelledError):
                await asyncio.shield(stopping)
        lock.release()


async def _start(options: Options, folders: Folders, house: House) -> None:
    inner = programs.Inner.new()
    environment = programs.environment(options, folders, inner, os.environ)
    model = rasa_model(folders.project, folders.models)
    house.say("Starting …")

    async def gateway_and_actions() -> None:
        await steps.prepared(folders, environment, options.sample, house.say)
        house.keep(programs.gateway(options, folders, environment))
        house.keep(programs.actions(folders, inner, environment), clean=True)

    async def rasa() -> None:
        if not model.exists():
            await steps.trained(folders, model, house.say)
        house.keep(programs.rasa(folders, inner, environment, model), clean=True)

    async def ready() -> None:
        if model.exists():
            # Rasa takes longest to load; the gateway is up long before it, and so are its crisis replies.
            async with asyncio.TaskGroup() as both:
                both.create_task(rasa())
                both.create_task(gateway_and_actions())
        else:
            await gateway_and_actions()
            await rasa()
        await answered(options.url, house.rhythm)

    await house.unless_one_fails(ready())
    house.forgive()


class House:
    """All programs together, in the order in which they are stopped: the one that people reach first."""

    ORDER = ("gateway", "rasa", "actions")

    def __init__(self, folders: Folders, rhythm: Rhythm) -> None:
        self.rhythm = rhythm
        self._folders = folders
        self._keepers: dict[str, Keeper] = {}
        self._log = LogFile(folders.logs / "supervisor.log")
        self._added = asyncio.Event()

    def say(self, text: str) -> None:
        """Tells the person at the terminal, and the log."""
        print(text, file=sys.stderr, flush=True)
        self._log.write(f"{time.strftime('%Y-%m-%dT%H:%M:%S%z')} {text}")

    def keep(self, program: Program, *, clean: bool = False) -> None:
        """Starts a program and keeps it running. With `clean` its log is scrubbed of people's words."""
        path = self._folders.logs / f"{program.name}.log"
        log = LogFile(path, clean=scrubbed) if clean else LogFile(path)
        keeper = Keeper(program, log, self.rhythm, self.say)
        self._keepers[program.name] = keeper
        keeper.start()
        self._added.set()

    def forgive(self) -> None:
        """The start has succeeded: from now on every death is followed by another try."""
        for keeper in self._keepers.values():
            keeper.forgive()

    async def unless_one_fails(self, work: Coroutine[Any, Any, None]) -> None:
        """Does the work; Problem as soon as it, or a program, has failed for good."""
        task = asyncio.create_task(work)
        try:
            while not task.done():
                self._added.clear()
                failures = [asyncio.create_task(keeper.failed()) for keeper in self._keepers.values()]
                added = asyncio.create_task(self._added.wait())
                try:
                    done, _ = await asyncio.wait(
                        [task, added, *failures], return_when=asyncio.FIRST_COMPLETED
                    )
                    for failure in set(failures) & done:
                        failure.result()
                finally:
                    for other in (added, *failures):
                        other.cancel()
            try:
                task.result()
            except ExceptionGroup as group:
                raise group.exceptions[0] from None
        finally:
            task.cancel()
            await asyncio.wait([task])

    async def mind(self) -> None:
        """Until cancelled: remembers what runs and tells of a disk that fills up."""
        file = self._folders.run / "processes.json"
        warned = False
        seen: list[int] = []
        while True:
            pids = [keeper.pid for keeper in self._keepers.values() if keeper.pid is not None]
            if pids != seen:
                remember(file, pids)
                seen = pids
            full = self._disk_is_full()
            if full and not warned:
                self.say(
                    f"The disk is full: free some space in {self._folders.var}; until then logs are lost."
                )
            warned = full
            await asyncio.sleep(1)

    def _disk_is_full(self, least: int = 50 * 2**20) -> bool:
        try:
            free = shutil.disk_usage(self._folders.var).free
        except OSError:
            return False
        return free < least or any(keeper.log.trouble for keeper in self._keepers.values())

    async def stop(self, hurry: asyncio.Event) -> None:
        """Stops the programs one after the other."""
        if self._keepers:
            self.say("Stopping …")
        for name in self.ORDER:
            if name in self._keepers:
                await self._keepers[name].stop(hurry)
        _remove(self._folders.run / "processes.json")


def _remove(file: Path) -> None:
    with contextlib.suppress(OSError):
        file.unlink(missing_ok=True)
