"""Preparing and training: progress is shown, a failure explained, an interruption leaves nothing behind."""

from __future__ import annotations

import asyncio
import os
import time
from pathlib import Path

import psutil
import pytest

from bot.supervisor import steps
from bot.supervisor.folders import Folders
from bot.supervisor.problems import Problem

TRAINS = """#!/bin/sh
while [ "$1" != --out ]; do shift; done
echo "model for $PYTHONPATH" > "$2/$4.tar.gz"
"""


@pytest.fixture
def folders(tmp_path: Path) -> Folders:
    made = Folders(project=tmp_path, var=tmp_path / "var", shared=tmp_path / "var")
    made.make()
    (tmp_path / "bot" / "supervisor").mkdir(parents=True)
    return made


def script(path: Path, text: str) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text)
    path.chmod(0o755)


def prepare(folders: Folders, text: str) -> list[str]:
    """Runs the preparation with this program in its place; what was said meanwhile."""
    script(folders.project / "bot" / "supervisor" / "prepare.py", text)
    said: list[str] = []
    environment = {"PATH": os.environ["PATH"], "PYTHONPATH": str(folders.project)}
    asyncio.run(steps.prepared(folders, environment, True, said.append))
    return said


def train(folders: Folders) -> list[str]:
    said: list[str] = []
    asyncio.run(steps.trained(folders, folders.models / "rasa-abc.tar.gz", said.append))
    return said


def test_progress_is_said_and_chatter_is_not(folders: Folders) -> None:
    assert prepare(folders, 'print("progress: Loading …")\nprint("chatter")') == ["Loading …"]
    assert (folders.logs / "prepare.log").read_text() == "chatter\n"


def test_the_reason_of_a_failed_preparation_is_passed_on(folders: Folders) -> None:
    with pytest.raises(Problem, match=r"^a front door is broken: 211.yml, line 3$"):
        prepare(folders, 'print("problem: a front door is broken: 211.yml, line 3")\nraise SystemExit(1)')


def test_a_preparation_that_breaks_shows_the_end_of_its_log(folders: Folders) -> None:
    with pytest.raises(Problem, match=r"the data could not be prepared; .*prepare\.log says why:") as broken:
        prepare(folders, "{}['x']")
    assert str(broken.value).endswith("KeyError: 'x'")


def test_a_model_appears_under_its_name_when_it_is_complete(folders: Folders) -> None:
    script(folders.rasa_python, TRAINS)
    said = train(folders)
    assert [p.name for p in folders.models.iterdir()] == ["rasa-abc.tar.gz"]
    assert said[0].startswith("Training the model")
    assert said[-1].startswith("The model is trained (")


def test_a_failed_training_shows_the_end_of_its_log_and_leaves_no_model(folders: Folders) -> None:
    script(folders.rasa_python, TRAINS + "echo 'domain.yml: duplicate intent greet'\nexit 1\n")
    with pytest.raises(Problem, match=r"training the model failed.*\n.*duplicate intent greet"):
        train(folders)
    assert list(folders.models.iterdir()) == []


def test_a_disk_that_fills_up_while_training_is_called_by_its_name(folders: Folders) -> None:
    script(folders.rasa_python, "#!/bin/sh\necho 'OSError: [Errno 28] No space left on device'\nexit 1\n")
    with pytest.raises(Problem, match="the disk is full: free some space in"):
        train(folders)


def gone(pid: int, patience: float = 5.0) -> bool:
    """Whether a process ends within some seconds; the system takes a moment on a busy machine."""
    end = time.monotonic() + patience
    while time.monotonic() < end:
        if not psutil.pid_exists(pid) or psutil.Process(pid).status() == psutil.STATUS_ZOMBIE:
            return True
        time.sleep(0.05)
    return False


def test_an_interrupted_training_leaves_neither_process_nor_model(folders: Folders) -> None:
    script(folders.rasa_python, TRAINS + "sleep 60 & echo $! > child\nwait\n")

    async def scene() -> None:
        task = asyncio.create_task(steps.trained(folders, folders.models / "rasa-abc.tar.gz", lambda _: None))
        child = folders.project / "child"
        while not (child.exists() and child.read_text().endswith("\n")):  # the shell makes the file, then fills it
            await asyncio.sleep(0.02)
        task.cancel()
        await asyncio.wait([task])

    asyncio.run(asyncio.wait_for(scene(), 20))
    child = int((folders.project / "child").read_text())
    assert gone(child)
    assert list(folders.models.iterdir()) == []
