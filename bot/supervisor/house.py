"""The programs together: started, minded, and stopped in order."""

from __future__ import annotations

import asyncio
import contextlib
import shutil
import sys
import time
from collections.abc import Coroutine
from typing import Any

from bot.supervisor.folders import Folders
from bot.supervisor.keeper import Keeper, Program
from bot.supervisor.logs import LogFile, scrubbed
from bot.supervisor.orphans import remember
from bot.supervisor.rhythm import Rhythm


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
        with contextlib.suppress(OSError):  # the terminal may be gone
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
                    done, _ = await asyncio.wait([task, added, *failures], return_when=asyncio.FIRST_COMPLETED)
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
                self.say(f"The disk is full: free some space in {self._folders.var}; until then logs are lost.")
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
        with contextlib.suppress(OSError):
            (self._folders.run / "processes.json").unlink(missing_ok=True)
