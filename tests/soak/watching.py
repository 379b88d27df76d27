"""What is done to the processes of a soak, and what is seen of them: `kill -9` in turn, and their memory."""

from __future__ import annotations

import asyncio
import time
from collections import defaultdict
from dataclasses import dataclass

import httpx
import psutil

from tests.support.system import System

IN_TURN = ("gateway", "actions", "rasa")
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

    async def kill_in_turn(self, every: float, until: float) -> None:
        """Kills a program each time when `every` seconds have passed, as long as it is before `until` (monotonic)."""
        turn = 0
        while time.monotonic() + every < until:
            await asyncio.sleep(every)
            name = IN_TURN[turn % len(IN_TURN)]
            turn += 1
            old = (await asyncio.to_thread(self._system.programs)).get(name)
            if old is None:
                continue
            kill = Kill(name, time.time())
            self.kills.append(kill)
            old.kill()
            if await self._back(name, old.pid):
                kill.back = time.time()

    async def look(self) -> None:
        while True:
            for name, program in (await asyncio.to_thread(self._system.programs)).items():
                try:
                    self.memory[name].append(program.memory_info().rss / 1e6)
                    used = program.cpu_times()
                    self.work[name][program.pid] = used.user + used.system
                except psutil.Error:  # it has just been killed
                    continue
            await asyncio.sleep(EVERY)

    async def _back(self, name: str, old: int) -> bool:
        end = time.monotonic() + BACK_WITHIN
        async with httpx.AsyncClient(base_url=self._url, timeout=5, trust_env=False) as client:
            while time.monotonic() < end:
                await asyncio.sleep(0.1)
                fresh = (await asyncio.to_thread(self._system.programs)).get(name)
                if fresh is not None and fresh.pid != old and await self._well(client, name, fresh):
                    return True
        return False

    async def _well(self, client: httpx.AsyncClient, name: str, program: psutil.Process) -> bool:
        try:
            if name == "gateway":
                return (await client.get("/health/live")).status_code == 200
            if name == "rasa":
                return bool((await client.get("/health/ready")).json()["engine"])
            return any(one.status == psutil.CONN_LISTEN for one in program.net_connections("tcp"))
        except (httpx.TransportError, psutil.Error, ValueError, KeyError):
            return False
