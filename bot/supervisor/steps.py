"""Steps that have to succeed once: preparing the data and training the model."""

from __future__ import annotations

import asyncio
import os
import shutil
import sys
import time
from collections.abc import Callable, Mapping
from pathlib import Path

from bot.supervisor.folders import Folders
from bot.supervisor.joined import joined
from bot.supervisor.keeper import Say
from bot.supervisor.logs import LogFile
from bot.supervisor.models import TRAINING_DATA, forget_old, rasa_model
from bot.supervisor.prepare import PROGRESS, REASON
from bot.supervisor.problems import Problem, disk_full, need_space
from bot.supervisor.process import Process
from bot.supervisor.programs import training


async def run(
    command: tuple[str, ...], *, folder: Path, environment: Mapping[str, str], line: Callable[[str], None]
) -> int:
    """Runs a command to its end and gives its exit code; cancelled, it takes the command with it."""
    process = await Process.start(command, folder=folder, environment=environment, line=line)
    try:
        return await process.ended()
    finally:
        await process.stop(grace=3)


async def prepared(
    folders: Folders, environment: Mapping[str, str], sample: bool, say: Say, *, directory_only: bool = False
) -> None:
    """Doors, database, directory and classifiers, in a process of their own. Problem when one fails.

    directory_only: no classifier; what only reads or writes the directory need not wait for a training.
    """
    printed: list[str] = []

    def line(text: str) -> None:
        if text.startswith(REASON):
            printed.append(text.removeprefix(REASON))
        elif text.startswith(PROGRESS):
            say(text.removeprefix(PROGRESS))
        else:
            log.write(text)

    log = LogFile(folders.logs / "prepare.log")
    code = await run(
        (
            sys.executable,
            "-P",
            "-m",
            "bot.supervisor.prepare",
            "sample" if sample else "no-sample",
            *(["directory-only"] if directory_only else []),
        ),
        folder=folders.project,
        environment=environment,
        line=line,
    )
    if printed:
        raise Problem(printed[0])
    if code:
        raise Problem(f"the data could not be prepared; {log.path} says why:\n{_indented(log)}")


async def trained(folders: Folders, model: Path, say: Say) -> None:
    """Trains the Rasa model into the file `model`, which appears only when it is complete."""
    need_space(folders.models, 500, "training the model")
    say("Training the model (a minute or two, only when its sources changed) …")
    log = LogFile(folders.logs / "train.log")
    name = f"training-{os.getpid()}"
    made = folders.models / f"{name}.tar.gz"
    sources = [folders.project / source for source in TRAINING_DATA if (folders.project / source).exists()]
    data = joined(sources, folders.models / f"{name}-data")
    command, environment = training(folders, name, (str(data),))
    begin = time.monotonic()
    alive = asyncio.create_task(_signs_of_life(say, "training the model"))
    try:
        code = await run(command, folder=folders.project, environment=environment, line=log.write)
        if code or not made.exists():
            if "No space left on device" in "".join(log.tail(40)):
                raise disk_full(folders.models)
            raise Problem(
                f"training the model failed; correct what {log.path} names and run this again:\n{_indented(log)}"
            )
        made.replace(model)
    finally:
        alive.cancel()
        made.unlink(missing_ok=True)
        shutil.rmtree(data, ignore_errors=True)
    forget_old(model)
    say(f"The model is trained ({time.monotonic() - begin:.0f} s).")


def current_model(folders: Folders, say: Say) -> Path:
    """The Rasa model of the present sources, trained now if it is missing. For commands."""
    model = rasa_model(folders.project, folders.models)
    if not model.exists():
        folders.make()
        asyncio.run(trained(folders, model, say))
    return model


async def _signs_of_life(say: Say, what: str, every: int = 15) -> None:
    seconds = 0
    while True:
        await asyncio.sleep(every)
        seconds += every
        say(f"  … {what} ({seconds} s)")


def _indented(log: LogFile) -> str:
    return "\n".join(f"    {line}" for line in log.tail(12))
