"""What is done to the processes of a soak, and what is seen of them: `kill -9` in turn, and their memory."""

from __future__ import annotations

import asyncio
import time
from collections import defaultdict
from dataclasses import dataclass

import httpx
import psutil

from tests.support.system import System

IN_TURN = ("listener", "worker", "actions", "rasa", "gateway")
"""The listener and the worker are the gateway's; "gateway" is the process that minds both, which end with it."""
_WORKERS = ("listener", "worker")
BACK_WITHIN = 120.0
SETTLING = 5.0
"""Seconds after a process is back in which the times are still those of a disturbance."""
EVERY = 2.0


@dataclass(slots=True)
class Kill:
    """One `kill -9`; times are the world's. `back` is None when the process did not come back."""

    program: str
    at: float
    back: float | None = None

    def disturbs(self, moment: float) -> bool:
        """Whether what began at this moment may be slower because of it."""
        return self.at - 1.0 <= moment <= (self.back or float("inf")) + SETTLING


class Watch:
    """Kills and looks until cancelled. What came of it: `kills`, `memory` (megabytes by program, in time), `work`."""

    def __init__(self, system: System, url: str) -> None:
        self.kills: list[Kill] = []
        self.memory: defaultdict[str, list[float]] = defaultdict(list)
        self.work: defaultdict[str, dict[int, float]] = defaultdict(dict)
        """Seconds of processor time, by program and process."""
        self._system = system
        self._url = url
        self._workers = len(system.workers())

    async def kill_in_turn(self, every: float, until: float) -> None:
        """Kills a program each time when `every` seconds have passed, as long as it is before `until` (monotonic)."""
        turn = 0
        while time.monotonic() + every < until:
            await asyncio.sleep(every)
            name = IN_TURN[turn % len(IN_TURN)]
            turn += 1
            old = next(iter(await asyncio.to_thread(self._of, name)), None)
            if old is None:
                continue
            kill = Kill(name, time.time())
            self.kills.append(kill)
            old.kill()
            if await self._back(name, old.pid):
                kill.back = time.time()

    async def look(self) -> None:
        while True:
            for name, programs in (await asyncio.to_thread(self._all)).items():
                try:
                    # What processes share is counted once.
                    self.memory[name].append(sum(one.memory_full_info().pss for one in programs) / 1e6)
                    for one in programs:
                        used = one.cpu_times()
                        self.work[name][one.pid] = used.user + used.system
                except psutil.Error:  # one has just been killed
                    continue
            await asyncio.sleep(EVERY)

    def _all(self) -> dict[str, list[psutil.Process]]:
        """The programs, the gateway with its workers."""
        return {
            name: [program, *self._of("listener"), *self._of("worker")] if name == "gateway" else [program]
            for name, program in self._system.programs().items()
        }

    def _of(self, name: str) -> list[psutil.Process]:
        """Running processes of a name."""
        try:
            if name in _WORKERS:
                first, *others = self._system.workers()
                return [first] if name == "listener" else others
            return [self._system.programs()[name]]
        except (KeyError, ValueError, psutil.Error):
            return []

    async def _back(self, name: str, old: int) -> bool:
        end = time.monotonic() + BACK_WITHIN
        async with httpx.AsyncClient(base_url=self._url, timeout=5, trust_env=False) as client:
            while time.monotonic() < end:
                await asyncio.sleep(0.1)
                running = await asyncio.to_thread(self._of, name)
                if name in _WORKERS and len(self._of("listener")) + len(self._of("worker")) < self._workers:
                    continue
                if running and all(one.pid != old for one in running) and await self._well(client, name, running[-1]):
                    return True
        return False

    async def _well(self, client: httpx.AsyncClient, name: str, program: psutil.Process) -> bool:
        try:
            if name in ("gateway", *_WORKERS):
                return (await client.get("/health/live")).status_code == 200
            if name == "rasa":
                return bool((await client.get("/health/ready")).json()["engine"])
            return any(one.status == psutil.CONN_LISTEN for one in program.net_connections("tcp"))
        except (httpx.TransportError, psutil.Error, ValueError, KeyError):
            return False
