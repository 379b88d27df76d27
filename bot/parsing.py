"""Rasa's understanding for commands: a worker process with the same model, no server needed."""

from __future__ import annotations

import json
import subprocess
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import IO, Any

from bot.engine import Parse, parse_from
from bot.supervisor.folders import Folders
from bot.supervisor.problems import Problem
from bot.supervisor.programs import modest


class Worker:
    """Parses one text after the other."""

    def __init__(self, write: IO[str], read: IO[str]) -> None:
        self._write = write
        self._read = read

    def parse(self, text: str, metadata: Mapping[str, Any]) -> Parse:
        """What the live turn would get from Rasa for this text and metadata.

        Raises:
            Problem: when the worker has ended.
        """
        # The same cleaning as on the way of a live message.
        clean = text.lstrip().lstrip("/").strip() or "."
        try:
            self._write.write(json.dumps({"text": clean, "metadata": dict(metadata)}) + "\n")
            self._write.flush()
            line = self._read.readline()
        except BrokenPipeError:
            line = ""
        if not line:
            raise Problem("the Rasa worker ended: var/log/worker.log says why.")
        return parse_from(json.loads(line))


@contextmanager
def worker(folders: Folders, model: Path) -> Iterator[Worker]:
    """Runs a worker with the model file for as long as the block lasts."""
    folders.make()
    with (folders.logs / "worker.log").open("wb") as log:
        process = subprocess.Popen(
            [str(folders.rasa_python), "-m", "understanding.worker", str(model)],
            stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=log, text=True, encoding="utf-8",
            cwd=folders.project, env=modest(folders),
        )  # fmt: skip
        assert process.stdin is not None and process.stdout is not None
        try:
            if not process.stdout.readline():
                raise Problem("the Rasa worker did not start: var/log/worker.log says why.")
            yield Worker(process.stdin, process.stdout)
        finally:
            process.stdin.close()
            process.wait(20)
