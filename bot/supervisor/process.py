"""One process on a leash: in a group of its own, its output in a log file, ended with all its children."""

from __future__ import annotations

import asyncio
import contextlib
import os
import signal
import sys
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

_LEASH = str(Path(__file__).with_name("leash.py"))
_BLOCK = 65536  # bytes


class Process:
    """A running command. Made by `start`.

    Arguments:
        child: the process.
        pump: the task that carries its output to where it belongs.
    """

    def __init__(self, child: asyncio.subprocess.Process, pump: asyncio.Task[None]) -> None:
        self._child = child
        self._pump = pump

    @classmethod
    async def start(
        cls,
        command: tuple[str, ...],
        *,
        folder: Path,
        environment: Mapping[str, str],
        line: Callable[[str], None],
    ) -> Process:
        """Starts the command with exactly this environment; `line` gets each line that it prints."""
        # A pipe of our own: asyncio, given the pipe, would not see the end of a process whose children
        # still hold it open.
        reading, writing = os.pipe()
        try:
            child = await asyncio.create_subprocess_exec(
                sys.executable,
                "-I",
                "-S",
                _LEASH,
                str(os.getpid()),
                "--",
                *command,
                cwd=folder,
                env=dict(environment),
                stdin=asyncio.subprocess.DEVNULL,
                stdout=writing,
                stderr=writing,
                start_new_session=True,
            )
        except BaseException:
            os.close(reading)
            raise
        finally:
            os.close(writing)
        return cls(child, asyncio.create_task(_carry(reading, line)))

    @property
    def pid(self) -> int:
        return self._child.pid

    async def ended(self) -> int:
        """Waits for the end of the process and of its children; its exit code, negative for a signal."""
        code = await self._child.wait()
        self._signal(signal.SIGKILL)  # what it may have left behind
        # A grandchild that fled into another session may hold the pipe open: do not wait for it.
        await asyncio.wait([self._pump], timeout=1)
        self._pump.cancel()
        return code

    async def stop(self, grace: float, hurry: asyncio.Event | None = None) -> None:
        """Asks the process to end, and ends it after `grace` seconds, or as soon as hurry is set."""
        if self._child.returncode is None:
            self._signal(signal.SIGTERM)
            waits: list[asyncio.Task[Any]] = [asyncio.create_task(self._child.wait())]
            if hurry is not None:
                waits.append(asyncio.create_task(hurry.wait()))
            await asyncio.wait(waits, timeout=grace, return_when=asyncio.FIRST_COMPLETED)
            for wait in waits:
                wait.cancel()
        self._signal(signal.SIGKILL)
        await self._child.wait()

    def _signal(self, number: signal.Signals) -> None:
        with contextlib.suppress(ProcessLookupError, PermissionError):
            os.killpg(self._child.pid, number)


async def _carry(reading: int, line: Callable[[str], None]) -> None:
    """Hands on what is written into the pipe, line by line, until nobody holds its other end."""
    stream = asyncio.StreamReader()
    transport, _ = await asyncio.get_running_loop().connect_read_pipe(
        lambda: asyncio.StreamReaderProtocol(stream), os.fdopen(reading, "rb", buffering=0)
    )
    # By blocks, because a line of a dumped conversation may be longer than any buffer.
    rest = b""
    try:
        while block := await stream.read(_BLOCK):
            *whole, rest = (rest + block).split(b"\n")
            for piece in whole:
                line(piece.decode(errors="replace").rstrip("\r"))
            if len(rest) > _BLOCK:
                line(rest.decode(errors="replace"))
                rest = b""
        if rest:
            line(rest.decode(errors="replace"))
    finally:
        transport.close()
