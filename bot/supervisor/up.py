"""bin/up from the first check to the last process stopped."""

from __future__ import annotations

import asyncio
import contextlib
import os
import shutil
import signal
import sys
from dataclasses import replace

from bot.supervisor import programs, steps
from bot.supervisor.folders import Folders
from bot.supervisor.house import House
from bot.supervisor.lock import RunLock
from bot.supervisor.models import language_model, pinned, rasa_model, risk_model
from bot.supervisor.options import Options
from bot.supervisor.orphans import end_orphans
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
    for left in (folders.temporary, folders.pinned):
        shutil.rmtree(left, ignore_errors=True)
    folders.make()

    house = House(folders, Rhythm())
    try:
        await _start(options, folders, house)
        # This line comes first: whoever started it waits for it.
        print(f"Porchlight is ready: {options.url}", flush=True)
        for line in _demonstration(options, folders):
            print(line, flush=True)
        await house.mind()
    finally:
        # From here on a further signal must not interrupt the stopping, only hurry it.
        stopping = asyncio.create_task(house.stop(hurry))
        while not stopping.done():
            with contextlib.suppress(asyncio.CancelledError):
                await asyncio.shield(stopping)
        lock.release()


def _demonstration(options: Options, folders: Folders) -> list[str]:
    """How to look at the specialists' console with the sample data. The preparation has made the accounts."""
    try:
        accounts = [line.split() for line in (folders.var / "demo-staff.txt").read_text(encoding="utf-8").splitlines()]
    except OSError:
        return []
    shown = [f"  login {account[0]}, password {account[1]}" for account in accounts if len(account) == 2]
    return [f"To try the specialists' console, on this machine only: {options.url}/console", *shown] if shown else []


async def _start(options: Options, folders: Folders, house: House) -> None:
    inner = programs.Inner.new()
    environment = programs.environment(options, folders, inner, os.environ)
    model = rasa_model(folders.project, folders.models)
    small = [make(folders.project, folders.models) for make in (risk_model, language_model)]
    house.say("Starting …")

    async def gateway_and_actions() -> None:
        await steps.prepared(folders, environment, options.sample, house.say)
        for one in small:
            pinned(one, folders.pinned)
        house.keep(programs.gateway(options, folders, environment))
        house.keep(programs.actions(folders, inner, environment), clean=True)

    async def rasa() -> None:
        if not model.exists():
            await steps.trained(folders, model, house.say)
        house.keep(programs.rasa(folders, inner, environment, pinned(model, folders.pinned)), clean=True)

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
